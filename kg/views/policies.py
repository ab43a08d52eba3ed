"""What a page that brings its own scripts and styles lets a browser do: run these very ones, and nothing else."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from collections.abc import Sequence

_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
_FIRST = '<meta charset="utf-8">'


def guarded(html: str, scripts: Sequence[str]) -> str:
    """A page with its policy in its head, the styles of which may apply, and of all scripts only ``scripts`` run.

    What data say is in the body, and in the title as text: it brings no style, and no script that is told here.
    """
    styles = _STYLE.findall(html.partition("</head>")[0])
    policy = (
        f"default-src 'none'; img-src data:; script-src {_hashes(scripts)}; style-src {_hashes(styles)}; "
        "form-action 'none'; base-uri 'none'"
    )
    return html.replace(_FIRST, f'{_FIRST}\n<meta http-equiv="Content-Security-Policy" content="{policy}">', 1)


def policy_of(html: str) -> str:
    """The policy in the head of such a page; empty where there is none."""
    found = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', html.partition("<title>")[0])
    return found[1] if found else ""


def _hashes(texts: Sequence[str]) -> str:
    digests = (hashlib.sha256(text.encode()).digest() for text in dict.fromkeys(texts))
    return " ".join(f"'sha256-{b64encode(digest).decode()}'" for digest in digests)
