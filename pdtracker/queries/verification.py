"""Whether a certificate is sound and still in force: signature, file and status, joined into one answer.

A code, a serial or a file comes in; what comes out is one `Answer` for page, program and command. Its facts are only
ever those of a snapshot whose signature fits a key that we trust, never what a file merely says.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from pdtracker import signing
from pdtracker.db import DistrictSession
from pdtracker.domain.certificate import NotASnapshot, Snapshot
from pdtracker.domain.codes import kid_of, number_of
from pdtracker.domain.status_list import Purpose
from pdtracker.exchange.open_badges.attached import is_badge_of, unpacked
from pdtracker.models.certificates import CertificateNews
from pdtracker.pdf.certificate import render
from pdtracker.pdf.verdict import FileMatch, Finding, examine
from pdtracker.queries.certificate_designs import pictures_of
from pdtracker.queries.certificates import (
    Issued,
    Successor,
    anything_issued,
    district_of_code,
    district_of_slug,
    public_keys,
    released,
)
from pdtracker.queries.kept_keys import KeptKeys
from pdtracker.queries.status_lists import KeptList

OpenDistrict = Callable[[int], DistrictSession]

# A district that no installation has: ids grow with time. As long as a real one, so that statements are of one kind.
NOBODY: Final = 2**63 - 1
_NO_NUMBER = ""

_NO_LIST: Final = (
    "The status list doesn't speak for this certificate: it is of another district, or older than it."
)


class Verdict(StrEnum):
    """What is said of a certificate; `UNKNOWN` of codes only."""

    GENUINE = "genuine"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    ALTERED = "altered"
    UNKNOWN_KEY = "unknown_key"
    NOT_A_CERTIFICATE = "not_a_certificate"
    UNKNOWN = "unknown"


class Standing(StrEnum):
    """Whether a genuine certificate may be counted.

    `WITHHELD`: it never left the district. `UNTOLD`: nobody here knows.
    """

    VALID = "valid"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    WITHHELD = "withheld"
    UNTOLD = "untold"


_LISTED: Final = {
    Standing.VALID: "It stands, as of the status list: the district has neither revoked nor replaced it.",
    Standing.REVOKED: "The district revoked it, says the status list.",
    Standing.SUPERSEDED: "The district replaced it by a newer one, says the status list.",
}


@dataclass(frozen=True, slots=True)
class Status:
    """Whether it stands, since when and why not, and what took its place."""

    standing: Standing
    at: datetime | None = None
    reason: str = ""
    successor: Successor | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict with its reasons in sentences.

    `snapshot` is set only when its signature fits a trusted key. `issued` is the installation's own record. `file`
    tells, for a file, whether it is the issued one byte for byte. `status` is `None` for what is not genuine.
    `original`, of an altered file only, is the answer for the certificate that it claims to be, when that is known:
    nothing in it speaks for the file. `credential` is what a badge states, set as `snapshot` is.
    """

    verdict: Verdict
    reasons: tuple[str, ...]
    snapshot: Snapshot | None = None
    issued: Issued | None = None
    file: FileMatch | None = None
    status: Status | None = None
    as_of: datetime | None = None
    original: Answer | None = None
    credential: Mapping[str, Any] | None = None


UNKNOWN = Answer(Verdict.UNKNOWN, ("We never issued this code. Check it for a slip, or ask the district.",))
_DAMAGED = "Our own record of this certificate doesn't fit its signature. Don't rely on it; ask the district."
_WITHHELD = (
    "The signature fits, but the district never released it, or took it back before it did. Don't count it."
)
_NO_RECORD = (
    "The signature fits, but this installation has no record of it and can't tell whether it still stands."
)


def of_number(doors: DistrictSession, open_district: OpenDistrict, text: str, at: datetime) -> Answer:
    """The answer for a code or serial as somebody wrote it. Two statements, whatever it is.

    Unknown, impossible and not yet released ones take the same way and get the same answer, so that neither the
    words nor the time tell them apart.
    """
    number = number_of(text) or _NO_NUMBER
    district_id = district_of_code(doors, number)
    issued = released(open_district(NOBODY if district_id is None else district_id), number, at)
    return UNKNOWN if issued is None else of_issued(issued, at)


def of_issued(issued: Issued, at: datetime) -> Answer:
    """The answer for one of our own records: its signature is checked at every view."""
    snapshot = sound_snapshot(issued)
    if snapshot is None:
        return Answer(Verdict.ALTERED, (_DAMAGED,), issued=issued, as_of=at)
    status = standing_of(issued, at)
    verdict, reason = said(status)
    return Answer(verdict, (reason,), snapshot, issued, None, status, at)


def of_file(doors: DistrictSession, open_district: OpenDistrict, data: bytes, at: datetime) -> Answer:
    """The answer for a PDF that somebody sent, by the keys and the status that this installation holds."""
    claimed = examine(data, {}, signing.verify, _is_badge).snapshot
    district_id = _district_of(doors, claimed)
    session = open_district(NOBODY if district_id is None else district_id)
    found = examine(data, public_keys(session), signing.verify, _is_badge)
    issued = anything_issued(session, claimed.serial) if claimed is not None else None
    if found.finding is not Finding.GENUINE:
        return not_genuine(Verdict(found.finding.value), found.reasons, issued, at)
    status = Status(Standing.UNTOLD) if issued is None else standing_of(issued, at)
    verdict, reason = said(status)
    return Answer(verdict, (*found.reasons, reason), found.snapshot, issued, found.file, status, at)


def of_file_offline(data: bytes, kept: KeptKeys, lists: Sequence[KeptList] = ()) -> Answer:
    """The answer for a PDF by kept keys, and for its status by kept lists; without one nothing is said of that."""
    found = examine(data, kept.public_keys, signing.verify, _is_badge)
    if found.finding is not Finding.GENUINE or found.snapshot is None:
        return Answer(Verdict(found.finding.value), found.reasons)
    snapshot = found.snapshot
    slug = kept.keys[snapshot.key].district_slug
    answer = Answer(Verdict.GENUINE, found.reasons, snapshot, None, found.file, Status(Standing.UNTOLD))
    return by_lists(answer, slug, snapshot.issued_at, lists, lambda one: one.tells(snapshot.serial))


def by_lists(
    sound: Answer,
    slug: str,
    issued_at: datetime,
    lists: Sequence[KeptList],
    tells: Callable[[KeptList], bool],
) -> Answer:
    """The answer for what is sound, with its status by the kept lists of its district, if they speak for it."""
    told = {one.purpose: one for one in lists if one.district_slug == slug}
    revocation, refresh = told.get(Purpose.REVOCATION), told.get(Purpose.REFRESH)
    if revocation is None or revocation.as_of < issued_at:
        return replace(sound, reasons=(*sound.reasons, _NO_LIST)) if lists else sound
    standing = Standing.VALID
    if tells(revocation):
        is_replaced = refresh is not None and tells(refresh)
        standing = Standing.SUPERSEDED if is_replaced else Standing.REVOKED
    return replace(
        sound,
        verdict=Verdict.GENUINE if standing is Standing.VALID else Verdict(standing.value),
        reasons=(*sound.reasons, _LISTED[standing]),
        status=Status(standing),
        as_of=revocation.as_of,
    )


def standing_of(issued: Issued, at: datetime) -> Status:
    """What the district has said of its certificate by `at`."""
    news = issued.news
    if issued.release_at > at or (news is not None and news.news is CertificateNews.RECALLED):
        return Status(Standing.WITHHELD)
    if news is None:
        return Status(Standing.VALID)
    return Status(Standing(news.news.value), news.at, news.reason, news.successor)


def sound_snapshot(issued: Issued) -> Snapshot | None:
    """The snapshot of our record, if hash and signature fit and it is the certificate of this code."""
    if kid_of(issued.public_key) != issued.kid or hashlib.sha256(issued.frozen).hexdigest() != issued.sha256:
        return None
    if not signing.verify(issued.public_key, issued.frozen, issued.signature):
        return None
    try:
        snapshot = issued.snapshot
    except NotASnapshot:
        return None
    return snapshot if (snapshot.serial, snapshot.code) == (issued.serial, issued.code) else None


def pdf_of(issued: Issued) -> bytes:
    """The certificate's PDF, drawn from its snapshot: the same bytes each time."""
    snapshot = issued.snapshot
    signatures = snapshot.appearance.signatures if snapshot.appearance else ()
    logo, inked = pictures_of(snapshot.district.mark, signatures, issued.pictures)
    badge = None if issued.badge is None else unpacked(issued.badge)
    return render(snapshot, issued.signature, issued.public_key, logo, inked, badge)


def _is_badge(snapshot: Snapshot, public_key: bytes, badge: bytes) -> bool:
    return is_badge_of(snapshot, public_key, badge, signing)


def document_of(answer: Answer) -> dict[str, Any]:
    """The answer for programs: the same members for a code and for a file.

    Of an altered file only `original` has facts and a status: those of the certificate that the file claims to be.
    """
    return _members(answer) | {"original": _members(answer.original) if answer.original else None}


def _members(answer: Answer) -> dict[str, Any]:
    status, issued = answer.status, answer.issued
    facts = json.loads(answer.snapshot.to_bytes()) if answer.snapshot else None
    return {
        "verdict": answer.verdict.value,
        "facts": facts if answer.credential is None else answer.credential,
        "file": answer.file.value if answer.file else None,
        "status": None
        if status is None
        else {
            "standing": status.standing.value,
            "at": _moment(status.at),
            "reason": status.reason or None,
            "successor": status.successor.code if status.successor else None,
        },
        "status_as_of": _moment(answer.as_of) if status else None,
        "reasons": list(answer.reasons),
        "fingerprint": answer.snapshot.fingerprint() if answer.snapshot else None,
        "signature": issued.signature.hex() if issued and answer.snapshot else None,
        "public_key": issued.public_key.hex() if issued and answer.snapshot else None,
    }


def _district_of(doors: DistrictSession, claimed: Snapshot | None) -> int | None:
    """Whose certificate a file says that it is: by its serial, else by the district that it names."""
    if claimed is None:
        return None
    found = district_of_code(doors, claimed.serial)
    return found if found is not None else district_of_slug(doors, claimed.district.slug)


def not_genuine(verdict: Verdict, reasons: tuple[str, ...], issued: Issued | None, at: datetime) -> Answer:
    """An altered file is shown beside the original, when the public may know of that."""
    if verdict is not Verdict.ALTERED or issued is None:
        return Answer(verdict, reasons, as_of=at)
    original = of_issued(issued, at)
    if original.snapshot is None or standing_of(issued, at).standing is Standing.WITHHELD:
        return Answer(verdict, reasons, as_of=at)
    return Answer(verdict, reasons, as_of=at, original=original)


def said(status: Status) -> tuple[Verdict, str]:
    """What the status makes of something genuine, and why."""
    match status.standing:
        case Standing.VALID:
            return Verdict.GENUINE, "It stands: the district has neither revoked nor replaced it."
        case Standing.REVOKED:
            return Verdict.REVOKED, f"The district revoked it. Reason: {status.reason}"
        case Standing.SUPERSEDED:
            return Verdict.SUPERSEDED, f"The district replaced it by a newer one. Reason: {status.reason}"
        case Standing.WITHHELD:
            return Verdict.REVOKED, _WITHHELD
        case Standing.UNTOLD:
            return Verdict.GENUINE, _NO_RECORD


def _moment(at: datetime | None) -> str | None:
    return at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z") if at else None
