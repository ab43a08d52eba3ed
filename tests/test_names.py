"""Names: prefixes, IRIs, CURIEs, slugs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.names import BASE, KINDS, PREFIXES, SLUG, curie, expand, local_name, mint, slug

slugs = st.from_regex(SLUG, fullmatch=True)


@given(st.sampled_from(sorted(KINDS)), slugs)
def test_minted_iris_survive_shortening_and_expanding(kind, local):
    """mint, curie and expand agree for every kind and slug."""
    iri = mint(kind, local)
    assert curie(iri) == f"{kind}:{local}"
    assert expand(curie(iri)) == iri
    assert local_name(iri) == local


@given(st.text())
def test_a_slug_is_a_slug_or_nothing(text):
    """Slug gives something that SLUG accepts, or the empty string."""
    assert slug(text) == "" or SLUG.fullmatch(slug(text))


@pytest.mark.parametrize("text", ["x:y> . <z", "https://a b", "nope:thing", "plain", "ca:a{b}", 'ca:"x"'])
def test_what_is_no_name_expands_to_nothing(text):
    """Unknown prefixes and letters that could end an IRI are refused."""
    assert expand(text) is None


def test_every_namespace_of_ours_is_below_the_base():
    """The project's own prefixes all start with the project's base."""
    assert all(PREFIXES[kind].startswith(BASE) for kind in KINDS)


def test_an_unknown_kind_cannot_be_minted():
    """Mint refuses kinds that do not exist."""
    with pytest.raises(ValueError, match="no such kind"):
        mint("unicorn", "x")
