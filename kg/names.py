"""Names: prefixes, IRIs and how they are minted, shortened and expanded.

One prefix a kind of individual, slash IRIs, readable local names, so that a query reads like a
sentence. Nothing here imports an RDF library: the command line needs names before it needs graphs.
"""

from __future__ import annotations

import re

BASE = "https://w3id.org/compassion-attachment/"
ONTOLOGY = BASE + "ontology"
#: What the whole is called.
TITLE = "Compassion × attachment knowledge graph"
TERMS = ONTOLOGY + "/"

#: What people call a licence -> its address, which is what dcterms:license leads to.
LICENCES = {
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "MIT": "https://opensource.org/license/mit",
}

#: Kinds of individuals -> the class of which each is an instance. The kind is prefix and IRI part.
KINDS = {
    "construct": "Construct",
    "measure": "Measure",
    "publication": "Publication",
    "dataset": "Dataset",
    "study": "Study",
    "sample": "Sample",
    "risk-of-bias": "RiskOfBiasAssessment",
    "finding": "Finding",
    "proposition": "Proposition",
    "overlap-decision": "OverlapDecision",
    "therapy": "Therapy",
    "goal": "TherapeuticGoal",
    "technique": "Technique",
    "application": "Application",
    "therapy-claim": "TherapyClaim",
    "limitation": "Limitation",
    "review": "ReviewMethod",
    "review-step": "ReviewStep",
    "database-search": "DatabaseSearch",
    "eligibility": "EligibilityCriterion",
    "cited-result": "CitedResult",
    "pooled-estimate": "PublishedPooledEstimate",
    "direction": "Direction",
    "significance": "Significance",
    "support": "Support",
    "certainty": "Certainty",
    "reading": "Reading",
    "layer": "Layer",
    "statistic": "Statistic",
    "caseness": "Caseness",
    "administration": "Administration",
    "setting": "Setting",
    "design": "StudyDesign",
    "flow": "Flow",
    "valence": "Valence",
    "rob-tool": "RiskOfBiasTool",
    "rob-judgement": "RiskOfBiasJudgement",
    "recruitment": "Recruitment",
    "relation": "Relation",
    "sign": "PredictedSign",
    "genre": "Genre",
    "verdict": "Verdict",
    "overlap-status": "OverlapStatus",
    "area": "LimitationArea",
    "stage": "ReviewStage",
    "tally": "ReviewTally",
    "topic": "EligibilityTopic",
    "estimator": "Estimator",
    "interval-method": "IntervalMethod",
    "arithmetic": "Arithmetic",
    "null-reach": "NullReach",
    "extent": "Extent",
}

#: Kinds whose members are the closed lists of ontology/terms/codes.tsv.
CODE_KINDS = tuple(list(KINDS)[list(KINDS).index("direction") :])

#: Kinds whose members are the rows of ontology/terms/therapy_parts.tsv.
PART_KINDS = ("goal", "technique", "application")

#: The project itself: the definition source of definitions that are our own.
PROJECT = BASE

#: What an IRI of ours looks like after the base; nothing else is looked up, so nothing else gets into a query.
PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")

PREFIXES = {
    "ca": TERMS,
    **{kind: f"{BASE}{kind}/" for kind in KINDS},
    "pair": BASE + "pair/",
    "cell": BASE + "cell/",
    "rolled-up": BASE + "rolled-up/",
    "arithmetic-check": BASE + "arithmetic-check/",
    "pooled": BASE + "pooled/",
    "overlap": BASE + "overlap/",
    "assessment": BASE + "assessment/",
    "mapping": BASE + "mapping/",
    "graph": BASE + "graph/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "prov": "http://www.w3.org/ns/prov#",
    "prism": "http://prismstandard.org/namespaces/basic/2.0/",
    "bibo": "http://purl.org/ontology/bibo/",
    "void": "http://rdfs.org/ns/void#",
    "sh": "http://www.w3.org/ns/shacl#",
    "vann": "http://purl.org/vocab/vann/",
    "sssom": "https://w3id.org/sssom/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "obo": "http://purl.obolibrary.org/obo/",
    "bcio": "http://humanbehaviourchange.org/ontology/",
    "mesh": "http://id.nlm.nih.gov/mesh/",
    "sio": "http://semanticscience.org/resource/",
}

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

# Longest namespace first, so that .../construct/x is never shortened with the prefix of .../.
_BY_LENGTH = sorted(PREFIXES.items(), key=lambda item: -len(item[1]))
_LOCAL = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_UNSAFE_IN_IRI = re.compile(r"[\x00-\x20<>\"{}|^`\\]")


def mint(kind: str, local: str) -> str:
    """The IRI of the individual ``local`` of ``kind``.

    >>> mint("construct", "self-compassion")
    'https://w3id.org/compassion-attachment/construct/self-compassion'
    """
    if kind not in KINDS:
        raise ValueError(f"no such kind: {kind}")
    return PREFIXES[kind] + local


def paired(one: str, other: str) -> str:
    """What two constructs, by IRI or slug, are called in the name of whatever is about both: their slugs, in order.

    >>> paired("https://w3id.org/compassion-attachment/construct/worry", "calm")
    'calm--worry'
    """
    return "--".join(sorted(map(local_name, (one, other))))


def local_name(iri: str) -> str:
    """What follows the namespace of an IRI.

    >>> local_name("https://w3id.org/compassion-attachment/construct/self-compassion")
    'self-compassion'
    """
    return re.split(r"[/#]", iri)[-1]


def kind_of(iri: str) -> str:
    """The kind of an individual of ours: the word after the base.

    >>> kind_of("https://w3id.org/compassion-attachment/therapy-claim/tc-made-up")
    'therapy-claim'
    """
    return iri.removeprefix(BASE).partition("/")[0]


def curie(iri: str) -> str:
    """The IRI shortened by the known prefixes, or unchanged.

    >>> curie("https://w3id.org/compassion-attachment/ontology/Finding")
    'ca:Finding'
    """
    for prefix, namespace in _BY_LENGTH:
        local = iri[len(namespace) :]
        if iri.startswith(namespace) and _LOCAL.fullmatch(local):
            return f"{prefix}:{local}"
    return iri


def expand(text: str) -> str | None:
    """The IRI that ``text`` writes as a CURIE with a known prefix or in full; None if it is neither.

    >>> expand("ca:Finding")
    'https://w3id.org/compassion-attachment/ontology/Finding'
    """
    if _UNSAFE_IN_IRI.search(text):
        return None
    if re.match(r"https?://", text):
        return text
    prefix, colon, local = text.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else None


def graph_iri(name: str) -> str:
    """The IRI of a named graph, such as ``vocabulary`` or ``evidence/amari-2022``."""
    return PREFIXES["graph"] + name


def slug(text: str) -> str:
    """``text`` as a slug: lower case, words joined by hyphens, nothing but a-z and 0-9.

    >>> slug("South Asian / other")
    'south-asian-other'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
