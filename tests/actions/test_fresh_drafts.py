"""Drafts that stand ready after a check-out or an end, each with its evidence and one letter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa

from pdtracker.actions.check_in_desks import set_up_desks
from pdtracker.actions.check_ins import check_in_by_screen, check_out
from pdtracker.actions.claims import begin_from_event, withdraw_claim
from pdtracker.actions.event_changes import cancel_event
from pdtracker.actions.registering import register, set_terms
from pdtracker.actions.taking_attendance import correct_entry, note_guest
from pdtracker.domain.access import Role
from pdtracker.domain.check_ins import Mark, Means
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.refs import ref_of
from pdtracker.jobs import begin_fresh_drafts, write_event_letters
from pdtracker.models.claims import Claim, ReflectionAnswer
from pdtracker.models.people import Membership
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.queries import evidence
from pdtracker.queries.check_in_desks import DeskRow
from tests.calendars import statements
from tests.checking_in import a_desk, a_hosted_event, code_at, lines, more_teachers, sent, the_desk
from tests.factories import NOW, Cast
from tests.importing import confirmed, zoom

MINUTE = timedelta(minutes=1)
URL = "https://pd.example"
FRESH = "Log it while it is fresh: Closing the gap with open resources"


def come(cast: Cast, desk: DeskRow, after: int = 0, name: str = "ada") -> None:
    at = NOW + after * MINUTE
    check_in_by_screen(cast.scope(name, at), desk.id, code_at(desk, at), seen="", sent=sent())


def go(cast: Cast, desk: DeskRow, after: int, name: str = "ada") -> None:
    check_out(cast.scope(name, NOW + after * MINUTE), desk.id, sent=sent())


def work(cast: Cast, after: int) -> int:
    """The worker's round, so many minutes from now."""
    at = NOW + after * MINUTE
    looked_at = begin_fresh_drafts(cast.database, base_url=URL, at=at)
    write_event_letters(cast.database, base_url=URL, at=at)
    return looked_at


def drafts(cast: Cast) -> Sequence[Claim]:
    cam = cast.scope("cam")
    return cam.session.scalars(sa.select(Claim).order_by(Claim.id)).all()


def subjects(cast: Cast, name: str = "ada") -> list[str]:
    rows = cast.operator().session.scalars(
        sa.select(OutboxMail.subject).where(
            OutboxMail.to_person_id == cast.person_ids[name], OutboxMail.state != MailState.CANCELLED
        )
    )
    return list(rows)


def notes(cast: Cast, claim_id: int) -> list[tuple[EvidenceKind, int | None, str]]:
    return [
        (piece.kind, piece.minutes, piece.note.replace("\u00a0", " "))
        for piece in evidence.evidence(cast.scope("cam"), claim_id)
    ]


def test_after_a_check_out_a_draft_stands_ready_with_its_evidence_and_one_letter(cast: Cast) -> None:
    desk = a_desk(cast)
    come(cast, desk)
    assert work(cast, 10) == 0
    go(cast, desk, 30)
    assert work(cast, 31) == 1
    (draft,) = drafts(cast)
    assert (draft.person_id, draft.state, draft.claimed_minutes) == (
        cast.person_ids["ada"],
        ClaimState.DRAFT,
        30,
    )
    assert (draft.starts_at, draft.ends_at) == (NOW, NOW + 30 * MINUTE)
    assert notes(cast, draft.id) == [(EvidenceKind.CHECK_IN, 30, "Checked in 12:00 pm, out 12:30 pm.")]
    assert cast.scope("ada").session.scalar(sa.select(sa.func.count()).select_from(ReflectionAnswer))
    assert subjects(cast) == [FRESH]
    (body,) = cast.operator().session.scalars(sa.select(OutboxMail.body)).all()
    assert f"{URL}/maplewood/claims/{ref_of(draft.id)}" in body
    assert "is recorded: checked in" in body
    for after in (32, 45, 600):
        work(cast, after)
    assert len(drafts(cast)) == 1
    assert subjects(cast) == [FRESH]


def test_who_never_checked_out_finds_a_draft_once_it_is_over(cast: Cast) -> None:
    desk = a_desk(cast)
    come(cast, desk)
    assert work(cast, 39) == 0
    assert work(cast, 40) == 1
    (draft,) = drafts(cast)
    # The hours of the session are the claimant's to correct; the evidence shows that nobody saw the end.
    assert draft.claimed_minutes == 60
    ((_, minutes, words),) = notes(cast, draft.id)
    assert minutes == 0
    assert "end assumed" in words
    go(cast, desk, 45)
    work(cast, 46)
    ((_, minutes, _),) = notes(cast, draft.id)
    assert minutes == 40
    assert drafts(cast)[0].claimed_minutes == 40
    assert subjects(cast) == [FRESH]


def test_who_logged_it_already_gets_the_evidence_and_no_letter(cast: Cast) -> None:
    desk = a_desk(cast)
    come(cast, desk)
    claim_id = begin_from_event(cast.scope("ada", NOW + 5 * MINUTE), desk.event_id)
    go(cast, desk, 30)
    work(cast, 31)
    assert [claim.id for claim in drafts(cast)] == [claim_id]
    assert notes(cast, claim_id) == [(EvidenceKind.CHECK_IN, 30, "Checked in 12:00 pm, out 12:30 pm.")]
    assert subjects(cast) == []


def test_what_was_laid_aside_is_not_begun_again(cast: Cast) -> None:
    desk = a_desk(cast)
    come(cast, desk)
    go(cast, desk, 30)
    work(cast, 31)
    withdraw_claim(cast.scope("ada", NOW + 32 * MINUTE), drafts(cast)[0].id)
    come(cast, desk, 35)
    work(cast, 60)
    assert [claim.state for claim in drafts(cast)] == [ClaimState.WITHDRAWN]
    assert subjects(cast) == [FRESH]


def test_a_draft_that_nobody_touched_follows_a_correction(cast: Cast) -> None:
    desk = a_desk(cast)
    come(cast, desk)
    go(cast, desk, 30)
    work(cast, 31)
    hal = cast.scope("hal", NOW + 50 * MINUTE)
    came, went = (line.id for line in lines(hal))
    correct_entry(hal, desk.id, came, NOW - 10 * MINUTE, reason="The screen was late.", nonce="abcdefgh")
    assert work(cast, 51) == 1
    (draft,) = drafts(cast)
    assert (draft.starts_at, draft.claimed_minutes) == (NOW - 10 * MINUTE, 40)
    for entry_id, nonce in ((came, "ijklmnop"), (went, "qrstuvwx")):
        correct_entry(hal, desk.id, entry_id, None, reason="It was somebody else.", nonce=nonce)
    work(cast, 52)
    # Nothing shows it any more; what they wrote stays theirs.
    assert notes(cast, draft.id) == []


def test_a_draft_that_was_touched_keeps_its_time(cast: Cast) -> None:
    desk = a_desk(cast)
    come(cast, desk)
    go(cast, desk, 30)
    work(cast, 31)
    ada = cast.scope("ada")
    with ada.session.writing():
        ada.session.execute(sa.update(Claim).values(claimed_minutes=20, version=2))
    hal = cast.scope("hal", NOW + 50 * MINUTE)
    correct_entry(hal, desk.id, lines(hal)[0].id, NOW - 5 * MINUTE, reason="Late.", nonce="abcdefgh")
    work(cast, 51)
    (draft,) = drafts(cast)
    assert draft.claimed_minutes == 20
    assert notes(cast, draft.id)[0][1] == 35


def test_who_registered_and_checked_in_gets_one_letter_in_all(cast: Cast) -> None:
    desk = _registered(cast)
    come(cast, desk, 60)
    for after in (119, 121, 125):
        work(cast, after)
    assert [claim.state for claim in drafts(cast)] == [ClaimState.DRAFT]
    assert [subject for subject in subjects(cast) if subject.startswith("Log it")] == [FRESH]


def test_who_was_asked_when_it_ended_is_not_asked_again(cast: Cast) -> None:
    desk = _registered(cast)
    work(cast, 121)
    hal = cast.scope("hal", NOW + 130 * MINUTE)
    ada = cast.person_ids["ada"]
    note_guest(hal, desk.id, Mark.IN, person_id=ada, name="", means=Means.DESK, sent=sent())
    correct_entry(hal, desk.id, lines(hal)[0].id, NOW + 70 * MINUTE, reason="Was there.", nonce="abcdefgh")
    work(cast, 131)
    assert [claim.person_id for claim in drafts(cast)] == [ada]
    assert [subject for subject in subjects(cast) if subject.startswith("Log it")] == [FRESH]


def test_a_report_after_a_check_in_adds_its_evidence_and_no_letter(cast: Cast) -> None:
    event_id = a_hosted_event(cast, began=120)
    desk = _desk_of(cast, event_id, NOW - 130 * MINUTE)
    come(cast, desk, -120)
    go(cast, desk, -70)
    work(cast, -69)
    cam = cast.scope("cam")
    confirmed(cast, cam, event_id, zoom(cam, ("Ada Lindqvist", "ada@maplewood.example", 0, 50)))
    (draft,) = drafts(cast)
    assert [kind for kind, _, _ in notes(cast, draft.id)] == [EvidenceKind.CHECK_IN, EvidenceKind.REPORT]
    assert len(subjects(cast)) == 1


def test_what_was_cancelled_begins_nothing(cast: Cast) -> None:
    desk = a_desk(cast)
    come(cast, desk)
    cancel_event(cast.scope("hal", NOW + 5 * MINUTE), desk.event_id, reason="Fire alarm.")
    work(cast, 60)
    assert drafts(cast) == []


def test_an_end_takes_as_many_statements_for_many_as_for_one(cast: Cast) -> None:
    people = more_teachers(cast, 13)
    cam = cast.scope("cam")
    with cam.session.writing():
        cam.session.add_all(
            Membership(person_id=person_id, role=Role.TEACHER, created_at=NOW) for person_id in people
        )
    counts = []
    for group in (people[:1], people[1:]):
        desk = a_desk(cast)
        hal = cast.scope("hal")
        for person_id in group:
            note_guest(hal, desk.id, Mark.IN, person_id=person_id, name="", means=Means.DESK, sent=sent())
        with statements(cast.database) as asked:
            assert work(cast, 41) == len(group)
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert len(drafts(cast)) == 13


def _registered(cast: Cast) -> DeskRow:
    """The desk of an event in an hour, for which Ada has a place."""
    event_id = a_hosted_event(cast, began=-60)
    set_terms(cast.scope("hal"), event_id, places=None, closes_at=None)
    register(cast.scope("ada"), event_id)
    return _desk_of(cast, event_id)


def _desk_of(cast: Cast, event_id: int, at: datetime = NOW) -> DeskRow:
    set_up_desks(cast.scope("hal", at), event_id)
    return the_desk(cast, event_id, at)
