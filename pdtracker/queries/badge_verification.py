"""Whether an Open Badge is sound, ours, and still in force: the same answer as for a certificate's PDF.

Its facts are what the badge states, and only when a key that we trust signed it. What its picture shows has to be what
we draw: a sound badge inside another picture is altered, for people read the picture.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from pdtracker import signing
from pdtracker.db import DistrictSession
from pdtracker.domain.canonical import instant_of
from pdtracker.domain.codes import code_text, number_of
from pdtracker.domain.status_list import PLACES
from pdtracker.exchange.open_badges import baking, sealing
from pdtracker.exchange.open_badges.credential import credential
from pdtracker.exchange.open_badges.reading import (
    BrokenBadge,
    Form,
    KeylessBadge,
    NoBadge,
    ReadBadge,
    SoundBadge,
    looks_like_badge,
    read_badge,
)
from pdtracker.models.certificates import Certificate, CertificateStatus
from pdtracker.pdf.verdict import FileMatch
from pdtracker.queries import verification
from pdtracker.queries.badges import certified_of
from pdtracker.queries.certificates import (
    Issued,
    anything_issued,
    district_of_code,
    district_of_slug,
    public_keys,
)
from pdtracker.queries.kept_keys import KeptKeys
from pdtracker.queries.status_lists import KeptList
from pdtracker.queries.verification import NOBODY, Answer, OpenDistrict, Standing, Status, Verdict

_SOUND: Final = "The signature fits, and covers everything that the badge says."
_PICTURE: Final = "The badge inside is sound, but the picture is not the one that it was issued in."
_MOST_HELD: Final = 5_000
_PICTURED: Final = frozenset({Form.PNG, Form.SVG})


def of_any_file(doors: DistrictSession, open_district: OpenDistrict, data: bytes, at: datetime) -> Answer:
    """The answer for a PDF or a badge that somebody sent, by what this installation holds."""
    if not looks_like_badge(data):
        return verification.of_file(doors, open_district, data, at)
    read = read_badge(data, signing)
    number = _number(read)
    district_id = _district_of(doors, read, number)
    session = open_district(NOBODY if district_id is None else district_id)
    issued = anything_issued(session, number) if number else None
    refused = _refused(read, data, public_keys(session).values())
    if refused is not None or not isinstance(read, SoundBadge):
        verdict, reason = refused or (Verdict.NOT_A_CERTIFICATE, "")
        return verification.not_genuine(verdict, (reason,), issued, at)
    if _holds_others(read):
        return _of_record(read, _fallen(session, list(_codes(read))), at)
    status = Status(Standing.UNTOLD) if issued is None else verification.standing_of(issued, at)
    verdict, reason = verification.said(status)
    return Answer(
        verdict,
        (_SOUND, reason),
        verification.sound_snapshot(issued) if issued is not None else None,
        issued,
        _match(read, None if issued is None else _as_issued(session, issued, read)),
        status,
        at,
        credential=read.credential,
    )


def of_any_file_offline(data: bytes, kept: KeptKeys, lists: Sequence[KeptList] = ()) -> Answer:
    """The answer for a PDF or a badge by kept keys, and for its status by kept lists."""
    if not looks_like_badge(data):
        return verification.of_file_offline(data, kept, lists)
    read = read_badge(data, signing)
    refused = _refused(read, data, kept.public_keys.values())
    if refused is not None or not isinstance(read, SoundBadge):
        verdict, reason = refused or (Verdict.NOT_A_CERTIFICATE, "")
        return Answer(verdict, (reason,))
    told = read.credential
    slugs = {key.public_key: key.district_slug for key in kept.keys.values()}
    sound = Answer(
        Verdict.GENUINE,
        (_SOUND,),
        file=_match(read, None),
        status=Status(Standing.UNTOLD),
        credential=told,
    )
    slug = slugs[read.signer.public_key or b""]
    issued_at = instant_of(told["validFrom"])
    places = [place for one in _badges_in(read) if (place := _place(one)) is not None]
    if not places:
        return sound
    return verification.by_lists(
        sound, slug, issued_at, lists, lambda one: any(one.tells_place(place) for place in places)
    )


def _holds_others(read: SoundBadge) -> bool:
    return "ClrCredential" in read.credential["type"]


def _badges_in(read: SoundBadge) -> list[Mapping[str, Any]]:
    """The badge itself, or those that a learner record holds."""
    if not _holds_others(read):
        return [read.credential]
    subject = read.credential.get("credentialSubject")
    held = subject.get("verifiableCredential") if isinstance(subject, dict) else None
    return [one for one in held if isinstance(one, dict)] if isinstance(held, list) else []


def _codes(read: SoundBadge) -> Iterator[str]:
    for one in _badges_in(read)[:_MOST_HELD]:
        number = number_of(one["id"]) if isinstance(one.get("id"), str) else None
        if number:
            yield number


def _fallen(session: DistrictSession, codes: Sequence[str]) -> tuple[str, ...]:
    """Those of the certificates that no longer stand. One statement."""
    return tuple(
        session.scalars(
            sa.select(Certificate.code)
            .where(
                Certificate.code.in_(codes),
                sa.exists(
                    sa.select(CertificateStatus.id).where(CertificateStatus.certificate_id == Certificate.id)
                ),
            )
            .order_by(Certificate.code)
        )
    )


def _of_record(read: SoundBadge, fallen: Sequence[str], at: datetime) -> Answer:
    """A learner record counts as long as all that it holds does."""
    if fallen:
        which = ", ".join(code_text(code) for code in fallen)
        reason = f"Of the certificates in it, these no longer stand: {which}. Check them by their codes."
        verdict, status = Verdict.REVOKED, Status(Standing.REVOKED, reason=reason)
    else:
        reason = "Each certificate in it stands: the district has neither revoked nor replaced one."
        verdict, status = Verdict.GENUINE, Status(Standing.VALID)
    return Answer(
        verdict,
        (_SOUND, reason),
        file=_match(read, None),
        status=status,
        as_of=at,
        credential=read.credential,
    )


def _refused(read: ReadBadge, data: bytes, trusted: Collection[bytes]) -> tuple[Verdict, str] | None:
    """Why the file is not genuine, or none when it is."""
    match read:
        case NoBadge(reason):
            return Verdict.NOT_A_CERTIFICATE, reason
        case BrokenBadge(reason):
            return Verdict.ALTERED, reason
        case KeylessBadge(reason):
            return Verdict.UNKNOWN_KEY, reason
        case SoundBadge(_, signer, form, text):
            if signer.public_key is None or signer.public_key not in trusted:
                return Verdict.UNKNOWN_KEY, (
                    f"The badge is whole by its own proof, but signed with {signer.name}, which is not among the keys"
                    " that we trust."
                )
            if form in _PICTURED and not baking.is_our_picture(data, text):
                return Verdict.ALTERED, _PICTURE
            return None


def _number(read: ReadBadge) -> str | None:
    """The code that the badge says its certificate has."""
    if isinstance(read, NoBadge):
        return None
    name = read.credential.get("id")
    return number_of(name) if isinstance(name, str) else None


def _district_of(doors: DistrictSession, read: ReadBadge, number: str | None) -> int | None:
    """Whose badge it says that it is: by its code, else by the district that it names."""
    found = district_of_code(doors, number) if number else None
    if found is not None or isinstance(read, NoBadge):
        return found
    issuer = read.credential.get("issuer")
    address = issuer.get("url") if isinstance(issuer, dict) else None
    if not isinstance(address, str):
        return None
    slug = address.rpartition("/")[2].removesuffix(".json")[:100]
    # What no district can be called is not looked for: databases refuse some of it with an error.
    return district_of_slug(doors, slug) if slug.isascii() and slug.isprintable() else None


def _place(told: Mapping[str, Any]) -> int | None:
    """Where in its district's list the badge stands, as it says itself."""
    entry = told.get("credentialStatus")
    index = entry.get("statusListIndex") if isinstance(entry, dict) else None
    if (
        not isinstance(index, str)
        or not index.isascii()
        or not index.isdigit()
        or len(index) > len(str(PLACES))
    ):
        return None
    return int(index) if int(index) < PLACES else None


def _as_issued(session: DistrictSession, issued: Issued, read: SoundBadge) -> str | None:
    """The badge's text as we write it, around the proof that it has. One statement."""
    if read.form is Form.TOKEN or verification.sound_snapshot(issued) is None:
        return None
    proof = json.loads(read.text)["proof"]
    return sealing.written(credential(certified_of(session, issued)) | {"proof": proof})


def _match(read: SoundBadge, expected: str | None) -> FileMatch:
    """Whether it is written as it was issued. A token's signature covers its very letters."""
    if read.form is Form.TOKEN:
        return FileMatch.IDENTICAL
    wanted = sealing.written(json.loads(read.text)) if expected is None else expected
    return FileMatch.IDENTICAL if read.text == wanted else FileMatch.DIFFERS
