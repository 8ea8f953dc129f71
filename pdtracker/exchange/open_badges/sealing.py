"""How a badge is signed and how its signature is checked: as a Data Integrity proof, or as a token (VC-JWT).

The proof is `eddsa-rdfc-2022` of W3C's Data Integrity; the token is JWS in compact form with EdDSA, and RS256 is read
as well, because 1EdTech asks every issuer for it at least. The token is put together here: three texts, two algorithms
that are named by a list, and a header of which nothing is obeyed but the key; the arithmetic is `signing`'s.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from pdtracker.domain import proofs
from pdtracker.domain.canonical import instant_of
from pdtracker.exchange.linked_data.canonical_form import canonical_document
from pdtracker.exchange.linked_data.contexts import NotRead
from pdtracker.exchange.open_badges.credential import Document, with_subject

Sign = Callable[[bytes], bytes]
CRYPTOSUITE: Final = "eddsa-rdfc-2022"
_ED25519: Final = b"\xed\x01"
_KEY_BYTES: Final = 32
_MOST_PROOFS: Final = 4

CHANGED: Final = "The signature does not fit: something in the badge was changed after it was signed."
_NO_PROOF: Final = "It carries no proof that we can check."


class Fits(Protocol):
    """Whether signatures fit; `signing` knows how."""

    def verify(self, public: bytes, data: bytes, signature: bytes) -> bool:
        """Ed25519."""

    def verify_rs256(self, modulus: int, exponent: int, data: bytes, signature: bytes) -> bool:
        """RSA with SHA-256."""


class Broken(ValueError):
    """The badge's proof doesn't hold; the message says it in a sentence."""


class NoSuchKey(ValueError):
    """The badge names a key that it doesn't bring along, and that nobody here has; the message says so."""


@dataclass(frozen=True, slots=True)
class Signer:
    """By whose key a sound badge is signed: our kind of key, or `None` for one of another kind."""

    public_key: bytes | None
    name: str


def proved(document: Document, public_key: bytes, sign: Sign, at: datetime) -> Document:
    """The document with its proof, the same one each time. Raises NotRead when a context lacks one of its words."""
    options = proofs.proof_options(document["@context"], public_key, at) | {"cryptosuite": CRYPTOSUITE}
    value = proofs.base58(sign(_signed(document, options)))
    shown = {word: told for word, told in options.items() if word != "@context"}
    return document | {"proof": [shown | {"proofValue": value}]}


def token(document: Document, public_key: bytes, sign: Sign, subject: str) -> str:
    """The document as a token."""
    payload = with_subject(document, subject) | {
        "iss": document["issuer"]["id"],
        "sub": subject,
        "jti": document["id"],
        "nbf": int(instant_of(document["validFrom"]).timestamp()),
    }
    header = {"alg": "EdDSA", "kid": proofs.method_of(public_key), "typ": "JWT"}
    told = f"{_packed(written(header).encode())}.{_packed(written(payload).encode())}"
    return f"{told}.{_packed(sign(told.encode()))}"


def signer_of(document: Mapping[str, Any], fits: Fits) -> Signer:
    """Whose proof the document carries. Raises Broken, or NoSuchKey."""
    told = document.get("proof")
    listed = told if isinstance(told, list) else [told]
    usable = [one for one in listed if isinstance(one, dict) and one.get("cryptosuite") == CRYPTOSUITE]
    if not usable or len(listed) > _MOST_PROOFS:
        raise Broken(_NO_PROOF)
    unsigned = {word: value for word, value in document.items() if word != "proof"}
    return _checked(unsigned, usable[0], fits)


def token_signer(text: str, fits: Fits) -> tuple[Document, Signer]:
    """What a token says, and whose it is. Raises Broken, NoSuchKey, or ValueError for what is no token."""
    told, _, last = text.rpartition(".")
    first, _, middle = told.partition(".")
    header, payload, signature = _members(first), _members(middle), _unpacked(last)
    if set(header) - {"alg", "kid", "typ", "jwk", "x5t", "cty"}:
        raise Broken("Its header asks for something that we don’t know.")
    if header.get("alg") == "RS256":
        signer = _rsa_signer(header, told.encode(), signature, fits)
    elif header.get("alg") == "EdDSA":
        signer = _ed25519_signer(header, told.encode(), signature, fits)
    else:
        raise Broken("It is signed in a way that badges aren’t.")
    _require_claims(payload)
    return {word: told for word, told in payload.items() if word not in {"iss", "sub", "jti", "nbf"}}, signer


def _checked(unsigned: Mapping[str, Any], proof: Mapping[str, Any], fits: Fits) -> Signer:
    method, value = proof.get("verificationMethod"), proof.get("proofValue")
    if not isinstance(method, str) or not isinstance(value, str):
        raise Broken(_NO_PROOF)
    if proof.get("type") != "DataIntegrityProof" or proof.get("proofPurpose") != "assertionMethod":
        raise Broken("Its proof is for another purpose than to state something.")
    public_key = _key_of(method)
    options = {"@context": unsigned.get("@context")} | {
        word: told for word, told in proof.items() if word != "proofValue"
    }
    try:
        signed = _signed(unsigned, options)
        signature = proofs.of_base58(value)
    except NotRead as problem:
        raise Broken(str(problem)) from problem
    except ValueError as problem:
        raise Broken(CHANGED) from problem
    if not fits.verify(public_key, signed, signature):
        raise Broken(CHANGED)
    return Signer(public_key, method)


def _signed(document: Mapping[str, Any], options: Mapping[str, Any]) -> bytes:
    return b"".join(hashlib.sha256(canonical_document(part)).digest() for part in (options, document))


def _key_of(method: str) -> bytes:
    """The key that the name of a verification method carries: a `did:key`, or the part behind the `#` of another."""
    did, _, fragment = method.partition("#")
    name = did.removeprefix("did:key:") if did.startswith("did:key:") else fragment
    if not name.startswith("z6Mk"):
        raise NoSuchKey(f"It names the key {method[:100]}, which would have to be fetched; we fetch nothing.")
    try:
        coded = proofs.of_base58(name)
    except ValueError as problem:
        raise Broken("The name of its key is none.") from problem
    if (
        len(coded) != len(_ED25519) + _KEY_BYTES
        or not coded.startswith(_ED25519)
        or fragment not in {"", name}
    ):
        raise Broken("The name of its key is none.")
    return coded.removeprefix(_ED25519)


def _rsa_signer(header: Mapping[str, Any], told: bytes, signature: bytes, fits: Fits) -> Signer:
    jwk = header.get("jwk")
    if not isinstance(jwk, dict) or jwk.get("kty") != "RSA":
        raise NoSuchKey("It names a key that would have to be fetched; we fetch nothing.")
    modulus = int.from_bytes(_unpacked(jwk.get("n")))
    exponent = int.from_bytes(_unpacked(jwk.get("e")))
    if not fits.verify_rs256(modulus, exponent, told, signature):
        raise Broken(CHANGED)
    return Signer(None, "an RSA key that it brings along")


def _ed25519_signer(header: Mapping[str, Any], told: bytes, signature: bytes, fits: Fits) -> Signer:
    jwk, kid = header.get("jwk"), header.get("kid")
    if isinstance(jwk, dict) and jwk.get("kty") == "OKP" and jwk.get("crv") == "Ed25519":
        key = _unpacked(jwk.get("x"))
    elif isinstance(kid, str):
        key = _key_of(kid)
    else:
        raise NoSuchKey("It names no key.")
    if not fits.verify(key, told, signature):
        raise Broken(CHANGED)
    return Signer(key, proofs.method_of(key))


def _require_claims(payload: Mapping[str, Any]) -> None:
    """What the token says about itself is what the badge in it says."""
    issuer, subject = payload.get("issuer"), payload.get("credentialSubject")
    if subject is None:
        raise Broken("It holds no badge in a form that we read.")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    if payload.get("iss") != named or payload.get("jti", payload.get("id")) != payload.get("id"):
        raise Broken("The token is of another issuer or badge than it holds.")
    if isinstance(subject, dict) and payload.get("sub") != subject.get("id"):
        raise Broken("The token is for somebody else than the badge in it.")
    try:
        begins = int(instant_of(payload.get("validFrom")).timestamp())
    except ValueError as problem:
        raise Broken("The badge in it doesn’t say when it was issued.") from problem
    if payload.get("nbf") != begins:
        raise Broken("The token is of another day than the badge in it.")


def _members(part: str) -> Document:
    try:
        found = json.loads(_unpacked(part))
        # Half a letter can be neither shown nor looked for.
        written(found).encode()
    except (ValueError, RecursionError) as problem:
        raise ValueError("no token") from problem
    if not isinstance(found, dict):
        raise ValueError("no token")
    return found


def written(document: object) -> str:
    """A badge as its file has it: the same text for the same document."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _unpacked(text: object) -> bytes:
    if not isinstance(text, str) or not text:
        raise ValueError("not written in base64url")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
