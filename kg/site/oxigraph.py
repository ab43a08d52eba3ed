"""The engine that answers SPARQL in a reader's browser: Oxigraph as WebAssembly, fetched once into the cache."""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

import platformdirs

from kg.errors import MissingPart
from kg.resources import DISTRIBUTION

VERSION = "0.5.11"
#: As the registry told it when this version was chosen (``npm view oxigraph@0.5.11 dist.integrity``).
INTEGRITY = "sha512-zKdgmp1tsrutGzC1lCCywwZRPpLJKaJnKSDWoY2hIhMiwiCRRXNN1DU7WUyTInBvgPKT8Y5N+RgwTL8qKXpLng=="
#: What is taken of the package: the engine, what starts it, and the file that tells version and licence.
PARTS = ("web.js", "web_bg.wasm", "package.json")
_SECONDS = 300


def place() -> Path:
    """Where the engine lies once it was fetched."""
    return Path(platformdirs.user_cache_path(DISTRIBUTION)) / f"oxigraph-{VERSION}"


def fetched() -> Path:
    """The folder of the engine; MissingPart where it was not fetched yet."""
    if not all((place() / name).is_file() for name in PARTS):
        raise MissingPart(
            f"Oxigraph {VERSION} for browsers is not here yet; --fetch-oxigraph gets it by npm (1 MB), "
            "--without-sparql makes the site without it"
        )
    return place()


def fetch() -> Path:
    """Get the engine by npm, check that it is the very one that was chosen, and keep it."""
    if not shutil.which("npm"):
        raise MissingPart("--fetch-oxigraph needs npm: install Node.js, or make the site with --without-sparql")
    with tempfile.TemporaryDirectory() as work:
        archive = _packed(Path(work))
        found = "sha512-" + base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if found != INTEGRITY:
            raise MissingPart(f"npm gave another oxigraph {VERSION} than the one that was chosen ({found}); not used")
        _unpack(archive, place())
    return place()


def _packed(work: Path) -> Path:
    command = ["npm", "pack", "--silent", "--ignore-scripts", f"oxigraph@{VERSION}"]
    try:
        done = subprocess.run(command, cwd=work, capture_output=True, text=True, timeout=_SECONDS)  # noqa: S603, PLW1510
    except subprocess.TimeoutExpired as error:
        raise MissingPart(f"npm did not fetch oxigraph {VERSION} in {_SECONDS} s; see your network") from error
    archives = list(work.glob("*.tgz"))
    if done.returncode or not archives:
        why = " ".join(done.stderr.split())[:300]
        raise MissingPart(f"npm could not fetch oxigraph {VERSION} ({why}); see your network")
    return archives[0]


def _unpack(archive: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive) as package:
        for name in PARTS:
            content = package.extractfile(f"package/{name}")
            assert content is not None
            beside = folder / f".{name}"
            beside.write_bytes(content.read())
            beside.replace(folder / name)
