"""Certificates to collect: how many a filter finds, which, what each is drawn from; and the files that were made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.domain.collecting import Collection
from pdtracker.domain.job import JobKind
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.when import instant
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.certificates import BadgeRecipient, Certificate, CertificateStatus
from pdtracker.models.claims import Claim
from pdtracker.models.districts import District, School, SigningKey
from pdtracker.models.events import Event, Programme
from pdtracker.models.jobs import Job, JobFile
from pdtracker.queries.certificates import Issued
from pdtracker.scope import Scope

MOST_RECENT = 20


@dataclass(frozen=True, slots=True)
class Found:
    """How many certificates a filter finds, of how many people."""

    certificates: int
    people: int


@dataclass(frozen=True, slots=True)
class ToCollect:
    """A certificate of a collection."""

    id: int
    holder: str
    title: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that a job made, and until when it can be fetched."""

    name: str
    media_type: str
    sha256: str
    size_bytes: int
    expires_at: datetime


def named(scope: Scope, collection: Collection) -> Collection:
    """The same with the names of its school and programme; refuses with `NotHere` what isn't. Two statements."""
    school = programme = ""
    if collection.school_id is not None:
        school = _name(scope.session, sa.select(School.name).where(School.id == collection.school_id))
    if collection.programme_id is not None:
        programme = _name(
            scope.session, sa.select(Programme.name).where(Programme.id == collection.programme_id)
        )
    return replace(collection, school=school, programme=programme)


def found(scope: Scope, collection: Collection) -> Found:
    """How many there are. One statement."""
    row = scope.session.execute(
        _of(scope, collection, sa.select(sa.func.count(), sa.func.count(sa.distinct(Certificate.person_id))))
    ).one()
    return Found(int(row[0]), int(row[1]))


def to_collect(scope: Scope, collection: Collection, limit: int) -> tuple[ToCollect, ...]:
    """The certificates by school and holder, in the order in which they are handed out. One statement."""
    rows = scope.session.execute(
        _of(scope, collection, sa.select(Certificate.id, Certificate.holder_name, Certificate.title))
        .outerjoin(School, sa.and_(School.district_id == Claim.district_id, School.id == Claim.school_id))
        .order_by(School.name, Certificate.holder_name, Certificate.id)
        .limit(limit)
    )
    return tuple(ToCollect(*row) for row in rows)


def printable(scope: Scope, certificate_ids: Sequence[int]) -> Mapping[int, Issued]:
    """What each of these is drawn from but for its pictures, if it still stands, by id. One statement."""
    rows = scope.session.execute(
        sa.select(
            Certificate.id,
            Certificate.district_id,
            Certificate.claim_id,
            Certificate.person_id,
            Certificate.serial,
            Certificate.code,
            # As it is stored: whatever else somebody put there is told, not stumbled over.
            sa.type_coerce(Certificate.snapshot, sa.types.NullType()).label("snapshot"),
            Certificate.sha256,
            sa.type_coerce(Certificate.signature, sa.types.NullType()).label("signature"),
            Certificate.kid,
            SigningKey.public_key,
            Certificate.issued_at,
            Certificate.release_at,
            BadgeRecipient.sealed,
            District.zone,
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
        .where(Certificate.id.in_(certificate_ids), *_stands(scope))
    )
    return {row.id: Issued.of_row(row, {}, None) for row in rows}


def made_file(scope: Scope, job_id: int) -> FileRow | None:
    """The file that a job of one's own made; `None` when there is none, or when it expired. One statement."""
    row = scope.session.execute(
        sa.select(JobFile.name, JobFile.media_type, JobFile.sha256, JobFile.size_bytes, JobFile.expires_at)
        .join(Job, sa.and_(Job.district_id == JobFile.district_id, Job.id == JobFile.job_id))
        .where(Job.id == job_id, Job.by_person_id == scope.me.id, JobFile.expires_at > scope.at)
    ).one_or_none()
    return FileRow(*row) if row is not None else None


def own_files(scope: Scope, kind: JobKind) -> Mapping[int, FileRow]:
    """The files of one's own jobs of a kind that can still be fetched, by their jobs. One statement."""
    rows = scope.session.execute(
        sa.select(
            Job.id,
            JobFile.name,
            JobFile.media_type,
            JobFile.sha256,
            JobFile.size_bytes,
            JobFile.expires_at,
        )
        .join(Job, sa.and_(Job.district_id == JobFile.district_id, Job.id == JobFile.job_id))
        .where(
            Job.kind == kind,
            Job.by_person_id == scope.me.id,
            JobFile.expires_at > scope.at,
        )
        .order_by(Job.id.desc())
        .limit(MOST_RECENT)
    )
    return {row.id: FileRow(*row[1:]) for row in rows}


def _name(session: DistrictSession, asked: sa.Select[str]) -> str:
    name = session.scalar(asked)
    if name is None:
        raise NotHere
    return name


def _of(
    scope: Scope, collection: Collection, asked: sa.Select[*tuple[Any, ...]]
) -> sa.Select[*tuple[Any, ...]]:
    wanted = (
        asked.select_from(Certificate)
        .join(
            Claim,
            sa.and_(Claim.district_id == Certificate.district_id, Claim.id == Certificate.claim_id),
        )
        .where(*_stands(scope))
    )
    if collection.school_id is not None:
        wanted = wanted.where(Claim.school_id == collection.school_id)
    if collection.programme_id is not None:
        of_it = sa.select(Event.id).where(Event.programme_id == collection.programme_id)
        parts = sa.select(ClaimPart.claim_id).where(ClaimPart.event_id.in_(of_it))
        wanted = wanted.where(sa.or_(Claim.event_id.in_(of_it), Claim.id.in_(parts)))
    zone = scope.district.zone
    if collection.first is not None:
        wanted = wanted.where(
            Certificate.issued_at >= instant(datetime.combine(collection.first, time()), zone)
        )
    if collection.last is not None:
        after = instant(datetime.combine(collection.last + timedelta(days=1), time()), zone)
        wanted = wanted.where(Certificate.issued_at < after)
    return wanted


def _stands(scope: Scope) -> tuple[sa.ColumnElement[bool], ...]:
    """It left the house, and nothing was said of it since."""
    told = sa.exists(
        sa.select(CertificateStatus.id).where(
            CertificateStatus.district_id == Certificate.district_id,
            CertificateStatus.certificate_id == Certificate.id,
        )
    )
    return Certificate.release_at <= scope.at, ~told
