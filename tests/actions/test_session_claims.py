"""Claims of single sessions: one of each, never beside the whole event, bounded by the session, with its evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.calendar import propose_event
from pdtracker.actions.check_in_desks import set_up_desks
from pdtracker.actions.check_ins import check_in_by_screen, check_out
from pdtracker.actions.claims import AttendedTime, begin_from_event, change_time, submit_claim
from pdtracker.actions.event_changes import change_event
from pdtracker.actions.fresh_drafts import begin_fresh_drafts
from pdtracker.actions.moderating import merge_event
from pdtracker.actions.recording import commit_import
from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.domain.agenda import NO_AGENDA, Agenda, PlannedBreak, PlannedSession
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.models.certificates import Certificate
from pdtracker.models.claims import Claim
from pdtracker.queries import claims
from pdtracker.queries.agendas import agenda_of
from pdtracker.queries.changing_events import editable
from pdtracker.queries.check_in_desks import desks_of
from pdtracker.queries.checking import CheckedClaim
from pdtracker.queries.evidence import evidence
from pdtracker.queries.one_event import my_claims
from pdtracker.queries.proving import contradictions
from pdtracker.queries.review_filters import QueueFilter
from pdtracker.queries.reviews import waiting
from pdtracker.scope import Scope
from tests.calendars import EASTERN, proposal
from tests.checking_in import code_at, sent
from tests.claiming import complete, send
from tests.factories import AN_ISSUER, NOW, Cast
from tests.importing import address, brought, zoom

BEGAN = NOW - timedelta(hours=6)
_HOUR = timedelta(hours=1)
TIME = EventTime(BEGAN, BEGAN + 5 * _HOUR, EASTERN, has_hours=True)
AGENDA = Agenda(
    (
        PlannedSession("Opening", BEGAN, BEGAN + _HOUR),
        PlannedSession("Studio", BEGAN + _HOUR, BEGAN + 3 * _HOUR),
        PlannedSession("Another room", BEGAN + 2 * _HOUR, BEGAN + 3 * _HOUR),
    ),
    (PlannedBreak(BEGAN + timedelta(minutes=90), BEGAN + timedelta(minutes=105)),),
)


def summit(cast: Cast, **more: object) -> tuple[int, list[int]]:
    """An event of Cam's with an hour, two hours less a quarter, and an hour beside these; its sessions in order."""
    told = replace(proposal("Summit", time=TIME, agenda=AGENDA), **more)  # type: ignore[arg-type]
    event_id = propose_event(cast.scope("cam"), told)
    return event_id, [one.id or 0 for one in agenda_of(cast.scope("cam"), event_id).sessions]


def kept(scope: Scope, claim_id: int) -> Claim:
    return scope.session.scalars(sa.select(Claim).where(Claim.id == claim_id)).one()


def told(starts_at: datetime, minutes: int, claimed: int | None = None) -> AttendedTime:
    ends_at = starts_at + timedelta(minutes=minutes)
    return AttendedTime(starts_at=starts_at, ends_at=ends_at, zone=EASTERN, minutes=claimed, longer_reason="")


def test_a_claim_of_a_session_copies_its_title_hours_and_breaks(cast: Cast) -> None:
    event_id, sessions = summit(cast)
    claim_id = begin_from_event(cast.scope("ada"), event_id, sessions[1])
    claim = claims.own_claim(cast.scope("ada"), claim_id)
    assert (claim.title, claim.session_id) == ("Summit: Studio", sessions[1])
    assert (claim.session_starts_at, claim.session_ends_at) == (BEGAN + _HOUR, BEGAN + 3 * _HOUR)
    assert (claim.minutes, claim.session_minutes) == (105, 105)


def test_the_same_session_is_claimed_once_and_another_by_itself(cast: Cast) -> None:
    event_id, sessions = summit(cast)
    first = begin_from_event(cast.scope("ada"), event_id, sessions[0])
    assert begin_from_event(cast.scope("ada"), event_id, sessions[0]) == first
    second = begin_from_event(cast.scope("ada"), event_id, sessions[1])
    assert second != first
    held = my_claims(cast.scope("ada"), event_id)
    assert {one.session_id: one.id for one in held} == {sessions[0]: first, sessions[1]: second}
    assert my_claims(cast.scope("bo"), event_id) == ()


def test_a_whole_event_and_its_sessions_exclude_each_other(cast: Cast) -> None:
    event_id, sessions = summit(cast)
    whole = begin_from_event(cast.scope("ada"), event_id)
    assert begin_from_event(cast.scope("ada"), event_id, sessions[0]) == whole
    # The three hours in which there was something, less the break; what lies beyond them counts for nobody.
    assert claims.own_claim(cast.scope("ada"), whole).session_minutes == 165
    other, theirs = summit(cast, title="Another summit")
    begin_from_event(cast.scope("ada"), other, theirs[0])
    with pytest.raises(NotNow) as refused:
        begin_from_event(cast.scope("ada"), other)
    assert refused.value.code == "sessions_claimed"


def test_a_whole_event_is_refused_at_sending_beside_one_of_its_sessions(cast: Cast) -> None:
    event_id, sessions = summit(cast)
    ada = cast.scope("ada")
    session_id = begin_from_event(ada, event_id, sessions[0])
    other = begin_from_event(ada, event_id, sessions[1])
    complete(ada, other)
    # As two requests at once, or a denial that was taken back, can leave them.
    with ada.session.writing():
        ada.session.execute(sa.update(Claim).where(Claim.id == session_id).values(session_id=None))
    with pytest.raises(NotValid) as refused:
        send(cast.scope("ada"), other)
    assert "one of the two holds the other" in refused.value.errors["starts"]


def test_nobody_is_credited_for_a_session_beside_the_whole_event(cast: Cast) -> None:
    event_id, sessions = summit(cast)
    ada = cast.scope("ada")
    sent_ids = []
    for session_id in sessions[:2]:
        claim_id = begin_from_event(ada, event_id, session_id)
        complete(ada, claim_id)
        send(ada, claim_id)
        sent_ids.append(claim_id)
    with ada.session.writing():
        ada.session.execute(sa.update(Claim).where(Claim.id == sent_ids[1]).values(session_id=None))
    wishes = [Wish(one, claims.own_claim(cast.scope("ada"), one).version) for one in sent_ids]
    first, second = approve_claims(cast.scope("bo"), wishes, AN_ISSUER)
    assert first.refusal is None
    assert "credit for this event already" in str(second.refusal)


def test_sessions_back_to_back_are_both_credited_and_named_on_their_certificates(cast: Cast) -> None:
    event_id, sessions = summit(cast)
    ada = cast.scope("ada")
    wishes = []
    for session_id in sessions[:2]:
        claim_id = begin_from_event(ada, event_id, session_id)
        complete(ada, claim_id)
        send(ada, claim_id)
        wishes.append(Wish(claim_id, claims.own_claim(cast.scope("ada"), claim_id).version))
    outcomes = approve_claims(cast.scope("bo"), wishes, AN_ISSUER)
    assert [one.refusal for one in outcomes] == [None, None]
    titles = cast.scope("bo").session.scalars(sa.select(Certificate.title)).all()
    assert {"Summit: Opening", "Summit: Studio"} <= set(titles)
    with cast.database.session(cast.maplewood.id) as session:
        assert list(contradictions(session)) == []


def test_the_report_of_another_session_says_nothing_of_a_claim(cast: Cast) -> None:
    event_id, sessions = summit(cast)
    ada, cam = cast.scope("ada"), cast.scope("cam")
    claim_id = begin_from_event(ada, event_id, sessions[0])
    complete(ada, claim_id)
    send(ada, claim_id)

    def report(session_id: int) -> CheckedClaim:
        others = zoom(cam, ("Bob", "bob@elsewhere.example", 0, 60))
        import_id = brought(cast, cam, event_id, others, session_id=session_id)
        commit_import(cam, import_id, replaces=False, address=address)
        return waiting(cast.scope("bo"), QueueFilter()).rows[0]

    missing = "Missing from the report"
    assert missing not in {check.title for check in report(sessions[1]).checks}
    assert missing in {check.title for check in report(sessions[0]).checks}


def test_parallel_sessions_are_not_earned_at_once(cast: Cast) -> None:
    event_id, sessions = summit(cast)
    ada = cast.scope("ada")
    first = begin_from_event(ada, event_id, sessions[1])
    complete(ada, first)
    send(ada, first)
    second = begin_from_event(ada, event_id, sessions[2])
    complete(ada, second)
    with pytest.raises(NotValid) as refused:
        submit_claim(ada, second, seen_version=claims.own_claim(ada, second).version)
    assert "Summit: Studio" in refused.value.errors["starts"]


def test_minutes_are_bounded_by_the_session_less_its_breaks(cast: Cast) -> None:
    event_id, sessions = summit(cast)
    claim_id = begin_from_event(cast.scope("ada"), event_id, sessions[1])
    change_time(cast.scope("ada"), claim_id, told(BEGAN + _HOUR, 120))
    assert claims.own_claim(cast.scope("ada"), claim_id).minutes == 105
    with pytest.raises(NotValid) as refused:
        change_time(cast.scope("ada"), claim_id, told(BEGAN + _HOUR, 120, claimed=110))
    assert "1:45" in str(refused.value.errors["minutes"]) or "1.75" in str(refused.value.errors["minutes"])
    with pytest.raises(NotValid) as refused:
        change_time(cast.scope("ada"), claim_id, told(BEGAN - 3 * _HOUR, 60))
    assert list(refused.value.errors) == ["starts"]


def test_what_a_host_changes_later_changes_no_claim(cast: Cast) -> None:
    event_id, sessions = summit(cast)
    claim_id = begin_from_event(cast.scope("ada"), event_id, sessions[1])
    found = editable(cast.scope("cam"), event_id)
    renamed = replace(found.event.agenda.sessions[1], title="Lab", ends_at=BEGAN + 2 * _HOUR)
    agenda = Agenda((found.event.agenda.sessions[0], renamed, found.event.agenda.sessions[2]))
    change_event(cast.scope("cam"), event_id, replace(found.event, agenda=agenda), seen_version=found.version)
    claim = claims.own_claim(cast.scope("ada"), claim_id)
    assert (claim.title, claim.session_minutes) == ("Summit: Studio", 105)
    with pytest.raises(NotValid) as refused:
        change_event(
            cast.scope("cam"),
            event_id,
            replace(found.event, agenda=NO_AGENDA),
            seen_version=found.version + 1,
        )
    assert "Lab stays" in refused.value.errors["agenda"]


def test_only_a_session_of_this_event_that_has_begun_is_claimed(cast: Cast) -> None:
    event_id, _ = summit(cast)
    other, theirs = summit(cast, title="Another summit")
    with pytest.raises(NotHere):
        begin_from_event(cast.scope("ada"), event_id, theirs[0])
    with pytest.raises(NotHere):
        begin_from_event(cast.scope("dee"), other, theirs[0])
    with pytest.raises(NotNow) as refused:
        begin_from_event(
            cast.scope("ada", BEGAN + timedelta(minutes=30)), event_id, summit_second(cast, event_id)
        )
    assert refused.value.code == "event_not_begun"


def summit_second(cast: Cast, event_id: int) -> int:
    return agenda_of(cast.scope("cam"), event_id).sessions[1].id or 0


def test_what_goes_on_for_days_is_claimed_by_its_sessions(cast: Cast) -> None:
    days = EventTime(BEGAN - timedelta(days=2), TIME.ends_at, EASTERN, has_hours=True)
    event_id, sessions = summit(cast, time=days)
    with pytest.raises(NotNow) as refused:
        begin_from_event(cast.scope("ada"), event_id)
    assert refused.value.code == "by_session"
    claim_id = begin_from_event(cast.scope("ada"), event_id, sessions[0])
    complete(cast.scope("ada"), claim_id)
    send(cast.scope("ada"), claim_id)


def test_check_ins_speak_for_the_session_in_which_they_lie(cast: Cast) -> None:
    event_id, sessions = summit(cast)
    set_up_desks(cast.scope("cam"), event_id)
    for desk, at in zip(desks_of(cast.scope("cam"), event_id)[:2], (BEGAN, BEGAN + _HOUR), strict=True):
        check_in_by_screen(cast.scope("ada", at), desk.id, code_at(desk, at), seen="", sent=sent())
        out = at + timedelta(minutes=50)
        check_out(cast.scope("ada", out), desk.id, sent=sent())
    claim_id = begin_from_event(cast.scope("ada"), event_id, sessions[0])
    (piece,) = evidence(cast.scope("ada"), claim_id)
    assert piece.minutes == 50
    claim = kept(cast.scope("ada"), claim_id)
    assert (claim.starts_at, claim.claimed_minutes) == (BEGAN, 50)
    other = begin_from_event(cast.scope("ada"), event_id, sessions[1])
    (piece,) = evidence(cast.scope("ada"), other)
    # From 10:00 to 10:50, of which the break takes the last quarter from 10:30 on.
    assert piece.minutes == 35
    # Who logs session by session finds no draft of the whole event.
    assert begin_fresh_drafts(cast.scope("cam"), address) == 1
    assert len(my_claims(cast.scope("ada"), event_id)) == 2


def test_claims_of_sessions_go_along_to_the_sessions_at_their_hours(cast: Cast) -> None:
    into_id, there = summit(cast)
    renamed = Agenda(tuple(replace(one, title=one.title.upper()) for one in AGENDA.sessions), AGENDA.breaks)
    event_id, sessions = summit(cast, title="The summit", agenda=renamed)
    ada = cast.scope("ada")
    held = [begin_from_event(ada, event_id, session_id) for session_id in sessions[:2]]
    assert merge_event(cast.scope("cam"), event_id, into_id) == 2
    found = [kept(cast.scope("ada"), claim_id) for claim_id in held]
    assert [(claim.event_id, claim.session_id) for claim in found] == [
        (into_id, there[0]),
        (into_id, there[1]),
    ]
    assert found[1].title == "The summit: STUDIO"


def test_a_session_that_somebody_claimed_is_not_merged_away(cast: Cast) -> None:
    into_id, _ = summit(cast, agenda=Agenda(AGENDA.sessions[:2]))
    event_id, sessions = summit(cast, title="The summit")
    claim_id = begin_from_event(cast.scope("ada"), event_id, sessions[2])
    with pytest.raises(NotNow, match=r"Another room.* no session at its hours"):
        merge_event(cast.scope("cam"), event_id, into_id)
    assert kept(cast.scope("ada"), claim_id).session_id == sessions[2]
