"""The house: imports go downhill, data stays out of the software, documents tell the truth."""

import ast
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner
from documents import blocks, commands, see

from kg import cli
from kg.corpus import AUDIT_TABLES, DATASET_TABLES
from kg.names import BASE
from kg.questions import CATEGORIES, list_questions
from kg.records import FindingKind
from kg.resources import is_checkout, shipped

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "kg"

#: A module imports only its own floor or a lower one.
FLOORS = [
    (
        *("errors", "names", "markdown", "notebook", "resources", "requirements", "formulas"),
        *("files", "generations", "sparql_tokens", "narrowed", "steps", "ntriples"),
    ),
    (
        *("cells", "records", "placed", "spreadsheets", "parquet", "tables", "bibliography"),
        *("corpus", "references", "mappings", "codebook", "spellings"),
    ),
    ("ontology", "labels", "triples", "reason", "mapping_triples"),
    ("store", "questions", "lookup", "manifests"),
    (
        *("check", "layers", "audits", "passages", "network", "nearby", "conflicts", "gaps", "tellings", "flows"),
        "mapping_chains",
        *("arithmetic", "null_reach", "plausibility", "p_values"),
        *("effects", "conversions", "poolable", "pooling", "heterogeneity", "dependence", "regression", "moderators"),
        *("small_studies", "synthesis", "pooled", "pooled_pairs"),
    ),
    (
        *("structure", "importing", "linking", "push", "bulk", "generating", "nanopubs"),
        *("workbooks", "agreement"),
    ),
    ("views", "export"),
    (
        *("build", "default_graph", "streaming", "updating", "maps", "widest", "gap_maps", "figures"),
        *("pairs_to_pool", "pools", "structural_answers", "graph"),
    ),
    ("pages",),
    ("serve", "site"),
    ("assistants",),
    ("release", "benchmark"),
    (
        "doors",
        "demo",
        "infer",
        "targets",
        "licences",
        "generate",
        "measured_links",
        "measured_pages",
        "measured_engines",
        "command_parts",
    ),
    (
        *("study_commands", "figure_commands", "structure_commands", "import_commands", "contribute_commands"),
        *("serve_commands", "site_commands", "link_commands", "push_commands"),
        *("nanopub_commands", "assistant_commands", "release_commands"),
        "commands",
    ),
    ("cli",),
    ("manual",),
]


def modules():
    return sorted(
        path for path in PACKAGE.rglob("*.py") if path.name != "__main__.py" and path != PACKAGE / "__init__.py"
    )


def room(path):
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def floor(name):
    return next(index for index, names in enumerate(FLOORS) if name in names)


def imported(path):
    """Rooms of kg that a module imports at run time, wherever the import stands."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node not in typing_only and (node.module or "").split(".")[0] == "kg":
            parts = node.module.split(".")
            yield from [parts[1]] if len(parts) > 1 else [alias.name for alias in node.names]


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_downhill(path):
    """No module imports from a floor above its own."""
    above = [name for name in imported(path) if floor(name) > floor(room(path))]
    assert above == []


@pytest.mark.parametrize("path", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_no_module_is_the_project(path):
    """A module that grows beyond 400 lines wants splitting by noun."""
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_there_is_no_data_in_the_software():
    """kg/ holds Python and page templates, nothing that a psychologist would edit."""
    kinds = {path.suffix for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts}
    assert kinds <= {".py", ".html", ".svg", ".css", ".js", ".typed"}


def test_there_is_no_software_in_the_data():
    """No Python in ontology/, evidence/ and queries/."""
    assert not [path for name in ("ontology", "evidence", "queries") for path in (ROOT / name).rglob("*.py")]


def test_the_kinds_of_findings_are_those_of_the_ontology():
    """The enumeration in the software and the classes of the ontology agree."""
    from rdflib import OWL, RDFS

    from kg.ontology import read_axioms
    from kg.triples import term

    axioms = read_axioms(shipped())
    undefined = {
        str(each).rsplit("/", 1)[1]
        for each in axioms.subjects(RDFS.subClassOf, term("ca:Finding"))
        if (each, OWL.equivalentClass, None) not in axioms
    }
    assert {kind.class_name for kind in FindingKind} == undefined - {"NullFinding"}


def test_the_version_iri_is_dated_and_under_the_base():
    """The ontology's header has a dated version IRI."""
    text = shipped().axioms.read_text(encoding="utf-8")
    assert re.search(rf"owl:versionIRI <{re.escape(BASE)}ontology/\d{{4}}-\d\d-\d\d>", text)


def test_every_category_has_a_question():
    """No empty shelf."""
    assert {question.category for question in list_questions(shipped())} == set(CATEGORIES)


def test_this_is_a_checkout():
    """The tests run against the repository's own rooms."""
    assert is_checkout()


# --- documents -------------------------------------------------------------------------------

DOCUMENTS = [
    "README.md",
    "ENGINES.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "ontology/README.md",
    "evidence/README.md",
    "SECURITY.md",
    "LICENCES.md",
]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_between_documents_lead_somewhere(name):
    """Every relative link exists."""
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", text):
        assert (ROOT / name).parent.joinpath(target).exists(), target


def test_every_test_that_the_page_of_threats_names_is_there():
    """What stands against a threat can be run."""
    tests = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    named = set(re.findall(r"`(test_\w+)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8")))
    assert len(named) > 20
    assert {name for name in named if f"def {name}(" not in tests} == set()


def test_the_readme_names_every_command():
    """What can be done is in the README."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in cli.main.commands if f"kg {name}" not in text] == []


def test_every_push_of_the_guide_to_engines_is_one_the_command_takes():
    """No option of ENGINES.md is made up."""
    told = re.findall(
        r"^(?:KG_PASSWORD=\S+ )?kg push (.*?)(?:  +#.*)?$", (ROOT / "ENGINES.md").read_text(), re.MULTILINE
    )
    assert len(told) == 8
    for arguments in told:
        assert cli.main.commands["push"].make_context("push", arguments.split())


@pytest.mark.parametrize("record", [*DATASET_TABLES.values(), *AUDIT_TABLES.values()])
def test_the_coders_guide_explains_every_column(record):
    """evidence/README.md has a line for each column of the tables."""
    text = (ROOT / "evidence" / "README.md").read_text(encoding="utf-8")
    assert [column for column in record.columns() if f"`{column}`" not in text] == []


@pytest.mark.parametrize("table", ["constructs", "measures", "therapies", "therapy_parts", "codes"])
def test_the_editors_guide_explains_every_column(table):
    """ontology/README.md has a line for each column of the term tables."""
    text = (ROOT / "ontology" / "README.md").read_text(encoding="utf-8")
    header = (ROOT / "ontology" / "terms" / f"{table}.tsv").read_text(encoding="utf-8").splitlines()[0].split("\t")
    assert [column for column in header if f"`{column}`" not in text] == []


def examples(name):
    """Commands that a document shows with what they print: ``$ kg …`` followed by output."""
    for block in blocks(ROOT / name):
        if block.language == "console":
            for command, output in commands(block.text):
                yield pytest.param(command, output, id=command)


@pytest.mark.parametrize(("command", "output"), [example for name in DOCUMENTS for example in examples(name)])
def test_what_the_documents_show_is_what_the_command_prints(command, output, built, tmp_path, monkeypatch):
    """Every kg command shown with its output gives that output (… stands for what is left out)."""
    monkeypatch.chdir(tmp_path)
    see(output, CliRunner().invoke(cli.main, ["--store", str(built), *shlex.split(command)[1:]]).output)


def told_only(name):
    """The kg commands of a document's ``sh`` blocks, which are shown without output: they need what no test has."""
    shown = "".join(block.text for block in blocks(ROOT / name) if block.language == "sh")
    return re.findall(r"^kg (?:--store \S+ )?(?:--user \S+ )?(.*?)(?: <<.*| +#.*)?$", shown, re.MULTILINE)


@pytest.mark.parametrize("arguments", [command for name in DOCUMENTS for command in told_only(name)])
def test_every_command_that_is_told_is_one_that_kg_takes(arguments, tmp_path, monkeypatch):
    """No option is made up, where the files that it names are there."""
    monkeypatch.chdir(tmp_path)
    name, *words = shlex.split(arguments)
    for word in words:
        if re.fullmatch(r"[\w.-]+\.(owl|pem|trig|tsv|txt|xlsx)", word):
            (tmp_path / word).touch()
    assert cli.main.commands[name].make_context(name, words)


def test_the_python_of_the_readme_runs(built, monkeypatch, capsys):
    """The library example gives an answer."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))
    assert code
    import kg
    from kg.graph import open_graph

    monkeypatch.setattr(kg, "open", lambda store=None: open_graph(store or built))
    exec(compile(code, "README.md", "exec"), {})
    assert "not significant" in capsys.readouterr().out
