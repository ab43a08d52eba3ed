"""Nanopublications: four graphs each, valid, holding what the graph states; signed, superseded, retracted."""

import re
import sys
from base64 import b64decode
from pathlib import Path

import nanopub
import pyoxigraph as ox
import pytest
from click.testing import CliRunner
from Crypto.Hash import SHA256
from Crypto.PublicKey import RSA
from Crypto.Signature import pkcs1_15
from nanopub.trustyuri.rdf import RdfHasher, RdfUtils
from rdflib import Graph
from rdflib.plugins.sparql import processor
from worlds import THE_REVIEW

from kg import cli
from kg.errors import BadQuestion, StoreError
from kg.names import BASE, mint
from kg.nanopubs.making import nanopubs, retraction
from kg.nanopubs.publishing import published as making_public
from kg.nanopubs.quads import NPX, SPACE, read_trig, write_trig
from kg.nanopubs.signing import orcid_iri
from kg.records import Finding, Proposition
from kg.triples import record_of

WHO = "0000-0002-1825-0097"  # the example of ORCID's own documentation
ASKED = "mackintosh-2018-01"


@pytest.fixture(scope="module")
def export(built_review, tmp_path_factory):
    """``kg export nanopub`` over the review: the nanopublications it wrote, or what it says where it wrote none."""
    folder = tmp_path_factory.mktemp("nanopubs")

    def run(*arguments):
        path = folder / "out.trig"
        path.unlink(missing_ok=True)
        ran = CliRunner().invoke(
            cli.main, ["--store", str(built_review), "export", "nanopub", *map(str, arguments), "-o", str(path)]
        )
        assert ran.exception is None or isinstance(ran.exception, SystemExit)
        return read_trig(path.read_bytes(), "out.trig") if path.exists() else ran.output

    return run


@pytest.fixture(scope="module")
def published(export):
    return export()


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    """A private key, in PEM."""
    path = tmp_path_factory.mktemp("keys") / "key.pem"
    path.write_bytes(RSA.generate(2048).export_key())
    return path


@pytest.fixture(scope="module")
def signed(export, key):
    """One finding, signed."""
    return export("--about", ASKED, "--sign", key, "--orcid", WHO)


def about(published, name):
    return next(each for each in published if each.stem == f"{SPACE}{name}/")


def of_package(each, folder):
    """A nanopublication as the package ``nanopub`` reads it."""
    path = Path(folder) / "one.trig"
    path.write_text(each.trig(), encoding="utf-8")
    return nanopub.Nanopub(rdf=path)


def test_there_is_one_for_each_finding_and_each_proposition(published, review):
    """None is left out, and none is told twice."""
    stated = {*review.query("SELECT DISTINCT ?x { { ?x a ca:Finding } UNION { ?x a ca:Proposition } }").column("x")}
    assert sorted(each.stem for each in published) == sorted(f"{SPACE}{iri.removeprefix(BASE)}/" for iri in stated)


@pytest.fixture
def parsed_once(monkeypatch):
    """The package asks each nanopublication the same; rdflib takes longer to parse a query than to answer it."""
    parse, translate, known = processor.parseQuery, processor.translateQuery, {}

    def once(text, *context):
        if text not in known:
            known[text] = translate(parse(text), *context)
        return known[text]

    monkeypatch.setattr(processor, "parseQuery", lambda text: text)
    monkeypatch.setattr(processor, "translateQuery", once)


@pytest.mark.usefixtures("parsed_once")
def test_every_one_is_valid_by_the_package(published, tmp_path):
    """The package ``nanopub`` finds nothing wrong with any of the review's."""
    assert [each.iri for each in published if not of_package(each, tmp_path).is_valid] == []


def test_every_one_has_four_graphs_of_its_own(published):
    """No two nanopublications share a graph, and none has more or less than four."""
    graphs = [{quad.graph_name for quad in each.quads()} for each in published]
    assert {len(each) for each in graphs} == {4}
    assert len(set.union(*graphs)) == 4 * len(published)


def test_no_statement_stands_in_two_graphs(published):
    """What was found, where it was read, and what the nanopublication says of itself are told apart."""
    for each in published:
        assert len(each.assertion | each.provenance | each.pubinfo) == sum(map(len, each.says())) + 1  # its date


def test_together_they_hold_every_finding(published, review):
    """The findings come back from the nanopublications as the records that they were."""
    union = Graph().parse(data=as_ntriples(published), format="nt")
    records = review.findings()
    assert [record_of(union, each.iri, Finding) for each in records] == records


def test_together_they_hold_every_proposition(published, corpus):
    """The propositions come back as they stand in the tables."""
    union = Graph().parse(data=as_ntriples(published), format="nt")
    rows = [row.record for each in corpus.datasets if each.id in THE_REVIEW for row in each.propositions]
    back = [record_of(union, row.iri, Proposition) for row in rows]
    assert [each.cells() for each in back] == [in_order(row) for row in rows]


def in_order(row):
    """The cells of a row with its lists sorted: RDF keeps no order."""
    return {
        column: "; ".join(sorted(cell.split("; "))) if column in ("stated_in", "explains") else cell
        for column, cell in row.cells().items()
    }


def test_the_assertions_entail_the_edges_of_the_graph(published, review):
    """The typed edges in the assertions are those that the findings entail, no more and no less."""
    edges = review.query(
        "SELECT DISTINCT ?from ?edge ?to { ?class ca:assertsEdge ?edge . ?edge ca:edgeFrom ?a ; ca:edgeTo ?b ."
        " ?finding a ?class ; ?a ?from ; ?b ?to }"
    )
    told = {
        tuple(map(str, (t.subject.value, t.predicate.value, t.object.value)))
        for each in published
        for t in each.assertion
        if t.subject.value.startswith(mint("construct", ""))
    }
    assert told == {tuple(map(str, row)) for row in edges.values}


def test_the_provenance_leads_to_the_source(published):
    """It says from which publication the assertion was taken, how to find it, and where in it."""
    text = about(published, f"finding/{ASKED}").trig().partition("sub:provenance {")[2].partition("\n}")[0]
    assert "prov:wasDerivedFrom publication:amari2022" in text
    assert "Amari, Nicola" in text
    assert "Table 2" in text


def test_the_same_graph_gives_the_same_bytes(published, review):
    """Nothing of the day or the machine is in it."""
    assert write_trig(each.with_version() for each in nanopubs(review.store)) == write_trig(published)


def test_the_dates_are_those_of_the_datasets(published):
    """Created is when the dataset was coded, not when it was exported."""
    assert 'dcterms:created "2026-11-21"^^xsd:date' in about(published, f"finding/{ASKED}").trig()


def test_one_proposition_can_be_had_by_itself(export, published):
    """--about takes a proposition as well as a finding."""
    name = next(each.stem for each in published if each.stem.startswith(SPACE + "proposition/"))
    assert [each.stem for each in export("--about", name.rstrip("/").rpartition("/")[2])] == [name]


class CutOff:
    """A store that hands out the first lines of a graph, as Virtuoso does by itself."""

    def __init__(self, store):
        self.select = store.select
        self.graph = lambda query: "".join(store.graph(query).splitlines(keepends=True)[:100])


def test_an_answer_that_was_cut_off_is_no_export(review):
    """What an endpoint kept back is not taken for retracted."""
    with pytest.raises(StoreError, match=r"handed out 100 of [\d,]+ statements; raise its limit"):
        nanopubs(CutOff(review.store))


# --- signatures ------------------------------------------------------------------------------


def test_a_signed_one_is_valid_by_the_package(signed, tmp_path):
    """Its Trusty artefact is the digest of what it holds."""
    made = of_package(signed[0], tmp_path)
    assert made.is_valid
    assert signed[0].version.startswith("RA")
    assert made.source_uri == signed[0].iri
    assert made.has_valid_trusty


def test_the_signature_is_by_the_key_that_was_given(signed, key, tmp_path):
    """The key verifies it over all other quads, normalised, which the package itself only looks at."""
    quads = RdfUtils.get_quads(of_package(signed[0], tmp_path).rdf)
    (told,) = (object for *_, property, object in quads if str(property) == NPX + "hasSignature")
    rest = [quad for quad in quads if quad[3] != told]
    normal = RdfHasher.normalize_quads(rest, baseuri=signed[0].iri + signed[0].separator, hashstr=" ")
    pkcs1_15.new(RSA.import_key(key.read_bytes())).verify(SHA256.new(normal.encode()), b64decode(told))


def test_signing_changes_nothing_that_is_said(signed, published):
    """The assertion and its provenance are those of the unsigned one."""
    unsigned = about(published, f"finding/{ASKED}")
    assert (signed[0].assertion, signed[0].provenance) == (unsigned.assertion, unsigned.provenance)


def test_the_signed_one_says_who_signed(signed):
    """The person is its creator."""
    assert f"dcterms:creator orcid:{WHO}" in signed[0].trig()
    assert f"npx:signedBy orcid:{WHO}" in signed[0].trig()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"no key at all", "holds no RSA key that is free of a passphrase"),
        (RSA.generate(1024).export_key(), "has 1024 bits; take a key of 2048 or more"),
        (RSA.generate(1024).export_key(passphrase="secret"), "holds no RSA key that is free of a passphrase"),
        (RSA.generate(1024).publickey().export_key(), "is a public key"),
    ],
    ids=["no key", "short", "with a passphrase", "public"],
)
def test_a_bad_key_is_told_in_one_line(export, tmp_path, content, told):
    """What is wrong with the key, and what to do; nothing of the key itself."""
    path = tmp_path / "bad.pem"
    path.write_bytes(content)
    said = export("--about", ASKED, "--sign", path, "--orcid", WHO)
    assert re.fullmatch(rf"kg: \S+bad\.pem: {told}.*; .*\n|kg: \S+bad\.pem: {told}.*\n", said)


def test_without_the_package_only_signing_stops(export, key, monkeypatch):
    """What is missing is told, and how to get it; unsigned ones need nothing."""
    monkeypatch.setitem(sys.modules, "nanopub", None)
    assert len(export("--about", ASKED)) == 1
    assert export("--about", ASKED, "--sign", key, "--orcid", WHO) == (
        "kg: signing needs the package nanopub: pip install 'compassion-attachment-kg[nanopub]'\n"
    )


@pytest.mark.parametrize("wrong", ["0000-0002-1825-0098", "nobody", "0000-0002-1825-009"])
def test_a_wrong_orcid_is_refused(wrong):
    """The check digit is looked at."""
    with pytest.raises(BadQuestion, match="is no ORCID iD"):
        orcid_iri(wrong)


# --- superseding -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def former(published, tmp_path_factory):
    """A former export, since when one finding changed, one proposition was added, and one finding went."""
    changed = about(published, f"finding/{ASKED}").iri
    added = about(published, "proposition/" + first_proposition(published)).iri
    blocks = {each.iri: each.trig() for each in published if each.iri != added}
    blocks[changed] = blocks[changed].replace("ca:value -0.25", "ca:value -0.52")
    blocks["gone"] = blocks[changed].replace(ASKED, "mackintosh-2018-99")
    path = tmp_path_factory.mktemp("former") / "former.trig"
    path.write_text("".join(blocks.values()), encoding="utf-8")
    return path


def first_proposition(published):
    stem = next(each.stem for each in published if each.stem.startswith(SPACE + "proposition/"))
    return stem.rstrip("/").rpartition("/")[2]


@pytest.fixture(scope="module")
def after(export, former):
    return export("--supersedes", former)


def test_what_changed_supersedes_what_was(after, published):
    """The new version has a new IRI and names the old one."""
    before = about(published, f"finding/{ASKED}")
    now = about(after, f"finding/{ASKED}")
    assert now.supersedes == before.iri != now.iri
    assert now.assertion == before.assertion


def test_what_is_gone_is_retracted_by_superseding_it(after, former):
    """The retraction says nothing else, and takes the place of what it retracts."""
    before = about(read_trig(former.read_bytes(), ""), "finding/mackintosh-2018-99")
    now = about(after, "finding/mackintosh-2018-99")
    assert now.supersedes == before.iri
    assert [(each.predicate.value, each.object.value) for each in now.assertion] == [(NPX + "retracts", before.iri)]


def test_what_is_new_supersedes_nothing(after, published):
    """An added proposition starts a line of its own."""
    assert about(after, "proposition/" + first_proposition(published)).supersedes is None


def test_what_is_as_it_was_stays_the_same_publication(after, former, published):
    """All others keep their IRI, byte for byte."""
    kept = {each.iri for each in read_trig(former.read_bytes(), "")} & {each.iri for each in after}
    assert len(kept) == len(published) - 2
    assert [each for each in after if each.iri in kept] == [each for each in published if each.iri in kept]


def test_superseding_and_retracting_ones_are_valid(after, former, tmp_path):
    """The package finds nothing wrong with them."""
    new = [each for each in after if each.supersedes]
    assert len(new) == 2
    assert all(of_package(each, tmp_path).is_valid for each in new)


def test_a_second_time_changes_nothing(export, after, tmp_path):
    """The export after an export without changes is the same; a retraction is not retracted again."""
    path = tmp_path / "after.trig"
    path.write_text(write_trig(after), encoding="utf-8")
    assert export("--supersedes", path) == after


def test_all_former_exports_may_stand_in_one_file(export, former, after, tmp_path):
    """Of several versions the last one counts."""
    path = tmp_path / "all.trig"
    path.write_text(former.read_text("utf-8") + write_trig(each for each in after if each.supersedes), encoding="utf-8")
    assert {each.iri for each in export("--supersedes", path)} == {each.iri for each in after}


def test_what_comes_back_supersedes_its_retraction(export, published, tmp_path):
    """It is a new publication, not the one that was retracted."""
    was = about(published, f"finding/{ASKED}")
    path = tmp_path / "retracted.trig"
    gone = retraction(was, None, BASE).with_version()
    path.write_text(write_trig([was, gone]), encoding="utf-8")
    now = about(export("--about", ASKED, "--supersedes", path), f"finding/{ASKED}")
    assert (now.supersedes, now.iri != was.iri) == (gone.iri, True)


def test_only_the_same_key_supersedes(export, signed, tmp_path):
    """What somebody signed is not superseded by anybody."""
    path = tmp_path / "signed.trig"
    path.write_text(write_trig(signed), encoding="utf-8")
    assert "is signed with another key" in export("--about", ASKED, "--supersedes", path)


def test_a_signed_one_stays_as_it_was(export, signed, key, tmp_path):
    """Unchanged, it keeps its signature."""
    path = tmp_path / "signed.trig"
    path.write_text(write_trig(signed), encoding="utf-8")
    assert export("--about", ASKED, "--supersedes", path, "--sign", key, "--orcid", WHO) == signed


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("this is no RDF", "is no TriG"),
        ("<https://example.org/a> <https://example.org/b> <https://example.org/c> .", "holds no nanopublication"),
    ],
)
def test_a_file_that_is_no_former_export_is_refused(export, tmp_path, content, told):
    """In one line, which says what to give."""
    path = tmp_path / "other.trig"
    path.write_text(content, encoding="utf-8")
    said = export("--supersedes", path)
    assert said.count("\n") == 1
    assert told in said


def test_a_file_that_was_cut_off_is_refused(export, published, tmp_path):
    """No nanopublication is taken for retracted because its graph is missing."""
    text = published[0].trig()
    path = tmp_path / "cut.trig"
    path.write_text(text[: text.index("sub:pubinfo {")], encoding="utf-8")
    assert "has no pubinfo" in export("--supersedes", path)


def test_a_head_in_the_default_graph_is_refused(export, published, tmp_path):
    """One line, where a nanopublication is called one outside of its head."""
    path = tmp_path / "loose.trig"
    path.write_text(f"<{published[0].iri}> a <http://www.nanopub.org/nschema#Nanopublication> .", encoding="utf-8")
    assert "has no assertion and no provenance and no pubinfo" in export("--supersedes", path)


def test_the_summary_counts_what_is_new(review, after, tmp_path):
    """Where nothing changed, nothing supersedes and nothing is retracted, whatever once was."""
    path = tmp_path / "after.trig"
    path.write_text(write_trig(after), encoding="utf-8")
    told = making_public(review.store, None, path, None, print).summary
    assert told.endswith(f": {len(after):,} as they were, 0 superseding, 0 retracting")


def test_options_of_nanopublications_are_of_no_other_format(built_review):
    """Nothing that was asked for is passed over in silence."""
    ran = CliRunner().invoke(cli.main, ["--store", str(built_review), "export", "csv", "--about", ASKED])
    assert (ran.exit_code, ran.output) == (2, "kg: --about is for kg export nanopub, not for csv; leave it out\n")


def as_ntriples(published):
    """The assertions and provenances as one graph."""
    triples = {triple for each in published for triple in each.assertion | each.provenance}
    return ox.serialize(sorted(triples, key=str), format=ox.RdfFormat.N_TRIPLES).decode()
