"""The verdicts on claims, reached again in Python from the records alone: what the rules of the build are held to."""

import math

from kg.records import FindingKind

#: Kinds of findings that are evidence for or against the association of two constructs.
BEARING = {
    FindingKind.ASSOCIATION,
    FindingKind.PREDICTION,
    FindingKind.INTERVENTION_EFFECT,
    FindingKind.GROUP_DIFFERENCE,
}
CAUSAL = {
    "increases",
    "decreases",
    "activates",
    "inhibits",
    "origin-of",
    "precondition-of",
    "protects-against",
    "mediates",
    "moderates",
    "targets",
}
PREDICTED = {"positive": 1, "negative": -1, "none": 0}
SIGN = {"positive": 1, "negative": -1}


THIRDS = {"mediates": FindingKind.MEDIATION, "moderates": FindingKind.MODERATION}
CORRELATIONS = {"r", "pearson-r", "spearman-rho"}
#: So many people, without an r, leave only true correlations within .20 compatible: with 376 the smallest significant r
#: is .10114, and Fisher's z of it, .10148, plus 1.96 / sqrt(373), .10148, is more than that of .20, .20273.
FEWEST_INFORMATIVE = 377
#: So many people find |r| = .05, two-sided at .05 (tables of critical values of r).
FEWEST_DOUBTFUL = 1538
READ_IN = ["primary-full-text", "primary-abstract", "review"]
SURE = ["high", "medium", "low"]
SUPPORTING = {"complete", "partial", "supported"}


class Recount:
    """The verdicts reached again in Python, from the records alone: no SPARQL, no inference of the graph."""

    def __init__(self, corpus):
        self.constructs = {row.record.id: row.record for row in corpus.constructs}
        self.opposites = {name: set() for name in self.constructs}
        for record in self.constructs.values():
            for other in record.opposite_of:
                self.opposites[record.id].add(other)
                self.opposites[other].add(record.id)
        self.measured = {name for row in corpus.measures for name in row.record.measures}
        self.findings = {row.record.id: row.record for dataset in corpus.datasets for row in dataset.findings}
        self.sizes = {row.record.id: row.record.n for dataset in corpus.datasets for row in dataset.samples}
        self.design = {row.record.id: row.record.design for dataset in corpus.datasets for row in dataset.studies}

    def same(self, finding):
        """Findings that tell the same result, by however many links."""
        reached, ahead = set(), [finding.id]
        while ahead:
            name = ahead.pop()
            reached.add(name)
            linked = {
                *self.findings[name].same_result_as,
                *(f.id for f in self.findings.values() if name in f.same_result_as),
            }
            ahead += linked - reached
        return [self.findings[name] for name in reached if name != finding.id]

    def better(self, finding):
        """Findings that tell the same result, and more of it."""
        return [other for other in self.same(finding) if telling(other) < telling(finding)]

    def within(self, name, above):
        return name == above or any(self.within(each, above) for each in self.constructs[name].broader)

    def pole(self, name, claimed):
        """1 where a construct is the claimed one or narrower, -1 at the opposite pole, else 0."""
        if self.within(name, claimed):
            return 1
        return -1 if any(self.within(name, other) for other in self.opposites[claimed]) else 0

    def turn(self, claim, finding):
        """1 or -1 where a finding on a pair bears on the claim, by whether its sign is turned; else 0."""
        if finding.kind not in BEARING:
            return 0
        for one, other in ((finding.subject, finding.object), (finding.object, finding.subject)):
            if turn := self.pole(one, claim.subject) * self.pole(other, claim.object):
                return turn
        return 0

    def tests_third(self, claim, finding):
        """Whether a mediation or moderation has the three constructs of the claim."""
        if finding.kind != THIRDS[claim.relation] or not self.within(finding.object, claim.object):
            return False
        roles = [(finding.mediator or finding.moderator, finding.subject)]
        if claim.relation == "moderates":
            roles.append((finding.subject, finding.moderator))
        return any(self.within(between, claim.subject) and self.within(start, claim.third) for between, start in roles)

    def lines(self, claim):
        """Finding id -> supports, disputes or open."""
        found = {}
        for finding in self.findings.values():
            if claim.third:
                told_before = any(each.mediator or each.moderator for each in self.better(finding))
                if self.tests_third(claim, finding) and not told_before:
                    found[finding.id] = "supports" if finding.support in SUPPORTING else "open"
            elif (turn := self.turn(claim, finding)) and not any(
                self.turn(claim, each) for each in self.better(finding)
            ):
                found[finding.id] = self.line(claim, finding, turn)
        return found

    def reach(self, finding):
        """How far a null reaches; None of any other finding."""
        if not is_null(finding):
            return None
        n = finding.n or self.sizes.get(finding.sample)
        in_words = finding.significance == "not-reported" and finding.support is None
        if any(other.significance == "significant" or other.support in SUPPORTING for other in self.same(finding)):
            return "doubtful"
        if (
            in_words
            or finding.kind is not FindingKind.ASSOCIATION
            or n is None
            or n < 4
            or finding.statistic not in {None, *CORRELATIONS}
        ):
            return "not judged"
        if finding.value is not None:
            half = 1.959964 / math.sqrt(n - 3)
            ends = [math.tanh(math.atanh(float(finding.value)) + side * half) for side in (-1, 1)]
            return "informative" if max(map(abs, ends)) <= 0.20 else "uninformative"
        if n >= FEWEST_DOUBTFUL:
            return "doubtful"
        return "informative" if n >= FEWEST_INFORMATIVE else "uninformative"

    def line(self, claim, finding, turn):
        if claim.predicted_sign not in PREDICTED:
            return "open"
        predicted = PREDICTED[claim.predicted_sign]
        if finding.significance == "not-significant":
            return "supports" if predicted == 0 and self.reach(finding) == "informative" else "open"
        if finding.direction not in SIGN or finding.significance != "significant":
            return "open"
        return "supports" if SIGN[finding.direction] * turn == predicted else "disputes"

    def verdict(self, claim):  # noqa: PLR0911
        lines = self.lines(claim)
        kinds = set(lines.values())
        ends = [end for end in (claim.subject, claim.object, claim.third) if end]
        if not lines and not all(any(self.pole(name, end) for name in self.measured) for end in ends):
            return "untestable here"
        if not claim.predicted_sign and not claim.third:
            return "no sign predicted"
        if not lines:
            return "untested"
        if claim.predicted_sign == "conditional" or claim.condition:
            return "condition not coded"
        left = [self.findings[name] for name, line in lines.items() if line == "open"]
        reaches = {self.reach(finding) for finding in left}
        if kinds == {"open"}:
            return "at most a small relation" if "informative" in reaches and None not in reaches else "inconclusive"
        if kinds >= {"supports", "disputes"} or "informative" in reaches:
            return "mixed"
        if "disputes" in kinds:
            return "contradicted"
        return "supported, contrary tests not judged" if "not judged" in reaches else "supported"

    def is_test(self, claim, finding):
        """Whether a finding tests a claim about causes: an intervention on its subject, or a prediction over time."""
        if not self.pole(finding.subject, claim.subject):
            return False
        over_time = finding.kind is FindingKind.PREDICTION and self.design[finding.study] == "longitudinal"
        return finding.kind is FindingKind.INTERVENTION_EFFECT or over_time


def telling(finding):
    """How much a finding tells, the less the more: outcome, number, how near to the study, how sure, name."""
    no_sign = finding.direction == "not-reported" and finding.significance != "not-significant"
    far = READ_IN.index(finding.reading) if finding.reading in READ_IN else len(READ_IN)
    return (
        no_sign + (finding.significance == "not-reported"),
        finding.value is None,
        far,
        SURE.index(finding.certainty),
        finding.id,
    )


def is_null(finding):
    return (
        finding.significance == "not-significant" or finding.direction == "none" or finding.support == "not-supported"
    )


def consistent_only(recount, claim):
    told = [recount.findings[name] for name, line in recount.lines(claim).items() if line != "open"]
    return claim.relation in CAUSAL and bool(told) and not any(recount.is_test(claim, each) for each in told)
