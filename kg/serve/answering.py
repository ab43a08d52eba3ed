"""What is answered at an address of the explorer: the file beside a page, the page, or why there is neither."""

from __future__ import annotations

from collections.abc import Mapping

from kg.errors import KgError
from kg.pages.atlas import Atlas
from kg.serve.keeping import Answer
from kg.views.policies import policy_of

HTML = "text/html; charset=utf-8"


def made(atlas: Atlas, path: str, query: Mapping[str, str]) -> Answer:
    """The answer at a path, made now."""
    try:
        file = atlas.file(path, query)
    except KgError as error:
        refusal = atlas.refusal(error, path)
        return Answer(refusal.html.encode(), HTML, refusal.status)
    if file is None:
        page = atlas.page(path, query)
        return Answer(page.html.encode(), HTML, page.status)
    # A page that brings its own scripts tells its policy in its head, but for what only a header can tell.
    if file.parts:
        return Answer(b"", file.media_type, 200, parts=file.parts)
    policy = policy_of(file.content.decode()) if file.media_type.startswith("text/html") else ""
    return Answer(file.content, file.media_type, 200, f"{policy}; frame-ancestors 'none'" if policy else "")
