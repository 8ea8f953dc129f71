"""Fills a database with some thousand claims: people, and what they logged and what was decided in three years.

Half of the claims belong to one large district, whose review desk is looked at; the others share the rest. Claims are
made in order of time, as people make them: almost all are decided, and half of the newest wait.
"""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeAlias

import sqlalchemy as sa
from sqlalchemy import event

from pdtracker import migrating
from pdtracker.actions.calendar import CalendarEntries, EventEntry, ProgrammeEntry, load_calendar
from pdtracker.actions.districts import NewDistrict, create_district
from pdtracker.actions.people import NewPerson, Roles, add_person
from pdtracker.bench.rows import (
    ZONE,
    Attended,
    Told,
    answer_row,
    award_row,
    claim_row,
    decision_row,
    link_row,
    submission_row,
)
from pdtracker.db import Database, DistrictSession
from pdtracker.demo.examples import example_events
from pdtracker.domain import policy as rules
from pdtracker.domain.access import Role
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.models.base import Base
from pdtracker.models.claims import Claim, ClaimStep, Evidence, ReflectionAnswer
from pdtracker.models.credit import Award
from pdtracker.models.districts import CreditPolicy
from pdtracker.models.events import Event, EventHost
from pdtracker.models.ids import new_id
from pdtracker.models.people import Membership, Person
from pdtracker.queries.people import schools
from pdtracker.scope import DistrictFacts, Scope

EDITION: Final = 2
"""Counts up whenever the rows change, so that a kept file is not taken for a new one."""

MOST_COPIES: Final = 128
"""Between two rows are so many free ids, for copies that stand beside them in order of time."""

NEWEST: Final = 0.04
"""The share of the claims that are new; half of these wait."""

SLUG: Final = "ashford"
REVIEWER: Final = "bo@ashford.example"
TEACHER: Final = "Teacher"
"""The title that all teachers have."""

SECRET: Final = "of a benchmark, signs nothing that anybody keeps"  # noqa: S105
_NOBODYS_PASSWORD: Final = ""

_SEED = 2014
_SCHOOLS, _SCHOOLS_ELSEWHERE = 40, 4
_CLAIMS_PER_TEACHER = 20
_OTHER_DISTRICTS = 5
_SPAN = timedelta(days=365 * 3)
_BATCH = 5_000

_STATES = {
    ClaimState.CREDITED: 92,
    ClaimState.DENIED: 3,
    ClaimState.RETURNED: 2,
    ClaimState.WITHDRAWN: 2,
    ClaimState.DRAFT: 1,
}
_DECISIONS = {
    ClaimState.CREDITED: Step.APPROVE,
    ClaimState.DENIED: Step.DENY,
    ClaimState.RETURNED: Step.RETURN,
}
_GIVEN = "Ada Bo Cam Dee Eli Fay Gus Hana Ivo June Kai Lou Mia Ned Ola Pia Quinn Rosa Sam Tess Uma Wren Zoe".split()
_FAMILY = (
    "Abara Becker Chen Diaz Eriksen Fox Garcia Haddad Ito Jansen Kim Lindqvist Moreau Nair Okafor Park Quist "
    "Reed Santos Tran Ueda Vega Weiss Xu Young Zeller"
).split()
_WORDS = (
    "the students asked more questions than before and wrote down what they saw so I will try it again next week "
    "with another class because two of them said that it was the first time they understood why it matters"
).split()

_Batch: TypeAlias = dict[type[Base], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class _Place:
    """A district to fill: its teachers with their schools; its reviewer and its policy by id and name."""

    facts: DistrictFacts
    teachers: Sequence[tuple[int, int]]
    reviewer: tuple[int, str]
    policy: tuple[int, str]


def fill(
    file: Path, count: int, *, at: datetime, step: Callable[[int], None], newest: float = NEWEST
) -> None:
    """Make a database with `count` claims of the three years before `at` in a file that isn't there yet.

    `newest` is the share of them that are new; `step` is told how many claims were made.
    """
    url = f"sqlite:///{file.as_posix()}"
    migrating.upgrade(url)
    database = Database(url)
    event.listen(database.engine, "connect", without_safety)
    try:
        _Filling(database, at, newest).fill(count, step)
    finally:
        database.dispose()


def without_safety(connection: Any, _entry: object) -> None:
    """Let SQLite write as fast as it can: a file that is cut off is thrown away."""
    # A large cache keeps the indexes in memory.
    for pragma in ("synchronous=OFF", "journal_mode=OFF", "cache_size=-500000", "foreign_keys=OFF"):
        connection.execute(f"PRAGMA {pragma}")


class _Filling:
    def __init__(self, database: Database, at: datetime, newest: float) -> None:
        self._database, self._at, self._newest = database, at, newest
        self._ids = itertools.count(new_id(), MOST_COPIES)
        self._dice = random.Random(_SEED)  # noqa: S311 - chance, not secrecy
        self._calendar = _load_examples(database, at)

    def fill(self, count: int, step: Callable[[int], None]) -> None:
        shares = [count - count // 2, *[count // 2 // _OTHER_DISTRICTS] * _OTHER_DISTRICTS]
        shares[-1] += count - sum(shares)
        for number, share in enumerate(shares):
            large = number == 0
            slug = SLUG if large else f"district-{number}"
            place = self._found(slug, _SCHOOLS if large else _SCHOOLS_ELSEWHERE, share)
            with self._database.session(place.facts.id) as session, session.writing():
                for batch in self._batches(place, share):
                    for model, made in batch.items():
                        session.insert_rows(model, made)
                    step(len(batch[Claim]))

    def _found(self, slug: str, school_count: int, claims: int) -> _Place:
        begun_at = self._at - _SPAN - timedelta(days=365)
        facts = create_district(
            self._database,
            NewDistrict(
                slug=slug,
                name=f"{slug.capitalize()} Schools",
                place=slug.capitalize(),
                zone=ZONE,
                schools=[f"School {number}" for number in range(1, school_count + 1)],
                # What was attended counts and nothing else, so that every claim of the bench is worth something.
                policies=(
                    rules.CreditPolicy(
                        name=f"{slug.capitalize()} Schools hours", edition="1", effective_from=begun_at.date()
                    ),
                ),
            ),
            secret=SECRET,
            at=begun_at,
        )
        with self._database.session(facts.id) as session:
            scope = Scope(session, facts, begun_at)
            school_ids = [school.id for school in schools(scope)]
            reviewer = NewPerson(
                name="Bo Tran",
                email=f"bo@{slug}.example",
                title="Principal",
                school_id=school_ids[0],
                roles=Roles(roles=frozenset({Role.REVIEWER})),
            )
            reviewer_id = add_person(scope, reviewer, password_hash=_NOBODYS_PASSWORD).person_id
            policy = session.execute(sa.select(CreditPolicy.id, CreditPolicy.name)).one()
            session.rollback()
            teacher_count = max(1, claims // _CLAIMS_PER_TEACHER)
            teachers = [(next(self._ids), self._dice.choice(school_ids)) for _ in range(teacher_count)]
            self._move_in(session, facts.slug, teachers, begun_at)
            _let_host(session, reviewer_id)
        return _Place(facts, teachers, (reviewer_id, reviewer.name), (policy.id, policy.name))

    def _move_in(
        self, session: DistrictSession, slug: str, teachers: Sequence[tuple[int, int]], at: datetime
    ) -> None:
        people, roles = [], []
        for number, (person_id, school_id) in enumerate(teachers):
            email = f"teacher.{number}@{slug}.example"
            people.append(
                {
                    "id": person_id,
                    "name": f"{self._dice.choice(_GIVEN)} {self._dice.choice(_FAMILY)}",
                    "email": email,
                    "email_key": email,
                    "title": TEACHER,
                    "licence_ending": None,
                    "school_id": school_id,
                    "left_at": None,
                    "created_at": at,
                }
            )
            roles.append(
                {
                    "id": next(self._ids),
                    "person_id": person_id,
                    "role": Role.TEACHER,
                    "school_id": None,
                    "created_at": at,
                }
            )
        with session.writing():
            session.insert_rows(Person, people)
            session.insert_rows(Membership, roles)

    def _batches(self, place: _Place, count: int) -> Iterator[_Batch]:
        """The district's claims in order of time with all that belongs to them, some thousand at once."""
        taken: set[tuple[int, int]] = set()
        for first in range(0, count, _BATCH):
            batch: _Batch = {Claim: [], ClaimStep: [], ReflectionAnswer: [], Evidence: [], Award: []}
            for number in range(first, min(first + _BATCH, count)):
                sent_at = self._at - _SPAN + _SPAN * (number / count)
                self._tell(
                    batch, place, self._claim(place, taken, sent_at, number >= count * (1 - self._newest))
                )
            yield batch

    def _claim(self, place: _Place, taken: set[tuple[int, int]], sent_at: datetime, is_new: bool) -> Told:
        """Somebody's claim of an event that they have not claimed yet."""
        while True:
            (teacher_id, school_id), attended = (
                self._dice.choice(place.teachers),
                self._dice.choice(self._calendar),
            )
            if (teacher_id, attended.id) not in taken:
                break
        taken.add((teacher_id, attended.id))
        state = self._state(is_new)
        decided_at = sent_at + timedelta(days=1 + self._dice.random() * 6) if state in _DECISIONS else None
        text = " ".join(self._dice.choices(_WORDS, k=40))
        return Told(next(self._ids), teacher_id, school_id, attended, state, sent_at, decided_at, text)

    def _state(self, is_new: bool) -> ClaimState:
        if is_new and self._dice.random() < 0.5:
            return ClaimState.SUBMITTED
        (state,) = self._dice.choices(list(_STATES), list(_STATES.values()))
        return state

    def _tell(self, batch: _Batch, place: _Place, told: Told) -> None:
        batch[Claim].append(claim_row(told))
        batch[ReflectionAnswer].append(answer_row(next(self._ids), told))
        batch[Evidence].append(link_row(next(self._ids), told))
        if told.was_sent:
            batch[ClaimStep].append(submission_row(next(self._ids), told))
        if told.decided_at is not None:
            step_id, at = next(self._ids), told.decided_at
            step = _DECISIONS[told.state]
            batch[ClaimStep].append(decision_row(step_id, told, step, at, place.reviewer))
            if step is Step.APPROVE:
                batch[Award].append(award_row(next(self._ids), told, step_id, at, place.policy))


def _let_host(session: DistrictSession, reviewer_id: int) -> None:
    """The reviewer hosts some events, whose claims are left to others."""
    with session.writing():
        hosted = session.scalars(sa.select(Event.id).order_by(Event.id).limit(3)).all()
        rows = [{"id": new_id(), "event_id": event_id, "person_id": reviewer_id} for event_id in hosted]
        session.insert_rows(EventHost, rows)


def _load_examples(database: Database, at: datetime) -> list[Attended]:
    """The demo's examples with hours, to attend again and again."""
    examples = [event for event in example_events(_SEED) if event.minutes is not None]
    season = ProgrammeEntry("cem", "Connected Educator Month", "", (at - _SPAN).date(), at.date())
    entries = CalendarEntries(
        programmes=(season,),
        events=tuple(
            EventEntry(
                key=event.key,
                programme=season.slug,
                title=event.title,
                summary=event.summary,
                kind=event.kind,
                category=event.category,
                host=event.host,
                time=EventTime(event.starts_at, event.ends_at, event.zone, has_hours=True),
                is_example=True,
            )
            for event in examples
        ),
    )
    with database.session(None, installation=True) as session:
        ids = load_calendar(session, entries, at).event_ids
    return [
        Attended(ids[event.key], event.title, event.host, event.kind, event.category, event.minutes or 0)
        for event in examples
    ]
