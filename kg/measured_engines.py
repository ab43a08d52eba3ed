"""Times the named questions over one or more builds in several engines, and writes a report."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

import click

from kg.benchmark.asked import asked
from kg.benchmark.contestants import HERE, Contestant, Timed
from kg.benchmark.report import Measured, chart, markdown
from kg.doors import guarded
from kg.errors import KgError
from kg.store.embedded import Embedded

_COLD = {
    "python -c pass": ["-c", "pass"],
    "kg --help": ["-m", "kg", "--help"],
    "kg ask participants": ["-m", "kg", "ask", "participants"],
}


@click.command()
@click.argument("builds", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder for the report.")
@click.option("--engine", "engines", multiple=True, type=click.Choice(HERE[1:]), help="Compare with this one too.")
@click.option("--endpoint", "endpoints", multiple=True, metavar="NAME=URL", help="And with one that a push filled.")
@click.option("--limit", default=60.0, show_default=True, help="Seconds after which a question is given up.")
def main(builds: Sequence[Path], output: Path, engines: Sequence[str], endpoints: Sequence[str], limit: float) -> None:
    """Ask each of BUILDS (folders of kg build) the named questions, in this product and in other engines.

    An endpoint is asked about the last of BUILDS, which kg push must have loaded there.
    """
    output.mkdir(parents=True, exist_ok=True)
    graphs = []
    for build in builds:
        there = _addresses(endpoints) if build == builds[-1] else {}
        graphs.append(_measured(build, {**dict.fromkeys((HERE[0], *engines), ""), **there}, limit))
        (output / f"{build.name}.svg").write_text(chart(graphs[-1]), encoding="utf-8")
    report = markdown(graphs, _cold())
    (output / "benchmark.md").write_text(report, encoding="utf-8")
    print(report)


def _addresses(endpoints: Sequence[str]) -> dict[str, str]:
    named = {}
    for each in endpoints:
        name, _, address = each.partition("=")
        if not address.startswith(("http://", "https://")):
            raise KgError(f"--endpoint {each}: write NAME=URL, such as virtuoso=http://127.0.0.1:8890/sparql")
        named[name] = address
    return named


def _measured(build: Path, engines: dict[str, str], limit: float) -> Measured:
    store = Embedded.open(build)
    questions = dict(asked(store))
    loaded: dict[str, float] = {}
    memory: dict[str, float] = {}
    times: dict[str, dict[str, Timed]] = {}
    for name, address in engines.items():
        contestant = Contestant(name, address, build, limit)
        times[name] = {}
        for question, text in questions.items():
            print(f"\r{build.name}: {name}: {question:40}", end="", file=sys.stderr, flush=True)
            times[name][question] = contestant.ask(text)
        loaded[name], memory[name] = contestant.loaded, 0 if address else contestant.memory()
        contestant.close()
    print(file=sys.stderr)
    return Measured(build.name, len(store), loaded, memory, times)


def _cold() -> dict[str, float]:
    """What commands take from nothing: the median of five, seconds."""
    took = {}
    for what, arguments in _COLD.items():
        times = []
        for _ in range(5):
            begun = time.perf_counter()
            subprocess.run([sys.executable, *arguments], check=True, capture_output=True)  # noqa: S603
            times.append(time.perf_counter() - begun)
        took[what] = median(times)
    return took


if __name__ == "__main__":
    guarded(main)
