"""Certificates as pages, programs and commands see them: the frozen bytes, and what was said of them since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from pdtracker.db import Database, DistrictSession
from pdtracker.domain.certificate import NotASnapshot, Snapshot
from pdtracker.domain.codes import number_of
from pdtracker.domain.refusals import NotHere
from pdtracker.models.certificates import (
    BadgeRecipient,
    Certificate,
    CertificateCode,
    CertificateNews,
    CertificateStatus,
)
from pdtracker.models.claims import Claim
from pdtracker.models.districts import District, SigningKey
from pdtracker.models.people import Person
from pdtracker.queries.certificate_designs import kept_pictures, named_pictures
from pdtracker.queries.people import of_people_in_sight
from pdtracker.scope import Scope

CERTIFICATES_PER_PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Successor:
    """The newest of the certificates that took a superseded one's place, and whether that one may be counted."""

    code: str
    stands: bool


@dataclass(frozen=True, slots=True)
class News:
    """What was said of a certificate after its issue: when, why, and what took its place."""

    news: CertificateNews
    at: datetime
    by_name: str
    reason: str
    successor: Successor | None


@dataclass(frozen=True, slots=True)
class Issued:
    """An issued certificate: the signed bytes, and the news of it (`None`: it stands)."""

    id: int
    district_id: int
    zone: str
    claim_id: int | None
    person_id: int
    serial: str
    code: str
    frozen: bytes
    sha256: str
    signature: bytes
    kid: str
    public_key: bytes
    issued_at: datetime
    release_at: datetime
    pictures: Mapping[str, bytes]
    news: News | None
    # What is kept of the badge in its file; None of a file without one.
    badge: bytes | None

    @classmethod
    def of_row(cls, row: Any, pictures: Mapping[str, bytes], news: News | None) -> Issued:
        """From a row that names its columns so. Bytes that were exchanged for something else are none."""
        return cls(
            id=row.id,
            district_id=row.district_id,
            zone=row.zone,
            claim_id=row.claim_id,
            person_id=row.person_id,
            serial=row.serial,
            code=row.code,
            frozen=row.snapshot if isinstance(row.snapshot, bytes) else b"",
            sha256=row.sha256,
            signature=row.signature if isinstance(row.signature, bytes) else b"",
            kid=row.kid,
            public_key=row.public_key,
            issued_at=row.issued_at,
            release_at=row.release_at,
            pictures=pictures,
            news=news,
            badge=row.sealed,
        )

    @property
    def snapshot(self) -> Snapshot:
        """The facts that the bytes state."""
        return Snapshot.from_bytes(self.frozen)


def district_of_code(session: DistrictSession, code: str) -> int | None:
    """The district that issued this code or serial; asked with a session of the doors. One statement."""
    return session.scalar(
        sa.select(CertificateCode.district_id).where(
            sa.or_(CertificateCode.code == code, CertificateCode.serial == code)
        )
    )


def district_of_slug(session: DistrictSession, slug: str) -> int | None:
    """The district of this short name. One statement."""
    return session.scalar(sa.select(District.id).where(District.slug == slug))


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The public half of a key, whose certificates it proves, and from when to when it signed.

    `endorsement` is the signature by which `predecessor`, the key before it, vouched for it.
    """

    district_slug: str
    district_name: str
    kid: str
    public_key: bytes
    valid_from: datetime
    retired_at: datetime | None
    predecessor: str | None = None
    endorsement: bytes | None = None


def every_public_key(database: Database) -> tuple[PublicKey, ...]:
    """The public keys of all districts, newest last. One statement, and one for each district."""
    with database.session(None) as session:
        places = session.execute(
            sa.select(District.id, District.slug, District.name).order_by(District.slug)
        ).all()
    found: list[PublicKey] = []
    for place in places:
        with database.session(place.id) as session:
            rows = session.execute(
                sa.select(
                    SigningKey.kid,
                    SigningKey.public_key,
                    SigningKey.valid_from,
                    SigningKey.retired_at,
                    SigningKey.predecessor,
                    SigningKey.endorsement,
                ).order_by(SigningKey.valid_from, SigningKey.id)
            )
            found.extend(PublicKey(place.slug, place.name, *row) for row in rows)
    return tuple(found)


def public_keys(session: DistrictSession) -> Mapping[str, bytes]:
    """The district's public keys by their ids. One statement."""
    return {
        row.kid: row.public_key for row in session.execute(sa.select(SigningKey.kid, SigningKey.public_key))
    }


def released(session: DistrictSession, number: str, at: datetime) -> Issued | None:
    """The certificate of this code or serial if it has left the house by `at`; else nobody knows of it.

    One statement, and one more of a superseded certificate. The session is the issuing district's; a recalled
    certificate never left.
    """
    return _issued(
        session,
        sa.and_(
            sa.or_(Certificate.code == number, Certificate.serial == number),
            Certificate.release_at <= at,
            sa.or_(CertificateStatus.news.is_(None), CertificateStatus.news != CertificateNews.RECALLED),
        ),
    )


def anything_issued(session: DistrictSession, number: str) -> Issued | None:
    """The district's record of a code or serial, also of one that never left the house. One statement, or two."""
    return _issued(session, sa.or_(Certificate.code == number, Certificate.serial == number))


def certificate(scope: Scope, serial: str) -> Issued:
    """A certificate by its serial, also before its release, if one may look at it; refuses with `NotHere`."""
    issued = _issued(scope.session, sa.and_(Certificate.serial == serial, *_in_sight(scope)))
    if issued is None:
        raise NotHere
    return issued


def _in_sight(scope: Scope) -> tuple[sa.ColumnElement[bool], ...]:
    """One's own, and those of claims and of people of the schools whose credit one may look at."""
    schools = scope.seen_school_ids
    if schools is None:
        return ()
    sent_there = sa.select(Claim.id).where(Claim.id == Certificate.claim_id, Claim.school_id.in_(schools))
    are_there = sa.select(Person.id).where(Person.id == Certificate.person_id, *of_people_in_sight(scope))
    return (sa.or_(sa.exists(sent_there), sa.exists(are_there)),)


def _issued(session: DistrictSession, condition: sa.ColumnElement[bool]) -> Issued | None:
    row = session.execute(
        sa.select(
            Certificate.id,
            Certificate.district_id,
            Certificate.claim_id,
            Certificate.person_id,
            Certificate.serial,
            Certificate.code,
            Certificate.snapshot,
            Certificate.sha256,
            Certificate.signature,
            Certificate.kid,
            SigningKey.public_key,
            Certificate.issued_at,
            Certificate.release_at,
            BadgeRecipient.sealed,
            District.zone,
            CertificateStatus.news,
            CertificateStatus.at,
            CertificateStatus.by_name,
            CertificateStatus.reason,
        )
        .join(District, District.id == Certificate.district_id)
        .join(
            SigningKey,
            sa.and_(SigningKey.district_id == Certificate.district_id, SigningKey.kid == Certificate.kid),
        )
        .outerjoin(
            BadgeRecipient,
            sa.and_(
                BadgeRecipient.district_id == Certificate.district_id,
                BadgeRecipient.certificate_id == Certificate.id,
            ),
        )
        .outerjoin(
            CertificateStatus,
            sa.and_(
                CertificateStatus.district_id == Certificate.district_id,
                CertificateStatus.certificate_id == Certificate.id,
            ),
        )
        .where(condition)
        .order_by(CertificateStatus.at.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    news = None
    if row.news is not None:
        is_superseded = row.news is CertificateNews.SUPERSEDED
        news = News(
            row.news, row.at, row.by_name, row.reason, _successor(session, row.id) if is_superseded else None
        )
    return Issued.of_row(row, _pictures(session, row.snapshot), news)


def _pictures(session: DistrictSession, frozen: bytes) -> Mapping[str, bytes]:
    """The pictures that the certificate is drawn from. One statement where it names any, else none."""
    if b'"mark":"' not in frozen and b'"signature":"' not in frozen:
        return {}
    try:
        named = named_pictures(Snapshot.from_bytes(frozen))
    except NotASnapshot:
        return {}
    return kept_pictures(session, named)


def _successor(session: DistrictSession, certificate_id: int) -> Successor:
    """What stands at the end, however often a certificate was issued again. One statement."""
    chain = (
        sa.select(CertificateStatus.successor_id.label("id"), sa.literal(1).label("place"))
        .where(
            CertificateStatus.certificate_id == certificate_id, CertificateStatus.successor_id.is_not(None)
        )
        .cte("chain", recursive=True)
    )
    chain = chain.union_all(
        sa.select(CertificateStatus.successor_id, chain.c.place + 1)
        .join(chain, CertificateStatus.certificate_id == chain.c.id)
        .where(CertificateStatus.successor_id.is_not(None))
    )
    row = session.execute(
        sa.select(Certificate.code, CertificateStatus.news)
        .join(chain, Certificate.id == chain.c.id)
        .outerjoin(
            CertificateStatus,
            sa.and_(
                CertificateStatus.district_id == Certificate.district_id,
                CertificateStatus.certificate_id == Certificate.id,
            ),
        )
        .order_by(chain.c.place.desc(), CertificateStatus.at.desc())
        .limit(1)
    ).one()
    return Successor(row.code, stands=row.news is None)


@dataclass(frozen=True, slots=True)
class Listed:
    """A certificate in a list; `status` is valid, revoked or superseded.

    What `sums_up` others states hours that those state already.
    """

    id: int
    serial: str
    code: str
    status: str
    holder: str
    title: str
    minutes: int
    issued_at: datetime
    release_at: datetime
    sums_up: bool


@dataclass(frozen=True, slots=True)
class CertificatePage:
    """A page of the list, newest first; `older` is the certificate before which the next one begins."""

    rows: tuple[Listed, ...]
    older: int | None


def certificates(
    scope: Scope, *, person_id: int | None = None, limit: int = 1000, after_id: int = 0
) -> tuple[Listed, ...]:
    """The district's certificates by age, one person's or all, that left the house by `scope.at`. One statement."""
    statement = (
        _listed()
        .where(Certificate.id > after_id, Certificate.release_at <= scope.at)
        .order_by(Certificate.id)
        .limit(limit)
    )
    if person_id is not None:
        statement = statement.where(Certificate.person_id == person_id)
    return tuple(_listed_row(row) for row in scope.session.execute(statement))


def certificates_page(
    scope: Scope,
    *,
    before: int | None,
    words: str,
    person_id: int | None,
    limit: int = CERTIFICATES_PER_PAGE,
) -> CertificatePage:
    """A page of the certificates that one may look at, newest first, also those that leave within minutes.

    `words` narrows to holders' names, titles and codes; `person_id` to one person's, under whatever name.
    One statement.
    """
    statement = _listed().where(*_in_sight(scope)).order_by(Certificate.id.desc()).limit(limit + 1)
    if before is not None:
        statement = statement.where(Certificate.id < before)
    if person_id is not None:
        statement = statement.where(Certificate.person_id == person_id)
    if words:
        number = number_of(words)
        statement = statement.where(
            sa.or_(
                Certificate.holder_name.icontains(words, autoescape=True),
                Certificate.title.icontains(words, autoescape=True),
                Certificate.code == number,
                Certificate.serial == number,
            )
        )
    found = [_listed_row(row) for row in scope.session.execute(statement)]
    return CertificatePage(tuple(found[:limit]), found[limit - 1].id if len(found) > limit else None)


def _listed() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Certificate.id,
            Certificate.serial,
            Certificate.code,
            Certificate.holder_name,
            Certificate.title,
            Certificate.minutes,
            Certificate.issued_at,
            Certificate.release_at,
            Certificate.claim_id,
            CertificateStatus.news,
        )
        .outerjoin(
            CertificateStatus,
            sa.and_(
                CertificateStatus.district_id == Certificate.district_id,
                CertificateStatus.certificate_id == Certificate.id,
            ),
        )
        .where(sa.or_(CertificateStatus.news.is_(None), CertificateStatus.news != CertificateNews.RECALLED))
    )


def _listed_row(row: sa.Row[Any]) -> Listed:
    return Listed(
        row.id,
        row.serial,
        row.code,
        row.news.value if row.news else "valid",
        row.holder_name,
        row.title,
        row.minutes,
        row.issued_at,
        row.release_at,
        row.claim_id is None,
    )


@dataclass(frozen=True, slots=True)
class Signed:
    """What is needed to prove one certificate."""

    serial: str
    snapshot: bytes
    signature: bytes
    public_key: bytes


def everything_signed(session: DistrictSession) -> Iterator[Signed]:
    """Every certificate of the district with its key, in batches, for a check of all of them. One statement."""
    rows = session.execute(
        sa.select(
            Certificate.serial,
            # As they are stored: SQLite keeps text in a column of bytes too, when somebody put it there.
            sa.type_coerce(Certificate.snapshot, sa.types.NullType()).label("snapshot"),
            sa.type_coerce(Certificate.signature, sa.types.NullType()).label("signature"),
            SigningKey.public_key,
        )
        .join(
            SigningKey,
            sa.and_(SigningKey.district_id == Certificate.district_id, SigningKey.kid == Certificate.kid),
        )
        .order_by(Certificate.id)
    ).yield_per(500)
    return (Signed(row.serial, _bytes(row.snapshot), _bytes(row.signature), row.public_key) for row in rows)


def _bytes(stored: object) -> bytes:
    """What is no bytes proves nothing."""
    return stored if isinstance(stored, bytes) else b""


def sealed_keys(session: DistrictSession) -> tuple[tuple[str, bytes], ...]:
    """The district's locked private keys with their ids. One statement."""
    rows = session.execute(sa.select(SigningKey.kid, SigningKey.sealed_private_key))
    return tuple((row.kid, row.sealed_private_key) for row in rows)
