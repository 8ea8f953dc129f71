"""The certificate as a frozen, canonical snapshot: what is signed, rendered and verified, and nothing else.

A `Snapshot` holds every fact that a certificate states, as it was on the day of issue. `to_bytes` writes it as
canonical JSON (RFC 8785: keys in the order of their UTF-16 code units, no spaces, no floats); these bytes are
hashed, signed and carried inside the PDF. `from_bytes` accepts exactly such bytes and nothing that merely means the
same, so that a signature, a fingerprint and a page always speak of one sequence of bytes.

Times are kept with the offset that was in force at the place: `2014-10-14T19:00:00-04:00` is both the instant and
what the clock on the wall showed, whatever a later time zone database says.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from pdtracker.domain.refusals import NotValid

SCHEMA: Final = "pdtracker.certificate/1"
LIMIT_BYTES: Final = 262_144
CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SERIAL_LETTERS: Final = 26
CODE_LETTERS: Final = 16
PAPERS: Final = ("letter", "a4")

_SERIAL_BYTES: Final = 16
_CODE_BYTES: Final = 10
_LARGEST_WHOLE: Final = 2**53 - 1
_ALIKE: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
_KEY: Final = re.compile(r"[0-9a-f]{16}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_ADDRESS: Final = re.compile(r"https?://[!-~]+/")
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"


class NotASnapshot(ValueError):
    """These bytes are not a canonical certificate snapshot of a schema that we know."""


class MissingGlyph(NotValid):
    """The sheet's typefaces lack a letter: nothing is issued, and the sentence names the letter and the person."""

    default_code = "missing_glyph"

    def __init__(
        self, person: str, where: str, text: str, letters: Sequence[str], *, document: str = "certificate"
    ) -> None:
        named = " and ".join(_letter_words(letter) for letter in letters[:3])
        shown = "".join(letter for letter in text if letter.isprintable())
        whose = "".join(letter for letter in person if letter.isprintable())
        sentence = (
            f"The {document} of {whose} can’t be set: in {where}, “{shown}”, the typeface lacks {named}."
        )
        super().__init__({document: sentence})
        self.sentence = sentence
        self.args = (sentence,)
        self.letters = tuple(letters)


def _letter_words(letter: str) -> str:
    name = f"U+{ord(letter):04X}, {unicodedata.name(letter, 'without a name').lower()}"
    return f"“{letter}” ({name})" if letter.isprintable() else f"the unprintable {name}"


# Serial and code


def new_serial(random: bytes) -> str:
    """The serial for 16 random bytes: 26 letters of Crockford's base32, unguessable, never reused."""
    if len(random) != _SERIAL_BYTES:
        raise ValueError("a serial is made of 16 random bytes")
    return _crockford(int.from_bytes(random), SERIAL_LETTERS)


def new_code(random: bytes) -> str:
    """The printed code for 10 random bytes: 16 letters (80 bits) without I, L, O, U.

    All letters are random, none is a check letter: with a thousand million codes in use a mistyped letter meets
    another certificate once in 10^15 tries, and a mistyped code must get the same answer as an unknown one.
    """
    if len(random) != _CODE_BYTES:
        raise ValueError("a code is made of 10 random bytes")
    return _crockford(int.from_bytes(random), CODE_LETTERS)


def normal_code(text: str) -> str:
    """The code that a person meant: any case, spaces and hyphens, O for 0, I or L for 1, or the whole address.

    Raises ValueError with a sentence when it cannot be a code.
    """
    last = text.strip().rstrip("/").rsplit("/", 1)[-1]
    code = "".join(c for c in last if c not in " -\u2010\u2011\u2013\u00a0\t")
    if code.isascii():
        code = code.upper().translate(_ALIKE)
        if len(code) == CODE_LETTERS and all(c in CROCKFORD for c in code):
            return code
    raise ValueError("A code has 16 letters and digits in groups of four, such as 7H4K 9QXM 2PTC 58WD.")


def code_text(code: str) -> str:
    """The code as it is printed and read aloud: groups of four."""
    return " ".join(code[i : i + 4] for i in range(0, len(code), 4))


def kid_of(public_key: bytes) -> str:
    """The name of a signing key: the first 16 hexadecimal digits of its public half's SHA-256."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def _crockford(number: int, letters: int) -> str:
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in reversed(range(letters)))


# The snapshot


@dataclass(frozen=True, slots=True)
class Template:
    """The design under which the certificate was issued; a changed design is a new version."""

    name: str = "modern"
    version: int = 1
    paper: str = "letter"


@dataclass(frozen=True, slots=True)
class IssuingDistrict:
    """Who issues, as named that day. `mark` is the SHA-256 of the seal or logo on the sheet, None without one."""

    name: str
    place: str
    slug: str
    sponsor_number: str | None = None
    sponsor_period: str | None = None
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose certificate it is; the licence in words with the number masked ("NY teacher ID ending 4417")."""

    name: str
    licence: str | None = None


@dataclass(frozen=True, slots=True)
class CertifiedSession:
    """One session with the minutes that were credited for it, by category."""

    title: str
    host: str
    kind: str
    delivery: str
    place: str | None
    starts_at: datetime
    ends_at: datetime
    zone: str
    attendance: str
    minutes: tuple[tuple[str, int], ...]

    @classmethod
    def held(
        cls,
        *,
        title: str,
        host: str,
        kind: str,
        delivery: str,
        place: str | None,
        starts_at: datetime,
        ends_at: datetime,
        zone: str,
        attendance: str,
        minutes: Mapping[str, int],
    ) -> CertifiedSession:
        """The session with its instants (any zone) frozen to the offsets in force in `zone` at that time."""
        return cls(
            title,
            host,
            kind,
            delivery,
            place,
            _fixed(starts_at, zone),
            _fixed(ends_at, zone),
            zone,
            attendance,
            tuple(minutes.items()),
        )

    @property
    def total_minutes(self) -> int:
        """Minutes credited, all categories together."""
        return sum(minutes for _, minutes in self.minutes)

    def minutes_in(self, category: str) -> int:
        """Minutes credited in the category of this name."""
        return sum(minutes for name, minutes in self.minutes if name == category)


@dataclass(frozen=True, slots=True)
class CertifiedCategory:
    """A category of credit with its sum; `short` heads a column."""

    name: str
    short: str
    minutes: int


@dataclass(frozen=True, slots=True)
class CreditUnit:
    """What the minutes are counted in: one "CTLE hour", many "CTLE hours", 60 minutes each."""

    one: str
    many: str
    minutes: int = 60


@dataclass(frozen=True, slots=True)
class AppliedPolicy:
    """The credit policy and edition by which the minutes were decided."""

    name: str
    edition: str


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved, in what office, on what day."""

    name: str
    role: str
    on: date


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a certificate states. Raises ValueError when its facts contradict each other."""

    template: Template
    serial: str
    code: str
    issued_at: datetime
    issued_on: date
    district: IssuingDistrict
    holder: Holder
    title: str
    programme: str | None
    theme: str | None
    sessions: tuple[CertifiedSession, ...]
    categories: tuple[CertifiedCategory, ...]
    unit: CreditUnit
    policy: AppliedPolicy
    reflection: str | None
    approval: Approval
    verify_address: str
    key: str
    retention: str | None = None
    supersedes: str | None = None

    def __post_init__(self) -> None:
        _require(_is_crockford(self.serial, SERIAL_LETTERS), "the serial has 26 Crockford letters")
        _require(_is_crockford(self.code, CODE_LETTERS), "the code has 16 Crockford letters")
        _require(
            self.supersedes is None or _is_crockford(self.supersedes, SERIAL_LETTERS),
            "what is superseded is a serial",
        )
        _require(_KEY.fullmatch(self.key) is not None, "the key id has 16 hexadecimal digits")
        _require(
            _ADDRESS.fullmatch(self.verify_address) is not None,
            "the address is http(s), ASCII, and ends with a slash",
        )
        _require(
            _SLUG.fullmatch(self.district.slug) is not None,
            "the district's slug has small letters, digits and hyphens",
        )
        _require(
            self.district.mark is None or _DIGEST.fullmatch(self.district.mark) is not None,
            "the mark is a SHA-256",
        )
        _require(
            self.template.paper in PAPERS and self.template.version > 0,
            "the template has a known paper and a version",
        )
        _require(self.issued_at.utcoffset() == timedelta(0), "the moment of issue is in UTC")
        _require(self.unit.minutes > 0, "a unit has minutes")
        _require(bool(self.sessions) and bool(self.categories), "there is a session and a category")
        names = [category.name for category in self.categories]
        _require(len(set(names)) == len(names), "each category is named once")
        for session in self.sessions:
            _require(
                session.starts_at.utcoffset() is not None and session.ends_at.utcoffset() is not None,
                "times have their offset",
            )
            _require(session.starts_at <= session.ends_at, "a session ends after it begins")
            told = [name for name, _ in session.minutes]
            _require(
                len(set(told)) == len(told) and set(told) <= set(names),
                "a session's categories are among the certificate's",
            )
            _require(all(minutes >= 0 for _, minutes in session.minutes), "minutes are not negative")
        for category in self.categories:
            _require(
                category.minutes == sum(s.minutes_in(category.name) for s in self.sessions),
                "sessions add up to the categories",
            )
        _require(self.total_minutes > 0, "a certificate certifies some minutes")

    @property
    def total_minutes(self) -> int:
        """Minutes certified, all categories together."""
        return sum(category.minutes for category in self.categories)

    @property
    def address(self) -> str:
        """The address that the QR code holds; its length is the same for each certificate of an installation."""
        return self.verify_address + self.code

    def to_bytes(self) -> bytes:
        """Canonical JSON (RFC 8785) with every text in NFC."""
        # Our keys are ASCII, where the order of code points is that of UTF-16 units; see `canonical` for any keys.
        return json.dumps(_document(self), ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Snapshot:
        """The snapshot that was written as exactly these bytes; raises NotASnapshot for any others."""
        if len(data) > LIMIT_BYTES:
            raise NotASnapshot("longer than any snapshot")
        try:
            snapshot = _snapshot(json.loads(data.decode(), parse_float=_no_float, parse_constant=_no_float))
        except (ValueError, RecursionError, OverflowError) as problem:
            raise NotASnapshot(str(problem)) from problem
        if snapshot.to_bytes() != data:
            raise NotASnapshot("not in canonical form")
        return snapshot

    def fingerprint(self) -> str:
        """SHA-256 of the canonical bytes, 64 hexadecimal digits."""
        return hashlib.sha256(self.to_bytes()).hexdigest()


def _fixed(at: datetime, zone: str) -> datetime:
    """The same instant with the plain offset that the zone had then."""
    offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    if at.tzinfo is None or offset is None:
        raise ValueError("an instant is aware")
    return at.astimezone(timezone(offset))


def _is_crockford(text: str, letters: int) -> bool:
    return len(text) == letters and all(c in CROCKFORD for c in text)


def _require(holds: bool, rule: str) -> None:
    if not holds:
        raise ValueError(f"not a certificate: {rule}")


# Canonical JSON


def canonical(value: Json) -> bytes:
    """RFC 8785 for values without floats: keys by UTF-16 code units, whole numbers within 2^53 - 1, UTF-8.

    Raises ValueError for a lone surrogate, TypeError for a float or another type.
    """
    return json.dumps(_ordered(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _ordered(value: Json) -> Json:
    match value:
        case None | bool() | str():
            return value
        case int():
            if abs(value) > _LARGEST_WHOLE:
                raise ValueError("a whole number beyond 2^53 - 1")
            return value
        case Mapping():
            return {key: _ordered(value[key]) for key in sorted(value, key=_utf16)}
        case list() | tuple():
            return [_ordered(item) for item in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no place in signed data")


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be")


def _no_float(text: str) -> int:
    raise ValueError(f"{text[:20]} is not a whole number")


# Snapshot to document


def _document(s: Snapshot) -> Json:
    return {
        "schema": SCHEMA,
        "template": {"name": s.template.name, "version": s.template.version, "paper": s.template.paper},
        "serial": s.serial,
        "code": s.code,
        "issued_at": _instant_text(s.issued_at),
        "issued_on": s.issued_on.isoformat(),
        "district": {
            "name": _nfc(s.district.name),
            "place": _nfc(s.district.place),
            "slug": s.district.slug,
            "sponsor_number": _nfc_or_none(s.district.sponsor_number),
            "sponsor_period": _nfc_or_none(s.district.sponsor_period),
            "mark": s.district.mark,
        },
        "holder": {"name": _nfc(s.holder.name), "licence": _nfc_or_none(s.holder.licence)},
        "title": _nfc(s.title),
        "programme": _nfc_or_none(s.programme),
        "theme": _nfc_or_none(s.theme),
        "sessions": [_session_document(x) for x in s.sessions],
        "categories": [
            {"name": _nfc(c.name), "short": _nfc(c.short), "minutes": c.minutes} for c in s.categories
        ],
        "total_minutes": s.total_minutes,
        "unit": {"one": _nfc(s.unit.one), "many": _nfc(s.unit.many), "minutes": s.unit.minutes},
        "policy": {"name": _nfc(s.policy.name), "edition": _nfc(s.policy.edition)},
        "reflection": _nfc_or_none(s.reflection),
        "approval": {
            "name": _nfc(s.approval.name),
            "role": _nfc(s.approval.role),
            "on": s.approval.on.isoformat(),
        },
        "verify_address": s.verify_address,
        "key": s.key,
        "retention": _nfc_or_none(s.retention),
        "supersedes": s.supersedes,
    }


def _session_document(x: CertifiedSession) -> Json:
    return {
        "title": _nfc(x.title),
        "host": _nfc(x.host),
        "kind": _nfc(x.kind),
        "delivery": _nfc(x.delivery),
        "place": _nfc_or_none(x.place),
        "starts_at": _instant_text(x.starts_at),
        "ends_at": _instant_text(x.ends_at),
        "zone": x.zone,
        "attendance": _nfc(x.attendance),
        "minutes": [{"category": _nfc(name), "minutes": minutes} for name, minutes in x.minutes],
    }


def _instant_text(at: datetime) -> str:
    """RFC 3339 to the second, UTC as Z."""
    return at.replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _nfc(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _nfc_or_none(text: str | None) -> str | None:
    return None if text is None else _nfc(text)


# Document to snapshot


def _snapshot(value: object) -> Snapshot:
    d = _keys(
        value,
        "schema template serial code issued_at issued_on district holder title programme theme sessions"
        " categories total_minutes unit policy reflection approval verify_address key retention supersedes",
    )
    if d["schema"] != SCHEMA:
        raise ValueError("a schema that we do not know")
    template = _keys(d["template"], "name version paper")
    district = _keys(d["district"], "name place slug sponsor_number sponsor_period mark")
    holder = _keys(d["holder"], "name licence")
    unit = _keys(d["unit"], "one many minutes")
    policy = _keys(d["policy"], "name edition")
    approval = _keys(d["approval"], "name role on")
    snapshot = Snapshot(
        template=Template(_text(template["name"]), _whole(template["version"]), _text(template["paper"])),
        serial=_text(d["serial"]),
        code=_text(d["code"]),
        issued_at=_instant(d["issued_at"]),
        issued_on=_day(d["issued_on"]),
        district=IssuingDistrict(
            _text(district["name"]),
            _text(district["place"]),
            _text(district["slug"]),
            _text_or_none(district["sponsor_number"]),
            _text_or_none(district["sponsor_period"]),
            _text_or_none(district["mark"]),
        ),
        holder=Holder(_text(holder["name"]), _text_or_none(holder["licence"])),
        title=_text(d["title"]),
        programme=_text_or_none(d["programme"]),
        theme=_text_or_none(d["theme"]),
        sessions=tuple(_session(x) for x in _items(d["sessions"])),
        categories=tuple(_category(x) for x in _items(d["categories"])),
        unit=CreditUnit(_text(unit["one"]), _text(unit["many"]), _whole(unit["minutes"])),
        policy=AppliedPolicy(_text(policy["name"]), _text(policy["edition"])),
        reflection=_text_or_none(d["reflection"]),
        approval=Approval(_text(approval["name"]), _text(approval["role"]), _day(approval["on"])),
        verify_address=_text(d["verify_address"]),
        key=_text(d["key"]),
        retention=_text_or_none(d["retention"]),
        supersedes=_text_or_none(d["supersedes"]),
    )
    if _whole(d["total_minutes"]) != snapshot.total_minutes:
        raise ValueError("the total is not the sum")
    return snapshot


def _session(value: object) -> CertifiedSession:
    d = _keys(value, "title host kind delivery place starts_at ends_at zone attendance minutes")
    told = [_keys(x, "category minutes") for x in _items(d["minutes"])]
    return CertifiedSession(
        _text(d["title"]),
        _text(d["host"]),
        _text(d["kind"]),
        _text(d["delivery"]),
        _text_or_none(d["place"]),
        _instant(d["starts_at"]),
        _instant(d["ends_at"]),
        _text(d["zone"]),
        _text(d["attendance"]),
        tuple((_text(x["category"]), _whole(x["minutes"])) for x in told),
    )


def _category(value: object) -> CertifiedCategory:
    d = _keys(value, "name short minutes")
    return CertifiedCategory(_text(d["name"]), _text(d["short"]), _whole(d["minutes"]))


def _keys(value: object, names: str) -> dict[str, object]:
    """The object with exactly these keys."""
    if not isinstance(value, dict) or set(value) != set(names.split()):
        raise ValueError("an object with other keys than the schema's")
    return value


def _items(value: object) -> list[object]:
    if not isinstance(value, list):
        raise NotASnapshot("not a list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise NotASnapshot("not a text")
    return value


def _text_or_none(value: object) -> str | None:
    return None if value is None else _text(value)


def _whole(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise NotASnapshot("not a whole number")
    return value


def _instant(value: object) -> datetime:
    at = datetime.fromisoformat(_text(value))
    if at.tzinfo is None:
        raise ValueError("an instant without its offset")
    return at.replace(tzinfo=UTC) if at.utcoffset() == timedelta(0) else at


def _day(value: object) -> date:
    return date.fromisoformat(_text(value))
