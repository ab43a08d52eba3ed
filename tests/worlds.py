"""Worlds of their own for tests that change the rooms."""

import shutil
from dataclasses import replace

from kg.cells import Ref
from kg.corpus import Dataset
from kg.names import PREFIXES, graph_iri
from kg.reason import apply_rules, read_inferences
from kg.references import targets
from kg.resources import Rooms
from kg.store.embedded import Embedded
from kg.triples import named_graphs


def one_of_each(corpus):
    """A corpus with one finding of each kind and outcome, and no more terms than these take.

    So small that HermiT infers everything about it in seconds.
    """
    kinds, datasets = {}, []
    for dataset in corpus.datasets:
        for row in dataset.findings:
            told = row.record
            kinds.setdefault((told.kind, told.direction, told.significance, told.support), row)
    for dataset in corpus.datasets:
        findings = [row for row in dataset.findings if row in kinds.values()]
        studies = {row.record.study for row in findings}
        samples = [row for row in dataset.samples if row.record.study in studies]
        kept = [row for row in dataset.studies if row.record.id in studies]
        datasets.append(Dataset(dataset.info, studies=kept, samples=samples, findings=findings))
    return with_what_they_name(replace(corpus, datasets=datasets))


def with_what_they_name(corpus):
    """The datasets with the constructs and measures that they name, and those that these name in turn."""
    terms = {(row.record.prefix, row.record.id): row for row in (*corpus.constructs, *corpus.measures)}
    ahead = [row.record for dataset in corpus.datasets for row in dataset.rows()]
    reached = set()
    while ahead:
        record = ahead.pop()
        for column, mark in record.marks().items():
            named = (set(targets(record, column, mark)) & terms.keys()) - reached if isinstance(mark, Ref) else set()
            reached |= named
            ahead += [terms[name].record for name in named]
    constructs, measures = (
        [row for name, row in terms.items() if name in reached and name[0] == kind] for kind in ("construct", "measure")
    )
    none = {"publications": [], "therapies": [], "therapy_parts": []}
    return replace(corpus, constructs=constructs, measures=measures, **none)


#: The review and the overview: small enough to be built often, and checked against the review's own pages.
THE_REVIEW = ("amari-2022", "attachment-based-therapy")
#: Claims alone: built soonest, for how a build comes about and not for what is in it.
THE_OVERVIEW = ("attachment-based-therapy",)


def copy_rooms(rooms, root, datasets=THE_REVIEW):
    """The repository's rooms, copied below ``root``, with these datasets only, and no links to other ontologies."""
    shutil.copytree(rooms.ontology, root / "ontology", ignore=shutil.ignore_patterns("*.sssom.tsv"))
    shutil.copytree(rooms.queries, root / "queries")
    for name in ("references.bib", "README.md"):
        (root / "evidence").mkdir(exist_ok=True)
        shutil.copy(rooms.evidence / name, root / "evidence" / name)
    for name in datasets:
        shutil.copytree(rooms.evidence / name, root / "evidence" / name)
    return Rooms(root)


def add_correlations(world, correlations, subject, object, subject_measure, object_measure, name="made-up"):
    """A made-up dataset of one study, sample and finding for each ``(n, r)``, on two constructs; nothing else is told."""
    folder = world.evidence / name
    folder.mkdir(exist_ok=True)
    (folder / "dataset.toml").write_text(
        f'id = "{name}"\ntitle = "Made up"\ndescription = "Made up for a test."\nsource = "amari2022"\n'
        'reading = "primary-full-text"\nlicence = "none"\ncoded_on = 2026-11-22\n'
    )
    tables = {
        "studies": [["id", "label", "publication", "design", "setting", "measures", "reported_in", "locator"]],
        "samples": [["id", "study", "label", "n", "recruitment", "reported_in", "locator"]],
        "findings": [
            ["id", "study", "sample", "kind", "subject", "object", "subject_measure", "object_measure",
             "direction", "significance", "statistic", "value", "n",
             "statement", "printed", "reported_in", "reading", "locator", "certainty"],
        ],
    }  # fmt: skip
    measures = f"{subject_measure}; {object_measure}"
    where = ["amari2022", "made up"]
    for number, (n, r) in enumerate(correlations):
        study = f"{name}-{number:02}"
        direction = "positive" if r > 0 else "negative" if r else "not-reported"
        tables["studies"].append([study, study, "amari2022", "cross-sectional", "online", measures, *where])
        tables["samples"].append([f"{study}-sample", study, study, str(n), "not-reported", *where])
        tables["findings"].append(
            [f"{study}-01", study, f"{study}-sample", "association", subject, object, subject_measure, object_measure,
             direction, "not-reported", "pearson-r",
             str(r), str(n), "Made up.", str(r), where[0], "primary-full-text", where[1], "high"],
        )  # fmt: skip
    for table, rows in tables.items():
        (folder / f"{table}.tsv").write_text("".join("\t".join(row) + "\n" for row in rows))


def derived(rooms, corpus, axioms, aside):
    """Everything that follows by the rules about anything but the individuals of the kind ``aside``, as lines."""
    graphs = named_graphs(corpus, axioms)
    store = Embedded.in_memory()
    for name, graph in graphs.items():
        store.load(graph.serialize(format="nt"), graph_iri(name))
    store.load(read_inferences(rooms, graphs["vocabulary"]), graph_iri("inferred"))
    apply_rules(store, rooms, lambda step: None)
    made = {graph_iri("inferred"), graph_iri("synthesis")}
    lines = {str(quad) for quad in store.quads() if quad.graph_name.value in made}
    return {line for line in lines if not line.startswith("<" + PREFIXES[aside])}
