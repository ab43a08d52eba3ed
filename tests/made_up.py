"""Evidence that nobody found: random findings for tests of what follows."""

from itertools import pairwise

from hypothesis import strategies as st

from kg.placed import Placed
from kg.records import Finding, FindingKind, OverlapDecision, Proposition, Sample, Study

#: Some narrower than others, two at opposite poles.
CONSTRUCTS = [
    "self-compassion", "self-kindness", "compassion", "secure-attachment", "insecure-attachment", "attachment-avoidance",
    "worry",
]  # fmt: skip
KINDS = list(FindingKind)
SAMPLES = [f"made-up-{number}" for number in range(6)]
MADE_UP = {"reported_in": "amari2022", "locator": "made up"}


@st.composite
def findings(draw):
    """Results of every kind: told twice, got twice, null, with and without numbers."""
    made = []
    for number in range(draw(st.integers(8, 25))):
        subject, object, third = draw(st.permutations(CONSTRUCTS))[:3]
        kind = draw(st.sampled_from(KINDS))
        role = {FindingKind.MEDIATION: "mediator", FindingKind.MODERATION: "moderator"}.get(kind)
        significance = draw(st.sampled_from(["significant", "not-significant", "not-reported"]))
        supports = {"significant": ["partial"], "not-significant": ["not-supported"]}
        r = draw(st.sampled_from([None, None, "0.05", "-0.3", "0.41", "0.1", "-0.006"]))
        sign = {"-": "negative"}.get((r or "")[:1], "positive")
        signs = [sign] if r else ["positive", "negative", "not-reported"] + ["none"] * (significance != "significant")
        p = {"significant": ["<.05", ".001", None], "not-significant": [".2", ">.05", None]}.get(significance, [None])
        told = (
            {
                "statistic": draw(st.sampled_from(["pearson-r", "spearman-rho", "fisher-z"])),
                "value": r,
                "printed": f"r = {r}",
            }
            if r
            else {}
        )
        earlier = [each.id for each in made]
        made.append(
            Finding(
                id=f"made-up-{number:02}", study="here", sample=draw(st.sampled_from(SAMPLES)), kind=kind,
                subject=subject, object=object, direction=draw(st.sampled_from(signs)), significance=significance,
                support=draw(st.sampled_from(supports.get(significance, ["supported", "not-supported"]))) if role else None,
                p=draw(st.sampled_from(p)), n=draw(st.sampled_from([None, 4, 40, 376, 1700, 5000])), statement="Made up.",
                reading=draw(st.sampled_from(["review", "primary-abstract", "primary-full-text", "synthesis", "second-hand"])),
                certainty=draw(st.sampled_from(["high", "medium", "low"])),
                same_result_as=tuple(draw(st.lists(st.sampled_from(earlier), max_size=1))) if earlier else (),
                **told, **({role: third} if role else {}), **MADE_UP,
            )
        )  # fmt: skip
    return made


STUDIES = [
    Study(
        id=name, label=name, publication=publication, countries=("Portugal",), design="cross-sectional", setting="online",
        **MADE_UP,
    )
    for name, publication in (("here", "naismith2018"), ("there", "naismith2019"))
]  # fmt: skip


def sample(name):
    """A sample of which nothing is told."""
    return Sample(id=name, study="here", label=name, recruitment="not-reported", **MADE_UP)


@st.composite
def samples(draw):
    """Samples of two studies, some of which may be the same people."""
    return [
        Sample(
            id=name, study=draw(st.sampled_from(["here", "there"])), label=name, n=draw(st.sampled_from([None, 53, 53, 74])),
            percent_female=draw(st.sampled_from([None, "83", "83.0"])), mean_age=draw(st.sampled_from([None, "32", "41.50"])),
            ethnicity=draw(st.sampled_from(["", "White 87.5; Black 7.60", "White 87.50; Black 7.6; South Asian / other 1"])),
            difficulties=draw(st.lists(st.sampled_from(["worry", "severity-of-voices"]), unique=True)),
            caseness=draw(st.lists(st.sampled_from(["diagnosis", "screening", "not-reported"]), unique=True)),
            recruitment="not-reported", **MADE_UP,
        )
        for name in SAMPLES
    ]  # fmt: skip


@st.composite
def claims(draw):
    made = []
    for number in range(3):
        subject, object, third = draw(st.permutations(CONSTRUCTS))[:3]
        relation = draw(st.sampled_from(["associated-with", "increases", "mediates", "moderates"]))
        of_three = relation in ("mediates", "moderates")
        sign = None if of_three else draw(st.sampled_from(["positive", "negative", "none", "conditional", None]))
        made.append(
            Proposition(
                id=f"p-made-up-{number}", subject=subject, relation=relation, object=object, genre="theory",
                predicted_sign=sign, condition="in the morning" if sign == "conditional" else None,
                third=third if of_three else None, stated_in=("amari2022",), statement="Made up.", certainty="high", **MADE_UP,
            )
        )  # fmt: skip
    return made


DECISIONS = [
    OverlapDecision(
        id="made-up", sample=SAMPLES[0], other=SAMPLES[1], status=status, reason="Made up.", decided_by="me",
        decided_on="2026-11-22",
    )
    for status in ("confirmed", "rejected")
]  # fmt: skip


def named():
    """A finding on each two constructs that stand side by side, so that all are named."""
    told = {"direction": "positive", "significance": "significant", "statement": "Made up.", "certainty": "high"}
    ends = pairwise([*CONSTRUCTS, "severity-of-voices"])
    records = (
        Finding(
            id=f"named-{place}", study="here", sample=SAMPLES[0], kind="association", subject=one, object=other,
            reading="review", **told, **MADE_UP,
        )
        for place, (one, other) in enumerate(ends)
    )  # fmt: skip
    return [Placed(record, "made up", place) for place, record in enumerate(records)]
