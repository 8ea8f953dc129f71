"""The reason for every minute of somebody: by the district's policy in a school year, and by each of their licences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from pdtracker.domain.licence_progress import LicenceProgress
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.models.people import Person
from pdtracker.queries.licence_record import records
from pdtracker.queries.licensing import HeldLicence, Rules, current, licences_of
from pdtracker.queries.transcript import Transcript, transcript
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class ExplainedLicence:
    """A licence with its progress; `titles` are those of its activities by their ids."""

    held: HeldLicence
    progress: LicenceProgress
    titles: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What counts for a person, and why."""

    on: date
    transcript: Transcript
    licences: tuple[ExplainedLicence, ...]


def explanation(scope: Scope, person: str, *, licence: str | None, on: date) -> Explanation:
    """Everything about the person with this e-mail address or reference, on a day.

    `licence` narrows to one of theirs by its reference, its name, or its regime; else it is the cycle of each that the
    day asks about. Raises NotHere.
    """
    person_id = _person_id(scope, person)
    held = licences_of(scope, [person_id])
    if licence is None:
        chosen = current(held, on)
    else:
        chosen = tuple(one for one in held if _is_meant(one, licence))
        if not chosen:
            known = ", ".join(dict.fromkeys(one.name for one in held)) or "none"
            raise NotHere("no_licence", f"There is no licence {licence!r}. There are: {known}.")
    record = records(scope, [person_id])
    rules, titles = Rules(record.layers), record.titles(person_id)
    return Explanation(
        on=on,
        transcript=transcript(scope, person_id, None, on),
        licences=tuple(ExplainedLicence(one, rules.progress(one, record, on), titles) for one in chosen),
    )


def _person_id(scope: Scope, told: str) -> int:
    try:
        wanted: sa.ColumnElement[bool] = Person.id == id_of(told)
    except ValueError:
        wanted = Person.email_key == told.strip().casefold()
    found = scope.session.scalar(sa.select(Person.id).where(wanted))
    if found is None:
        raise NotHere("no_person", f"There is nobody {told!r} in {scope.district.name}.")
    return found


def _is_meant(one: HeldLicence, told: str) -> bool:
    names = {ref_of(one.id), one.name.casefold(), one.regime, shelf()[one.regime][-1].name.casefold()}
    return told.strip().casefold() in names
