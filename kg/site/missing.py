"""The page that a host of files shows where there is none. It stands by itself, since it is shown at any depth."""

from __future__ import annotations

from kg.pages.frame import SITE

_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'"
_PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="{policy}" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<title>There is no such page · {site}</title>
</head>
<body>
<main>
<h1>There is no such page</h1>
<p>Nothing of the atlas “{site}” lies at this address. Its last part may be misspelt, or the thing has another name.
Pairs that nobody studied, things of a kind of which there are more than 20,000, and single cells, checks and links to
other ontologies that no page names, have a page only where the atlas is served (<code>kg serve</code>); what is said of
them is in <code>kg.nq</code>.</p>
<p><a href="../">One level up</a> there is a list of everything of this kind, or the first page.</p>
</main>
</body>
</html>
"""


def missing_page() -> str:
    """The page as HTML. Its link is right from ``/construct/no-such-thing/`` and from ``/no-such-page`` alike."""
    return _PAGE.format(policy=_POLICY, site=SITE)
