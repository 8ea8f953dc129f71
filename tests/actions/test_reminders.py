"""Reminders: each comes when its district says so, once for each thing, and to nobody who has left."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.going import mark_going
from pdtracker.actions.people import let_person_leave
from pdtracker.actions.reminders import change_reminders
from pdtracker.actions.standings import count_licences
from pdtracker.db import DistrictSession
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.refusals import NotPermitted, NotValid
from pdtracker.domain.reminders import STALE_AFTER, ReminderTerms
from pdtracker.jobs import write_event_letters, write_reminders
from pdtracker.models.claims import Claim
from pdtracker.models.events import EventHost
from pdtracker.models.ids import new_id
from pdtracker.models.records import OutboxMail
from pdtracker.models.reminders import Reminder
from tests.factories import NOW, Cast, a_claim, a_licence, an_event

SITE = "https://pd.maplewood.example"
DAY = timedelta(days=1)


def remind(cast: Cast, at: datetime = NOW) -> list[tuple[str, str]]:
    """What the worker writes now: to whom, and with which subject."""
    known = {row.id for row in mail(cast)}
    write_reminders(cast.database, base_url=SITE, at=at)
    return [(row.to_name.partition(" ")[0], row.subject) for row in mail(cast) if row.id not in known]


def mail(cast: Cast) -> list[OutboxMail]:
    """The outbox, in order."""
    return list(cast.operator().session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))


def waits(cast: Cast, days: int, **more: object) -> int:
    """A claim of Ada that waits for so long."""
    since = NOW - days * DAY
    return a_claim(cast.scope("ada"), ClaimState.SUBMITTED, waiting_since=since, **more)


def test_a_draft_that_lies_is_told_of_once(cast: Cast) -> None:
    a_claim(cast.scope("ada"), updated_at=NOW - 5 * DAY)
    assert remind(cast) == [("Ada", "Still to finish: Reading circle")]
    for days in (0, 1, 30):
        assert remind(cast, NOW + days * DAY) == []
    assert f"{SITE}/maplewood/claims/" in mail(cast)[0].body


@pytest.mark.parametrize(
    ("touched_ago", "ended_ago"), [(4 * DAY, DAY), (5 * DAY, -DAY), (5 * DAY + STALE_AFTER, 90 * DAY)]
)
def test_a_draft_in_hand_to_come_or_of_long_ago_is_left_alone(
    cast: Cast, touched_ago: timedelta, ended_ago: timedelta
) -> None:
    over_at = NOW - ended_ago
    a_claim(
        cast.scope("ada"),
        updated_at=NOW - touched_ago,
        ends_at=over_at,
        starts_at=over_at - timedelta(hours=1),
    )
    assert remind(cast) == []


def test_nobody_is_reminded_at_night(cast: Cast) -> None:
    a_claim(cast.scope("ada"), updated_at=NOW - 6 * DAY, starts_at=NOW - 8 * DAY, ends_at=NOW - 7 * DAY)
    # Six in the morning in Maplewood, then seven.
    assert remind(cast, datetime.fromisoformat("2014-10-20T10:59Z")) == []
    assert len(remind(cast, datetime.fromisoformat("2014-10-20T11:00Z"))) == 1


def test_who_left_gets_none(cast: Cast) -> None:
    waits(cast, 8)
    a_claim(cast.scope("ada"), updated_at=NOW - 5 * DAY)
    for name in ("ada", "bo"):
        let_person_leave(cast.scope("cam"), cast.database, cast.person_ids[name])
    assert remind(cast) == []


def test_claims_that_wait_are_one_letter_to_their_reviewer_once(cast: Cast) -> None:
    change_reminders(cast.scope("cam"), ReminderTerms(escalation=None))
    for days in (6, 7, 9):
        waits(cast, days, title=f"Waited {days}")
    assert remind(cast) == [("Bo", "2 claims wait for you")]
    body = mail(cast)[0].body
    assert body.index("Ada Lindqvist: Waited 9") < body.index("Ada Lindqvist: Waited 7")
    assert "Waited 6" not in body
    # The third comes to wait so long on the same day; it is told of tomorrow.
    assert remind(cast, NOW + timedelta(hours=3)) == []
    assert remind(cast, NOW + DAY) == [("Bo", "1 claim waits for you")]
    assert remind(cast, NOW + 9 * DAY) == []


def test_a_claim_that_nobody_decides_for_long_goes_to_the_administrators_once(cast: Cast) -> None:
    waits(cast, 13, title="Waited 13")
    waits(cast, 14, title="Waited 14")
    a_claim(cast.scope("cam"), ClaimState.SUBMITTED, waiting_since=NOW - 15 * DAY, title="Of Cam")
    assert ("Cam", "1 claim waits too long") in remind(cast)
    told = next(row.body for row in mail(cast) if row.to_name.startswith("Cam"))
    assert "Ada Lindqvist: Waited 14" in told
    assert "Waited 13" not in told
    assert "Of Cam" not in told
    assert ("Cam", "1 claim waits too long") in remind(cast, NOW + DAY)
    assert "Cam" not in [name for name, _ in remind(cast, NOW + 2 * DAY)]


def test_a_district_can_do_without_escalation(cast: Cast) -> None:
    waits(cast, 20)
    change_reminders(cast.scope("cam"), ReminderTerms(review=None, escalation=None))
    assert remind(cast) == []


def test_a_claim_that_was_sent_again_waits_anew(cast: Cast) -> None:
    claim_id = waits(cast, 7)
    assert len(remind(cast)) == 1
    scope = cast.operator()
    with scope.session.writing():
        scope.session.execute(sa.update(Claim).where(Claim.id == claim_id).values(waiting_since=NOW + DAY))
    assert remind(cast, NOW + 7 * DAY) == []
    assert remind(cast, NOW + 8 * DAY) == [("Bo", "1 claim waits for you")]


def test_nobody_is_reminded_of_a_claim_that_they_cannot_decide(cast: Cast) -> None:
    a_claim(cast.scope("bo"), ClaimState.SUBMITTED, waiting_since=NOW - 8 * DAY)
    event_id = an_event(cast.scope("cam"))
    scope = cast.operator()
    with scope.session.writing():
        scope.session.add(EventHost(id=new_id(), event_id=event_id, person_id=cast.person_ids["bo"]))
    waits(cast, 8, event_id=event_id)
    assert remind(cast) == []


def test_a_cycle_that_ends_with_something_missing_is_told_of_once(cast: Cast) -> None:
    a_licence(cast.scope("ada"), ends_on=NOW.date() + 60 * DAY)
    a_licence(cast.scope("ada"), ends_on=NOW.date() + 61 * DAY, name="Later")
    count_licences(cast.operator(), at_most=10)
    assert remind(cast) == [("Ada", "60 days to go: Professional certificate, grades 5 to 9")]
    assert "December\u00a019, 2014" in mail(cast)[0].body
    assert remind(cast, NOW + timedelta(hours=4)) == []
    assert remind(cast, NOW + DAY) == [("Ada", "60 days to go: Later")]


def test_a_district_chooses_and_can_do_without(cast: Cast) -> None:
    waits(cast, 8)
    a_claim(cast.scope("ada"), updated_at=NOW - 6 * DAY)
    change_reminders(cast.scope("cam"), ReminderTerms(log=None, reflection=None, review=9, cycle=None))
    assert remind(cast) == []
    assert remind(cast, NOW + DAY) == [("Bo", "1 claim waits for you")]


def test_an_event_is_asked_about_by_the_same_policy(cast: Cast) -> None:
    event_id = an_event(cast.scope("cam"), starts_at=NOW + DAY, ends_at=NOW + DAY + timedelta(hours=1))
    mark_going(cast.scope("ada"), event_id)
    change_reminders(cast.scope("cam"), ReminderTerms(log=1))

    def subjects(at: datetime) -> list[str]:
        write_event_letters(cast.database, base_url=SITE, at=at)
        return [row.subject for row in mail(cast)]

    over = NOW + DAY + timedelta(hours=1)
    assert subjects(over + timedelta(hours=23)) == []
    change_reminders(cast.scope("cam"), ReminderTerms(log=None))
    assert subjects(over + DAY) == []
    change_reminders(cast.scope("cam"), ReminderTerms(log=1))
    assert [one.partition(":")[0] for one in subjects(over + DAY)] == ["Log it while it is fresh"]


def test_two_workers_never_note_the_same_thing_twice(cast: Cast) -> None:
    a_claim(cast.scope("ada"), updated_at=NOW - 5 * DAY)
    remind(cast)
    scope = cast.operator()
    known = scope.session.scalars(sa.select(Reminder)).one()
    again = Reminder(
        id=new_id(), kind=known.kind, person_id=known.person_id, subject_id=known.subject_id, about="", at=NOW
    )
    scope.session.rollback()
    with pytest.raises(sa.exc.IntegrityError):
        _add(scope.session, again)


def _add(session: DistrictSession, row: Reminder) -> None:
    with session.writing():
        session.add(row)


def test_only_an_administrator_chooses_and_days_make_sense(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        change_reminders(cast.scope("bo"), ReminderTerms())
    with pytest.raises(NotValid) as refused:
        change_reminders(cast.scope("cam"), ReminderTerms(log=3, reflection=0, review=61, cycle=366))
    assert list(refused.value.errors) == ["log", "reflection", "review", "cycle"]
