"""Where the site's own scripts are."""

from pathlib import Path

SCRIPTS = Path(__file__).parent / "static"
