"""Imported calendars: what is known of a file, what earlier imports did, and what has grown on their events."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.event_import import Known, Planned, Said, plan
from pdtracker.domain.refusals import NotHere
from pdtracker.models import Base
from pdtracker.models.event_imports import CalendarImport, CalendarImportRow, ImportDeed, ImportedEvent
from pdtracker.models.events import Event, EventCategory
from pdtracker.models.people import Person
from pdtracker.scope import Scope

_MOST_IMPORTS = 50
# What an import makes with an event; everything else that points at it is somebody's.
_ITS_OWN = (EventCategory, ImportedEvent)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """What one import did with one event; `stayed` is why undo left it."""

    event_id: int
    title: str
    deed: ImportDeed
    stayed: str


@dataclass(frozen=True, slots=True)
class ImportFacts:
    """One import: the file's name, who confirmed it when, and when it was undone."""

    id: int
    name: str
    by_name: str
    at: datetime
    undone_at: datetime | None
    added: int
    changed: int
    cancelled: int


def planned(scope: Scope, said: Sequence[Said]) -> tuple[Planned, ...]:
    """What would become of each date of a file. One statement."""
    uids = {one.uid for one in said}
    links = {one.link for one in said if one.link}
    rows = scope.session.execute(
        sa.select(
            ImportedEvent.event_id,
            ImportedEvent.uid,
            ImportedEvent.recurrence,
            ImportedEvent.link,
            ImportedEvent.told,
        ).where(sa.or_(ImportedEvent.uid.in_(uids), ImportedEvent.link.in_(links)))
    )
    return plan(said, [Known(*row) for row in rows])


def imports(scope: Scope) -> tuple[ImportFacts, ...]:
    """The latest imports, the last one first. One statement."""
    rows = scope.session.execute(
        _imports().order_by(CalendarImport.at.desc(), CalendarImport.id.desc()).limit(_MOST_IMPORTS)
    )
    return tuple(_facts(row) for row in rows)


def one_import(scope: Scope, import_id: int) -> tuple[ImportFacts, tuple[ImportRow, ...]]:
    """One import with what it did, in the order of the titles. Two statements. Raises NotHere."""
    row = scope.session.execute(_imports().where(CalendarImport.id == import_id)).one_or_none()
    if row is None:
        raise NotHere
    rows = scope.session.execute(
        sa.select(
            CalendarImportRow.event_id,
            CalendarImportRow.title,
            CalendarImportRow.deed,
            CalendarImportRow.stayed,
        )
        .where(CalendarImportRow.import_id == import_id)
        .order_by(CalendarImportRow.deed, CalendarImportRow.title, CalendarImportRow.id)
    )
    return _facts(row), tuple(ImportRow(*one) for one in rows)


def grown_on(scope: Scope, event_ids: Collection[int]) -> frozenset[int]:
    """Which of these events something of somebody's points at: a claim, a mark, a registration, a check-in.

    Whatever tables there are is read from the schema, so that a new kind of record holds its event by itself. One
    statement.
    """
    asked = [
        sa.select(getattr(model, name).label("event_id")).where(getattr(model, name).in_(event_ids))
        for model, name in _pointing_at_events()
    ]
    found = scope.session.scalars(sa.union(*asked))
    return frozenset(event_id for event_id in found if event_id is not None)


def _pointing_at_events() -> list[tuple[Any, str]]:
    event_key = Event.__mapper__.primary_key[0]
    return [
        (mapper.class_, attribute.key)
        for mapper in Base.registry.mappers
        if mapper.class_ not in _ITS_OWN
        for attribute in mapper.column_attrs
        if any(key.column is event_key for key in attribute.columns[0].foreign_keys)
    ]


# Any: columns that `_facts` reads by their names.
def _imports() -> sa.Select[*tuple[Any, ...]]:
    def count(deed: ImportDeed) -> sa.ColumnElement[int]:
        return sa.func.count(sa.case((CalendarImportRow.deed == deed, 1)))

    return (
        sa.select(
            CalendarImport.id,
            CalendarImport.name,
            Person.name.label("by_name"),
            CalendarImport.at,
            CalendarImport.undone_at,
            count(ImportDeed.ADDED).label("added"),
            count(ImportDeed.CHANGED).label("changed"),
            count(ImportDeed.CANCELLED).label("cancelled"),
        )
        .select_from(CalendarImport)
        .outerjoin(
            CalendarImportRow,
            sa.and_(
                CalendarImportRow.district_id == CalendarImport.district_id,
                CalendarImportRow.import_id == CalendarImport.id,
            ),
        )
        .outerjoin(
            Person,
            sa.and_(
                Person.district_id == CalendarImport.district_id, Person.id == CalendarImport.by_person_id
            ),
        )
        .group_by(
            CalendarImport.id, CalendarImport.name, Person.name, CalendarImport.at, CalendarImport.undone_at
        )
    )


def _facts(row: sa.Row[*tuple[Any, ...]]) -> ImportFacts:
    return ImportFacts(
        row.id,
        row.name,
        row.by_name or "An operator",
        row.at,
        row.undone_at,
        row.added,
        row.changed,
        row.cancelled,
    )
