"""The main job, shown: build the graph from the real evidence, say what is in it, draw it."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from kg import network
from kg.build import build
from kg.conflicts import Conflict, conflicts
from kg.default_graph import default_folder
from kg.doors import guarded
from kg.errors import KgError
from kg.export.tables import ROW_FORMATS
from kg.files import write_text
from kg.gap_maps import gaps, written
from kg.graph import KnowledgeGraph
from kg.maps import draw
from kg.names import local_name
from kg.resources import shipped
from kg.store import open_store
from kg.views.encoding import outcome_of
from kg.views.words import measures, people

#: Where the demo writes, below the folder it is run in.
OUTPUT = Path("demo")


def main() -> None:
    """Build, report, draw."""
    built = build(shipped(), default_folder(), "hermit", lambda step: print(f"  {step}", file=sys.stderr))
    graph = KnowledgeGraph(open_store(default_folder()))
    print(
        f"The graph: {sum(built.counts.values()):,} statements, {'built now' if built.fresh else 'up to date'}, consistent by HermiT.\n"
    )
    for section in (_size, _conflicts, _nulls, _verdicts, _overlaps, _inferred, _gaps):
        print(section(graph))
    print(_files(graph))


def _size(graph: KnowledgeGraph) -> str:
    counted = list(graph.ask("participants"))
    samples, participants, once = (
        sum(int(str(row[name])) for row in counted) for name in ("samples", "participants", "withOverlapsOnce")
    )
    findings = list(graph.ask("findings"))
    results = network.once(findings)
    with_number = sum(row["value"] is not None for row in results)
    outcomes = Counter(outcome_of(row) for row in results)
    return (
        f"What is in it\n"
        f"  {len(set(graph.ask('studies').column('study')))} studies, {participants:,} participants as the source counts them, of {samples} samples of told size"
        f" ({once:,} if samples that look the same are counted once)\n"
        f"  {len(findings)} findings tell {len(results)} results (one that is told again counts once), {with_number} with a number:\n"
        + "".join(f"  {count:6} {outcome.meaning}\n" for outcome, count in outcomes.most_common())
    )


def _conflicts(graph: KnowledgeGraph) -> str:
    found = conflicts(graph.ask("conflicts"))
    return (
        f"Where findings disagree, in sign or in significance: {len(found)} pairs (kg conflicts says what differs and what may be chance)\n"
        + "\n".join(line for conflict in found for line in _conflict(conflict))
        + "\n"
    )


def _conflict(conflict: Conflict) -> Iterator[str]:
    yield f"    {conflict.first} × {conflict.second}"
    for row in conflict.findings:
        printed = f" ({row['printed']})" if row["printed"] else ""
        told = f"{row['direction']}, {row['significance']}".replace("-", " ")
        measured = measures(row, "firstMeasure", "secondMeasure") or "measures not told"
        yield f"      {row['study']}, {people(row['sampleSize'])}, {measured}: {told}{printed}"


def _nulls(graph: KnowledgeGraph) -> str:
    rows = [row for row in graph.ask("null-findings") if row["subject"] == "self-compassion"]
    lines = [f"    {row['statement']} ({row['study']})" for row in rows[:3]]
    return (
        f"Tested and not found: {len(graph.ask('null-findings'))} findings, {len(rows)} about self-compassion, such as\n"
        + "\n".join(lines)
        + "\n"
    )


def _verdicts(graph: KnowledgeGraph) -> str:
    verdicts = graph.ask("verdicts")
    tally = Counter(map(str, verdicts.column("verdict")))
    lines = [f"  {count:6} {verdict}" for verdict, count in tally.most_common()]
    return (
        f"Theory against evidence: {len(verdicts)} claims (kg theory prints them with the rule)\n"
        + "\n".join(lines)
        + "\n"
    )


def _overlaps(graph: KnowledgeGraph) -> str:
    reasons: dict[str, list[str]] = defaultdict(list)
    for row in graph.ask("overlapping-samples"):
        pair = f"{local_name(str(row['sample']))} and {local_name(str(row['other']))}, {row['status']}"
        reasons[pair].append(str(row["reason"]))
    lines = [f"    {pair}: {', '.join(told)}" for pair, told in reasons.items()]
    return "Samples that look like the same people, counted once\n" + "\n".join(lines) + "\n"


def _inferred(graph: KnowledgeGraph) -> str:
    insecure = [str(row["label"]) for row in graph.ask("attachment-styles") if row["inferred"] == "insecure"]
    return (
        f"Inferred, not typed in\n  insecure styles, from their working models and strategies: {', '.join(insecure)}\n"
    )


def _gaps(graph: KnowledgeGraph) -> str:
    untouched = [str(label) for label in graph.ask("never-studied").column("label")]
    tally = gaps(graph.store).matrix.tally()
    style = ", ".join(map(str, graph.ask("styles-without-findings").column("label")))
    systems = [label for label in untouched if label.endswith("system")]
    return (
        f"Where nobody has looked: {len(untouched)} of {len(graph.ask('constructs'))} constructs have no finding\n"
        f"  among them the attachment style: {style}; and the affect systems: {', '.join(systems)}\n"
        f"  pairs of a compassion and an attachment construct: {', '.join(f'{count} {kind}' for kind, count in tally.items())}\n"
    )


def _files(graph: KnowledgeGraph) -> str:
    try:
        OUTPUT.mkdir(exist_ok=True)
    except OSError as error:
        raise KgError(f"{OUTPUT}: no folder can be made here ({error.strerror}); run it elsewhere") from error
    write_text(OUTPUT / "map.html", draw(graph.store, None, everything=False, limit=None).html)
    write_text(OUTPUT / "map-all.html", draw(graph.store, None, everything=True, limit=None).html)
    write_text(OUTPUT / "gaps.html", written(graph.store, gaps(graph.store), ".html"))
    write_text(OUTPUT / "findings.csv", ROW_FORMATS["csv"](graph.ask("findings")))
    return (
        f"Written\n  {OUTPUT}/map.html       the findings around the most studied construct, to explore in a browser\n"
        f"  {OUTPUT}/map-all.html   all findings\n"
        f"  {OUTPUT}/gaps.html      which pairs of compassion and attachment were studied, and what is missing\n"
        f"  {OUTPUT}/findings.csv   the findings as a table\n"
        f"  {default_folder().name}/            the graph: TriG, N-Quads and the store that kg asks\n\n"
        f"Next: kg questions   or   kg ask findings-between --subject self-compassion --object attachment-avoidance"
    )


if __name__ == "__main__":
    guarded(main)
