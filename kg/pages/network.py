"""The network of findings: around a construct, or seen from afar with one edge a pair; each with its table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from kg.errors import BadQuestion, NothingFound
from kg.maps import draw
from kg.names import BASE, local_name
from kg.narrowed import Only, only
from kg.nearby import nearby
from kg.pages.addresses import pair_path
from kg.pages.choosing import choice, named
from kg.pages.constructs import ATTACHMENT, COMPASSION, side_of
from kg.pages.drawing import Drawing, around, overview, pair_name
from kg.pages.library import Library
from kg.pages.model import Behind, Content, Form, Inline, Link, Prose, Section, Table, Template, Written
from kg.pages.rendering import standalone
from kg.pages.words import counted, findings_table, sides
from kg.resources import software_version
from kg.store import Row, Rows, Value

#: The page that lays itself out by scripts of its own.
FREE_FORM = "/network/free-form"
READS = ("around", "pair")
#: Pairs of the overview that can still be read.
_MOST_PAIRS = 60
_OVERVIEW = (
    "One line stands for a pair of constructs, without narrower ones: blue and + for positive, orange and − for "
    "negative, ± for mixed, dashed where nothing was significant or told. The wider, the more findings. A line opens: "
    "its findings are drawn one by one, and listed below."
)
_EGO = (
    "One line stands for a finding: blue and + for positive, orange and − for negative, dashed grey for not "
    "significant, dotted where significance is not told. The wider, the larger the correlation. A line leads to its "
    "finding, a box to its construct; a mediation or moderation runs from what mediates or moderates."
)


def content(library: Library, query: Mapping[str, str]) -> Content:
    """The network around a construct, or the overview where none is named, with one pair expanded if it is named."""
    slug, pair = (query.get(name, "").strip() for name in READS)
    if slug and pair:
        raise BadQuestion("around and pair exclude each other: a pair opens in the overview; leave one out")
    return _around(library, slug) if slug else _overview(library, pair)


def _form(library: Library, slug: str) -> Form:
    busy = {local_name(str(iri)) for iri in library.select(_BUSY).column("construct")}
    options = tuple(
        (local_name(iri), library.label(iri))
        for iri in library.of_kind("construct")
        if local_name(iri) in busy or local_name(iri) == slug
    )
    around = choice("around", "Around", slug, (("", "overview: compassion and attachment"), *options))
    return Form("/network", (around,), "Draw")


def _around(library: Library, slug: str) -> Content:
    iri = named(library, "construct", slug)
    slug, label = local_name(iri), library.label(iri)
    near = _near(library, iri)
    shown = near.findings
    if not shown:
        raise NothingFound(f"nothing was found about {label} or anything narrower, so there is no network to draw")
    behind = replace(library.behind("findings"), among=(only("finding", (f"<{finding}>" for finding in shown)),))
    rows = library.answer(behind)
    drawing = _drawing(library, iri, shown)
    left = [
        *([f"{counted(near.left_out, 'more construct')} with findings about it"] if near.left_out else ()),
        *([f"{counted(near.more, 'more finding')} on these"] if near.more else ()),
    ]
    more = f" Left out, for legibility: {' and '.join(left)}." if left else ""
    return Content(
        title=f"The network around {label}",
        path="/network",
        query={"around": slug},
        kind="Network",
        lead=(
            f"{counted(len(shown), 'finding')} between {counted(len(drawing.boxes), 'construct')}, narrower ones of ",
            library.link(iri),
            f" included.{more}",
        ),
        crumbs=(Link("Network", "/network"),),
        sections=(
            Section("", (_form(library, slug), _picture(drawing, f"Findings around {label}", _EGO), _free(slug))),
            Section("The same as a table", (findings_table(library, rows, "Findings that are drawn", ""),), "same"),
        ),
        behind=(behind,),
        rows=rows,
        figure=lambda: _alone(drawing, f"Findings around {label}", _EGO),
        wide=True,
    )


_near = lru_cache(maxsize=256)(nearby)


def _drawing(library: Library, iri: str, shown: Sequence[str]) -> Drawing:
    rows = [each.row for each in library.findings(shown).values()]
    labels = {
        local_name(str(row[f"{role}Iri"])): str(row[role])
        for row in rows
        for role in ("subject", "object", "third")
        if row[role]
    }
    centres = sorted({local_name(each) for each in side_of(library, (local_name(iri),))} - {local_name(iri)})
    return around(rows, labels, [local_name(iri), *centres])


def _overview(library: Library, pair: str) -> Content:
    behind, joined = _bridges(library)
    pairs = library.answer(behind)
    names = {pair_name(row): f"{row['firstLabel']} × {row['secondLabel']}" for row in pairs}
    if pair and pair not in names:
        raise BadQuestion(f"pair={pair[:60]} is not drawn here; choose a line of the network")
    findings = _counted(library, pair) if pair else ()
    drawing = overview(list(pairs), side_of(library, COMPASSION), {pair: findings} if pair else {})
    return Content(
        title=f"Network: {names[pair]}" if pair else "Network",
        path="/network",
        query={"pair": pair} if pair else {},
        lead=(
            (
                f"{counted(joined, 'pair')} that join a construct of compassion with one of attachment, each with "
                "the findings on these very two, without those on narrower constructs, which the gap map and the page "
                "of a pair include. Choose a construct to see every finding around it."
            ),
            *_undrawn(len(pairs), joined),
        ),
        crumbs=(Link("Network", "/network"),) if pair else (),
        sections=(
            Section(
                "", (_form(library, ""), _picture(drawing, "Pairs of compassion and attachment", _OVERVIEW), _free(""))
            ),
            *((_expanded(library, pair, names[pair], findings),) if pair else ()),
            Section("The same as a table", (_table(library, pairs),), "same"),
        ),
        behind=(behind, _rolled_up(pairs)),
        rows=pairs,
        figure=lambda: _alone(drawing, "Pairs of compassion and attachment", _OVERVIEW),
        wide=True,
    )


def _counted(library: Library, pair: str) -> tuple[Row, ...]:
    """The findings that the cell of a very pair counts."""
    ends = " , ".join(f"<{library.known('construct', slug)}>" for slug in pair.split("--"))
    cell = f"?cell a ca:EvidenceCell ; ca:pairMember {ends} ; ca:countsFinding ?finding"
    found = library.select(f"SELECT DISTINCT ?finding WHERE {{ {cell} }} ORDER BY ?finding")
    return tuple(each.row for each in library.findings(map(str, found.column("finding"))).values())


def _expanded(library: Library, pair: str, name: str, findings: Sequence[Row]) -> Section:
    """The findings of one line, and the ways on."""
    one, other = pair.split("--")
    ways: Inline = (
        Link("The page of the pair", pair_path(one, other)),
        ", with narrower constructs; ",
        Link("close it", "/network"),
        ".",
    )
    table = findings_table(library, findings, f"Findings on {name} by themselves", "", "opened")
    return Section(name, (Prose(ways), table), "expanded")


def _bridges(library: Library) -> tuple[Behind, int]:
    """The question of the very pairs that were studied, with none but the busiest between the two sides; how many
    there are.
    """
    sides = (" ".join(f"<{BASE}construct/{root}>" for root in roots) for roots in (COMPASSION, ATTACHMENT))
    joining = _JOINING.format(*sides)
    busiest = library.select(_BUSIEST.format(joining=joining, most=_MOST_PAIRS))
    joined = len(busiest)
    if joined == _MOST_PAIRS:
        joined = int(str(library.select(_COUNTED.format(joining=joining)).values[0][0]))
    pairs = sorted((f"<{row['first']}>", f"<{row['second']}>") for row in busiest)
    behind = replace(library.behind("pairs-studied"), among=(Only(("first", "second"), tuple(pairs)),))
    return behind, joined


def _undrawn(drawn: int, joined: int) -> Iterator[Inline]:
    """What is not drawn, where pairs are more than can be read, and where it stands."""
    if joined > drawn:
        yield f" Drawn are the {drawn} with the most findings, and {joined - drawn:,} more stand in "
        yield Link("the list of all pairs", "/questions/pairs-studied")
        yield "."


def _slugs(row: Row) -> tuple[str, str]:
    return local_name(str(row["first"])), local_name(str(row["second"]))


def _table(library: Library, pairs: Rows) -> Table:
    rolled_up = {local_name(str(row["cell"])): row["findings"] for row in library.answer(_rolled_up(pairs))}
    return Table(
        "Pairs that are drawn, without narrower constructs",
        ("Pair", "Findings on these very two", "By outcome", "Do they agree?", "Narrower included", "Expand"),
        tuple(_row(row, rolled_up.get(pair_name(row))) for row in pairs),
        numeric=frozenset({1, 4}),
        anchor="pairs",
        empty="No finding joins compassion and attachment in this graph.",
    )


def _rolled_up(pairs: Rows) -> Written:
    """The cells of the same pairs with narrower constructs."""
    cells = " ".join(f"<{BASE}rolled-up/{pair_name(row)}>" for row in pairs)
    return Written("The same pairs, narrower constructs included", _ROLLED_UP.replace("CELLS", cells))


def _row(row: Row, rolled_up: Value) -> tuple[Inline, ...]:
    first, second = _slugs(row)
    ways: Inline = (
        "around ",
        Link(str(row["firstLabel"]), "/network", {"around": first}),
        " or ",
        Link(str(row["secondLabel"]), "/network", {"around": second}),
    )
    return (
        Link(f"{row['firstLabel']} × {row['secondLabel']}", pair_path(first, second)),
        str(row["findings"]),
        sides(row),
        "they disagree" if row["disagrees"] == "yes" else "",
        Link(counted(int(str(rolled_up)), "finding"), pair_path(first, second)) if rolled_up else None,
        ways,
    )


def _picture(drawing: Drawing, title: str, how: str) -> Template:
    return Template("network.html", {"drawing": drawing, "title": title, "how": how})


def _alone(drawing: Drawing, title: str, how: str) -> str:
    return standalone("network.svg", drawing=drawing, title=title, how=how, version=software_version(), linked=False)


def _free(slug: str) -> Prose:
    query = {"around": slug} if slug else {}
    return Prose(
        ("To move and zoom freely, where scripts run: ", Link("the free-form network", FREE_FORM, query), "."), "quiet"
    )


def free_form(library: Library, query: Mapping[str, str]) -> str:
    """The network as a page that its own scripts lay out."""
    words = query.get("around", "").strip()
    slug = local_name(named(library, "construct", words)) if words else ""
    return draw(library.store, slug or None, everything=False, limit=None).html


#: Constructs that are part of a pair with findings, themselves or by narrower ones, or of a result on three.
_BUSY = """
SELECT DISTINCT ?construct WHERE {
  ?construct a ca:Construct
  FILTER(
    EXISTS { ?cell ca:pairMember ?construct }
    || EXISTS { ?construct ca:hasPartIn ?relation } || EXISTS { ?third ca:hasPartIn ?construct }
  )
} ORDER BY ?construct"""
#: The cells of pairs between two sides; ?left stands in the first.
_JOINING = """
  VALUES ?one {{ {} }} VALUES ?other {{ {} }}
  ?left ca:within ?one . ?right ca:within ?other .
  ?cell ca:pairMember ?left , ?right ; a ca:EvidenceCell ; ca:findingCount ?findings .
  BIND(IF(STR(?left) < STR(?right), ?left, ?right) AS ?first)
  BIND(IF(STR(?left) < STR(?right), ?right, ?left) AS ?second)"""
_BUSIEST = """
SELECT DISTINCT ?first ?second ?findings WHERE {{{joining}
}} ORDER BY DESC(?findings) ?first ?second LIMIT {most}"""
_COUNTED = "SELECT (COUNT(DISTINCT ?cell) AS ?cells) WHERE {{{joining}\n}}"
_ROLLED_UP = """\
SELECT DISTINCT ?cell ?findings WHERE {
  VALUES ?cell { CELLS }
  ?cell ca:findingCount ?findings
} ORDER BY ?cell"""
