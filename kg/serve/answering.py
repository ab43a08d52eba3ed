"""What is answered at an address of the explorer: the file beside a page, the page, or why there is neither."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Mapping

from kg.errors import KgError
from kg.pages.atlas import Atlas
from kg.serve.keeping import Answer

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
    policy = _policy_of(file.content.decode()) if file.media_type.startswith("text/html") else ""
    return Answer(file.content, file.media_type, 200, policy)


def _policy_of(html: str) -> str:
    """The policy of a page that brings its own scripts and styles: these very ones may run, and nothing else."""
    scripts = [_hashed(text) for text in re.findall(r"<script[^>]*>(.*?)</script>", html, re.DOTALL) if text.strip()]
    styles = [_hashed(text) for text in re.findall(r"<style[^>]*>(.*?)</style>", html, re.DOTALL)]
    attributes = [_hashed(text) for text in re.findall(r'\sstyle="([^"]*)"', html)]
    return (
        f"default-src 'none'; img-src data:; script-src {' '.join(dict.fromkeys(scripts))}; "
        f"style-src 'unsafe-hashes' {' '.join(dict.fromkeys((*styles, *attributes)))}; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


def _hashed(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
