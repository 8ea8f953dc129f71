"""The certificate as a frozen, canonical snapshot: what is signed, rendered and verified, and nothing else.

A `Snapshot` holds every fact that a certificate states, as it was on the day of issue. `to_bytes` writes it as
canonical JSON (RFC 8785: keys in the order of their UTF-16 code units, no spaces, no floats); these bytes are
hashed, signed and carried inside the PDF. `from_bytes` accepts exactly such bytes and nothing that merely means the
same, so that a signature, a fingerprint and a page always speak of one sequence of bytes.

Times are kept with the offset that was in force at the place: `2014-10-14T19:00:00-04:00` is both the instant and
what the clock on the wall showed, whatever a later time zone database says.

Sessions either are credited each for itself, which schema 1 states, or count together: then each says what was
attended, and the snapshot says what lies between their sum and the minutes certified. That is schema 2. Schemas 3 and 4
are the same two with the appearance that a district chose; 5 and 6 with the form of a licensing body as well. Schemas 7
and 8 are 1 and 3 of a certificate that sums up others, which it names.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from pdtracker.domain.appearance import Appearance, appearance_document, read_appearance
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
from pdtracker.domain.certified_sessions import (
    CertifiedChange,
    CertifiedSession,
    change_document,
    read_change,
    read_session,
    session_document,
    session_fault,
)
from pdtracker.domain.certified_summaries import (
    CertifiedSummary,
    read_summary,
    summary_document,
    summary_fault,
)
from pdtracker.domain.codes import CODE_LETTERS, SERIAL_LETTERS, is_spelled
from pdtracker.domain.stated_form import StatedForm, form_document, read_form

SCHEMA: Final = "pdtracker.certificate/1"
TOGETHER: Final = "pdtracker.certificate/2"
"""The schema of certificates whose sessions count together."""
DESIGNED: Final = "pdtracker.certificate/3"
DESIGNED_TOGETHER: Final = "pdtracker.certificate/4"
"""The same two for a district that chose how its certificates look."""
FORMED: Final = "pdtracker.certificate/5"
FORMED_TOGETHER: Final = "pdtracker.certificate/6"
"""And as the form of a licensing body."""
SUMMED_UP: Final = "pdtracker.certificate/7"
DESIGNED_SUMMED_UP: Final = "pdtracker.certificate/8"
"""The schemas of certificates that sum up others."""
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
    version: int = 2
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
    changes: tuple[CertifiedChange, ...] = ()
    appearance: Appearance | None = None
    form: StatedForm | None = None
    summary: CertifiedSummary | None = None

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
            _require(not (fault := session_fault(session, names)), fault)
        if self.counts_together:
            _require_together(self)
        else:
            _require_each_alone(self)
        _require(self.total_minutes > 0, "a certificate certifies some minutes")
        if self.form:
            stated = sum(area.minutes for area in self.form.areas)
            _require(stated == self.total_minutes, "the areas of a form add up to the total")
            _require(self.appearance is not None, "a form is chosen with an appearance")
        if self.summary is not None:
            _require(self.form is None, "a summary is no licensing body's form")
            _require(not self.counts_together, "a summary says what each session was credited with")
            _require(not (fault := summary_fault(self.summary, self.total_minutes)), fault)

    @property
    def total_minutes(self) -> int:
        """Minutes certified, all categories together."""
        return sum(category.minutes for category in self.categories)

    @property
    def counts_together(self) -> bool:
        """Whether its sessions count together: they say what was attended, and only their sum is credited."""
        return any(session.attended_minutes is not None for session in self.sessions)

    @property
    def stated_minutes(self) -> int:
        """What stands beside the sessions, all together; `changes` lead from here to the minutes certified."""
        return sum(session.stated_minutes for session in self.sessions)

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


def _require(holds: bool, rule: str) -> None:
    if not holds:
        raise ValueError(f"not a certificate: {rule}")


def _require_each_alone(s: Snapshot) -> None:
    _require(not s.changes, "what is credited for each session needs no change")
    for category in s.categories:
        _require(
            category.minutes == sum(session.minutes_in(category.name) for session in s.sessions),
            "sessions add up to the categories",
        )


def _require_together(s: Snapshot) -> None:
    for session in s.sessions:
        _require(
            session.attended_minutes is not None and not session.minutes,
            "sessions that count together say what was attended, and nothing else",
        )
    _require(all(category.minutes >= 0 for category in s.categories), "minutes are not negative")
    _require(all(change.words and change.minutes for change in s.changes), "a change changes something")
    _require(
        s.stated_minutes + sum(change.minutes for change in s.changes) == s.total_minutes,
        "what was attended and the changes add up to the total",
    )


# Snapshot to document


def _document(s: Snapshot) -> Json:
    stated: dict[str, Json] = {
        "schema": _SCHEMAS[
            s.counts_together, s.appearance is not None, s.form is not None, s.summary is not None
        ],
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
        "sessions": [session_document(x) for x in s.sessions],
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
    if s.counts_together:
        stated["changes"] = [change_document(x) for x in s.changes]
    if s.appearance is not None:
        stated["appearance"] = appearance_document(s.appearance)
    if s.form is not None:
        stated["form"] = form_document(s.form)
    if s.summary is not None:
        stated["summary"] = summary_document(s.summary)
    return stated


# Document to snapshot


_NAMES: Final = (
    "schema template serial code issued_at issued_on district holder title programme theme sessions"
    " categories total_minutes unit policy reflection approval verify_address key retention supersedes"
)


_SCHEMAS: Final = {
    (False, False, False, False): SCHEMA,
    (True, False, False, False): TOGETHER,
    (False, True, False, False): DESIGNED,
    (True, True, False, False): DESIGNED_TOGETHER,
    (False, True, True, False): FORMED,
    (True, True, True, False): FORMED_TOGETHER,
    (False, False, False, True): SUMMED_UP,
    (False, True, False, True): DESIGNED_SUMMED_UP,
}
"""The schema by whether the sessions count together, the appearance was chosen, it is a form, and it sums up others."""
_KINDS: Final = {schema: kind for kind, schema in _SCHEMAS.items()}


def _snapshot(value: object) -> Snapshot:
    kind = _KINDS.get(text_of(value["schema"])) if isinstance(value, dict) and "schema" in value else None
    if kind is None:
        raise ValueError("a schema that we do not know")
    together, designed, formed, sums_up = kind
    chosen = " changes" * together + " appearance" * designed + " form" * formed + " summary" * sums_up
    d = members(value, _NAMES + chosen)
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
        sessions=tuple(read_session(x, together) for x in items(d["sessions"])),
        categories=tuple(_category(x) for x in items(d["categories"])),
        unit=CreditUnit(text_of(unit["one"]), text_of(unit["many"]), whole_of(unit["minutes"])),
        policy=AppliedPolicy(text_of(policy["name"]), text_of(policy["edition"])),
        reflection=text_or_none(d["reflection"]),
        approval=Approval(text_of(approval["name"]), text_of(approval["role"]), day_of(approval["on"])),
        verify_address=text_of(d["verify_address"]),
        key=text_of(d["key"]),
        retention=text_or_none(d["retention"]),
        supersedes=text_or_none(d["supersedes"]),
        changes=tuple(read_change(x) for x in items(d["changes"])) if together else (),
        appearance=read_appearance(d["appearance"]) if designed else None,
        form=read_form(d["form"]) if formed else None,
        summary=read_summary(d["summary"]) if sums_up else None,
    )
    if whole_of(d["total_minutes"]) != snapshot.total_minutes:
        raise ValueError("the total is not the sum")
    return snapshot


def _category(value: object) -> CertifiedCategory:
    d = members(value, "name short minutes")
    return CertifiedCategory(text_of(d["name"]), text_of(d["short"]), whole_of(d["minutes"]))
