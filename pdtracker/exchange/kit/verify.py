#!/usr/bin/env python3
"""Checks certificates offline: with Python 3.9 or newer, this one file, and the files of the kit that lie beside it.

    python3 verify.py CERTIFICATE.pdf [MORE.pdf ...] [--json]

Exit status: 0 genuine; 1 altered, unknown or not a certificate; 2 revoked or superseded; 3 the kit itself is unsound.
Nothing is installed, nothing is fetched, nothing is written, and nothing in a certificate is run.

Three questions must be answered with yes. Does the signature (Ed25519, RFC 8032) fit the record inside the PDF, by a
key of the kit? Is the file, byte for byte or but for its compression, one that was issued, so that the page shows what
was signed? And does the district's status list say that the certificate is still in force?
"""

from __future__ import annotations

import argparse
import base64
import gzip
import hashlib
import io
import json
import re
import sys
import zlib
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

FILE_LIMIT = 1_048_576
STREAM_LIMIT = 4_194_304
WORK_LIMIT = 16_777_216
STREAMS = 512
KIT_LIMIT = 1_073_741_824
PLACES = 2**24

EXITS = {"genuine": 0, "revoked": 2, "superseded": 2}
WORDS = {
    "genuine": "GENUINE.",
    "revoked": "REVOKED.",
    "superseded": "SUPERSEDED.",
    "altered": "ALTERED.",
    "unknown": "UNKNOWN.",
    "unknown_key": "UNKNOWN KEY.",
    "not_a_certificate": "NOT A CERTIFICATE.",
}
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Unsound(Exception):
    """Something in the kit can't be relied on; the sentence says what."""


class Answer(NamedTuple):
    """The verdict, why, and (only of what is signed by a key of the kit) the facts."""

    verdict: str
    reasons: list[str]
    facts: dict[str, Any] | None = None
    file: str | None = None
    standing: str | None = None
    as_of: str | None = None
    successor: str | None = None


def main(told: list[str] | None = None) -> int:
    """Checks each file that is named; gives the exit status of the worst."""
    parser = argparse.ArgumentParser(
        description="Checks certificates offline, by the kit beside this program."
    )
    parser.add_argument("files", nargs="+", metavar="FILE.pdf")
    parser.add_argument("--kit", default=str(Path(__file__).resolve().parent), help="the kit's folder")
    parser.add_argument("--keys", help="public keys other than the kit's keys.json")
    parser.add_argument("--status", help="a status list other than the kit's status.json")
    parser.add_argument("--json", action="store_true", help="one line of JSON for each file")
    asked = parser.parse_args(told)
    worst = 0
    try:
        kit = Kit(Path(asked.kit), asked.keys, asked.status)
        for name in asked.files:
            data = _opened(name)
            unread = Answer("not_a_certificate", ["The file can't be read."])
            answer = unread if data is None else check(data, kit)
            sys.stdout.write(_json(name, answer) if asked.json else _told(name, answer))
            status = EXITS.get(answer.verdict, 1)
            worst = status if worst == 0 or status == 1 else worst
    except Unsound as problem:
        sys.stderr.write(f"The kit can't be relied on: {problem}\n")
        return 3
    return worst


def check(data: bytes, kit: Kit) -> Answer:
    """The verdict on a file, whatever it holds."""
    try:
        return _checked(data, kit)
    except (
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        RecursionError,
        OverflowError,
        MemoryError,
        zlib.error,
    ):
        return Answer("not_a_certificate", ["The file can't be read as a certificate."])


NO_PDF = "The file is not a PDF, whatever its name says."
BADGE = (
    "It looks like an Open Badge. This program checks the PDF files of certificates, and checked nothing of it. Check"
    " the PDF of the same certificate, or give the badge to any verifier of Open Badges 3.0: README.txt says by which"
    " keys and lists."
)
BADGE_MARKS = (b"OpenBadgeCredential", b"openbadgecredential", b"openbadges:credential")


def is_badge(data: bytes) -> bool:
    """Whether a file looks like a badge: JSON, a picture with one inside, or a token."""
    is_token = data.startswith(b"ey") and data.count(b".") == 2 and not data.strip().count(b" ")
    return is_token or any(mark in data for mark in BADGE_MARKS)


def _checked(data: bytes, kit: Kit) -> Answer:
    if len(data) > FILE_LIMIT:
        return Answer("not_a_certificate", ["The file is larger than any certificate."])
    if not data.startswith(b"%PDF-"):
        return Answer("not_a_certificate", [BADGE if is_badge(data) else NO_PDF])
    records = set(records_of(data))
    if not records:
        return Answer("not_a_certificate", ["The PDF carries no signed record that this program can find."])
    if len(records) > 1:
        return Answer("altered", ["The PDF carries more than one signed record."])
    record = _record(records.pop())
    if record is None:
        return Answer("altered", ["The attached record can't be read as one that was issued."])
    snapshot = record["snapshot"]
    key = kit.keys.get(snapshot["key"])
    public = key.public if key else bytes.fromhex(record["public_key"])
    if kid_of(public) != snapshot["key"] or not verify(
        public, canonical(snapshot), bytes.fromhex(record["signature"])
    ):
        return Answer(
            "altered",
            [
                "The signature doesn't fit the attached record: something in it was changed after it was signed."
            ],
        )
    if key is None:
        return Answer(
            "unknown_key",
            [
                "It is signed with key {}, which this kit doesn't hold. Nothing else was checked.".format(
                    snapshot["key"]
                )
            ],
        )
    return _known(data, snapshot, key, kit)


def _known(data: bytes, snapshot: dict[str, Any], key: Key, kit: Kit) -> Answer:
    """The verdict on a file whose record a key of the kit signed: whether it is the file issued, and stands."""
    serial = snapshot["serial"]
    page = kit.page_of(key.district, serial)
    if page is None:
        return Answer(
            "unknown",
            [
                "The signature fits, but the kit lists no certificate of this serial: it was issued after the kit"
                " was made, or it never left the district. Don't rely on it."
            ],
        )
    whole, layout = page
    if short(hashlib.sha256(data).hexdigest()) == whole:
        file, reason = "identical", "The signature fits, and the file is byte for byte as it was issued."
    elif layout_of(data) == layout:
        file = "differs"
        reason = "The signature fits, and the file is as it was issued; only its compression differs."
    else:
        return Answer(
            "altered",
            [
                "The attached record is sound, but the file is not as it was issued: its page was changed, or another"
                " program saved it again. Don't rely on what it shows."
            ],
        )
    standing, as_of, told = kit.standing(key.district, snapshot)
    verdict = standing if standing in EXITS else "genuine"
    successor = kit.successor_of(key.district, serial) if standing == "superseded" else None
    reasons = [reason, told] + (
        [f"In its place stands the certificate with code {successor}."] if successor else []
    )
    return Answer(verdict, reasons, snapshot, file, standing, as_of, successor)


# The file


HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
BEGINS = b">>\nstream\n"
ENDS = b"\nendstream\nendobj\n"
HEAD = re.compile(rb"([1-9][0-9]* 0 obj\n<<.*/Length )(0|[1-9][0-9]{0,6})", re.DOTALL)
STRUCTURE = re.compile(rb"[0-9\s\0]obj|endstream|xref|trailer|%PDF-|%%EOF")
ANY_STREAM = re.compile(rb"stream\r?\n")


def layout_of(data: bytes) -> str | None:
    """A digest of all that a file in the issuer's layout says, but for how its streams are packed; None for others.

    Every byte of the file is accounted for: what has another place than the layout gives it makes it another file.
    """
    parts = _parts(data)
    if not parts:
        return None
    places = {place: number for number, (place, _, _) in enumerate(parts)}
    told, left = hashlib.sha256(), WORK_LIMIT
    for number, (_, head, packed) in enumerate(parts):
        plain = packed
        if b"/Filter /FlateDecode" in head:
            unpacked = _unpacked(packed, min(left, STREAM_LIMIT))
            if unpacked is None:
                return None
            plain = unpacked
            left -= len(plain)
        if number == len(parts) - 1:
            table = _in_order(plain, places)
            if table is None:
                return None
            plain = table
        told.update(len(head).to_bytes(4, "big") + head + hashlib.sha256(plain).digest())
    return short(told.hexdigest())


def _parts(data: bytes) -> list[tuple[int, bytes, bytes]] | None:
    """The streams: the place of each object, what stands before its length, and its packed bytes."""
    if not data.startswith(HEADER):
        return None
    parts: list[tuple[int, bytes, bytes]] = []
    at = len(HEADER)
    begins = data.find(BEGINS, at)
    while begins >= 0:
        head = HEAD.fullmatch(data, at, begins)
        if head is None:
            return None
        start = begins + len(BEGINS)
        end = start + int(head.group(2))
        if not data.startswith(ENDS, end):
            return None
        parts.append((at, head.group(1), data[start:end]))
        at = end + len(ENDS)
        begins = data.find(BEGINS, at)
    ending = b"startxref\n%d\n%%%%EOF\n" % parts[-1][0] if parts else b""
    return parts if parts and data[at:] == ending else None


def _unpacked(packed: bytes, limit: int) -> bytes | None:
    """One whole deflate stream with nothing after it, and nothing in it that a reader could take for an object."""
    if not packed.startswith(b"\x78") or STRUCTURE.search(packed):
        return None
    unpacker = zlib.decompressobj()
    plain = unpacker.decompress(packed, limit + 1)
    return plain if unpacker.eof and not unpacker.unused_data and len(plain) <= limit else None


def _in_order(table: bytes, places: dict[int, int]) -> bytes | None:
    """The table of objects with each place as the number of its stream: places move when streams are packed anew."""
    if len(table) % 7:
        return None
    rows = bytearray(table)
    for at in range(0, len(rows), 7):
        if rows[at] == 1:
            number = places.get(int.from_bytes(rows[at + 1 : at + 5], "big"))
            if number is None:
                return None
            rows[at + 1 : at + 5] = number.to_bytes(4, "big")
    return bytes(rows)


def records_of(data: bytes) -> Iterator[bytes]:
    """Every signed record in a PDF, wherever it stands: also one that another program put there."""
    left = WORK_LIMIT
    for number, begin in enumerate(ANY_STREAM.finditer(data)):
        if left <= 0 or number >= STREAMS:
            return
        piece = data[begin.end() :] if data[begin.end() : begin.end() + 1] == b"\x78" else None
        if piece is None:
            end = data.find(b"endstream", begin.end())
            plain = data[begin.end() : end if end >= 0 else len(data)].strip()
        else:
            unpacker = zlib.decompressobj()
            try:
                plain = unpacker.decompress(piece, min(left, STREAM_LIMIT))
            except zlib.error:
                left -= 65_536
                continue
        left -= len(plain) + 1024
        if plain.startswith(b"{") and b'"pdtracker.signed/1"' in plain[:1024]:
            yield plain


def _record(data: bytes) -> dict[str, Any] | None:
    """The signed record, if it is written exactly as records are: canonical JSON (RFC 8785) with these members."""
    try:
        record = json.loads(data.decode("utf-8"), parse_float=_no_float, parse_constant=_no_float)
        bytes.fromhex(record["public_key"] + record["signature"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    members = {"algorithm", "kid", "public_key", "schema", "signature", "snapshot"}
    if not isinstance(record, dict) or set(record) != members or canonical(record) != data:
        return None
    snapshot = record["snapshot"]
    if (
        not isinstance(snapshot, dict)
        or record["kid"] != snapshot.get("key")
        or record["algorithm"] != "Ed25519"
    ):
        return None
    if not str(snapshot.get("schema")).startswith("pdtracker.certificate/"):
        return None
    return (
        record
        if all(isinstance(snapshot.get(name), str) for name in ("serial", "code", "issued_at"))
        else None
    )


def _no_float(_text: str) -> Any:
    raise ValueError("not a whole number")


# The kit


class Key(NamedTuple):
    """A public key, whose it is, and until when it signed."""

    public: bytes
    district: str
    valid_from: str
    valid_until: str | None
    predecessor: str | None
    endorsement: str


class Status(NamedTuple):
    """A list of bits, and as of when it speaks."""

    as_of: str
    bits: bytes
    elsewhere: dict[str, int]


class Kit:
    """Keys, status lists and pages of a shutdown kit, each checked before anything is said by it."""

    def __init__(self, folder: Path, keys: str | None, status: str | None) -> None:
        """Reads what every check needs. Raises Unsound."""
        self.folder = folder
        self.pages: dict[str, bytes] = {}
        try:
            document = json.loads(_limited(Path(keys) if keys else folder / "keys.json"))
            self.as_of = str(document.get("as_of", ""))
            self.keys = {member["kid"]: _key(member) for member in document["keys"]}
        except (ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError):
            raise Unsound("the list of keys can't be read.") from None
        self._require_history()
        self.lists: dict[tuple[str, str], Status] = {}
        try:
            document = json.loads(_limited(Path(status) if status else folder / "status.json"))
            lists = document.get("lists", [document])
            for one in lists:
                self._take_list(one)
        except (
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            OSError,
            RecursionError,
            EOFError,
            zlib.error,
        ):
            raise Unsound("a status list can't be read.") from None

    def _require_history(self) -> None:
        """Each district has one first key; every other one was endorsed by the key before it."""
        firsts = [key.district for key in self.keys.values() if not key.predecessor]
        if len(firsts) != len(set(firsts)):
            raise Unsound("a district has two first keys.")
        for kid, key in self.keys.items():
            if kid_of(key.public) != kid:
                raise Unsound(f"key {kid} doesn't fit its name.")
            if not key.predecessor:
                continue
            before = self.keys.get(key.predecessor)
            vouched = {
                "schema": "pdtracker.succession/1",
                "district": key.district,
                "predecessor": key.predecessor,
                "kid": kid,
                "public_key": key.public.hex(),
                "valid_from": key.valid_from,
            }
            if (
                before is None
                or before.district != key.district
                or before.valid_from > key.valid_from
                or not verify(before.public, canonical(vouched), bytes.fromhex(key.endorsement))
            ):
                raise Unsound(f"key {kid} isn't vouched for by the one before it.")

    def _take_list(self, document: dict[str, Any]) -> None:
        """A status list, if a key of the kit signed it while it was in use (Data Integrity, eddsa-jcs-2022)."""
        proof = dict(document.pop("proof"))
        signature = of_base58(proof.pop("proofValue"))
        key = next(
            (one for one in self.keys.values() if method_of(one.public) == proof["verificationMethod"]), None
        )
        digest = hashlib.sha256(canonical(proof)).digest() + hashlib.sha256(canonical(document)).digest()
        if (
            key is None
            or proof.get("cryptosuite") != "eddsa-jcs-2022"
            or not verify(key.public, digest, signature)
        ):
            raise Unsound("the signature of a status list doesn't fit.")
        self._require_timely(key, document["validFrom"], "A status list")
        until = document.get("validUntil", "9999-12-31T23:59:59Z")
        if until < datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"):
            raise Unsound(f"a status list was good until {until[:10]} only; fetch a newer one.")
        subject = document["credentialSubject"]
        status = Status(
            document["validFrom"], _bits(subject["encodedList"]), dict(subject.get("elsewhere", {}))
        )
        self.lists[key.district, subject["statusPurpose"]] = status

    def _require_timely(self, key: Key, as_of: str, what: str) -> None:
        if not MOMENT.fullmatch(as_of):
            raise Unsound(f"{what.lower()} doesn't say as of when.")
        if as_of < self.as_of:
            raise Unsound(f"{what.lower()} is older than the list of keys: an old one was put in its place.")
        if key.valid_until and as_of > key.valid_until:
            raise Unsound(f"{what.lower()} is signed with a key that had retired.")

    def page_of(self, district: str, serial: str) -> tuple[str, str] | None:
        """The digests of the certificate's file, as issued; None for one that the kit doesn't list. Raises Unsound."""
        if district not in self.pages:
            self.pages[district] = b"\n" + self._signed_pages(district)
        rows = self.pages[district]
        at = rows.find(b"\n" + mark_of(serial)[:16].encode() + b" ")
        if at < 0:
            return None
        row = rows[at + 1 : at + 83].split()
        return row[1].decode(), row[2].decode()

    def _signed_pages(self, district: str) -> bytes:
        home = self.folder / "pages"
        try:
            signed = json.loads(_limited(home / (district + ".json")))
            statement, rows = signed["statement"], _limited(home / (district + ".txt"))
            key = self.keys[statement["kid"]]
            fits = verify(key.public, canonical(statement), bytes.fromhex(signed["signature"]))
            if not fits or statement["schema"] != "pdtracker.pages/1" or key.district != district:
                raise Unsound(f"the signature of pages/{district}.json doesn't fit.")
            if statement["district"] != district or statement["sha256"] != hashlib.sha256(rows).hexdigest():
                raise Unsound(f"pages/{district}.txt was changed.")
            self._require_timely(key, statement["as_of"], "The list of pages")
        except (ValueError, KeyError, TypeError, OSError, RecursionError):
            raise Unsound(
                f"pages/{district} can't be read: without it nobody can tell whether a page was changed."
            ) from None
        return rows

    def standing(self, district: str, snapshot: dict[str, Any]) -> tuple[str, str | None, str]:
        """Whether it is in force, as of when, and that in words."""
        revocation = self.lists.get((district, "revocation"))
        if revocation is None:
            raise Unsound(f"it has no status list of {district}, so nobody can tell what was revoked.")
        if revocation.as_of < snapshot["issued_at"]:
            return (
                "untold",
                None,
                "No status list speaks for it: whether it was revoked since can't be told here.",
            )
        day = revocation.as_of[:10]
        if not _is_set(revocation, snapshot["serial"]):
            return "valid", revocation.as_of, f"It stands, as of {day}."
        refresh = self.lists.get((district, "refresh"))
        if refresh is not None and _is_set(refresh, snapshot["serial"]):
            return "superseded", revocation.as_of, f"The district replaced it by a newer one, as of {day}."
        return "revoked", revocation.as_of, f"The district revoked it, as of {day}."

    def successor_of(self, district: str, serial: str) -> str | None:
        """The code of the certificate that took its place, if the kit holds it and its signature fits."""
        wanted = b'"supersedes":"%b"' % serial.encode()
        try:
            with (self.folder / "certificates" / (district + ".jsonl")).open("rb") as lines:
                for line in lines:
                    record = _record(line.rstrip(b"\n")) if wanted in line else None
                    key = self.keys.get(record["kid"]) if record else None
                    if (
                        record
                        and key
                        and verify(
                            key.public, canonical(record["snapshot"]), bytes.fromhex(record["signature"])
                        )
                    ):
                        return str(record["snapshot"]["code"])
        except (OSError, ValueError, TypeError, KeyError):
            return None
        return None


def _key(member: dict[str, Any]) -> Key:
    return Key(
        bytes.fromhex(member["public_key"]),
        str(member["district"]),
        str(member["valid_from"]),
        member["valid_until"],
        member.get("predecessor"),
        member.get("endorsement") or "",
    )


def _bits(text: str) -> bytes:
    """The bits of a list: multibase's base64url, then GZIP; never more than a list has."""
    if not text.startswith("u"):
        raise ValueError("not a list of bits")
    packed = base64.b64decode(text[1:] + "=" * (-(len(text) - 1) % 4), altchars=b"-_", validate=True)
    with gzip.GzipFile(fileobj=io.BytesIO(packed)) as opened:
        bits = opened.read(PLACES // 8 + 1)
    if len(bits) != PLACES // 8:
        raise ValueError("a list of another length")
    return bits


def _is_set(status: Status, serial: str) -> bool:
    """The certificate's place is the first 24 bits of its serial's SHA-256; the first bit is the leftmost."""
    place = status.elsewhere.get(mark_of(serial), int(mark_of(serial)[:6], 16))
    return bool(status.bits[place // 8] & 0x80 >> place % 8)


def _limited(path: Path) -> bytes:
    with path.open("rb") as opened:
        data = opened.read(KIT_LIMIT + 1)
    if len(data) > KIT_LIMIT:
        raise ValueError("larger than any file of a kit")
    return data


# Names and signatures


def canonical(value: Any) -> bytes:
    """Canonical JSON (RFC 8785) of values without floats, whose keys are ASCII."""
    return json.dumps(
        value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False
    ).encode("utf-8")


def kid_of(public: bytes) -> str:
    """The name of a key."""
    return hashlib.sha256(public).hexdigest()[:16]


def mark_of(serial: str) -> str:
    """What a certificate is called in lists, which don't tell its serial."""
    return hashlib.sha256(serial.encode("utf-8")).hexdigest()[:32]


def short(digest: str) -> str:
    """A digest as the list of pages has it: its first 128 bits."""
    return digest[:32]


BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def method_of(public: bytes) -> str:
    """The key as `did:key` names it."""
    number, text = int.from_bytes(b"\xed\x01" + public, "big"), ""
    while number:
        number, letter = divmod(number, 58)
        text = BASE58[letter] + text
    return f"did:key:z{text}#z{text}"


def of_base58(text: str) -> bytes:
    """The bytes of a signature that is written in multibase's base58btc."""
    if not text.startswith("z") or len(text) > 100:
        raise ValueError("not base58btc")
    number = 0
    for letter in text[1:]:
        number = number * 58 + BASE58.index(letter)
    return number.to_bytes(64, "big")


P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)
Point = tuple[int, int, int, int]
ONE: Point = (0, 1, 1, 0)


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Ed25519 as RFC 8032 (5.1.7) has it: whether [S]B = R + [k]A. Nothing here is secret, so it need not be even."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r = _point(public), _point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = _times(s, BASE), _sum(r, _times(k, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % P == 0


def _point(data: bytes) -> Point | None:
    """The point that 32 bytes stand for; None when they stand for none, or not in the one way of writing it."""
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def _sum(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(number: int, point: Point) -> Point:
    result = ONE
    while number:
        if number & 1:
            result = _sum(result, point)
        point = _sum(point, point)
        number >>= 1
    return result


_BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
if _BASE is None:
    raise SystemExit("This Python can't reckon.")
BASE: Point = _BASE


# What is said


def _opened(name: str) -> bytes | None:
    """What a file holds, up to a byte more than any certificate; None for what can't be read."""
    try:
        with Path(name).open("rb") as opened:
            return opened.read(FILE_LIMIT + 1)
    except (OSError, ValueError):
        return None


def _json(name: str, answer: Answer) -> str:
    told = {
        "name": name,
        "verdict": answer.verdict,
        "facts": answer.facts,
        "file": answer.file,
        "status": None
        if answer.standing is None
        else {"standing": answer.standing, "at": None, "reason": None, "successor": answer.successor},
        "status_as_of": answer.as_of,
        "reasons": answer.reasons,
    }
    return json.dumps(told) + "\n"


def _told(name: str, answer: Answer) -> str:
    lines = ["{}: {} {}".format(name, WORDS[answer.verdict], " ".join(answer.reasons))]
    if answer.facts is not None:
        lines += [f"  {term:<12}{words}" for term, words in facts_of(answer.facts)]
    # What a record holds was written by others: no letter of it may steer the terminal.
    return "".join(
        "".join(letter if letter.isprintable() else "\ufffd" for letter in line) + "\n" for line in lines
    )


def facts_of(snapshot: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What was signed, in words: compare it with the page."""
    district, approval = snapshot["district"], snapshot["approval"]
    yield "Holder", snapshot["holder"]["name"]
    yield "For", snapshot["title"]
    yield "Minutes", f"{snapshot['total_minutes']} in all"
    for category in snapshot["categories"]:
        yield "", f"{category['name']}: {category['minutes']}"
    for session in snapshot["sessions"]:
        yield "Session", f"{session['title']} ({session['host']})"
    yield "Issued by", f"{district['name']}, {snapshot['issued_on']}"
    yield "Approved by", f"{approval['name']}, {approval['role']}"
    yield "Code", snapshot["code"]
    yield "Serial", snapshot["serial"]
    yield "Key", snapshot["key"]


if __name__ == "__main__":
    sys.exit(main())
