"""The table and the chart of a benchmark."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from kg.benchmark.contestants import Timed, same
from kg.benchmark.work import Took

#: Engine -> what each question took there. The first engine is the one that the others are measured against.
Times = Mapping[str, Mapping[str, Timed]]


@dataclass(frozen=True)
class Measured:
    """One graph: its name and quads, loading (seconds) and memory (GiB) by engine, the questions, what it took
    to build it and to change a study, and its pages (seconds).
    """

    name: str
    quads: int
    loaded: Mapping[str, float]
    memory: Mapping[str, float]
    times: Times
    works: Mapping[str, Took] = field(default_factory=dict)
    pages: Mapping[str, float] = field(default_factory=dict)


def markdown(graphs: Sequence[Measured], cold: Mapping[str, float]) -> str:
    """Everything that was measured, as tables."""
    parts = [*(_of_graph(each) for each in graphs)]
    if len(graphs) > 1:
        parts.append(_growth(graphs))
    parts.append(_table(("from cold", "s of processors", "× python -c pass"), _cold(cold)))
    return "\n\n".join(parts) + "\n"


def _of_graph(graph: Measured) -> str:
    first, *others = graph.times
    heads = ("question", "rows", f"{first}, ms", *(f"{name}, ms (×)" for name in others))
    rows = [
        (question, _rows(told), _ms(told), *(_beside(told, graph.times[name][question]) for name in others))
        for question, told in graph.times[first].items()
    ]
    about = [(name, f"{graph.loaded[name]:.1f}", _memory(graph.memory[name])) for name in graph.times]
    engines = _table(("engine", "open or load, s", "peak memory, GiB"), about)
    parts = [f"## {graph.name}: {graph.quads:,} quads", _table(heads, rows), engines, *_works(graph), *_pages(graph)]
    return "\n\n".join(parts)


def _works(graph: Measured) -> Iterator[str]:
    """What was done by commands, also beside the bare loading of the same quads where that was measured."""
    raw = graph.loaded.get("raw pyoxigraph")
    rows = [
        (what, f"{took.seconds:.1f}", f"{took.processors:.1f}", f"{took.memory:.2f}",
         f"{took.seconds / raw:.2f}" if raw else "not measured")
        for what, took in graph.works.items()
    ]  # fmt: skip
    if rows:
        yield _table(("work", "s", "s of processors", "peak memory, GiB", "× loading in raw pyoxigraph"), rows)


def _pages(graph: Measured) -> Iterator[str]:
    rows = [
        (kind, f"{1000 * seconds:.1f}" if math.isfinite(seconds) else "refused (time limit)")
        for kind, seconds in graph.pages.items()
    ]
    if rows:
        yield _table(("page, asked for the first time", "ms"), rows)


def _memory(told: float) -> str:
    return f"{told:.2f}" if told else "not known (HTTP)"


def _ms(told: Timed) -> str:
    return told.wrong or f"{1000 * told.seconds:.1f}"


def _rows(told: Timed) -> str:
    return "" if told.rows is None else f"{len(told.rows):,}"


def _beside(first: Timed, other: Timed) -> str:
    """What another engine took, where it gave the same answer."""
    if other.rows is None or first.rows is None:
        return _ms(other)
    if not same(first.rows, other.rows):
        return "another answer"
    return f"{_ms(other)} ({other.seconds / first.seconds:.1f})"


def _growth(graphs: Sequence[Measured]) -> str:
    """How the time of the first engine grows with the quads, from the smallest graph to the largest."""
    small, large = (choose(graphs, key=lambda each: each.quads) for choose in (min, max))
    first = next(iter(small.times))
    rows = []
    for question, told in small.times[first].items():
        more = large.times[first].get(question, Timed(wrong="not asked"))
        exponent = _exponent(told, more, small.quads, large.quads)
        rows.append((question, _rows(told), _ms(told), _rows(more), _ms(more), exponent))
    sizes = [head for graph in (small, large) for head in (f"{graph.name}, rows", "ms")]
    heads = ("question", *sizes, "time ~ quads to the power of")
    return f"## Growth, {first}\n\n{_table(heads, rows)}"


def _exponent(small: Timed, large: Timed, quads: int, more: int) -> str:
    if small.rows is None or large.rows is None or quads == more:
        return ""
    return f"{math.log(large.seconds / small.seconds) / math.log(more / quads):.2f}"


def _cold(cold: Mapping[str, float]) -> Iterator[tuple[str, str, str]]:
    least = next(iter(cold.values()))
    yield from ((what, f"{took:.3f}", f"{took / least:.1f}") for what, took in cold.items())


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


# --- chart -----------------------------------------------------------------------------------

#: Marks of the engines: colours that survive colour blindness, shapes that survive print.
_MARKS = (("#0072B2", "●"), ("#B84A00", "■"), ("#555555", "▲"), ("#009E73", "◆"), ("#CC79A7", "✚"))
_LEFT, _WIDE, _ROW, _TOP = 230, 640, 20, 64
#: Between the end of the axis and the engines that have no mark on it, and between these.
_ASIDE, _APART = 24, 14


def chart(graph: Measured) -> str:
    """What each question took in each engine, on one logarithmic axis, as SVG; beside it the engines without a time."""
    first = next(iter(graph.times))
    questions = list(graph.times[first])
    shown = {
        (name, number): told.seconds * 1000
        for name in graph.times
        for number, question in enumerate(questions)
        if (told := graph.times[name][question]).rows is not None and _agrees(graph, first, name, question)
    }
    low = math.floor(math.log10(min(shown.values())))
    high = max(low + 1, math.ceil(math.log10(max(shown.values()))))

    def across(ms: float) -> float:
        return _LEFT + _WIDE * (math.log10(ms) - low) / (high - low)

    height = _TOP + _ROW * len(questions) + 30
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDE + 120} {height}" font-size="12">',
        "<style>text { font-family: sans-serif }</style>",
        f"<title>Questions over {escape(graph.name)} ({graph.quads:,} quads), ms, by engine</title>",
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="10" y="20" font-size="14">{escape(graph.name)}, {graph.quads:,} quads: ms, logarithmic</text>',
    ]
    for place, (name, (colour, mark)) in enumerate(zip(graph.times, _MARKS, strict=False)):
        lines.append(f'<text x="{10 + 170 * place}" y="42" fill="{colour}">{mark} {escape(name)}</text>')
    aside = _LEFT + _WIDE + _ASIDE
    lines.append(f'<text x="{aside - 6}" y="{_TOP - 10}" fill="#333">no, or another,</text>')
    lines.append(f'<text x="{aside - 6}" y="{_TOP + 2}" fill="#333">answer</text>')
    for power in range(low, high + 1):
        x = across(10.0**power)
        lines.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{_TOP - 6}" y2="{height - 24}" stroke="#ddd"/>')
        lines.append(f'<text x="{x:.1f}" y="{height - 8}" text-anchor="middle">{10.0**power:g}</text>')
    for number, question in enumerate(questions):
        y = _TOP + _ROW * number + 10
        lines.append(f'<text x="{_LEFT - 10}" y="{y}" text-anchor="end">{escape(question)}</text>')
        if wrong := graph.times[first][question].wrong:
            lines.append(f'<text x="{_LEFT + 6}" y="{y}" fill="{_MARKS[0][0]}">{escape(wrong)}</text>')
        for place, (name, (colour, mark)) in enumerate(zip(graph.times, _MARKS, strict=False)):
            ms = shown.get((name, number))
            x = across(ms) if ms else aside + _APART * place
            lines.append(f'<text x="{x:.1f}" y="{y}" text-anchor="middle" fill="{colour}">{mark}</text>')
    return "\n".join([*lines, "</svg>", ""])


def _agrees(graph: Measured, first: str, name: str, question: str) -> bool:
    one, other = graph.times[first][question].rows, graph.times[name][question].rows
    return name == first or (one is not None and other is not None and same(one, other))
