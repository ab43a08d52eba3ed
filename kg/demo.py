"""The main job, shown: build the graph from the real evidence, say what is in it, draw it."""

from __future__ import annotations

import sys
from collections import defaultdict
from pathlib import Path

from kg.build import build, default_folder
from kg.doors import guarded
from kg.errors import KgError
from kg.export.tables import ROW_FORMATS
from kg.files import write_text
from kg.graph import KnowledgeGraph
from kg.maps import draw
from kg.names import local_name
from kg.resources import shipped
from kg.store import Row, open_store

#: Where the demo writes, below the folder it is run in.
OUTPUT = Path("demo")


def main() -> None:
    """Build, report, draw."""
    built = build(shipped(), default_folder(), "hermit", lambda step: print(f"  {step}", file=sys.stderr))
    graph = KnowledgeGraph(open_store(default_folder()))
    print(
        f"The graph: {sum(built.counts.values()):,} statements, {'built now' if built.fresh else 'up to date'}, consistent by HermiT.\n"
    )
    for section in (_size, _conflicts, _nulls, _overlaps, _inferred, _gaps):
        print(section(graph))
    print(_files(graph))


def _size(graph: KnowledgeGraph) -> str:
    samples, participants, once = graph.ask("participants").values[0]
    findings, nulls = len(graph.ask("findings")), len(graph.ask("null-findings"))
    with_number = sum(value is not None for value in graph.ask("findings").column("value"))
    return (
        f"What is in it\n"
        f"  {len(graph.ask('studies'))} studies, {samples} samples, {participants:,} participants as the source counts them"
        f" ({once:,} if samples that look the same are counted once)\n"
        f"  {findings} findings: {findings - nulls} report a relation, {nulls} report none; {with_number} come with a number\n"
    )


def _conflicts(graph: KnowledgeGraph) -> str:
    pairs: dict[str, list[str]] = defaultdict(list)
    for row in graph.ask("disagreements"):
        what = f"{row['direction']}, {row['significance']}" + (f" ({row['printed']})" if row["printed"] else "")
        pairs[str(row["pair"])].append(f"      {row['study']}, n = {row['sampleSize']:,}, {_measures(row)}: {what}")
    lines = [line for pair, told in pairs.items() for line in (f"    {pair}", *told)]
    return f"Where studies disagree: {len(pairs)} pairs\n" + "\n".join(lines) + "\n"


def _measures(row: Row) -> str:
    return " and ".join(str(row[name]) for name in ("firstMeasure", "secondMeasure") if row[name])


def _nulls(graph: KnowledgeGraph) -> str:
    rows = [row for row in graph.ask("null-findings") if row["subject"] == "self-compassion"]
    lines = [f"    {row['statement']} ({row['study']})" for row in rows[:3]]
    return (
        f"Tested and not found: {len(graph.ask('null-findings'))} findings, {len(rows)} about self-compassion, such as\n"
        + "\n".join(lines)
        + "\n"
    )


def _overlaps(graph: KnowledgeGraph) -> str:
    lines = [
        f"    {local_name(str(row['sample']))} and {local_name(str(row['other']))}: {row['participants']} people, {row['percentFemale']} % female,"
        f" age {row['meanAge']} ({row['sdAge']}), {row['sharedAuthors']} authors in common"
        for row in graph.ask("overlapping-samples")
    ]
    return "Samples that look like the same people\n" + "\n".join(lines) + "\n"


def _inferred(graph: KnowledgeGraph) -> str:
    insecure = [str(row["label"]) for row in graph.ask("attachment-styles") if row["inferred"] == "insecure"]
    return (
        f"Inferred, not typed in\n  insecure styles, from their working models and strategies: {', '.join(insecure)}\n"
    )


def _gaps(graph: KnowledgeGraph) -> str:
    untouched = [str(label) for label in graph.ask("never-studied").column("label")]
    style = ", ".join(map(str, graph.ask("styles-without-findings").column("label")))
    systems = [label for label in untouched if label.endswith("system")]
    return (
        f"Where nobody has looked: {len(untouched)} of {len(graph.ask('constructs'))} constructs have no finding\n"
        f"  among them the attachment style: {style}; and the affect systems: {', '.join(systems)}\n"
    )


def _files(graph: KnowledgeGraph) -> str:
    try:
        OUTPUT.mkdir(exist_ok=True)
    except OSError as error:
        raise KgError(f"{OUTPUT}: no folder can be made here ({error.strerror}); run it elsewhere") from error
    write_text(OUTPUT / "map.html", draw(graph.store, None, everything=False, limit=20).html)
    write_text(OUTPUT / "map-all.html", draw(graph.store, None, everything=True, limit=20).html)
    write_text(OUTPUT / "findings.csv", ROW_FORMATS["csv"](graph.ask("findings")))
    return (
        f"Written\n  {OUTPUT}/map.html       the findings around the most studied construct, to explore in a browser\n"
        f"  {OUTPUT}/map-all.html   all findings\n  {OUTPUT}/findings.csv   the same as a table\n"
        f"  {default_folder().name}/            the graph: TriG, N-Quads and the store that kg asks\n\n"
        f"Next: kg questions   or   kg ask findings-between --subject self-compassion --object attachment-avoidance"
    )


if __name__ == "__main__":
    guarded(main)
