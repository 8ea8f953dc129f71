"""Attendance imports: nothing counts before it is confirmed, twice is once, and undo takes back just that one."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.claims import begin_from_event
from pdtracker.actions.imports import (
    REPORTS_BY_PERSON,
    REPORTS_WINDOW,
    Decision,
    HowRead,
    count_report,
    decide_lines,
    discard_import,
    forget_alias,
    keep_report,
    kept_again,
    read_again,
    read_file,
    save_profile,
)
from pdtracker.actions.people import edit_person
from pdtracker.actions.purging import purge_files, purge_reports
from pdtracker.actions.rates import TooManyTries
from pdtracker.actions.recording import commit_import, undo_import
from pdtracker.actions.reflections import Written, save_answers
from pdtracker.domain.attendance import Flag
from pdtracker.domain.attendance_import import ImportState, LineOutcome
from pdtracker.domain.checks import CheckCode, CheckLevel
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.matching import MatchBy, Standing
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.domain.when import local
from pdtracker.models.claims import Claim, Evidence
from pdtracker.models.events import EventBreak, EventSession
from pdtracker.models.ids import new_id
from pdtracker.models.imports import AttendanceImport, AttendanceLine
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.queries import import_events, imports, reflections
from pdtracker.queries.claims import own_claim
from pdtracker.queries.evidence import kept_files
from pdtracker.queries.review_filters import QueueFilter
from pdtracker.queries.reviews import waiting
from pdtracker.queries.sending import obstacles
from pdtracker.scope import Scope
from tests.bundling import a_bundle, add_chat, publish_bundles
from tests.claiming import a_sent_claim, at_hours, complete, send
from tests.factories import SECRET, Cast, an_event
from tests.importing import address, brought, confirmed, hosted, lines_of, store_of, zoom

ADA = ("Ada Lindqvist", "Ada@maplewood.example", 0, 50)
UNSURE = ("Lindqvist Ada", "", 0, 50)


@pytest.fixture
def cam(cast: Cast) -> Scope:
    return cast.scope("cam")


def claims_for(scope: Scope, event_id: int) -> list[Claim]:
    scope.session.rollback()
    return list(scope.session.scalars(sa.select(Claim).where(Claim.event_id == event_id).order_by(Claim.id)))


def pieces_of(scope: Scope, claim_id: int) -> list[Evidence]:
    scope.session.rollback()
    return list(
        scope.session.scalars(
            sa.select(Evidence).where(Evidence.claim_id == claim_id, Evidence.removed_at.is_(None))
        )
    )


def letters(scope: Scope) -> list[tuple[str, MailState]]:
    scope.session.rollback()
    rows = scope.session.execute(sa.select(OutboxMail.subject, OutboxMail.state).order_by(OutboxMail.id))
    return [(row.subject, row.state) for row in rows]


def test_before_it_is_confirmed_a_report_changes_nothing_of_anybody(cast: Cast, cam: Scope) -> None:
    event_id = an_event(cam)
    import_id = brought(cast, cam, event_id, zoom(cam, ADA))
    assert claims_for(cam, event_id) == []
    assert letters(cam) == []
    one = imports.one_import(cam, import_id)
    assert (one.state, one.counts[Standing.MATCHED], one.file_name) == (ImportState.PENDING, 1, "report.csv")


def test_each_matched_person_gets_a_draft_with_its_evidence_and_one_letter(cast: Cast, cam: Scope) -> None:
    event_id = an_event(cam)
    confirmed(
        cast,
        cam,
        event_id,
        zoom(
            cam,
            ADA,
            ("Ada’s iPhone", "ada@maplewood.example", 40, 55),
            ("Zoe", "zoe@elsewhere.example", 0, 60),
        ),
    )
    (claim,) = claims_for(cam, event_id)
    assert (claim.person_id, claim.state, claim.claimed_minutes) == (
        cast.person_ids["ada"],
        ClaimState.DRAFT,
        55,
    )
    assert claim.ends_at - claim.starts_at == timedelta(minutes=55)
    (piece,) = pieces_of(cam, claim.id)
    assert (piece.kind, piece.minutes) == (EvidenceKind.REPORT, 55)
    assert (
        piece.note
        == "In the Zoom report 10:00–10:55\N{NO-BREAK SPACE}am, 55\N{NO-BREAK SPACE}minutes. Imported by Cam Okafor."
    )
    assert letters(cam) == [
        ("Log it while it is fresh: Closing the gap with open resources", MailState.QUEUED)
    ]


def test_a_sheet_with_employee_numbers_is_matched_by_them_and_what_disagrees_is_shown(
    cast: Cast, cam: Scope
) -> None:
    for name, full, number in (("ada", "Ada Lindqvist", "001042"), ("bo", "Bo Tran", "1043")):
        edit_person(cam, cast.person_ids[name], name=full, title="", school_id=None, employee_number=number)
    event_id = an_event(cam)
    when = local(cam.at - timedelta(minutes=90), cam.district.zone).strftime("%m/%d/%Y %H:%M:%S")
    rows = [",A. L.,001042", ",Ada Lindqvist,1043", "ada@maplewood.example,Bo,1043", ",Kim,42"]
    sheet = "\r\n".join(["Timestamp,Email Address,Full name,Employee ID", *(f"{when},{row}" for row in rows)])
    told = lines_of(cam, brought(cast, cam, event_id, sheet.encode()))
    assert {name: (row.standing, row.matched_by) for name, row in told.items()} == {
        # Two names came under the number 1043, so it says nothing for either.
        "A. L.": (Standing.MATCHED, MatchBy.NUMBER),
        "Ada Lindqvist": (Standing.UNSURE, None),
        "Bo": (Standing.UNSURE, None),
        "Kim": (Standing.UNKNOWN, None),
    }
    both = {cast.person_ids["ada"], cast.person_ids["bo"]}
    for name in ("Ada Lindqvist", "Bo"):
        assert Flag.CONFLICT in told[name].flags
        assert {one.id for one in told[name].suggested} == both


def test_an_account_of_teams_that_is_somebody_s_address_is_theirs(cast: Cast, cam: Scope) -> None:
    event_id = an_event(cam)
    starts_at = local(cam.at - timedelta(hours=2), cam.district.zone)
    came, left = (
        (starts_at + timedelta(minutes=after)).strftime("%m/%d/%Y, %I:%M:%S %p") for after in (0, 40)
    )
    report = "\n".join(
        [
            "Meeting Summary",
            f"Meeting Start Time\t{came}",
            "Full Name\tJoin Time\tLeave Time\tDuration\tEmail\tRole\tParticipant ID (UPN)",
            f"A. L.\t{came}\t{left}\t40m\tada.l@alias.example\tAttendee\tAda@maplewood.example",
            f"Two\t{came}\t{left}\t40m\tada@maplewood.example\tAttendee\tbo@maplewood.example",
        ]
    )
    rows = lines_of(cam, brought(cast, cam, event_id, report.encode("utf-16")))
    assert {name: row.standing for name, row in rows.items()} == {
        # Both go by Ada's address, and one of them by Bo's too.
        "A. L.": Standing.UNKNOWN,
        "Two": Standing.UNSURE,
    }
    assert Flag.CONFLICT in rows["Two"].flags
    report = report.replace("\tada@maplewood.example", "\ttwo@alias.example")
    rows = lines_of(cam, brought(cast, cam, event_id, report.encode("utf-16")))
    assert (rows["A. L."].email, rows["A. L."].account) == ("ada.l@alias.example", "ada@maplewood.example")
    assert {name: row.person and row.person.id for name, row in rows.items()} == {
        "A. L.": cast.person_ids["ada"],
        "Two": cast.person_ids["bo"],
    }


def test_a_drafted_claim_is_sent_like_any_other(cast: Cast, cam: Scope) -> None:
    event_id = an_event(cam)
    confirmed(cast, cam, event_id, zoom(cam, ADA))
    (claim,) = claims_for(cam, event_id)
    ada = cast.scope("ada")
    rows = reflections.answers(ada, claim.id)
    save_answers(
        ada, claim.id, [Written(row.position, "What I tried in grade seven.", row.token) for row in rows]
    )
    send(ada, claim.id)
    assert claims_for(cam, event_id)[0].state is ClaimState.SUBMITTED


def test_breaks_earn_nothing(cast: Cast, cam: Scope) -> None:
    event_id = an_event(cam)
    with cam.session.writing():
        starts_at = cam.at - timedelta(minutes=100)
        cam.session.add(
            EventBreak(
                id=new_id(), event_id=event_id, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=10)
            )
        )
    confirmed(cast, cam, event_id, zoom(cam, ADA))
    assert claims_for(cam, event_id)[0].claimed_minutes == 40


def test_a_report_of_an_event_with_sessions_is_of_one_of_them(cast: Cast, cam: Scope) -> None:
    event_id, session_id = an_event(cam), new_id()
    with cam.session.writing():
        cam.session.add(
            EventSession(
                id=session_id,
                event_id=event_id,
                position=1,
                title="Opening",
                starts_at=cam.at - timedelta(hours=2),
                ends_at=cam.at - timedelta(minutes=90),
            )
        )
    with pytest.raises(NotNow, match="several sessions"):
        import_events.import_event(cam, event_id, None)
    event = import_events.import_event(cam, event_id, session_id)
    assert event.title == "Closing the gap with open resources: Opening"
    read = read_file(cam, event, zoom(cam, ADA), HowRead())
    assert read.rows[0]["tenths"] == 300
    with pytest.raises(NotHere):
        import_events.import_event(cam, event_id, new_id())


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"has_hours": False}, "no fixed hours"),
        ({"state": "cancelled"}, "not in the calendar"),
    ],
)
def test_some_events_have_no_attendance(cam: Scope, more: dict[str, object], sentence: str) -> None:
    with pytest.raises(NotNow, match=sentence):
        import_events.import_event(cam, an_event(cam, **more), None)


def test_an_event_of_several_days_without_sessions_asks_for_them_first(cast: Cast, cam: Scope) -> None:
    event_id = an_event(cam, starts_at=cam.at - timedelta(days=3))
    with pytest.raises(NotNow, match="Give it a session for each day"):
        import_events.import_event(cam, event_id, None)
    with pytest.raises(NotNow, match="Log each day as a session of your own"):
        begin_from_event(cast.scope("ada"), event_id)


def test_a_session_that_is_not_over_is_not_confirmed(cast: Cast, cam: Scope) -> None:
    event_id = an_event(cam, ends_at=cam.at + timedelta(hours=1))
    import_id = brought(cast, cam, event_id, zoom(cam, ADA))
    with pytest.raises(NotNow, match="not over yet"):
        commit_import(cam, import_id, replaces=False, address=address)


def test_the_same_file_twice_and_the_same_commit_twice_change_nothing(cast: Cast, cam: Scope) -> None:
    event_id, data = an_event(cam), zoom(cam, ADA)
    first = confirmed(cast, cam, event_id, data)
    before = [(claim.id, claim.version) for claim in claims_for(cam, event_id)]
    assert confirmed(cast, cam, event_id, data) == first
    assert [(claim.id, claim.version) for claim in claims_for(cam, event_id)] == before
    assert len(letters(cam)) == 1


def test_evidence_joins_the_claim_that_somebody_has(cast: Cast, cam: Scope) -> None:
    event_id = an_event(cam)
    ada = cast.scope("ada")
    claim_id = begin_from_event(ada, event_id)
    complete(ada, claim_id)
    send(ada, claim_id)
    version = claims_for(cam, event_id)[0].version
    import_id = confirmed(cast, cam, event_id, zoom(cam, ADA))
    (claim,) = claims_for(cam, event_id)
    assert (claim.id, claim.state, claim.claimed_minutes, claim.version) == (
        claim_id,
        ClaimState.SUBMITTED,
        60,
        version + 1,
    )
    assert {piece.kind for piece in pieces_of(cam, claim_id)} == {EvidenceKind.REPORT, EvidenceKind.LINK}
    assert letters(cam) == []
    assert lines_of(cam, import_id)["Ada Lindqvist"].outcome is LineOutcome.ATTACHED


@pytest.mark.parametrize("state", [ClaimState.CREDITED, ClaimState.DENIED, ClaimState.WITHDRAWN])
def test_what_is_decided_or_taken_back_stands_still(cast: Cast, cam: Scope, state: ClaimState) -> None:
    event_id = an_event(cam)
    ada = cast.scope("ada")
    claim_id = begin_from_event(ada, event_id)
    complete(ada, claim_id)
    send(ada, claim_id)
    with cam.session.writing():
        cam.session.execute(sa.update(Claim).where(Claim.id == claim_id).values(state=state))
    before = claims_for(cam, event_id)[0].version
    import_id = confirmed(cast, cam, event_id, zoom(cam, ADA))
    (claim,) = claims_for(cam, event_id)
    assert (claim.state, claim.version) == (state, before)
    assert lines_of(cam, import_id)["Ada Lindqvist"].outcome is LineOutcome.DECIDED


def test_undo_takes_untouched_drafts_away_and_their_letters_back(cast: Cast, cam: Scope) -> None:
    event_id, data = an_event(cam), zoom(cam, ADA)
    import_id = confirmed(cast, cam, event_id, data)
    taken = undo_import(cam, import_id, address=address)
    assert (taken.drafts, taken.kept, taken.decided) == (1, 0, 0)
    assert claims_for(cam, event_id) == []
    assert [state for _, state in letters(cam)] == [MailState.CANCELLED]
    assert undo_import(cam, import_id, address=address).drafts == 0
    with pytest.raises(NotNow):
        commit_import(cam, import_id, replaces=False, address=address)
    # The same file can be brought again, and the one letter leaves after all.
    assert confirmed(cast, cam, event_id, data) != import_id
    assert [state for _, state in letters(cam)] == [MailState.QUEUED]
    assert "/claims/" in str(cam.session.scalar(sa.select(OutboxMail.body)))


def test_undo_leaves_a_draft_that_somebody_wrote_in_without_the_evidence_and_tells_them(
    cast: Cast, cam: Scope
) -> None:
    event_id = an_event(cam)
    import_id = confirmed(cast, cam, event_id, zoom(cam, ADA))
    (claim,) = claims_for(cam, event_id)
    ada = cast.scope("ada")
    row = reflections.answers(ada, claim.id)[0]
    save_answers(ada, claim.id, [Written(row.position, "I wrote this.", row.token)])
    taken = undo_import(cam, import_id, address=address)
    assert (taken.drafts, taken.kept) == (0, 1)
    assert claims_for(cam, event_id)[0].id == claim.id
    assert pieces_of(cam, claim.id) == []
    assert letters(cam)[-1][0] == "A report was taken back: Closing the gap with open resources"


def test_undo_touches_nothing_of_another_import(cast: Cast, cam: Scope) -> None:
    event_id = an_event(cam)
    first = confirmed(cast, cam, event_id, zoom(cam, ADA))
    second = confirmed(cast, cam, event_id, zoom(cam, ("Ada L", "ada@maplewood.example", 5, 20)))
    (claim,) = claims_for(cam, event_id)
    assert len(pieces_of(cam, claim.id)) == 2
    undo_import(cam, second, address=address)
    assert [piece.minutes for piece in pieces_of(cam, claim.id)] == [50]
    undo_import(cam, first, address=address)
    assert pieces_of(cam, claim.id) == []


def test_a_newer_export_replaces_its_own_rows_only(cast: Cast, cam: Scope) -> None:
    event_id = an_event(cam)
    bo = ("Bo Tran", "bo@maplewood.example", 0, 60)
    first = confirmed(cast, cam, event_id, zoom(cam, ADA, bo))
    newer = confirmed(
        cast, cam, event_id, zoom(cam, ("Ada Lindqvist", "ada@maplewood.example", 0, 60)), replaces=True
    )
    (claim,) = claims_for(cam, event_id)
    assert claim.claimed_minutes == 60
    assert [piece.minutes for piece in pieces_of(cam, claim.id)] == [60]
    assert imports.one_import(cam, first).state is ImportState.REPLACED
    assert imports.one_import(cam, newer).replaces_id == first
    assert len(letters(cam)) == 1
    assert undo_import(cam, newer, address=address).drafts == 1
    assert claims_for(cam, event_id) == []


def test_who_logs_no_claims_gets_none(cast: Cast, cam: Scope) -> None:
    event_id = an_event(cam)
    import_id = confirmed(cast, cam, event_id, zoom(cam, ("Bo", "bo@maplewood.example", 0, 60)))
    assert claims_for(cam, event_id) == []
    assert lines_of(cam, import_id)["Bo"].outcome is LineOutcome.NOTHING


def test_a_name_only_suggests_and_a_decision_is_remembered(cast: Cast, cam: Scope) -> None:
    event_id, data = an_event(cam), zoom(cam, ("Lindqvist Ada", "", 0, 50), ("iPad", "", 0, 60))
    import_id = brought(cast, cam, event_id, data)
    row = lines_of(cam, import_id)["Lindqvist Ada"]
    assert (row.standing, [one.name for one in row.suggested]) == (Standing.UNSURE, ["Ada Lindqvist"])
    assert lines_of(cam, import_id)["iPad"].flags == (Flag.DEVICE,)
    decide_lines(cam, import_id, {row.id: Decision(cast.person_ids["ada"])}, remember=True)
    commit_import(cam, import_id, replaces=False, address=address)
    assert len(claims_for(cam, event_id)) == 1
    again = lines_of(cam, brought(cast, cam, an_event(cam), data))["Lindqvist Ada"]
    assert (again.standing, again.matched_by) == (Standing.MATCHED, MatchBy.ALIAS)
    (alias,) = import_events.aliases(cam)
    forget_alias(cam, alias.id)
    forget_alias(cam, alias.id)
    assert import_events.aliases(cam) == ()


def test_what_was_decided_stays_decided_when_the_file_is_read_again(cast: Cast, cam: Scope) -> None:
    event_id, data = an_event(cam), zoom(cam, ("Lindqvist Ada", "", 0, 50), ("Zoe", "", 0, 60))
    import_id = brought(cast, cam, event_id, data)
    row = lines_of(cam, import_id)["Lindqvist Ada"]
    decide_lines(cam, import_id, {row.id: Decision(None)}, remember=False)
    bytes_kept = kept_again(cam, store_of(cast), import_id)
    assert bytes_kept == data
    event = import_events.import_event(cam, event_id, None)
    read_again(cam, import_id, read_file(cam, event, data, HowRead(zone="America/Chicago")))
    rows = lines_of(cam, import_id)
    assert rows["Lindqvist Ada"].matched_by is MatchBy.DECISION
    assert rows["Zoe"].flags == (Flag.OUTSIDE,)
    decide_lines(cam, import_id, {rows["Lindqvist Ada"].id: Decision(None, is_open=True)}, remember=False)
    assert lines_of(cam, import_id)["Lindqvist Ada"].standing is Standing.UNSURE


def test_a_host_brings_reports_of_their_own_events_and_chooses_among_the_suggested(
    cast: Cast, cam: Scope
) -> None:
    event_id = hosted(cam, cast.person_ids["hal"])
    hal = cast.scope("hal")
    with pytest.raises(NotHere):
        import_events.import_event(hal, an_event(cam), None)
    with pytest.raises(NotHere):
        import_events.import_event(cast.scope("ada"), event_id, None)
    import_id = brought(cast, hal, event_id, zoom(cam, ("Lindqvist Ada", "", 0, 50), ("Otto", "", 0, 60)))
    rows = lines_of(hal, import_id)
    with pytest.raises(NotPermitted, match="suggested"):
        decide_lines(hal, import_id, {rows["Otto"].id: Decision(cast.person_ids["bo"])}, remember=False)
    with pytest.raises(NotPermitted):
        import_events.candidates(hal, "Bo")
    decide_lines(hal, import_id, {rows["Lindqvist Ada"].id: Decision(cast.person_ids["ada"])}, remember=False)
    commit_import(hal, import_id, replaces=False, address=address)
    assert len(claims_for(cam, event_id)) == 1
    with pytest.raises(NotHere):
        undo_import(cast.scope("dee"), import_id, address=address)


def test_a_bot_is_nobody_whatever_somebody_decides(cast: Cast, cam: Scope) -> None:
    import_id = brought(cast, cam, an_event(cam), zoom(cam, ("Otter.ai", "", 0, 60)))
    row = lines_of(cam, import_id)["Otter.ai"]
    assert row.standing is Standing.NOBODY
    with pytest.raises(NotNow, match="bot"):
        decide_lines(cam, import_id, {row.id: Decision(cast.person_ids["ada"])}, remember=False)


def test_another_district_s_people_and_lines_are_not_there(cast: Cast, cam: Scope) -> None:
    import_id = brought(cast, cam, an_event(cam), zoom(cam, ("Zoe", "dee@riverton.example", 0, 60)))
    row = lines_of(cam, import_id)["Zoe"]
    assert row.standing is Standing.UNKNOWN
    with pytest.raises(NotHere):
        decide_lines(cam, import_id, {row.id: Decision(cast.person_ids["dee"])}, remember=False)
    with pytest.raises(NotHere):
        decide_lines(cam, import_id, {new_id(): Decision(None)}, remember=False)


def test_a_waiting_report_is_thrown_away_whole(cast: Cast, cam: Scope) -> None:
    import_id = brought(cast, cam, an_event(cam), zoom(cam, ADA))
    discard_import(cam, import_id)
    with pytest.raises(NotHere):
        imports.one_import(cam, import_id)
    assert cam.session.scalar(sa.select(sa.func.count()).select_from(AttendanceLine)) == 0


def test_files_that_are_none_are_refused_at_their_field(cast: Cast, cam: Scope) -> None:
    event = import_events.import_event(cam, an_event(cam), None)
    for data in (b"", b"\0" * 17_000_000):
        with pytest.raises(NotValid) as refused:
            keep_report(cam, store_of(cast), io.BytesIO(data), "x.csv")
        assert "file" in refused.value.errors
    with pytest.raises(NotValid) as refused:
        read_file(cam, event, b"Dear Ada,\nyou were there.\n", HowRead())
    assert "no attendance report that we know" in refused.value.errors["file"]
    assert cam.session.scalar(sa.select(sa.func.count()).select_from(AttendanceImport)) == 0


def test_columns_are_saved_by_name(cam: Scope) -> None:
    save_profile(cam, "Sign-in sheet", {"name": "Wer"})
    save_profile(cam, "Sign-in sheet", {"name": "Who"})
    (profile,) = import_events.profiles(cam)
    assert profile.columns == {"name": "Who"}


def test_a_report_that_nobody_confirms_goes_after_a_week_and_the_file_of_one_that_counts_stays(
    cast: Cast, cam: Scope
) -> None:
    store = store_of(cast)
    waiting = brought(cast, cam, an_event(cam), zoom(cam, ADA, UNSURE))
    counting = confirmed(cast, cam, an_event(cam), zoom(cam, ADA))
    soon, later = cam.at + timedelta(days=6), cam.at + timedelta(days=8)
    assert purge_reports(replace(cam, person=None, at=soon, happened=[])) == 0
    assert purge_reports(replace(cam, person=None, at=later, happened=[])) == 1
    with pytest.raises(NotHere):
        imports.one_import(cam, waiting)
    kept = imports.one_import(cam, counting).file_sha256
    assert [sha256 for _, sha256 in kept_files(cam.session)] == [kept]
    cam.session.rollback()
    assert purge_files(replace(cam, person=None, at=datetime.now(UTC) + timedelta(days=9)), store) == 1
    assert store.is_whole(cam.district.id, kept)


def test_nobody_brings_reports_without_end(cast: Cast, cam: Scope) -> None:
    for _ in range(REPORTS_BY_PERSON):
        count_report(cam, key=SECRET)
    with pytest.raises(TooManyTries):
        count_report(cam, key=SECRET)
    later = replace(cam, at=cam.at + REPORTS_WINDOW)
    count_report(later, key=SECRET)


@pytest.mark.parametrize(
    ("first", "last", "is_told"),
    [
        (1.5, 0.5, True),
        (3, 2, False),  # back to back
        (1, 0.5, False),
        (1.1, 0.5, False),  # ten minutes before the session's end, when she had left already
    ],
)
def test_who_claims_the_same_minutes_for_another_event_is_told(
    cast: Cast, cam: Scope, first: float, last: float, is_told: bool
) -> None:
    a_sent_claim(cast.scope("ada"), title="#d68chat", **at_hours(cam, first, last))
    event_id = an_event(cam)
    (line,) = lines_of(cam, brought(cast, cam, event_id, zoom(cam, ADA))).values()
    assert (line.elsewhere.title if line.elsewhere else "") == ("#d68chat" if is_told else "")


def test_the_claim_that_the_evidence_joins_is_no_other_one(cast: Cast, cam: Scope) -> None:
    event_id = an_event(cam)
    begin_from_event(cast.scope("ada"), event_id)
    (line,) = lines_of(cam, brought(cast, cam, event_id, zoom(cam, ADA))).values()
    assert line.elsewhere is None


def test_of_a_bundle_only_its_parts_hold_time(cast: Cast, cam: Scope) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    bundle_id = a_bundle(ada)
    for days_ago in (1, 0):
        add_chat(ada, bundle_id, days_ago)
    for hours, title in ((12, ""), (2, "#edtech chat 0")):
        event_id, joined = an_event(cam, **at_hours(cam, hours, hours - 1)), (2 - hours) * 60
        data = zoom(cam, (*ADA[:2], joined, joined + 50))
        (line,) = lines_of(cam, brought(cast, cam, event_id, data)).values()
        assert (line.elsewhere.title if line.elsewhere else "") == title


NIGHT = datetime.fromisoformat("2014-11-02T09:00Z")
"""In Maplewood the clock showed the hour from one to two twice: at 5:00 and at 6:00 UTC."""


@pytest.mark.parametrize(("hour", "is_told"), [(5, True), (6, False)])
def test_the_hour_that_the_clock_shows_twice_is_two_hours(cast: Cast, hour: int, is_told: bool) -> None:
    # Ada's chat was from 1:30 to 1:50 am; in the second hour of that name nobody is at it any more.
    ada, cam = (cast.scope(name, NIGHT) for name in ("ada", "cam"))
    chat = {"starts_at": NIGHT.replace(hour=5, minute=30), "ends_at": NIGHT.replace(hour=5, minute=50)}
    a_sent_claim(ada, title="#d68chat", **chat)
    begins = NIGHT.replace(hour=hour, minute=20)
    event_id = an_event(cam, starts_at=begins, ends_at=begins + timedelta(hours=1))
    joined = int((begins - (cam.at - timedelta(hours=2))).total_seconds() // 60)
    (line,) = lines_of(cam, brought(cast, cam, event_id, zoom(cam, (*ADA[:2], joined, joined + 60)))).values()
    assert bool(line.elsewhere) is is_told
    claim_id = begin_from_event(ada, event_id)
    complete(ada, claim_id)
    assert bool(obstacles(ada, own_claim(ada, claim_id)).overlap) is is_told
    # To the reviewer of a claim that another device sent while this one was checked.
    with ada.session.writing():
        ada.session.execute(sa.update(Claim).values(state=ClaimState.SUBMITTED, submitted_at=ada.at))
    rows = {row.id: row for row in waiting(cast.scope("bo", NIGHT), QueueFilter()).rows}
    overlap = next(check for check in rows[claim_id].checks if check.code is CheckCode.OVERLAP)
    assert (overlap.level is CheckLevel.STOP) is is_told
