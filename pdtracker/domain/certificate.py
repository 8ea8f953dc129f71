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
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

from pdtracker.domain.canonical import (
    Json,
    day_of,
    instant_of,
    instant_text,
    items,
    members,
    nfc,
    nfc_or_none,
    no_float,
    text_of,
    text_or_none,
    whole_of,
)
from pdtracker.domain.codes import CODE_LETTERS, SERIAL_LETTERS, is_spelled

SCHEMA: Final = "pdtracker.certificate/1"
LIMIT_BYTES: Final = 262_144
PAPERS: Final = ("letter", "a4")

_KEY: Final = re.compile(r"[0-9a-f]{16}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_ADDRESS: Final = re.compile(r"https?://[!-~]+/")
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class NotASnapshot(ValueError):
    """These bytes are not a canonical certificate snapshot of a schema that we know."""


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
        _require(is_spelled(self.serial, SERIAL_LETTERS), "the serial has 26 Crockford letters")
        _require(is_spelled(self.code, CODE_LETTERS), "the code has 16 Crockford letters")
        _require(
            self.supersedes is None or is_spelled(self.supersedes, SERIAL_LETTERS),
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
            snapshot = _snapshot(json.loads(data.decode(), parse_float=no_float, parse_constant=no_float))
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


def _require(holds: bool, rule: str) -> None:
    if not holds:
        raise ValueError(f"not a certificate: {rule}")


# Snapshot to document


def _document(s: Snapshot) -> Json:
    return {
        "schema": SCHEMA,
        "template": {"name": s.template.name, "version": s.template.version, "paper": s.template.paper},
        "serial": s.serial,
        "code": s.code,
        "issued_at": instant_text(s.issued_at),
        "issued_on": s.issued_on.isoformat(),
        "district": {
            "name": nfc(s.district.name),
            "place": nfc(s.district.place),
            "slug": s.district.slug,
            "sponsor_number": nfc_or_none(s.district.sponsor_number),
            "sponsor_period": nfc_or_none(s.district.sponsor_period),
            "mark": s.district.mark,
        },
        "holder": {"name": nfc(s.holder.name), "licence": nfc_or_none(s.holder.licence)},
        "title": nfc(s.title),
        "programme": nfc_or_none(s.programme),
        "theme": nfc_or_none(s.theme),
        "sessions": [_session_document(x) for x in s.sessions],
        "categories": [
            {"name": nfc(c.name), "short": nfc(c.short), "minutes": c.minutes} for c in s.categories
        ],
        "total_minutes": s.total_minutes,
        "unit": {"one": nfc(s.unit.one), "many": nfc(s.unit.many), "minutes": s.unit.minutes},
        "policy": {"name": nfc(s.policy.name), "edition": nfc(s.policy.edition)},
        "reflection": nfc_or_none(s.reflection),
        "approval": {
            "name": nfc(s.approval.name),
            "role": nfc(s.approval.role),
            "on": s.approval.on.isoformat(),
        },
        "verify_address": s.verify_address,
        "key": s.key,
        "retention": nfc_or_none(s.retention),
        "supersedes": s.supersedes,
    }


def _session_document(x: CertifiedSession) -> Json:
    return {
        "title": nfc(x.title),
        "host": nfc(x.host),
        "kind": nfc(x.kind),
        "delivery": nfc(x.delivery),
        "place": nfc_or_none(x.place),
        "starts_at": instant_text(x.starts_at),
        "ends_at": instant_text(x.ends_at),
        "zone": x.zone,
        "attendance": nfc(x.attendance),
        "minutes": [{"category": nfc(name), "minutes": minutes} for name, minutes in x.minutes],
    }


# Document to snapshot


def _snapshot(value: object) -> Snapshot:
    d = members(
        value,
        "schema template serial code issued_at issued_on district holder title programme theme sessions"
        " categories total_minutes unit policy reflection approval verify_address key retention supersedes",
    )
    if d["schema"] != SCHEMA:
        raise ValueError("a schema that we do not know")
    template = members(d["template"], "name version paper")
    district = members(d["district"], "name place slug sponsor_number sponsor_period mark")
    holder = members(d["holder"], "name licence")
    unit = members(d["unit"], "one many minutes")
    policy = members(d["policy"], "name edition")
    approval = members(d["approval"], "name role on")
    snapshot = Snapshot(
        template=Template(
            text_of(template["name"]), whole_of(template["version"]), text_of(template["paper"])
        ),
        serial=text_of(d["serial"]),
        code=text_of(d["code"]),
        issued_at=instant_of(d["issued_at"]),
        issued_on=day_of(d["issued_on"]),
        district=IssuingDistrict(
            text_of(district["name"]),
            text_of(district["place"]),
            text_of(district["slug"]),
            text_or_none(district["sponsor_number"]),
            text_or_none(district["sponsor_period"]),
            text_or_none(district["mark"]),
        ),
        holder=Holder(text_of(holder["name"]), text_or_none(holder["licence"])),
        title=text_of(d["title"]),
        programme=text_or_none(d["programme"]),
        theme=text_or_none(d["theme"]),
        sessions=tuple(_session(x) for x in items(d["sessions"])),
        categories=tuple(_category(x) for x in items(d["categories"])),
        unit=CreditUnit(text_of(unit["one"]), text_of(unit["many"]), whole_of(unit["minutes"])),
        policy=AppliedPolicy(text_of(policy["name"]), text_of(policy["edition"])),
        reflection=text_or_none(d["reflection"]),
        approval=Approval(text_of(approval["name"]), text_of(approval["role"]), day_of(approval["on"])),
        verify_address=text_of(d["verify_address"]),
        key=text_of(d["key"]),
        retention=text_or_none(d["retention"]),
        supersedes=text_or_none(d["supersedes"]),
    )
    if whole_of(d["total_minutes"]) != snapshot.total_minutes:
        raise ValueError("the total is not the sum")
    return snapshot


def _session(value: object) -> CertifiedSession:
    d = members(value, "title host kind delivery place starts_at ends_at zone attendance minutes")
    told = [members(x, "category minutes") for x in items(d["minutes"])]
    return CertifiedSession(
        text_of(d["title"]),
        text_of(d["host"]),
        text_of(d["kind"]),
        text_of(d["delivery"]),
        text_or_none(d["place"]),
        instant_of(d["starts_at"]),
        instant_of(d["ends_at"]),
        text_of(d["zone"]),
        text_of(d["attendance"]),
        tuple((text_of(x["category"]), whole_of(x["minutes"])) for x in told),
    )


def _category(value: object) -> CertifiedCategory:
    d = members(value, "name short minutes")
    return CertifiedCategory(text_of(d["name"]), text_of(d["short"]), whole_of(d["minutes"]))
