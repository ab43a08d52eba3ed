"""The page of a claim of theory: its verdict, the rule behind it, and the findings for, against and open."""

from __future__ import annotations

from collections.abc import Mapping

from kg.names import local_name
from kg.pages.addresses import pair_path
from kg.pages.library import Library
from kg.pages.model import Block, Content, Facts, Inline, Link, Mark, Printed, Prose, Section, Table
from kg.pages.words import outcome, verdict
from kg.questions import rule_text
from kg.resources import shipped
from kg.store import Row, Rows

#: The rules by which a verdict is reached, in order.
RULES = ("90-evidence-lines", "91-evidence-lines-of-thirds", "92-verdicts")
_LINES = {
    "disputes": ("Findings against it", "Against", "No finding disputes it."),
    "supports": ("Findings for it", "For", "No finding supports it."),
    "leaves open": ("Findings that leave it open", "Open", "No finding leaves it open."),
}


def content(library: Library, iri: str, query: Mapping[str, str]) -> Content:
    """The page of a claim."""
    stated = library.stated(iri)
    evidence = library.ask("evidence-for", proposition=iri)
    standing = next(iter(library.ask("verdicts").among("proposition", {iri})), None)
    ends = [str(stated.all(role)[0]) for role in ("ca:subject", "ca:object") if stated.all(role)]
    pair: tuple[Block, ...] = ()
    if len(set(ends)) == 2:
        slugs = [local_name(each) for each in ends]
        pair = (Prose((Link("Everything on this pair of constructs", pair_path(*slugs)), ".")),)
    return Content(
        title=library.label(iri),
        path=f"/proposition/{local_name(iri)}",
        kind="Claim of theory",
        lead=stated.text("ca:statement"),
        iri=iri,
        crumbs=(Link("Theory", "/theory"),),
        sections=(
            Section("How it stands", (_standing(library, standing), *pair), "verdict"),
            *(_section(library, line, evidence) for line in _LINES),
            Section(
                "What it says",
                (
                    Facts(
                        (
                            ("From", library.links(stated.all("ca:subject"))),
                            ("Relation", library.links(stated.all("ca:relation"))),
                            ("To", library.links(stated.all("ca:object"))),
                            ("On the link with", library.links(stated.all("ca:thirdConstruct"))),
                            ("Predicted sign", library.links(stated.all("ca:predictedSign"))),
                            ("Condition", stated.text("ca:condition")),
                            ("Genre", library.links(stated.all("ca:genre"))),
                            ("Stated in", library.links(stated.all("ca:statedIn"))),
                            ("Place", stated.text("ca:locator")),
                            ("Coder’s note", stated.text("ca:coderNote")),
                        )
                    ),
                ),
                "says",
            ),
            Section("The rule behind the verdict", tuple(rules()), "rule"),
        ),
        behind=(library.behind("evidence-for", proposition=iri), library.behind("verdicts")),
        rows=_in_order(evidence),
        wide=True,
    )


def rules() -> list[Block]:
    """The rules of the verdict, as the build has them."""
    blocks: list[Block] = [Prose("It is computed from the findings by these rules, and by nothing else.", "quiet")]
    return blocks + [Printed(rule_text(shipped(), name).strip(), f"Rule {name}") for name in RULES]


def _standing(library: Library, standing: Row | None) -> Block:
    if standing is None:
        return Prose("It has no verdict.", "none")
    return Facts(
        (
            ("Verdict", verdict(standing["verdict"])),
            ("For, against, open", f"{standing['supporting']}, {standing['disputing']}, {standing['open']}"),
            ("Told by reviews, by primary reports", f"{standing['review']}, {standing['primary']}"),
            ("Samples", library.shown(standing["samples"])),
            ("What would settle it", library.shown(standing["next"])),
        )
    )


def _section(library: Library, line: str, evidence: Rows) -> Section:
    title, caption, empty = _LINES[line]
    rows = [row for row in evidence if row["line"] == line]
    library.findings(str(row["finding"]) for row in rows)
    return Section(title, (
        Table(
            f"{caption}: {len(rows)}",
            ("Outcome", "Found", "Study", "On", "As printed", "Told by", "Certainty"),
            tuple(_row(library, row) for row in rows),
            wordy=frozenset({1}),
            anchor=f"line-{line.replace(' ', '-')}",
            empty=empty,
        ),
    ), line.replace(" ", "-"))  # fmt: skip


def _row(library: Library, row: Row) -> tuple[Inline, ...]:
    finding = library.finding(str(row["finding"]))
    turned = " (of the opposite pole: its sign counts turned)" if row["signTurned"] == "yes" else ""
    return (
        outcome(finding),
        Link(str(row["told"]), f"/finding/{local_name(str(row['finding']))}"),
        str(row["study"]),
        f"{row['first']} and {row['second']}{turned}",
        Mark(str(row["printed"] or ""), "printed"),
        str(row["layers"]),
        str(row["certainty"]),
    )


def _in_order(evidence: Rows) -> Rows:
    """The rows as the page shows them: against, for, open."""
    index = evidence.columns.index("line")
    order = list(_LINES)
    return Rows(evidence.columns, tuple(sorted(evidence.values, key=lambda row: order.index(str(row[index])))))
