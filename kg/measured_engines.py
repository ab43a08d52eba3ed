"""Times builds, updates, pages and the named questions, the latter in several engines too, and writes a report."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from kg.benchmark.asked import asked
from kg.benchmark.contestants import HERE, Contestant, Timed, whole_files
from kg.benchmark.report import Measured, chart, markdown
from kg.benchmark.servers import SERVERS, Server
from kg.benchmark.work import Took, built, cold, pages
from kg.doors import guarded
from kg.errors import KgError
from kg.store.embedded import Embedded


@click.command()
@click.argument("graphs", nargs=-1, required=True)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder for the report.")
@click.option("--engine", "engines", multiple=True, type=click.Choice((*HERE[1:], *SERVERS)),
              help="Compare with this one too.")  # fmt: skip
@click.option("--endpoint", "endpoints", multiple=True, metavar="NAME=URL", help="And with one that a push filled.")
@click.option("--most", default=10_000_000, show_default=True, help="rdflib is asked about so many quads at most.")
@click.option("--limit", default=60, show_default=True, help="Seconds after which a question is given up.")
def main(
    graphs: Sequence[str], output: Path, engines: Sequence[str], endpoints: Sequence[str], most: int, limit: int
) -> None:
    """Build each of GRAPHS, change one study in it, ask its pages, and ask it the named questions in several engines.

    One of GRAPHS is a number of made-up findings, which are built below the folder of the report, or the folder of a
    build, of which only pages and questions are measured. An endpoint is asked about the last of GRAPHS, which kg push
    must have loaded there.
    """
    addresses = _addresses(endpoints)
    output.mkdir(parents=True, exist_ok=True)
    measured: list[Measured] = []
    from_cold: dict[str, float] = {}
    for graph in graphs:
        build, works = built(int(graph), output) if graph.isdecimal() else (_there(graph), {})
        from_cold = from_cold or cold(build)
        there = addresses if graph == graphs[-1] else {}
        besides = [each for each in engines if each != "rdflib" or len(Embedded.open(build)) <= most]
        before = list(measured)
        # Written after each engine, since the next may take hours over a large graph and may not come to its end.
        for so_far in _measured(build, [HERE[0], *besides], there, works, limit):
            measured = [*before, so_far]
            (output / f"{build.name}.svg").write_text(chart(so_far), encoding="utf-8")
            (output / "benchmark.md").write_text(markdown(measured, from_cold), encoding="utf-8")
    print(markdown(measured, from_cold))


def _there(folder: str) -> Path:
    if not Path(folder).is_dir():
        raise KgError(f"{folder} does not exist: name the folder of a build, or a number of findings")
    return Path(folder)


def _addresses(endpoints: Sequence[str]) -> dict[str, str]:
    named = {}
    for each in endpoints:
        name, _, address = each.partition("=")
        if not address.startswith(("http://", "https://")):
            raise KgError(f"--endpoint {each}: write NAME=URL, such as virtuoso=http://127.0.0.1:8890/sparql")
        named[name] = address
    return named


def _measured(
    build: Path, engines: Sequence[str], addresses: Mapping[str, str], works: Mapping[str, Took], limit: int
) -> Iterator[Measured]:
    """What was measured of a graph by now, after each engine."""
    quads, questions, first_pages = _of_itself(build)
    loaded: dict[str, float] = {}
    memory: dict[str, float] = {}
    times: dict[str, dict[str, Timed]] = {}
    with TemporaryDirectory(dir=build) as place:
        files = whole_files(build, Path(place)) if len(engines) > 1 else []
        for name in (*engines, *addresses):
            with _contestant(name, addresses.get(name, ""), build, files, limit) as (contestant, server):
                times[name] = {}
                for question, text in questions.items():
                    print(f"\r{build.name}: {name}: {question:40}", end="", file=sys.stderr, flush=True)
                    times[name][question] = contestant.ask(text)
                loaded[name] = server.loaded if server else contestant.loaded
                memory[name] = server.memory() if server else 0 if name in addresses else contestant.memory()
            print(file=sys.stderr)
            yield Measured(build.name, quads, loaded, memory, times, works, first_pages)


def _of_itself(build: Path) -> tuple[int, dict[str, str], dict[str, float]]:
    """How many quads a build has, what is to be asked of them, and what its pages take."""
    store = Embedded.open(build)
    return len(store), dict(asked(store)), pages(build, store)


@contextmanager
def _contestant(
    name: str, address: str, build: Path, files: Sequence[Path], limit: int
) -> Iterator[tuple[Contestant, Server | None]]:
    """Who asks an engine, and the server that answers where one of ours does."""
    with ExitStack() as stack:
        server = None
        if name in SERVERS:
            place = Path(stack.enter_context(TemporaryDirectory(dir=build)))
            server = stack.enter_context(SERVERS[name](files, place, limit))
        contestant = Contestant(name, server.address if server else address, build, files, limit)
        stack.callback(contestant.close)
        yield contestant, server


if __name__ == "__main__":
    guarded(main)
