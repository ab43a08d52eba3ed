"""The command: exit codes, clean output, one-line errors."""

import csv
import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET

import pytest
import rdflib
from click.testing import CliRunner
from worlds import THE_OVERVIEW, copy_rooms

from kg import cli, command_parts, conversions, dependence, moderators, pooling, questions
from kg.commands import ELSEWHERE
from kg.export import graphs, tables
from kg.resources import shipped
from kg.store.embedded import Embedded

NAMES = [question.name for question in questions.list_questions(shipped())]


@pytest.fixture
def kg(built):
    """Run ``kg`` against the built store."""

    def run(*arguments, input=None):
        return CliRunner().invoke(cli.main, ["--store", str(built), *map(str, arguments)], input=input)

    return run


@pytest.fixture
def kg_review(built_review):
    """Run ``kg`` against the store of one review, where a whole field would only take longer."""

    def run(*arguments):
        return CliRunner().invoke(cli.main, ["--store", str(built_review), *map(str, arguments)])

    return run


@pytest.fixture
def kg_overview(built_overview):
    """Run ``kg`` against the smallest store."""

    def run(*arguments):
        return CliRunner().invoke(cli.main, ["--store", str(built_overview), *map(str, arguments)])

    return run


@pytest.fixture
def overview_alone(overview_rooms, monkeypatch):
    """What is shipped is the overview alone."""
    for place in ("kg.resources", "kg.default_graph"):
        monkeypatch.setattr(f"{place}.shipped", lambda: overview_rooms)
    return overview_rooms


@pytest.mark.parametrize("command", ["build", "check", "questions", "ask", "theory", "query", "map", "export"])
def test_every_command_has_help(kg, command):
    """--help of each command says what it does."""
    result = kg(command, "--help")
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_help_imports_nothing_heavy():
    """Kg --help loads neither rdflib nor pydantic nor pyoxigraph nor networkx."""
    code = "import sys; from kg.cli import main; main(['--help'], standalone_mode=False); print(sorted({'rdflib','pydantic','pyoxigraph','networkx','rich','pyvis'} & set(sys.modules)), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_asking_imports_no_rdf_library():
    """A question needs pyoxigraph only: rdflib and pydantic stay out."""
    code = "import sys, kg.questions, kg.lookup, kg.store.embedded, kg.export.tables; print(sorted({'rdflib','pydantic','networkx'} & set(sys.modules)))"
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )


def test_the_choices_are_the_registries():
    """Formats named in the command are those that can be written."""
    assert set(command_parts.ROW_FORMATS) == set(tables.ROW_FORMATS)
    assert set(command_parts.RDF_FORMATS) == set(graphs.RDF_FORMATS)
    assert set(command_parts.EXPORT_FORMATS) == {
        *graphs.EXPORTERS,
        "csv",
        "parquet",
        "graphml",
        "results",
        "metafor",
        "ontology",
        "skos",
        "obographs",
        "nanopub",
    }
    assert set(command_parts.ESTIMATORS) == set(pooling.ESTIMATORS)
    assert set(command_parts.INTERVALS) == set(pooling.INTERVALS)
    assert set(command_parts.CONTESTED) == set(conversions.CONTESTED)
    assert set(command_parts.DEPENDENT) == set(dependence.DEPENDENT)
    assert set(command_parts.MODERATORS) == set(moderators.MODERATORS)


@pytest.mark.parametrize("name", NAMES)
def test_every_question_can_be_asked_and_explains_itself(kg_review, name):
    """Kg ask NAME answers, and kg ask NAME --help names its parameters."""
    assert kg_review("ask", name).exit_code == 0
    shown = kg_review("ask", name, "--help").output
    assert all(f"--{parameter.name}" in shown for parameter in questions.find_question(shipped(), name).parameters)


def test_questions_lists_every_question(kg):
    """Kg questions prints how to ask each."""
    listed = kg("questions").output
    assert all(f"kg ask {name}" in listed for name in NAMES)


def test_questions_shows_what_is_optional_and_its_default(kg):
    """Brackets and the default's own name."""
    assert "kg ask measures-of [--construct self-compassion]" in kg("questions").output


def test_help_tells_that_an_option_is_optional_and_its_default(kg):
    """Kg ask NAME --help."""
    assert "Optional, default: self-compassion" in " ".join(kg("ask", "measures-of", "--help").output.split())


def test_asking_tells_the_values_used_on_stderr(kg):
    """Whoever leaves out a parameter sees what was asked, and stdout stays clean."""
    result = kg("ask", "findings-between", "--subject", "compassion", "--format", "csv")
    assert result.stderr == "findings-between: subject = compassion, object = attachment-avoidance (default)\n"
    assert result.stdout.startswith("finding,study,")


def test_an_empty_answer_says_what_it_is_the_answer_to(kg):
    """No rows: for these values, in this graph."""
    result = kg("ask", "findings-between", "--subject", "disorganised attachment", "--object", "proximity seeking")
    assert result.stdout == "(no rows)\n"
    told = " subject = disorganised attachment, object = proximity seeking\n"
    assert "no rows: nothing in this graph answers findings-between:" + told in result.stderr


def test_questions_of_one_category(kg):
    """--category keeps the others out."""
    listed = kg("questions", "--category", "measures").output
    assert "kg ask measures-of" in listed
    assert "kg ask studies" not in listed


def test_csv_on_stdout_is_nothing_but_csv(kg):
    """Every line of stdout is a row; the header names the columns."""
    result = kg("ask", "strongest-effects", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert result.stderr == "strongest-effects: least = 0.3 (default)\n"
    assert len(rows) > 5
    assert all(-1 <= float(row["value"]) <= 1 for row in rows)


def test_json_is_a_list_of_objects(kg):
    """JSON keeps numbers as numbers and IRIs in full."""
    rows = json.loads(kg("ask", "participants", "--format", "json").stdout)
    assert {"dataset": "amari-2022", "samples": 7, "participants": 4839, "withOverlapsOnce": 4786} in rows


def test_markdown_has_a_row_a_line(kg):
    """Markdown: header, rule, rows."""
    lines = kg("ask", "styles-without-findings", "--format", "markdown").stdout.splitlines()
    assert lines == [
        "| style | label |",
        "|---|---|",
        "| construct:disorganised-attachment | disorganised attachment |",
    ]


def test_no_rows_are_said(kg):
    """An empty answer is told in words, not as silence."""
    assert kg("ask", "findings-between", "--subject", "safe-haven", "--object", "drive-system").stdout == "(no rows)\n"


def test_a_query_from_standard_input(kg):
    """Kg query - reads SPARQL from a pipe."""
    query = "SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a ca:Study FILTER(?s = study:dudley-2018) }"
    assert kg("query", "-", "--format", "csv", input=query).stdout == "n\n1\n"


def test_a_construct_query_gives_turtle(kg, store):
    """A graph is printed in the RDF format asked for."""
    result = kg("query", "-", "--format", "ttl", input="CONSTRUCT { ?s a ca:Study } WHERE { ?s a ca:Study }")
    studies = store.select("SELECT DISTINCT ?s WHERE { ?s a ca:Study }").values
    assert len(rdflib.Graph().parse(data=result.stdout, format="turtle")) == len(studies)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("ask", "measures-of", "--construct", "self-compasion"), "did you mean 'self-compassion'"),
        (("ask", "no-such-question"), "no question 'no-such-question'"),
        (("ask", "measures-of", "--measure", "scs"), "No such option"),
        (("query", "-"), "not SPARQL"),
        (("query", "nowhere.rq"), "nowhere.rq"),
        (("export", "docx"), "docx"),
        (("questions", "--category", "cakes"), "no category 'cakes'"),
        (("map", "--around", "x", "--all", "-o", "m.html"), "exclude each other"),
        (("map", "--around", "narcisism", "-o", "m.html"), "no construct is called 'narcisism'"),
    ],
)
def test_what_cannot_run_says_why_and_exits_with_two(kg, arguments, told):
    """Exit code 2, the reason on stderr, nothing on stdout, no traceback."""
    result = kg(*arguments, input="SELEKT")
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""
    assert "Traceback" not in result.stderr


def test_a_store_that_is_not_there_exits_with_two(tmp_path):
    """--store at an empty folder leads to kg build."""
    result = CliRunner().invoke(cli.main, ["--store", str(tmp_path), "ask", "studies"])
    assert (result.exit_code, result.stdout) == (2, "")
    assert "kg build" in result.stderr


@pytest.mark.parametrize("format", command_parts.RDF_FORMATS)
def test_every_rdf_export_holds_the_same_triples(kg_overview, built_overview, format, tmp_path):
    """Each format parses, and all say the same as the store."""
    import pyoxigraph as ox

    out = tmp_path / f"kg.{format}"
    assert kg_overview("export", format, "-o", out).exit_code == 0
    quads = ox.parse(path=str(out), format=graphs.RDF_FORMATS[format])
    triples = {quad.triple for quad in quads if not has_blank(quad)}
    assert triples == {quad.triple for quad in Embedded.open(built_overview).quads() if not has_blank(quad)}


def has_blank(quad):
    import pyoxigraph as ox

    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)


def test_rdflib_reads_the_turtle(kg_overview, tmp_path):
    """The Turtle is Turtle to another library too."""
    out = tmp_path / "kg.ttl"
    kg_overview("export", "ttl", "-o", out)
    assert len(rdflib.Graph().parse(out)) > 9_000


def test_no_export_is_written_as_a_workbook(kg_overview, tmp_path):
    """Text in a file of that name would open nowhere."""
    answer = kg_overview("export", "csv", "-o", str(tmp_path / "findings.xlsx"))
    assert (answer.exit_code, "no export is a workbook" in answer.stderr) == (2, True)


def test_an_export_is_the_same_bytes_twice(kg_overview):
    """Two exports of one graph are equal."""
    assert kg_overview("export", "trig").stdout_bytes == kg_overview("export", "trig").stdout_bytes


def test_turtle_12_reifies_an_edge_for_every_finding(kg_review, review):
    """In RDF 1.2 every finding reifies the edges it entails."""
    import pyoxigraph as ox

    text = kg_review("export", "ttl12").stdout
    reifies = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies")
    reified = {quad.subject.value for quad in ox.parse(text, format=ox.RdfFormat.TURTLE) if quad.predicate == reifies}
    assert reified == set(review.ask("findings").column("finding"))


def test_csv_of_findings_has_a_row_a_finding(kg, graph):
    """Nothing is lost on the way to a spreadsheet."""
    rows = list(csv.DictReader(io.StringIO(kg("export", "csv").stdout)))
    assert [row["finding"] for row in rows] == graph.ask("findings").column("finding")


def test_graphml_has_an_edge_a_result(kg, graph):
    """GraphML is XML with one edge for each finding that tells no other's result again."""
    root = ET.fromstring(kg("export", "graphml").stdout)
    edges = root.findall(".//{http://graphml.graphdrawing.org/xmlns}edge")
    assert len(edges) == sum(row["repeats"] is None for row in graph.ask("findings"))


def test_a_file_that_cannot_be_written_is_said(kg_overview, tmp_path):
    """No traceback and no half-written file where the folder does not exist."""
    result = kg_overview("export", "nt", "-o", tmp_path / "no" / "such" / "file.nt")
    assert result.exit_code == 2
    assert "cannot be written" in result.stderr


@pytest.mark.usefixtures("overview_alone")
def test_the_first_question_builds_the_graph(tmp_path, monkeypatch):
    """Without a store the graph is built on first use, which is said on stderr; stdout has only the answer."""
    monkeypatch.setattr("kg.default_graph.default_folder", lambda: tmp_path / "first")
    result = CliRunner().invoke(cli.main, ["ask", "therapies", "--format", "csv"])
    assert result.exit_code == 0
    assert result.stdout.startswith("therapy,name,said,what\nhttps://")
    assert "first use: building the graph" in result.stderr


@pytest.mark.usefixtures("overview_alone")
def test_building_twice_says_up_to_date(tmp_path):
    """The second build has nothing to do and says so."""
    arguments = ["build", "-o", str(tmp_path / "out"), "--reasoner", "rules"]
    first = CliRunner().invoke(cli.main, arguments)
    second = CliRunner().invoke(cli.main, arguments)
    assert first.stdout.startswith("built: ")
    assert second.stdout.startswith("up to date: ")


def test_a_traceback_is_never_the_answer_to_a_closed_pipe(built_overview):
    """Kg … | head ends quietly."""
    command = f"{sys.executable} -m kg --store {built_overview} export nq | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 1
    assert "Traceback" not in done.stderr


@pytest.mark.usefixtures("overview_alone")
def test_a_dataset_from_elsewhere_is_checked_with_ours(tmp_path):
    """Kg check PATH reads the folder beside the shipped evidence."""
    import shutil
    from pathlib import Path

    folder = tmp_path / "mini"
    shutil.copytree(Path(__file__).parent / "bad" / "base" / "evidence" / "mini", folder)
    own, more = (CliRunner().invoke(cli.main, ["check", "--no-owl", *paths]) for paths in ([], [str(folder)]))
    assert (own.exit_code, more.exit_code) == (0, 0)
    assert own.stdout != more.stdout


@pytest.fixture
def elsewhere(tmp_path):
    """A dataset outside of the repository, which cites a publication that the repository does not have."""
    import shutil
    from pathlib import Path

    folder = tmp_path / "mini"
    shutil.copytree(Path(__file__).parent / "bad" / "base" / "evidence" / "mini", folder)
    studies = folder / "studies.tsv"
    studies.write_text(studies.read_text(encoding="utf-8").replace("amari2022", "alder1901", 1), encoding="utf-8")
    return folder


ALDER = "@article{alder1901,\n  author = {Alder, A.},\n  title = {Made up},\n  year = {1901},\n}\n"


def checked(folder):
    result = CliRunner().invoke(cli.main, ["check", "--no-owl", str(folder)])
    return result.exit_code, [line for line in result.stderr.splitlines() if str(folder) in line]


@pytest.mark.usefixtures("overview_alone")
def test_a_dataset_from_elsewhere_brings_its_own_publications(elsewhere):
    """Its references.bib adds to ours; an entry of ours may be repeated as it is."""
    _, _, after = (shipped().evidence / "references.bib").read_text(encoding="utf-8").partition("@article{amari2022")
    entry, _, _ = after.partition("\n}\n")
    (elsewhere / "references.bib").write_text(f"{ALDER}@article{{amari2022{entry}\n}}\n", encoding="utf-8")
    assert checked(elsewhere) == (0, [])


def test_a_publication_that_nobody_brings_is_a_problem(elsewhere):
    """Without a references.bib of its own only the keys of ours are known."""
    code, told = checked(elsewhere)
    assert code == 1
    assert told[0].startswith(f"{elsewhere}/studies.tsv:2:publication: unknown publication 'alder1901'; ")


def test_a_key_of_ours_must_be_the_same_publication(elsewhere):
    """Another entry under a key that is taken is a problem at its line."""
    entry = "@article{amari2022,\n  author = {Other, O.},\n  title = {Something else},\n  year = {2022},\n}\n"
    (elsewhere / "references.bib").write_text(ALDER + entry, encoding="utf-8")
    what = "'amari2022' is told otherwise in evidence/references.bib, row 1"
    do = "take that entry over, or give this one another key"
    assert checked(elsewhere) == (1, [f"{elsewhere}/references.bib:6: {what}; {do}"])


def test_a_dataset_of_ours_is_not_read_twice(overview_alone):
    """Naming a folder that is checked anyway changes nothing."""
    own, same = (
        CliRunner().invoke(cli.main, ["check", "--no-owl", *map(str, paths)])
        for paths in ([], overview_alone.datasets())
    )
    assert own.stdout == same.stdout


def test_a_link_named_with_o_is_followed(kg, tmp_path):
    """Kg export -o LINK replaces the file behind the link."""
    link, target = tmp_path / "link.csv", tmp_path / "findings.csv"
    link.symlink_to(target)
    assert kg("export", "csv", "-o", link).exit_code == 0
    assert link.is_symlink()
    assert target.stat().st_size > 0


def test_the_demo_says_in_one_line_where_it_cannot_write(graph, tmp_path, monkeypatch):
    """A file in the place of the folder demo/ is told, not traced."""
    from kg import demo
    from kg.errors import KgError

    monkeypatch.chdir(tmp_path)
    (tmp_path / "demo").write_text("mine")
    with pytest.raises(KgError, match="demo: no folder can be made here"):
        demo._files(graph)


def test_the_demo_writes_through_links(review, tmp_path, monkeypatch):
    """Its files are written as those of -o are: a link stays a link."""
    from kg import demo

    monkeypatch.chdir(tmp_path)
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "findings.csv").symlink_to(tmp_path / "mine.csv")
    demo._files(review)
    assert (tmp_path / "demo" / "findings.csv").is_symlink()
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == [
        "findings.csv",
        "gaps.html",
        "map-all.html",
        "map.html",
    ]


def test_a_map_around_a_construct_without_findings_is_not_written(kg, tmp_path):
    """Exit code 1, one line that calls the construct by its label, and no file."""
    out = tmp_path / "map.html"
    result = kg("map", "--around", "soothing-system", "-o", out)
    assert (result.exit_code, result.stdout, out.exists()) == (1, "", False)
    assert result.stderr == "kg: nothing was found about soothing system or anything narrower; no map was written\n"


def test_a_graph_without_findings_draws_no_map():
    """No traceback where there is nothing at all."""
    from kg.errors import NothingFound
    from kg.maps import draw
    from kg.store.embedded import Embedded

    with pytest.raises(NothingFound, match="this graph has no finding"):
        draw(Embedded.in_memory(), None, everything=True, limit=20)


def test_a_graph_older_than_its_files_is_said_and_still_answers(overview_rooms, tmp_path, monkeypatch):
    """Where tables or queries changed since the build, kg ask says so on stderr, and answers from the build."""
    from kg import build

    world, out = copy_rooms(overview_rooms, tmp_path, THE_OVERVIEW), tmp_path / "build"
    build.build(world, out, "rules")
    monkeypatch.setattr("kg.default_graph.default_folder", lambda: out)
    monkeypatch.setattr("kg.default_graph.shipped", lambda: world)
    fresh = CliRunner().invoke(cli.main, ["ask", "therapies", "--format", "csv"])
    with world.axioms.open("a") as axioms:
        axioms.write("# changed\n")
    stale = CliRunner().invoke(cli.main, ["ask", "therapies", "--format", "csv"])
    assert fresh.stderr == ""
    assert "changed since this graph was built; kg build renews it" in stale.stderr
    assert stale.stdout == fresh.stdout
    assert "emotionally focused therapy" in fresh.stdout


def test_an_answer_says_which_neighbours_it_leaves_out(kg):
    """Attachment anxiety is one of four constructs called anxious attachment; stderr says so, stdout stays clean."""
    result = kg(
        "ask", "findings-between", "--subject", "self-compassion", "--object", "attachment anxiety", "--format", "csv"
    )
    assert (
        "beside attachment anxiety, anxious attachment also covers anxiety over relationships, anxious-ambivalent attachment, preoccupied attachment: anxious-attachment asks for all"
        in result.stderr
    )
    assert "beside" not in result.stdout


def test_an_answer_about_an_umbrella_leaves_none_out(kg):
    """Nothing stands beside insecure attachment but its opposite, under an umbrella without a sign."""
    result = kg(
        "ask",
        "findings-between",
        "--subject",
        "fear-of-compassion",
        "--object",
        "insecure-attachment",
        "--format",
        "csv",
    )
    assert "beside" not in result.stderr


@pytest.mark.parametrize(("command", "instead"), [("build", "-o"), ("check", "folders")])
def test_a_store_is_not_named_to_a_command_that_reads_tables(kg, command, instead):
    """It is refused with what to give instead; what the environment names is for the other commands."""
    done = kg(command)
    assert (done.exit_code, instead in done.stderr) == (2, True)


@pytest.mark.parametrize("method", ["network", "findings"])
def test_a_centre_that_is_no_text_is_refused(graph, method):
    """A list where one construct is wanted: an error of ours."""
    from kg.errors import BadQuestion

    with pytest.raises(BadQuestion, match=r"around: .* is not text"):
        getattr(graph, method)(around=["insecure attachment"])


def test_a_small_limit_still_leaves_findings_on_the_map(kg, tmp_path):
    """The limit counts what stands around the middle, not the umbrella's own members."""
    out = tmp_path / "map.html"
    assert kg("map", "--around", "insecure attachment", "--limit", "2", "-o", out).exit_code == 0
    assert "The 0 findings" not in out.read_text()


def test_a_verdict_is_never_shown_without_its_rule(kg):
    """Kg ask prints the rules behind verdicts and evidence lines on stderr, as kg theory does."""
    for name in ("verdicts", "theory-about", "theory-between", "affect-systems"):
        assert "The rule (queries/rules/92-verdicts.rq)" in kg("ask", name, "--format", "csv").stderr
    assert "The rule (queries/rules/90-evidence-lines.rq)" in kg("ask", "evidence-for", "--format", "csv").stderr


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_help_tells_of_a_command_is_the_first_sentence_of_its_own_help(name):
    """A command that is not imported to be named says nothing else when it is."""
    assert cli.main.commands[name].name == name
    assert cli.main.commands[name].get_short_help_str(10_000) == ELSEWHERE[name].help


def test_help_names_every_command_and_imports_few():
    """The list of commands comes before whoever asks for it has looked up."""
    code = (
        "import sys\nfrom kg.cli import main\nmain(['--help'], standalone_mode=False)\n"
        "print([name for name in sys.modules if name.startswith('kg.') and name.endswith('_commands')])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert [name for name in cli.main.commands if f"\n  {name} " not in told] == []
    assert told.splitlines()[-1] == "['kg.nanopub_commands']"
