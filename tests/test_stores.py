"""One compliance suite over all stores: in memory, on disk, and two real SPARQL servers.

Virtuoso is asked only where tests marked ``engine`` run: it comes from Debian, not from PyPI.
"""

import shutil
import subprocess
import traceback
from decimal import Decimal

import pytest
from endpoints import free_port, oxigraph, wait_for

from kg import build
from kg.errors import BadQuestion, StoreError
from kg.pages.atlas import Atlas
from kg.questions import ask, find_question, list_questions
from kg.resources import shipped
from kg.store import Iri, open_store
from kg.store.embedded import Embedded
from kg.store.remote import Remote

QUESTIONS = list_questions(shipped())


@pytest.fixture(scope="module")
def endpoint(built, tmp_path_factory):
    """A real Oxigraph server over a copy of the built store."""
    location = tmp_path_factory.mktemp("server") / "store"
    shutil.copytree(build.current_generation(built) / "store", location)
    with oxigraph(location) as address:
        yield address


VIRTUOSO = """
[Database]
DatabaseFile = {folder}/virtuoso.db
ErrorLogFile = {folder}/virtuoso.log
LockFile = {folder}/virtuoso.lck
TransactionFile = {folder}/virtuoso.trx
xa_persistent_file = {folder}/virtuoso.pxa
[TempDatabase]
DatabaseFile = {folder}/temporary.db
TransactionFile = {folder}/temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{port}
DirsAllowed = {folder}
NumberOfBuffers = 20000
StopCompilerWhenXOverRunTime = 1
[HTTPServer]
ServerPort = 127.0.0.1:{http_port}
ServerRoot = {folder}
[SPARQL]
ResultSetMaxRows = 100000
"""


@pytest.fixture(scope="module")
def virtuoso(built, tmp_path_factory):
    """A Virtuoso of our own on loopback, with the N-Quads of the build."""
    if not shutil.which("virtuoso-t"):
        pytest.fail("virtuoso-t is not installed; apt-get install virtuoso-opensource, or leave out -m engine")
    folder = tmp_path_factory.mktemp("virtuoso")
    shutil.copy(build.current_generation(built) / "kg.nq", folder)
    port, http_port = free_port(), free_port()
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(folder=folder, port=port, http_port=http_port))
    process = subprocess.Popen(
        ["virtuoso-t", "+foreground", "+configfile", "virtuoso.ini"],
        cwd=folder,
        stderr=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    wait_for(f"http://127.0.0.1:{http_port}/sparql")
    load = f"DB.DBA.TTLP(file_open('{folder}/kg.nq'), '', 'urn:no-graph', 512)"  # 512: N-Quads
    subprocess.run(["isql-vt", f"127.0.0.1:{port}", "dba", "dba", f"exec={load};"], check=True, capture_output=True)
    yield f"http://127.0.0.1:{http_port}/sparql"
    process.terminate()
    process.wait()


@pytest.fixture(scope="module", params=["memory", "oxigraph", pytest.param("virtuoso", marks=pytest.mark.engine)])
def any_store(request, built):
    if request.param == "oxigraph":
        return Remote(request.getfixturevalue("endpoint"))
    if request.param == "virtuoso":
        return Remote(request.getfixturevalue("virtuoso"))
    disk = open_store(built)
    memory = Embedded.in_memory()
    for name in disk.select("SELECT DISTINCT ?g WHERE { GRAPH ?g { ?s ?p ?o } }").column("g"):
        memory.load(disk.triples(name), str(name))
    return memory


#: Virtuoso takes a minute or more to plan these, with who states a claim beside its verdict: to be mended in the queries.
PLANNED_TOO_LONG_BY_VIRTUOSO = {"theory-about", "theory-between", "verdicts"}


@pytest.mark.parametrize("any_store", ["oxigraph", pytest.param("virtuoso", marks=pytest.mark.engine)], indirect=True)
@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_store_gives_the_same_answer(any_store, store, question, request):
    """The whole library of questions, row for row; 1 is not true, text is no IRI. In memory it is the engine of the disk."""
    if question.name in PLANNED_TOO_LONG_BY_VIRTUOSO and "virtuoso" in request.node.callspec.id:
        pytest.xfail("Virtuoso takes too long to plan it")
    assert strictly(ask(any_store, question, {})) == strictly(ask(store, question, {}), nearly)


def strictly(rows, double=float):
    """Columns and typed values; a double as ``double`` has it."""
    return rows.columns, [
        [(type(value), double(value) if isinstance(value, float) else value) for value in row] for row in rows.values
    ]


def nearly(value):
    """A double to within what Virtuoso sends of it: six digits."""
    return pytest.approx(value, rel=1e-5)


@pytest.fixture
def tells_truth_from_numbers(request, any_store):
    """Virtuoso computes with 1 and 0 for true and false, and says so on the wire: nobody can tell them apart."""
    if "virtuoso" in request.node.callspec.id:
        request.applymarker(pytest.mark.xfail(strict=True, reason="Virtuoso's computed truth values are integers"))


def test_every_path_has_the_findings_of_each_step(any_store, store):
    """Chains of one, two and three steps: the same findings from every engine."""
    question = find_question(shipped(), "path-between")
    for start, end, steps in [
        ("self-compassion", "secure-attachment", 1),
        ("parental-warmth", "emotional-distress", 2),
        ("social-safeness", "depression", 3),
    ]:
        about = {"subject": [start], "object": [end]}
        rows = ask(any_store, question, about)
        assert rows == ask(store, question, about)
        assert {row["step"] for row in rows} == set(range(1, steps + 1))


@pytest.mark.usefixtures("tells_truth_from_numbers")
def test_values_keep_their_kind(any_store):
    """IRIs, numbers, truth values and text are told apart."""
    row = any_store.select(
        'SELECT (ca:Finding AS ?iri) (0.10 AS ?decimal) (7 AS ?integer) (true AS ?truth) ("0.10" AS ?text) WHERE { }'
    ).values[0]
    assert row == (Iri("https://w3id.org/compassion-attachment/ontology/Finding"), Decimal("0.1"), 7, True, "0.10")
    assert [type(value) for value in row] == [Iri, Decimal, int, bool, str]


def test_an_unbound_variable_is_none(any_store):
    """A variable without a value is None."""
    assert any_store.select("SELECT ?nothing WHERE { }").values == ((None,),)


def test_ask_gives_one_row(any_store):
    """ASK is a table with one cell."""
    assert any_store.select("ASK { ?finding a ca:Finding }").values == ((True,),)


def test_construct_gives_ntriples(any_store):
    """CONSTRUCT comes as N-Triples."""
    text = any_store.graph(
        "CONSTRUCT { ?style a ca:InsecureAttachmentStyle } WHERE { ?style a ca:InsecureAttachmentStyle }"
    )
    assert len([line for line in text.splitlines() if line.strip()]) == 4


def test_rows_and_graphs_are_not_mistaken_for_each_other(any_store):
    """Asking for rows of a graph, or for a graph of rows, says so."""
    with pytest.raises(BadQuestion):
        any_store.select("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 1")
    with pytest.raises(BadQuestion):
        any_store.graph("SELECT * WHERE { ?s ?p ?o } LIMIT 1")


def test_what_is_not_sparql_is_refused(any_store):
    """A syntax error is an error of ours, not a traceback."""
    with pytest.raises((BadQuestion, StoreError)):
        any_store.select("SELEKT everything")


@pytest.fixture(params=["disk", "memory", "remote"])
def closed(request, built):
    """A store that was closed, twice."""
    opened = {
        "disk": lambda: open_store(built),
        "memory": Embedded.in_memory,
        "remote": lambda: Remote("http://e.org/"),
    }
    store = opened[request.param]()
    store.close()
    store.close()
    return store


@pytest.mark.parametrize(
    "use",
    [lambda store: store.select("ASK { }"), lambda store: store.graph("DESCRIBE ca:Finding")],
    ids=["rows", "graph"],
)
def test_a_closed_store_says_so(closed, use):
    """Closing twice is harmless; asking afterwards is an error of ours."""
    with pytest.raises(StoreError, match="is closed"):
        use(closed)


@pytest.mark.parametrize("path", ["/", "/measure/scs", "/finding/mackintosh-2018-01", "/ontology/Finding"])
def test_the_atlas_is_the_same_over_an_endpoint(endpoint, store, path):
    """Pages ask nothing but what every store answers alike."""
    assert Atlas(Remote(endpoint)).page(path) == Atlas(store).page(path)


def test_an_endpoint_that_does_not_answer_is_named():
    """A dead endpoint gives its address and what to check."""
    with pytest.raises(StoreError, match=r"127\.0\.0\.1.*does not answer"):
        Remote(f"http://127.0.0.1:{free_port()}/sparql").select("ASK { }")


@pytest.mark.parametrize("query", ["CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "SELECT * WHERE { ?s ?p ?o }"])
def test_an_answer_of_the_engine_does_not_outlive_the_question(store, query):
    """Only the thread that asked may drop it, so no error may carry it elsewhere."""
    with pytest.raises(BadQuestion) as caught:
        (store.select if query.startswith("CONSTRUCT") else store.graph)(query)
    frames = [frame for frame, _ in traceback.walk_tb(caught.value.__traceback__)]
    assert not [name for frame in frames for name, value in frame.f_locals.items() if "Quer" in type(value).__name__]
