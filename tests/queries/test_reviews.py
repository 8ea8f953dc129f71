"""The review desk: what lies on it for whom, in which order, and at what cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.recording import commit_import
from pdtracker.actions.reviews import Wish, approve_claims, deny_claim, return_claim
from pdtracker.domain.access import Role
from pdtracker.domain.checks import CheckCode, CheckGroup, CheckLevel
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refusals import NotHere, NotPermitted
from pdtracker.models.claims import Claim, ClaimCategory
from pdtracker.queries import outcomes, reviews
from pdtracker.queries.dossier import dossier
from pdtracker.queries.previewing import previews
from pdtracker.queries.review_filters import COUNTED_UP_TO, Place, QueueFilter, Tab
from pdtracker.queries.reviews import (
    PAGE_ROWS,
    Spot,
    chosen_waiting,
    head,
    next_waiting,
    settled,
    waiting,
)
from pdtracker.scope import Scope
from tests.calendars import statements
from tests.factories import AN_ISSUER, NOW, Cast, a_claim, a_link, an_event
from tests.importing import address, brought, confirmed, zoom
from tests.waiting import (
    FIRST_SESSION_AT,
    a_waiting_claim,
    an_event_hosted_by,
    give_roles,
    many_waiting_claims,
)

ALL = QueueFilter()

MIDNIGHT = FIRST_SESSION_AT.replace(hour=4)


def waiting_ids(scope: Scope, chosen: QueueFilter = ALL) -> list[int]:
    return [row.id for row in waiting(scope, chosen).rows]


def test_the_longest_waiting_comes_first(cast: Cast) -> None:
    ada = cast.scope("ada")
    ids = [a_waiting_claim(ada, number) for number in (3, 1, 2)]
    assert waiting_ids(cast.scope("bo")) == [ids[1], ids[2], ids[0]]


def test_nobody_finds_their_own_claims_or_those_of_events_that_they_host(cast: Cast) -> None:
    give_roles(cast, "bo", Role.TEACHER, Role.REVIEWER)
    a_waiting_claim(cast.scope("bo"), 1)
    a_waiting_claim(cast.scope("ada"), 2, event_id=an_event_hosted_by(cast, "bo"))
    theirs = a_waiting_claim(cast.scope("ada"), 3)
    assert waiting_ids(cast.scope("bo")) == [theirs]


def test_a_reviewer_sees_their_schools_an_administrator_the_district(cast: Cast) -> None:
    north = a_waiting_claim(cast.scope("ada"), 1)
    south = a_waiting_claim(cast.scope("ada"), 2, school_id=cast.school_ids["Maplewood South"])
    give_roles(cast, "bo", Role.REVIEWER, schools=["Maplewood South"])
    assert waiting_ids(cast.scope("bo")) == [south]
    assert waiting_ids(cast.scope("cam")) == [north, south]
    assert [school.name for school in head(cast.scope("bo"), ALL).schools] == ["Maplewood South"]
    assert [school.name for school in head(cast.scope("cam"), ALL).schools] == [
        "Maplewood North",
        "Maplewood South",
    ]


def test_another_district_is_never_on_the_desk(cast: Cast) -> None:
    claim_id = a_waiting_claim(cast.scope("dee"))
    deny_claim(cast.scope("rex"), claim_id, seen_version=1, reason="No.", issuer=AN_ISSUER)
    a_waiting_claim(cast.scope("dee"), 1)
    bo = cast.scope("bo")
    assert waiting_ids(bo) == []
    assert settled(bo, Tab.DECIDED, ALL).rows == ()
    assert head(bo, ALL).counts.decided == 0
    assert [row.id for row in settled(cast.scope("rex"), Tab.DECIDED, ALL).rows] == [claim_id]


def test_filters_narrow_the_list_and_its_figures(cast: Cast) -> None:
    ada = cast.scope("ada")
    chat = a_waiting_claim(ada, 1, kind=EventKind.HASHTAG_CHAT)
    a_waiting_claim(ada, 2)
    bo = cast.scope("bo")
    assert waiting_ids(bo, QueueFilter(kind=EventKind.HASHTAG_CHAT)) == [chat]
    assert head(bo, QueueFilter(kind=EventKind.HASHTAG_CHAT)).counts.needs_you == 1
    assert waiting_ids(bo, QueueFilter(person_id=cast.person_ids["hal"])) == []
    assert waiting_ids(bo, QueueFilter(school_id=cast.school_ids["Maplewood South"])) == []


def test_pages_follow_each_other_without_a_gap_also_where_many_wait_since_one_moment(cast: Cast) -> None:
    ada = cast.scope("ada")
    ids = [a_waiting_claim(ada, number, waiting_since=NOW) for number in range(7)]
    found: list[int] = []
    after: Place | None = None
    while True:
        page = waiting(cast.scope("bo"), ALL, after, limit=3)
        found += [row.id for row in page.rows]
        if (after := page.after) is None:
            break
    assert found == ids


def test_decided_pages_follow_each_other_newest_first_across_states(cast: Cast) -> None:
    ada = cast.scope("ada")
    ids = [a_waiting_claim(ada, number) for number in range(7)]
    for number, claim_id in enumerate(ids):
        bo = cast.scope("bo", NOW + timedelta(minutes=number))
        if number % 2:
            approve_claims(bo, [Wish(claim_id, 1)], AN_ISSUER)
        else:
            deny_claim(bo, claim_id, seen_version=1, reason="No.", issuer=AN_ISSUER)
    found: list[int] = []
    after: Place | None = None
    while True:
        page = settled(cast.scope("bo"), Tab.DECIDED, ALL, after, limit=3)
        found += [row.id for row in page.rows]
        if (after := page.after) is None:
            break
    assert found == ids[::-1]
    assert {row.state for row in page.rows} <= {ClaimState.CREDITED, ClaimState.DENIED}


def test_a_settled_row_tells_its_last_decision(cast: Cast) -> None:
    bo = cast.scope("bo")
    claim_id = a_waiting_claim(cast.scope("ada"))
    step_id = return_claim(
        bo, claim_id, seen_version=1, comments={}, labels={}, note="Say more.", issuer=AN_ISSUER
    )
    (row,) = settled(bo, Tab.RETURNED, ALL).rows
    assert (row.id, row.step_id, row.by_name, row.comment) == (claim_id, step_id, "Bo Tran", "Say more.")


def test_counting_stops_where_nobody_counts_any_more(cast: Cast) -> None:
    many_waiting_claims(cast.scope("ada"), COUNTED_UP_TO + 5)
    assert head(cast.scope("bo"), ALL).counts.needs_you == COUNTED_UP_TO + 1


def test_the_next_claim_is_the_one_behind_and_at_the_end_the_first(cast: Cast) -> None:
    ada = cast.scope("ada")
    first, second, third = (a_waiting_claim(ada, number) for number in range(3))
    bo = cast.scope("bo")
    spots = {row.id: Spot.of(row) for row in waiting(bo, ALL).rows}
    found = [next_waiting(bo, ALL, None, spots[claim_id]) for claim_id in (first, second, third)]
    assert [one.id for one in found if one] == [second, third, first]
    assert next_waiting(bo, QueueFilter(kind=EventKind.FORUM), None, None) is None


def walked(scope: Scope, chosen: QueueFilter, first: int) -> list[int]:
    """The claims that open one after the other, from the first of the list until it comes again."""
    found, claim_id, page = [], first, None
    while claim_id not in found:
        found.append(claim_id)
        here = dossier(scope, claim_id, chosen, page)
        assert here.queue is not None
        assert here.queue.before == len(found) - 1
        assert here.queue.next is not None
        claim_id, page = here.queue.next.id, here.queue.next.page
    return found


def test_one_claim_leads_to_the_next_in_the_order_of_the_list(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Across findings and pages, and with a filter: what is to be looked at first stands first in its page."""
    monkeypatch.setattr(reviews.waiting, "__defaults__", (None, 4))
    ada = cast.scope("ada")
    for number in range(11):
        bare = {"reflection_words": 0} if number in (2, 3, 9) else {}
        glance = {"reflection_words": 5} if number in (1, 6) else {}
        a_waiting_claim(
            ada, number, kind=EventKind.HASHTAG_CHAT if number % 3 else EventKind.WEBINAR, **bare, **glance
        )
    bo = cast.scope("bo")
    for chosen in (ALL, QueueFilter(kind=EventKind.HASHTAG_CHAT)):
        listed: list[int] = []
        after: Place | None = None
        while True:
            page = waiting(bo, chosen, after)
            listed += [row.id for row in page.rows]
            if (after := page.after) is None:
                break
        assert walked(bo, chosen, listed[0]) == listed
        by_time = [
            row.id for row in sorted(waiting(bo, chosen, None, 50).rows, key=lambda row: row.waiting_since)
        ]
        assert listed != by_time


def test_a_claim_opened_from_elsewhere_begins_its_own_page(cast: Cast) -> None:
    ada = cast.scope("ada")
    ids = many_waiting_claims(ada, PAGE_ROWS + 3)
    found = dossier(cast.scope("bo"), ids[-2], ALL).queue
    assert found is not None
    assert (found.before, found.total) == (PAGE_ROWS + 1, PAGE_ROWS + 3)
    assert found.next is not None
    assert found.next.id == ids[-1]


def test_an_open_window_overlaps_nothing(cast: Cast) -> None:
    ada = cast.scope("ada")
    a_waiting_claim(ada, 1)
    month = {
        "starts_at": FIRST_SESSION_AT,
        "ends_at": FIRST_SESSION_AT + timedelta(days=30),
        "kind": EventKind.BOOK_CLUB,
    }
    a_waiting_claim(ada, 2, **month)
    assert {row.group for row in waiting(cast.scope("bo"), ALL).rows} == {CheckGroup.PASS}


def test_the_same_session_without_hours_is_looked_at_first(cast: Cast) -> None:
    ada = cast.scope("ada")
    day = {"starts_at": MIDNIGHT, "ends_at": MIDNIGHT + timedelta(days=1), "kind": EventKind.OTHER}
    timed = a_waiting_claim(ada, title="Night seminar")
    again = a_waiting_claim(ada, title="night  SEMINAR!", **day)
    course = a_waiting_claim(ada, title="Course A", claimed_minutes=630, **day)
    apart = a_waiting_claim(ada, 9, title="Night seminar")
    rows = {row.id: row for row in waiting(cast.scope("bo"), ALL).rows}
    titles = {
        claim_id: {check.code: check.title for check in row.checks if check.level is not CheckLevel.PASS}
        for claim_id, row in rows.items()
    }
    twice = "Maybe claimed twice"
    long = "Over 10 hours a day"
    assert titles[timed] == {CheckCode.OVERLAP: twice, CheckCode.DAY: long}
    assert titles[again] == {CheckCode.OVERLAP: twice, CheckCode.DAY: long}
    assert titles[course][CheckCode.DAY] == long
    assert titles[apart] == {}


def test_credit_counts_as_it_was_granted_and_more_than_a_day_is_looked_at_first(cast: Cast) -> None:
    ada, bo = cast.scope("ada"), cast.scope("bo")
    day = {"starts_at": MIDNIGHT, "ends_at": MIDNIGHT + timedelta(days=1), "kind": EventKind.COURSE}
    first = a_waiting_claim(ada, title="Course A", claimed_minutes=1200, **day)
    a_waiting_claim(ada, title="Course B", claimed_minutes=600, **day)
    assert {row.checks[1].title for row in waiting(cast.scope("bo"), ALL).rows} == {
        "More hours than the day has"
    }
    approve_claims(bo, [Wish(first, 1, minutes=60, reason="One hour was shown.")], AN_ISSUER)
    (second,) = waiting(cast.scope("bo"), ALL).rows
    assert second.checks[1].sentence.startswith("11\N{NO-BREAK SPACE}hours in all on Jul")


def test_what_was_found_stands_beside_each_claim(cast: Cast) -> None:
    ada, hal = cast.scope("ada"), cast.scope("hal")
    a_waiting_claim(ada, 1)
    a_waiting_claim(ada, 2, starts_at=FIRST_SESSION_AT + timedelta(days=1, minutes=30), title="At once")
    a_waiting_claim(ada, 4, reflection_digest="same")
    a_waiting_claim(hal, 5, reflection_digest="same")
    bare = a_claim(
        ada, ClaimState.SUBMITTED, starts_at=NOW - timedelta(days=9), ends_at=NOW - timedelta(days=8)
    )
    rows = {row.id: row for row in waiting(cast.scope("bo"), ALL).rows}
    stops = {check.code for row in rows.values() for check in row.checks if check.level is CheckLevel.STOP}
    assert stops == {CheckCode.OVERLAP, CheckCode.OWN_WORDS, CheckCode.EVIDENCE, CheckCode.REFLECTION}
    assert rows[bare].group is CheckGroup.LOOK_FIRST


@pytest.mark.parametrize(
    ("state", "title"),
    [
        (ClaimState.SUBMITTED, "Same words as Hal Whitfield"),
        (ClaimState.RETURNED, "Same words as Hal Whitfield"),
        (ClaimState.CREDITED, "Same words as Hal Whitfield"),
        (ClaimState.DENIED, "Same words as Hal Whitfield, denied"),
        (ClaimState.REVERSED, "Same words as Hal Whitfield, reversed"),
        (ClaimState.DRAFT, "Their own words"),
        (ClaimState.WITHDRAWN, "Their own words"),
    ],
)
def test_what_becomes_of_one_copy_never_clears_the_other(cast: Cast, state: ClaimState, title: str) -> None:
    a_waiting_claim(cast.scope("ada"), 1, reflection_digest="same")
    other = a_waiting_claim(cast.scope("hal"), 2, reflection_digest="same")
    hal = cast.scope("hal").session
    with hal.writing():
        hal.execute(sa.update(Claim).where(Claim.id == other).values(state=state))
    (row,) = (row for row in waiting(cast.scope("bo"), ALL).rows if row.id != other)
    assert row.checks[-1].title == title
    assert (row.group is CheckGroup.LOOK_FIRST) == title.startswith("Same")


def test_a_preview_is_what_an_approval_gives(cast: Cast) -> None:
    ids = [a_waiting_claim(cast.scope("ada"), number, claimed_minutes=50 + number) for number in range(3)]
    bo = cast.scope("bo")
    foreseen = [one.credit.minutes for one in previews(bo, chosen_waiting(bo, ids)) if one.credit]
    outcome = approve_claims(bo, [Wish(claim_id, 1) for claim_id in ids], AN_ISSUER)
    assert foreseen == [one.minutes for one in outcome] == [45, 45, 45]


def test_a_dossier_is_for_reviewers_only_and_never_for_ones_own(cast: Cast) -> None:
    claim_id = a_waiting_claim(cast.scope("ada"))
    found = dossier(cast.scope("bo"), claim_id, ALL)
    assert found.preview is not None
    assert found.preview.credit is not None
    assert found.queue is not None
    assert (found.queue.before, found.queue.total, found.queue.next) == (0, 1, None)
    give_roles(cast, "ada", *Role)
    with pytest.raises(NotPermitted):
        dossier(cast.scope("ada"), claim_id, ALL)
    with pytest.raises(NotHere):
        dossier(cast.scope("rex"), claim_id, ALL)
    give_roles(cast, "bo", Role.REVIEWER, schools=["Maplewood South"])
    with pytest.raises(NotHere):
        dossier(cast.scope("bo"), claim_id, ALL)


def test_a_draft_is_nobody_elses(cast: Cast) -> None:
    with pytest.raises(NotHere):
        dossier(cast.scope("bo"), a_claim(cast.scope("ada")), ALL)


def test_a_batch_can_be_looked_up_by_who_decided_it(cast: Cast) -> None:
    bo = cast.scope("bo")
    ids = [a_waiting_claim(cast.scope("ada"), number) for number in range(2)]
    approve_claims(bo, [Wish(ids[0], 1), Wish(ids[1], 9)], AN_ISSUER, key="k")
    batch_id = outcomes.batch_of_key(bo, "k")
    assert batch_id is not None
    found = outcomes.batch(bo, batch_id)
    assert [outcome.claim_id for outcome in found.outcomes] == ids
    assert [decided.is_held(NOW) for decided in found.decided.values()] == [True]
    give_roles(cast, "hal", Role.REVIEWER)
    for stranger in ("hal", "rex"):
        assert outcomes.batch_of_key(cast.scope(stranger), "k") is None
        with pytest.raises(NotHere):
            outcomes.batch(cast.scope(stranger), batch_id)


def test_a_day_is_told_by_what_stands_of_it(cast: Cast) -> None:
    bo = cast.scope("bo")
    ids = [a_waiting_claim(cast.scope("ada"), number) for number in range(3)]
    approve_claims(bo, [Wish(claim_id, 1) for claim_id in ids[:2]], AN_ISSUER)
    deny_claim(bo, ids[2], seen_version=1, reason="No.", issuer=AN_ISSUER)
    today = outcomes.since(bo, NOW - timedelta(hours=1))
    assert (today.claims, today.people, today.minutes, len(today.held)) == (3, 1, 120, 3)
    later = replace(bo, at=NOW + timedelta(minutes=15))
    assert outcomes.since(later, NOW - timedelta(hours=1)).held == ()
    assert outcomes.held(later) == ()


@pytest.mark.parametrize(
    ("ask", "most"),
    [
        (lambda scope: waiting(scope, ALL), 4),
        (lambda scope: settled(scope, Tab.DECIDED, ALL), 2),
        (lambda scope: head(scope, ALL), 1),
    ],
)
def test_the_number_of_statements_does_not_grow_with_the_rows(
    cast: Cast, ask: Callable[[Scope], object], most: int
) -> None:
    bo = cast.scope("bo")
    counted = []
    for size in (2, 40):
        decided = many_waiting_claims(cast.scope("ada"), size)
        approve_claims(bo, [Wish(claim_id, 1) for claim_id in decided], AN_ISSUER)
        many_waiting_claims(cast.scope("ada"), size)
        with statements(cast.database) as told:
            ask(cast.scope("bo"))
        # One of them is who acts, which `cast.scope` asks.
        counted.append(len(told) - 1)
    assert counted == [most, most]


def test_who_is_missing_from_the_report_of_their_event_is_told_to_the_reviewer(cast: Cast) -> None:
    cam = cast.scope("cam")
    event_id, other_id = an_event(cam), an_event(cam)
    ids = [
        a_claim(cast.scope("ada"), ClaimState.SUBMITTED, event_id=one, title=title)
        for one, title in ((event_id, "In it"), (other_id, "No report"))
    ]
    for claim_id in ids:
        a_link(cast.scope("ada"), claim_id)
    bob = ("Bob", "bob@elsewhere.example", 0, 60)
    first = brought(cast, cam, event_id, zoom(cam, bob))
    assert _evidence_titles(cast) == {"In it": "Evidence is there", "No report": "Evidence is there"}
    commit_import(cam, first, replaces=False, address=address)
    assert _evidence_titles(cast)["In it"] == "Missing from the report"
    assert _evidence_titles(cast)["No report"] == "Evidence is there"
    ada = ("Ada", "ada@maplewood.example", 0, 60)
    confirmed(cast, cam, event_id, zoom(cam, bob, ada))
    assert _evidence_titles(cast)["In it"] == "Attendance matched"


def test_a_split_that_the_event_does_not_have_is_told_to_the_reviewer(cast: Cast) -> None:
    ada = cast.scope("ada")
    event_id = an_event(ada, category=CreditCategory.PEDAGOGY)
    claim_id = a_waiting_claim(ada, 1, event_id=event_id, category=CreditCategory.PEDAGOGY)
    assert _titles(cast, CheckCode.CATEGORY) == {"Reading circle 1": "Categories as the calendar lists them"}
    with ada.session.writing():
        for category in (CreditCategory.PEDAGOGY, CreditCategory.ELL):
            ada.session.add(ClaimCategory(claim_id=claim_id, category=category, minutes=30))
    assert _titles(cast, CheckCode.CATEGORY) == {"Reading circle 1": "Categories differ from the calendar"}


def _evidence_titles(cast: Cast) -> dict[str, str]:
    return _titles(cast, CheckCode.EVIDENCE)


def _titles(cast: Cast, code: CheckCode) -> dict[str, str]:
    return {
        claim.title: check.title
        for claim in waiting(cast.scope("bo"), ALL).rows
        for check in claim.checks
        if check.code is code
    }
