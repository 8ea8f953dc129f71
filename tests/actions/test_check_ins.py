"""Checking in and out: one's own scan, the short code, what hosts note, what a device kept, and the frozen log."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.check_in_desks import change_window, set_up_desks
from pdtracker.actions.check_ins import (
    TRIES_BY_PERSON,
    Sent,
    check_in_by_screen,
    check_in_by_short_code,
    check_out,
)
from pdtracker.actions.claims import begin_from_event
from pdtracker.actions.moderating import merge_event
from pdtracker.actions.rates import TooManyTries
from pdtracker.actions.taking_attendance import (
    SheetLine,
    correct_entry,
    note_guest,
    scan_badge,
    type_sheet,
)
from pdtracker.domain.attendance import Flag
from pdtracker.domain.check_in_codes import badge_of, seen_proof
from pdtracker.domain.check_ins import MOST_ENTRIES, Clock, Mark, Means
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.models.check_ins import CheckIn
from pdtracker.models.events import Event, EventState
from pdtracker.models.records import AuditEntry, Rate
from pdtracker.queries import check_in_desks, check_ins, claims, evidence
from pdtracker.queries.check_in_desks import DeskRow
from tests.calendars import statements
from tests.checking_in import (
    a_desk,
    a_hosted_event,
    add_break,
    add_sessions,
    badge,
    code_at,
    lines,
    more_teachers,
    sent,
    short_code_at,
    the_desk,
)
from tests.claiming import complete, send
from tests.factories import NOW, SECRET, Cast, an_event

MINUTE = timedelta(minutes=1)


def scan(cast: Cast, desk: DeskRow, name: str = "ada", *, after: int = 0, nonce: str = "") -> None:
    """Somebody scans the screen, so many minutes from now."""
    at = NOW + after * MINUTE
    check_in_by_screen(cast.scope(name, at), desk.id, code_at(desk, at), seen="", sent=sent(nonce=nonce))


def words_of(cast: Cast, desk: DeskRow, name: str = "ada") -> str:
    found = check_ins.attendance_of(cast.scope(name), desk.event_id)[cast.person_ids[name]]
    return found[0].words.replace("\u00a0", " ")


def test_a_scan_and_a_button_make_a_stay(cast: Cast) -> None:
    desk = a_desk(cast)
    scan(cast, desk)
    assert check_ins.here_counts(cast.scope("hal"), [desk])[desk.id] == 1
    check_out(cast.scope("ada", NOW + 30 * MINUTE), desk.id, sent=sent())
    assert words_of(cast, desk) == "checked in 12:00 pm, out 12:30 pm"
    mine = check_ins.mine_at(cast.scope("ada"), desk)
    assert (mine.minutes, mine.flags, mine.is_here) == (30, (), False)
    assert check_ins.here_counts(cast.scope("hal"), [desk])[desk.id] == 0
    trail = cast.scope("cam").session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq)).all()
    assert trail[-3:] == ["check_in.set_up", "check_in.in", "check_in.out"]


def test_the_same_nonce_is_the_same_check_in(cast: Cast) -> None:
    desk = a_desk(cast)
    for after in (0, 1, 40):
        scan(cast, desk, after=after, nonce="abcdefgh")
    assert len(lines(cast.scope("hal"))) == 1
    with pytest.raises(NotNow):
        check_out(cast.scope("ada"), desk.id, sent=Sent("abcdefgh"))
    # A nonce is its sender's: nobody takes another one's away.
    hal = cast.scope("hal")
    note_guest(
        hal,
        desk.id,
        Mark.IN,
        person_id=cast.person_ids["bo"],
        name="",
        means=Means.WALK_IN,
        sent=Sent("abcdefgh"),
    )
    assert len(lines(hal)) == 2


@pytest.mark.parametrize("nonce", ["", "short", "x" * 65, "abc def gh", "abcdefgh\n"])
def test_what_is_no_nonce_is_refused(cast: Cast, nonce: str) -> None:
    desk = a_desk(cast)
    with pytest.raises(NotValid):
        check_in_by_screen(cast.scope("ada"), desk.id, code_at(desk, NOW), seen="", sent=Sent(nonce))


def test_refusals_say_when_and_what_next(cast: Cast) -> None:
    later = a_desk(cast, began=-60)
    over = a_desk(cast, began=200)
    now = a_desk(cast)
    ada = cast.scope("ada")
    for desk, code, said in (
        (later, code_at(later, NOW), "Check-in opens at 12:45"),
        (over, code_at(over, NOW), "Check-in closed at 10:10"),
        (now, code_at(now, NOW - 5 * MINUTE), "It has changed since. Scan the screen again."),
        (now, code_at(later, NOW), "This code was for another session"),
        (now, "0" * 10, "This code was for another session"),
    ):
        with pytest.raises(NotNow) as refused:
            check_in_by_screen(ada, desk.id, code, seen="", sent=sent())
        assert refused.value.sentence.startswith(said)
    assert lines(ada) == []


def test_who_had_to_sign_in_first_does_not_lose_the_scan(cast: Cast) -> None:
    desk = a_desk(cast)
    code, ada = code_at(desk, NOW), str(cast.person_ids["ada"])
    proof = seen_proof(desk.secret, code, NOW, ada)
    with pytest.raises(NotNow):
        check_in_by_screen(
            cast.scope("ada", NOW + 11 * MINUTE),
            desk.id,
            code,
            seen=proof,
            sent=sent(),
        )
    check_in_by_screen(cast.scope("ada", NOW + 9 * MINUTE), desk.id, code, seen=proof, sent=sent())
    assert [(line.at, line.clock) for line in lines(cast.scope("hal"))] == [(NOW, Clock.SERVER)]


def test_what_a_device_kept_counts_from_when_its_code_was_shown(cast: Cast) -> None:
    desk = a_desk(cast)
    code, ada = code_at(desk, NOW), cast.scope("ada", NOW + 180 * MINUTE)
    check_in_by_screen(ada, desk.id, code, seen="", sent=sent(NOW + timedelta(seconds=10)))
    # The device's clock says an hour earlier: the code knows better.
    check_in_by_screen(ada, desk.id, code, seen="", sent=sent(NOW - 60 * MINUTE))
    found = lines(ada)
    assert [line.clock for line in found] == [Clock.DEVICE, Clock.DOUBTED]
    assert [line.at for line in found] == [NOW + timedelta(seconds=10), NOW]
    assert "sent later" in words_of(cast, desk)
    with pytest.raises(NotNow):
        check_in_by_screen(
            cast.scope("ada", NOW + timedelta(hours=20)), desk.id, code, seen="", sent=sent(NOW)
        )


def test_what_somebody_else_kept_is_not_sent_under_another_name(cast: Cast) -> None:
    desk = a_desk(cast)
    kept = Sent("abcdefgh", NOW, cast.person_ids["cam"])
    with pytest.raises(NotPermitted):
        check_in_by_screen(cast.scope("ada"), desk.id, code_at(desk, NOW), seen="", sent=kept)
    assert lines(cast.scope("ada")) == []


def test_a_short_code_finds_its_session(cast: Cast) -> None:
    desk, other = a_desk(cast), a_desk(cast)
    typed = short_code_at(desk, NOW).lower()
    ada = cast.scope("ada")
    assert check_in_by_short_code(ada, typed, key=SECRET, sent=Sent("abcdefgh")) == desk.id
    assert check_in_by_short_code(ada, typed, key=SECRET, sent=Sent("abcdefgh")) == desk.id
    assert [(line.desk_id, line.means) for line in lines(ada)] == [(desk.id, Means.SHORT_CODE)]
    assert other.id != desk.id
    assert words_of(cast, desk).startswith("code entered 12:00 pm")


def test_nobody_guesses_a_short_code(cast: Cast) -> None:
    desk = a_desk(cast)
    ada = cast.scope("ada")
    # What is right takes no try away.
    for number in range(2 * TRIES_BY_PERSON):
        check_in_by_short_code(ada, short_code_at(desk, NOW), key=SECRET, sent=Sent(f"nonce-{number:03}"))
    for _ in range(TRIES_BY_PERSON):
        with pytest.raises(NotValid):
            check_in_by_short_code(ada, "000000", key=SECRET, sent=sent())
    with pytest.raises(TooManyTries):
        check_in_by_short_code(ada, short_code_at(desk, NOW), key=SECRET, sent=sent())
    with cast.database.session(None, installation=True) as doors:
        assert max(doors.scalars(sa.select(Rate.count))) == TRIES_BY_PERSON + 1


def test_short_codes_of_what_is_closed_are_no_codes(cast: Cast) -> None:
    desk = a_desk(cast, began=200)
    with pytest.raises(NotValid):
        check_in_by_short_code(cast.scope("ada"), short_code_at(desk, NOW), key=SECRET, sent=sent())


def test_checking_out_needs_having_come(cast: Cast) -> None:
    desk = a_desk(cast)
    with pytest.raises(NotNow):
        check_out(cast.scope("ada"), desk.id, sent=sent())
    scan(cast, desk)
    with pytest.raises(NotNow):
        check_out(cast.scope("ada", NOW + 200 * MINUTE), desk.id, sent=sent())
    # Kept by the device, sent after the close; but never from before the check-in.
    late = cast.scope("ada", NOW + 200 * MINUTE)
    with pytest.raises(NotNow):
        check_out(late, desk.id, sent=sent(NOW - MINUTE))
    check_out(late, desk.id, sent=sent(NOW + 25 * MINUTE))
    assert check_ins.mine_at(late, desk).minutes == 25


def test_a_missing_check_out_is_never_full_credit_in_silence(cast: Cast) -> None:
    desk = a_desk(cast)
    scan(cast, desk)
    mine = check_ins.mine_at(cast.scope("ada"), desk)
    assert (mine.minutes, mine.proven_minutes, mine.flags) == (40, 0, (Flag.END_ASSUMED,))


def test_a_badge_is_scanned_by_a_host_of_the_event_only(cast: Cast) -> None:
    desk, other = a_desk(cast), a_desk(cast)
    hal = cast.scope("hal")
    assert scan_badge(hal, desk.id, badge(cast, desk, "ada"), Mark.IN, sent=sent()).name == "Ada Lindqvist"
    for wrong in (badge(cast, other, "ada"), "0" * 25, "", "Ada Lindqvist"):
        with pytest.raises(NotValid):
            scan_badge(hal, desk.id, wrong, Mark.IN, sent=sent())
    for name in ("ada", "bo", "dee"):
        with pytest.raises(NotHere):
            scan_badge(cast.scope(name), desk.id, badge(cast, desk, "bo"), Mark.IN, sent=sent())
    # Who manages the district's events stands in.
    scan_badge(cast.scope("cam"), desk.id, badge(cast, desk, "bo"), Mark.IN, sent=sent())
    assert check_ins.here_counts(hal, [desk])[desk.id] == 2


def test_what_a_scanner_kept_is_sent_later(cast: Cast) -> None:
    desk = a_desk(cast)
    late = cast.scope("hal", NOW + 300 * MINUTE)
    scan_badge(late, desk.id, badge(cast, desk, "ada"), Mark.IN, sent=sent(NOW))
    scan_badge(late, desk.id, badge(cast, desk, "ada"), Mark.OUT, sent=sent(NOW + 35 * MINUTE))
    assert check_ins.mine_at(cast.scope("ada"), desk).minutes == 35
    with pytest.raises(NotNow):
        scan_badge(late, desk.id, badge(cast, desk, "ada"), Mark.IN, sent=sent(NOW - 300 * MINUTE))


def test_nobody_notes_or_corrects_their_own_attendance(cast: Cast) -> None:
    desk = a_desk(cast)
    hal = cast.scope("hal")
    with pytest.raises(NotPermitted):
        scan_badge(hal, desk.id, badge(cast, desk, "hal"), Mark.IN, sent=sent())
    note_guest(
        cast.scope("cam"),
        desk.id,
        Mark.IN,
        person_id=cast.person_ids["hal"],
        name="",
        means=Means.WALK_IN,
        sent=sent(),
    )
    with pytest.raises(NotPermitted):
        correct_entry(hal, desk.id, lines(hal)[0].id, None, reason="No.", nonce="abcdefgh")


def test_the_database_itself_refuses_ones_own(cast: Cast) -> None:
    desk = a_desk(cast)
    hal = cast.scope("hal")
    own = {
        "id": 1,
        "desk_id": desk.id,
        "person_id": hal.me.id,
        "name": "",
        "mark": Mark.IN,
        "means": Means.SCAN,
        "clock": Clock.SERVER,
        "at": NOW,
        "received_at": NOW,
        "nonce": "abcdefgh",
        "by_person_id": hal.me.id,
        "by_name": "Hal",
        "reason": "",
    }
    with hal.session.writing(), pytest.raises(sa.exc.IntegrityError, match="never_ones_own"):
        hal.session.insert_rows(CheckIn, [own])


def test_a_strangers_name_is_kept_as_it_is(cast: Cast) -> None:
    desk = a_desk(cast)
    hal = cast.scope("hal")
    for _ in range(2):
        note_guest(
            hal, desk.id, Mark.IN, person_id=None, name="  Zoë  Quill ", means=Means.WALK_IN, sent=sent()
        )
    with pytest.raises(NotValid):
        note_guest(hal, desk.id, Mark.IN, person_id=None, name=" ", means=Means.WALK_IN, sent=sent())
    assert [(guest.name, guest.person_id) for guest in check_ins.guests(hal, desk)] == [("Zoë Quill", None)]
    assert check_ins.attendance_of(hal, desk.event_id) == {}


def test_a_sheet_is_typed_in_one_go_and_once(cast: Cast) -> None:
    desk = a_desk(cast)
    after = cast.scope("hal", NOW + timedelta(days=1))
    begins = desk.hours.starts_at
    sheet = [
        SheetLine(1, "ada@maplewood.example", begins, begins + 50 * MINUTE),
        SheetLine(2, "Bo Tran", begins + MINUTE, None),
        SheetLine(3, "Zoë Quill", begins, None),
    ]
    for _ in range(2):
        found = type_sheet(after, desk.id, sheet, key="abcdefgh")
    assert [guest.person_id for guest in found] == [cast.person_ids["ada"], cast.person_ids["bo"], None]
    assert len(lines(after)) == 4
    assert words_of(cast, desk) == "signed in on paper 11:40 am, out 12:30 pm"


def test_a_sheet_with_a_slip_notes_nothing(cast: Cast) -> None:
    desk = a_desk(cast)
    begins = desk.hours.starts_at
    sheet = [
        SheetLine(1, "Ada Lindqvist", begins - 60 * MINUTE, None),
        SheetLine(2, "Bo Tran", begins, begins),
        SheetLine(3, "Hal Whitfield", begins, None),
        SheetLine(4, "Cam Okafor", begins, begins + 5 * MINUTE),
    ]
    with pytest.raises(NotValid) as refused:
        type_sheet(cast.scope("hal"), desk.id, sheet, key="abcdefgh")
    assert set(refused.value.errors) == {"came_1", "left_2", "who_3"}
    assert lines(cast.scope("hal")) == []


def test_of_two_people_with_one_name_nobody_is_guessed(cast: Cast) -> None:
    desk = a_desk(cast)
    more_teachers(cast, 2, name="Kim Lee")
    begins = desk.hours.starts_at
    sheet = [SheetLine(1, "Kim Lee", begins, None), SheetLine(2, "T1@Maplewood.example", begins, None)]
    found = type_sheet(cast.scope("hal"), desk.id, sheet, key="abcdefgh")
    assert found[0].person_id is None
    assert found[1].person_id is not None


def test_a_correction_is_added_and_nothing_is_changed(cast: Cast) -> None:
    desk = a_desk(cast)
    scan(cast, desk)
    check_out(cast.scope("ada", NOW + 30 * MINUTE), desk.id, sent=sent())
    hal = cast.scope("hal", NOW + 50 * MINUTE)
    first = lines(hal)[0].id
    for reason, at in (("", NOW), ("Came early.", NOW - 300 * MINUTE)):
        with pytest.raises(NotValid):
            correct_entry(hal, desk.id, first, at, reason=reason, nonce="abcdefgh")
    for _ in range(2):
        correct_entry(
            hal, desk.id, first, NOW - 10 * MINUTE, reason="The scanner was late.", nonce="abcdefgh"
        )
    assert check_ins.mine_at(cast.scope("ada"), desk).minutes == 40
    assert [line.at for line in lines(hal)] == [NOW, NOW + 30 * MINUTE, NOW - 10 * MINUTE]
    correct_entry(hal, desk.id, first, None, reason="It was somebody else.", nonce="ijklmnop")
    assert check_ins.mine_at(cast.scope("ada"), desk).minutes == 0
    correction = lines(hal)[2].id
    for entry_id in (correction, 17):
        with pytest.raises(NotHere):
            correct_entry(hal, desk.id, entry_id, None, reason="No.", nonce="qrstuvwx")


def test_a_district_knows_nothing_of_another_ones_desks(cast: Cast) -> None:
    desk = a_desk(cast)
    dee = cast.scope("dee")
    with pytest.raises(NotHere):
        check_in_by_screen(dee, desk.id, code_at(desk, NOW), seen="", sent=sent())
    with pytest.raises(NotValid):
        check_in_by_short_code(dee, short_code_at(desk, NOW), key=SECRET, sent=sent())
    assert check_ins.attendance_of(dee, desk.event_id) == {}


def test_each_session_has_a_desk_of_its_own(cast: Cast) -> None:
    event_id = a_hosted_event(cast, minutes=180)
    begins = NOW - 20 * MINUTE
    add_sessions(
        cast,
        event_id,
        [(begins, begins + 60 * MINUTE), (begins + 70 * MINUTE, begins + 130 * MINUTE)],
    )
    add_break(cast, event_id, begins + 30 * MINUTE, begins + 40 * MINUTE)
    hal = cast.scope("hal")
    for _ in range(2):
        set_up_desks(hal, event_id)
    first, second = check_in_desks.desks_of(hal, event_id)
    assert (first.title, second.title) == ("Session 1", "Session 2")
    scan(cast, first)
    with pytest.raises(NotNow):
        check_in_by_screen(cast.scope("ada"), second.id, code_at(first, NOW), seen="", sent=sent())
    scan(cast, second, after=50)
    check_out(cast.scope("ada", NOW + 39 * MINUTE), first.id, sent=sent())
    found = check_ins.attendance_of(cast.scope("hal"), event_id)[cast.person_ids["ada"]]
    # From minute 20 to 59, less the ten of the break; then the whole of the second one, its end assumed.
    assert [one.found.minutes for one in found] == [29, 60]
    assert [one.desk.id for one in found] == [first.id, second.id]


def test_desks_are_set_up_by_hosts_for_what_has_hours(cast: Cast) -> None:
    event_id = a_hosted_event(cast)
    for name in ("ada", "bo"):
        with pytest.raises(NotHere):
            set_up_desks(cast.scope(name), event_id)
    cam = cast.scope("cam")
    window = an_event(cam, has_hours=False, ends_at=None)
    proposed = an_event(cam, state=EventState.PROPOSED)
    for other in (window, proposed):
        with pytest.raises(NotNow):
            set_up_desks(cam, other)


def test_the_window_is_the_hosts_to_choose(cast: Cast) -> None:
    desk = a_desk(cast, began=-40)
    hal = cast.scope("hal")
    change_window(hal, desk.id, opens_before=60, closes_after=0)
    scan(cast, desk)
    with pytest.raises(NotValid) as refused:
        change_window(hal, desk.id, opens_before=121, closes_after=-1)
    assert set(refused.value.errors) == {"opens_before", "closes_after"}
    assert the_desk(cast, desk.event_id).opens_before == 60


def test_a_cancelled_event_has_nothing_to_check_in_to(cast: Cast) -> None:
    desk = a_desk(cast)
    cam = cast.scope("cam")
    with cam.session.writing():
        cam.session.execute(
            sa.update(Event).where(Event.id == desk.event_id).values(state=EventState.CANCELLED)
        )
    with pytest.raises(NotNow, match="cancelled"):
        scan(cast, desk)


def test_one_person_does_not_fill_the_log(cast: Cast) -> None:
    desk = a_desk(cast)
    for number in range(MOST_ENTRIES):
        scan(cast, desk, nonce=f"nonce-{number:03}")
    with pytest.raises(NotNow):
        scan(cast, desk)


def test_the_attendance_of_many_costs_as_much_as_that_of_one(cast: Cast) -> None:
    desk = a_desk(cast)
    hal = cast.scope("hal")
    people = more_teachers(cast, 12)
    counts = []
    for group in (people[:1], people[1:]):
        for person_id in group:
            note_guest(hal, desk.id, Mark.IN, person_id=person_id, name="", means=Means.DESK, sent=sent())
        with statements(cast.database) as asked:
            check_ins.attendance_of(hal, desk.event_id)
            check_ins.guests(hal, desk)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 6
    assert len(check_ins.attendance_of(hal, desk.event_id, people[:3])) == 3


def test_a_hall_that_checks_in_at_once_asks_little_for_each(cast: Cast) -> None:
    # The desk; the lock; what the log knows; the line; the head of the trail, its next entry, its new head.
    desk = a_desk(cast)
    hal, people = cast.scope("hal"), more_teachers(cast, 2)
    for person_id in people:
        with statements(cast.database) as asked:
            scan_badge(hal, desk.id, badge_of(desk.secret, desk.id, person_id), Mark.IN, sent=sent())
    assert len(asked) == 7


def test_a_check_in_is_evidence_when_its_session_is_logged(cast: Cast) -> None:
    desk = a_desk(cast)
    scan(cast, desk)
    check_out(cast.scope("ada", NOW + 30 * MINUTE), desk.id, sent=sent())
    later = cast.scope("ada", NOW + 60 * MINUTE)
    claim_id = begin_from_event(later, desk.event_id)
    claim = claims.own_claim(later, claim_id)
    assert (claim.starts_at, claim.ends_at, claim.minutes) == (NOW, NOW + 30 * MINUTE, 30)
    (piece,) = evidence.evidence(later, claim_id)
    assert (piece.kind, piece.minutes) == (EvidenceKind.CHECK_IN, 30)
    assert piece.note.replace("\u00a0", " ") == "Checked in 12:00 pm, out 12:30 pm."


def test_an_end_that_nobody_saw_is_told_to_the_reviewer(cast: Cast) -> None:
    desk = a_desk(cast)
    scan(cast, desk)
    later = cast.scope("ada", NOW + 60 * MINUTE)
    claim_id = begin_from_event(later, desk.event_id)
    (piece,) = evidence.evidence(later, claim_id)
    # The claimant says how long it was; the evidence shows that nobody saw it.
    assert claims.own_claim(later, claim_id).minutes == 60
    assert piece.minutes == 0
    assert "end assumed" in piece.note


def test_who_never_checked_in_has_no_such_evidence(cast: Cast) -> None:
    desk = a_desk(cast)
    scan(cast, desk)
    cam = cast.scope("cam")
    event_id = an_event(cam)
    ada = cast.scope("ada", NOW + 60 * MINUTE)
    assert evidence.evidence(ada, begin_from_event(ada, event_id)) == ()


@pytest.mark.parametrize("at_both", [True, False])
def test_check_ins_at_an_event_that_was_merged_stay_with_its_claims(cast: Cast, at_both: bool) -> None:
    desk, remains = a_desk(cast, began=60), a_desk(cast, began=60)
    over = desk.hours.ends_at
    for one in (desk, remains) if at_both else (desk,):
        began = desk.hours.starts_at
        check_in_by_screen(cast.scope("ada", began), one.id, code_at(one, began), seen="", sent=sent())
        check_out(cast.scope("ada", over), one.id, sent=sent())
    claim_id = begin_from_event(cast.scope("ada", over), desk.event_id)
    merge_event(cast.scope("cam", over), desk.event_id, remains.event_id)
    complete(cast.scope("ada", over), claim_id)
    send(cast.scope("ada", over), claim_id)
    (piece,) = [
        one
        for one in evidence.evidence(cast.scope("ada", over), claim_id)
        if one.kind is EvidenceKind.CHECK_IN
    ]
    assert piece.minutes == 60
