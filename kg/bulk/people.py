"""Whose people are the same: samples that resemble each other, those that overlap, and which is counted for which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import networkx

from kg.bulk.classes import individuals
from kg.bulk.facts import Facts
from kg.bulk.frames import layer
from kg.bulk.rows import Evidence, frame
from kg.bulk.triples import Part, below_base, individual, integer, term, together, triples

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: So many reasons, or a curator's word, make two samples overlap (rule 76).
_ENOUGH = 4
#: What is told of a sample as a number, and how a reason names it.
_MEASURED = {"n": "size", "percent_female": "share of women", "mean_age": "mean age", "sd_age": "SD of age"}
_PAIR = ("one", "other")


@dataclass(frozen=True)
class People:
    """Pairs of samples that were compared, reasons to hold two for the same people, those that are held so, and the
    samples that are not counted as themselves alone: sample, and the one that is counted.
    """

    pairs: ir.Table
    reasons: ir.Table
    overlaps: ir.Table
    shared: tuple[tuple[str, str], ...]

    @property
    def counted_as(self) -> ir.Table:
        """Each sample that shares its people with another one, and the one that is counted for all of them."""
        return frame({"sample": "string", "counted": "string"}, self.shared)


def people(evidence: Evidence, facts: Facts) -> People:
    """Compare the samples, by rules 74 to 77."""
    pairs = alike(evidence.samples, facts).cache()
    reasons = resemblances(evidence, facts, pairs).distinct().cache()
    overlaps = overlapping(pairs, reasons, facts).cache()
    return People(pairs, reasons, overlaps, tuple(_counted(evidence.samples, overlaps)))


def alike(samples: ir.Table, facts: Facts) -> ir.Table:
    """Rule 74-samples-alike: the pairs of samples that are compared."""
    told = samples.select("id", "study", "n", "percent_female", "mean_age", "sd_age")
    one, other = told.rename("{name}_one").rename(n="n_one"), told.rename("{name}_other").rename(n="n_other")
    both = one.join(other, "n")
    kept = both.filter((both.id_one < both.id_other) & (both.study_one != both.study_other))
    for name in ("percent_female", "mean_age", "sd_age"):
        kept = kept.filter((kept[f"{name}_one"] == kept[f"{name}_other"]).fill_null(True))
    decided = frame(dict.fromkeys(_PAIR, "string"), [(one, other) for _, one, other, _ in facts.decisions])
    return kept.select(one="id_one", other="id_other").union(decided).distinct()


def resemblances(evidence: Evidence, facts: Facts, pairs: ir.Table) -> ir.Table:
    """Rule 75-sample-resemblances: each reason that two samples may be the same people."""
    samples, studies = evidence.samples, evidence.studies
    study_of = samples.select("id", "study")
    countries = studies.select(study="id", value=studies.countries.unnest()).join(study_of, "study")
    works = studies.select(study="id", publication="publication").join(facts.authors, "publication")
    shares = _shares(samples)
    measured = (_same_number(pairs, samples, name, told) for name, told in _MEASURED.items())
    difficulties = samples.select("id", value=samples.difficulties.unnest())
    return together(
        [
            *measured,
            _reason(_matched(pairs, difficulties, "value"), "the same difficulty"),
            _reason(_matched(pairs, countries.select("id", "value"), "value"), "the same country"),
            _reason(
                _several(_matched(pairs, works.join(study_of, "study"), "author")), "two or more authors in common"
            ),
            _reason(_several(_matched(pairs, shares, "group", "percent")), "two or more equal ethnicity shares"),
        ]
    )


def _shares(samples: ir.Table) -> ir.Table:
    """The ethnic groups of each sample with their shares: the group, and how many per cent."""
    shares = samples.select("id", share=samples.ethnicity.re_replace(" *; *", ";").split(";").unnest())
    return shares.select(
        "id",
        group=shares.share.re_extract(r"^(.*) [0-9.]+$", 1),
        percent=shares.share.re_extract(r"^.* ([0-9.]+)$", 1).cast("float64"),
    )


def _same_number(pairs: ir.Table, samples: ir.Table, name: str, told: str) -> ir.Table:
    values = samples.select("id", value=samples[name]).filter(lambda row: row.value.notnull())
    same = _matched(pairs, values, "value")
    number = same.value.cast("string")
    plain = layer().ifelse(number.endswith(".0"), number.substr(0, number.length() - 2), number)
    return same.select(*_PAIR, reason=layer().literal(f"the same {told} (") + plain + ")")


def _matched(pairs: ir.Table, values: ir.Table, *columns: str) -> ir.Table:
    """The pairs of samples of both of which the same is told, once for each thing that is."""
    of_one = values.select("id", *columns)
    found = pairs.join(of_one, pairs.one == of_one.id).select(*_PAIR, *columns)
    of_other = of_one.view()
    return found.join(of_other, [found.other == of_other.id, *columns]).select(*_PAIR, *columns).distinct()


def _several(found: ir.Table) -> ir.Table:
    """The pairs of which more than one thing is the same, by the first column after the pair."""
    thing = next(name for name in found.columns if name not in _PAIR)
    counted = found.group_by(*_PAIR).aggregate(things=found[thing].nunique())
    return counted.filter(counted.things > 1)


def _reason(pairs: ir.Table, reason: str) -> ir.Table:
    return pairs.select(*_PAIR, reason=layer().literal(reason)).distinct()


def overlapping(pairs: ir.Table, reasons: ir.Table, facts: Facts) -> ir.Table:
    """Rule 76-sample-overlaps: the pairs that are suspected, confirmed or rejected, with their scores."""
    columns = dict.fromkeys(("one", "other", "decision", "decided"), "string")
    decided = frame(columns, [(one, other, decision, word) for decision, one, other, word in facts.decisions])
    scores = reasons.group_by(*_PAIR).aggregate(told=lambda row: row.count())
    scored = pairs.left_join(scores, _PAIR).select(*_PAIR, score=lambda row: row.told.fill_null(0))
    whole = scored.left_join(decided, _PAIR).select(*_PAIR, "score", "decision", "decided")
    kept = whole.filter((whole.score >= _ENOUGH) | whole.decided.notnull())
    return kept.mutate(status=kept.decided.fill_null("suspected"))


def _counted(samples: ir.Table, overlaps: ir.Table) -> Iterator[tuple[str, str]]:
    """Rule 77-samples-counted-once, for the samples that share their people: the largest of all that hang together."""
    shared = overlaps.filter(overlaps.status != "rejected").select(*_PAIR).to_pyarrow().to_pylist()
    together = networkx.Graph((each["one"], each["other"]) for each in shared)
    ids = frame({"id": "string"}, [(each,) for each in together])
    told = samples.semi_join(ids, "id").select("id", "n").to_pyarrow().to_pylist() if shared else []
    size = {each["id"]: each["n"] or 0 for each in told}
    for group in networkx.connected_components(together):
        largest = min(group, key=lambda name: (-size[name], name))
        yield from ((name, largest) for name in sorted(group))


def parts(found: People, evidence: Evidence) -> Iterator[Part]:
    """What rules 74 to 77 and 95 say of samples and their resemblance."""
    pairs, reasons, overlaps = (
        each.mutate(pair=below_base("overlap/" + each.one + "--" + each.other))
        for each in (found.pairs, found.reasons, found.overlaps)
    )
    one, other = (individual("sample", pairs[name]) for name in _PAIR)
    kind, alike = term("rdf:type"), "74-samples-alike"
    shares = _named_shares(evidence.samples)
    yield individuals(shares, shares.node)
    yield individuals(pairs, pairs.pair)
    yield Part("synthesis", alike, triples(pairs, pairs.pair, kind, term("ca:SampleResemblance")))
    yield Part("synthesis", alike, triples(pairs, pairs.pair, term("ca:resembling"), one))
    yield Part("synthesis", alike, triples(pairs, pairs.pair, term("ca:resembling"), other))
    told = '"' + reasons.reason + '"'
    yield Part("synthesis", "75-sample-resemblances", triples(reasons, reasons.pair, term("ca:resemblance"), told))
    yield from (Part("synthesis", "76-sample-overlaps", each) for each in _of_overlaps(overlaps))
    yield Part("synthesis", "77-samples-counted-once", _of_counting(found, evidence.samples))


def _named_shares(samples: ir.Table) -> ir.Table:
    """The individual that stands for each share of a sample, named as ``kg.names.slug`` names it."""
    shares = _shares(samples)
    name = shares.group.lower().re_replace("[^a-z0-9]+", "-").re_replace("^-|-$", "")
    return shares.select(node=individual("sample", shares.id + "/ethnicity/" + name))


def _of_overlaps(overlaps: ir.Table) -> Iterator[ir.Table]:
    def says(rows: ir.Table, predicate: str, target: Any) -> ir.Table:
        return triples(rows, rows.pair, term(predicate), target).distinct()

    one, other = (individual("sample", overlaps[name]) for name in _PAIR)
    yield says(overlaps, "rdf:type", term("ca:SampleOverlap"))
    yield says(overlaps, "ca:overlapScore", integer(overlaps.score))
    yield says(overlaps, "ca:overlapStatus", individual("overlap-status", overlaps.status))
    yield says(overlaps, "prov:wasDerivedFrom", one)
    yield says(overlaps, "prov:wasDerivedFrom", other)
    decided = overlaps.filter(overlaps.decision.notnull())
    yield says(decided, "prov:wasDerivedFrom", individual("overlap-decision", decided.decision))
    kept = overlaps.filter(overlaps.status != "rejected")
    one, other = (individual("sample", kept[name]) for name in _PAIR)
    both = [(one, other), (other, one)]
    yield from (triples(kept, a, term("ca:sharesParticipantsWith"), b).distinct() for a, b in both)


def _of_counting(found: People, samples: ir.Table) -> ir.Table:
    each = counted(samples.select(sample="id"), found)
    return triples(each, individual("sample", each["sample"]), term("ca:countedAs"), individual("sample", each.counted))


def counted(rows: ir.Table, found: People) -> ir.Table:
    """Rows with a column ``sample``, and in ``counted`` the sample that is counted for it."""
    joined = rows.left_join(found.counted_as, "sample")
    return joined.select(*rows.columns, counted=joined.counted.fill_null(joined["sample"]))
