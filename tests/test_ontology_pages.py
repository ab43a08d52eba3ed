"""The pages of the ontology as its editors need them: trees, definitions in words, and the core pattern."""

import re
from xml.etree import ElementTree

import pytest

from kg.pages.atlas import Atlas
from kg.questions import answer
from kg.store import Rows
from kg.views.core_pattern import figure


@pytest.fixture(scope="module")
def atlas(store):
    return Atlas(store)


@pytest.fixture(scope="module")
def pattern(store):
    return answer(store, "core-pattern")


def told(atlas, path):
    """The facts of a page: name -> what stands beside it, without markup."""
    html = atlas.page(path).html
    facts = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html, re.DOTALL)
    return {name: " ".join(re.sub(r"<[^>]*>", "", value).split()) for name, value in facts}


def drawn(rows):
    """The texts of the figure, with how they are set."""
    svg = ElementTree.fromstring(figure(rows, "core-pattern", "1.2.3").svg)
    return {each.text: each.attrib for each in svg.iter("{http://www.w3.org/2000/svg}text")}


def test_a_definition_stands_in_the_manchester_syntax(atlas):
    """Names lead to their pages, and what joins several stands in brackets within another."""
    assert told(atlas, "/ontology/SecureAttachmentStyle")["Is exactly"] == (
        "AttachmentStyle and (modelOfSelf value valence:positive) and (modelOfOthers value valence:positive)"
    )
    assert told(atlas, "/ontology/InsecureAttachmentStyle")["Is exactly"].startswith(
        "AttachmentStyle and ((modelOfSelf value"
    )
    assert told(atlas, "/ontology/MultidimensionalMeasure")["Is exactly"] == "Measure and (hasSubscale min 2)"


def test_a_class_tells_what_leads_from_it_and_to_it(atlas):
    """Domain and range are read both ways, those of several classes too."""
    facts = told(atlas, "/ontology/Therapy")
    assert "acronym" in facts["Has"]
    assert "ofTherapy" in facts["Is led to by"]
    assert "Construct" in facts["Excludes"]


def test_a_class_tells_whose_definitions_it_is_used_in(atlas):
    """From the class of a closed list one comes to what is inferred of it."""
    assert told(atlas, "/ontology/ProfessionalCaseness")["Used in the definition of"] == "ClinicalSample"


def test_a_property_tells_its_chain_and_its_characteristics(atlas):
    """What HermiT concludes with can be read without an editor."""
    facts = told(atlas, "/ontology/positivelyAssociatedWith")
    assert facts["Follows from"] == "inverse subject o isPositiveAssociation o object"
    assert facts["Characteristics"] == "symmetric"
    assert facts["Implies"] == "associatedWith"


def test_what_is_nameless_stands_in_the_same_order_every_time(store):
    """Two chains and two nameless classes above: their own names differ from one reading of the graph to the next."""
    paths = ("/ontology/composedOfLow", "/ontology/Finding", "/ontology/Mediation")
    for path in paths:
        assert len({Atlas(store).page(path).html for _ in range(6)}) == 1


def test_a_domain_that_comes_from_above_says_so(atlas):
    """And that nothing is inferred from one that schema.org's word tells."""
    assert told(atlas, "/ontology/raises")["From"] == "Construct (nothing is inferred from it), as empiricallyLinkedTo"
    assert told(atlas, "/ontology/sampleOf")["To"] == "Study"


def test_the_tree_places_a_defined_class_below_what_its_definition_says(atlas):
    """A secure attachment style stands below attachment style, which stands below attachment construct."""
    html = atlas.page("/ontology").html
    tree = html[html.index('class="hierarchy"') :]
    lines = re.findall(r"<ul>|</ul>|>([^<>]+)</a>", tree[: tree.index("</div>")])
    assert (
        lines.index("secure attachment style") > lines.index("attachment style") > lines.index("attachment construct")
    )
    between = lines[lines.index("attachment construct") : lines.index("secure attachment style")]
    assert "compassion construct" not in between


def test_the_figure_draws_the_rows_and_nothing_else(pattern):
    """A property that the ontology has no more is not drawn."""
    kept = Rows(pattern.columns, tuple(row for row in pattern.values if "ontology/usesMeasure" not in str(row)))
    assert "usesMeasure" in drawn(pattern)
    assert set(drawn(pattern)) - set(drawn(kept)) == {"usesMeasure"}


def test_typed_edges_are_bold_and_counted(pattern):
    """What follows from findings stands apart from what is stated."""
    texts = drawn(pattern)
    below = sum("empiricallyLinkedTo" not in str(row["property"]) and row["edge"] == "yes" for row in pattern)
    edges = next(text for text in texts if text.startswith("empiricallyLinkedTo and "))
    assert texts[edges]["font-weight"] == "700"
    assert 0 < int(edges.split()[2]) < below
    assert "font-weight" not in texts["oppositeOf"]


def test_the_figure_has_legend_and_version(pattern):
    """Whoever finds the file alone knows what it shows."""
    texts = " ".join(drawn(pattern))
    assert "Bold: typed edges" in texts
    assert "version 1.2.3" in texts


def test_the_page_shows_the_figure_and_hands_it_out(atlas):
    """The file beside the page is the figure on it."""
    assert 'src="/ontology.svg"' in atlas.page("/ontology").html
    assert b"The core pattern" in atlas.file("/ontology.svg").content
