"""Everything that a district keeps about one person, for that person: found by whose a row is, not by a list of tables.

A new table that names its person, or belongs to a claim or licence of theirs, is in it by itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from fractions import Fraction
from typing import Any, Final

import sqlalchemy as sa

from pdtracker.domain.canonical import instant_text
from pdtracker.domain.refs import ref_of
from pdtracker.models.base import Base, Directory, DistrictBound
from pdtracker.models.certificates import Certificate, CertificateStatus
from pdtracker.models.claims import Claim, Evidence
from pdtracker.models.events import EventProposal
from pdtracker.models.licences import Licence
from pdtracker.models.people import JoiningCode, Person
from pdtracker.models.records import AuditEntry, IdempotencyKey, OutboxMail
from pdtracker.scope import Scope

LEFT_OUT: Final = (JoiningCode, IdempotencyKey)
"""A way in that is kept as a hash alone, and answers that forms already gave: nothing in them is about anybody."""

# What opens something, or is only another writing of what stands beside it.
_NOT_SHOWN = re.compile(r"hash$|token|secret|sealed|_key$|^district_id$")
_NUMBERED = re.compile(r"(^|_)id$")


@dataclass(frozen=True, slots=True)
class RecordPart:
    """All rows of one kind: the names of the columns, and the values as text, number or nothing."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int | None, ...], ...]


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file of theirs that is kept."""

    sha256: str
    name: str


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """The parts that have any rows, by name, and the files."""

    parts: tuple[RecordPart, ...]
    files: tuple[KeptFile, ...]


def own_record(scope: Scope) -> OwnRecord:
    """The acting person's record. One statement for each kind of thing, however much there is of it."""
    parts = []
    for model, whose in _about(scope):
        rows = scope.session.scalars(sa.select(model).where(whose).order_by(*_key(model))).all()
        if rows:
            parts.append(_part(model, rows))
    files = scope.session.execute(
        sa.select(Evidence.file_sha256, Evidence.file_name)
        .where(Evidence.claim_id.in_(_of_mine(Claim, scope)), Evidence.file_sha256.is_not(None))
        .order_by(Evidence.id)
    )
    known = {row.file_sha256: KeptFile(row.file_sha256, row.file_name or "file") for row in files}
    return OwnRecord(tuple(sorted(parts, key=lambda part: part.name)), tuple(known.values()))


def _about(scope: Scope) -> Iterator[tuple[Any, sa.ColumnElement[bool]]]:
    """Each kind of thing with what narrows it to the acting person's."""
    me = scope.me
    yield Person, Person.id == me.id
    yield EventProposal, EventProposal.proposed_by_id == me.id
    # A letter to somebody else is in the outbox under the name of who had it sent.
    yield OutboxMail, sa.and_(OutboxMail.to_person_id == me.id, OutboxMail.to_email == me.email)
    # What was done to them and who looked. What they did to others is those people's.
    yield AuditEntry, sa.and_(AuditEntry.subject == "person", AuditEntry.subject_id == me.id)
    yield CertificateStatus, CertificateStatus.certificate_id.in_(_of_mine(Certificate, scope))
    named = {Person, EventProposal, OutboxMail, AuditEntry, CertificateStatus, *LEFT_OUT}
    for mapper in sorted(Base.registry.mappers, key=lambda one: one.class_.__name__):
        model: Any = mapper.class_
        columns = mapper.column_attrs.keys()
        if model in named or not issubclass(model, DistrictBound | Directory):
            continue
        if "person_id" in columns:
            yield model, model.person_id == me.id
        elif "claim_id" in columns:
            yield model, model.claim_id.in_(_of_mine(Claim, scope))
        elif "licence_id" in columns:
            yield model, model.licence_id.in_(_of_mine(Licence, scope))


def _key(model: Any) -> list[Any]:
    keys = sa.inspect(model).primary_key
    return [getattr(model, sa.inspect(model).get_property_by_column(column).key) for column in keys]


def _of_mine(model: Any, scope: Scope) -> sa.Select[int]:
    return sa.select(model.id).where(model.person_id == scope.me.id)


def _part(model: Any, rows: Any) -> RecordPart:
    names = [name for name in sa.inspect(model).column_attrs.keys() if not _NOT_SHOWN.search(name)]  # noqa: SIM118
    return RecordPart(
        model.__tablename__,
        tuple(names),
        tuple(tuple(_value(name, getattr(row, name)) for name in names) for row in rows),
    )


def _value(name: str, value: Any) -> str | int | None:
    """As it stands in the files: numbers of things as they are in addresses, bytes by their length."""
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value.value)
        case int():
            return ref_of(value) if _NUMBERED.search(name) and value >= 0 else value
        case datetime():
            return instant_text(value)
        case date():
            return value.isoformat()
        case bytes():
            return f"{len(value)} bytes"
        case str() | Fraction():
            return str(value)
        case _:
            return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
