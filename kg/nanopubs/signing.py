"""Signing, by the package ``nanopub``: an RSA signature, and a Trusty IRI, which holds a digest of all of it."""

from __future__ import annotations

import re
import tempfile
from base64 import b64decode, b64encode
from binascii import Error as NoBase64
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import BadQuestion, KgError, MissingPart
from kg.nanopubs.quads import NPX, Nanopub, from_quads, part

_ORCID = re.compile(r"(?:https?://orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])/?")
#: Shorter keys can be broken.
_LEAST_BITS = 2048


@dataclass(frozen=True)
class Signer:
    """Who signs: the person's ORCID iD, as an IRI, and both halves of the key, base64 of DER; one is never shown."""

    orcid: str
    public_key: str
    private_key: str = field(repr=False)


def signer(key: Path, orcid: str) -> Signer:
    """The signer with the RSA key in a file (PEM, or as ``np setup`` of the package writes it).

    Raises KgError where the file holds no such key, BadQuestion where ``orcid`` is none.
    """
    rsa = _rsa()
    text = key.read_bytes()
    try:
        read = rsa.import_key(text if b"-----BEGIN" in text else b64decode(text, validate=False))
    except (ValueError, IndexError, TypeError, NoBase64) as error:
        what = "holds no RSA key that is free of a passphrase"
        raise KgError(f"{key}: {what}; make one: openssl genrsa -out key.pem 2048") from error
    if not read.has_private():
        raise KgError(f"{key}: is a public key; signing needs the private one")
    if read.size_in_bits() < _LEAST_BITS:
        raise KgError(f"{key}: has {read.size_in_bits()} bits; take a key of {_LEAST_BITS} or more")
    public, private = read.publickey().export_key("DER"), read.export_key("DER", pkcs=8)
    return Signer(orcid_iri(orcid), b64encode(public).decode(), b64encode(private).decode())


def orcid_iri(text: str) -> str:
    """An ORCID iD as an IRI; BadQuestion where it is none.

    >>> orcid_iri("0000-0002-1825-0097")
    'https://orcid.org/0000-0002-1825-0097'
    """
    match = _ORCID.fullmatch(text.strip())
    if not match or not _adds_up(match[1].replace("-", "")):
        raise BadQuestion(f"--orcid: '{text}' is no ORCID iD; write one like 0000-0002-1825-0097, every digit right")
    return f"https://orcid.org/{match[1]}"


def _adds_up(digits: str) -> bool:
    """Whether the last character is the check digit of the others (ISO 7064, mod 11-2)."""
    total = 0
    for digit in digits[:-1]:
        total = (total + int(digit)) * 2
    return "0123456789X"[(12 - total % 11) % 11] == digits[-1]


def signed(draft: Nanopub, by: Signer) -> Nanopub:
    """The draft with a signature, named by its Trusty artefact."""
    package = _package()
    told = ox.Triple(part(draft.stem, "sig"), ox.NamedNode(NPX + "signedBy"), ox.NamedNode(by.orcid))
    profile = package.Profile(by.orcid, by.orcid, private_key=by.private_key, public_key=by.public_key)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "draft.trig"  # the one way to hand it over that all versions of the package know
        path.write_text(replace(draft, pubinfo=draft.pubinfo | {told}).trig(), encoding="utf-8")
        made = package.Nanopub(rdf=path, conf=package.NanopubConf(profile=profile))
    made.sign()
    # As N-Quads, which have no prefixes: those that the package binds depend on what was loaded before it.
    lines = made.rdf.serialize(format="nquads").encode()
    return from_quads(list(ox.parse(lines, format=ox.RdfFormat.N_QUADS)), draft.iri)[0]


def _package() -> Any:
    try:
        import nanopub
    except ImportError as error:
        raise MissingPart(
            "signing needs the package nanopub: pip install 'compassion-attachment-kg[nanopub]'"
        ) from error
    return nanopub


def _rsa() -> Any:
    _package()
    from Crypto.PublicKey import RSA

    return RSA
