"""Credit that stands, as a dry run reads it: real credit, counted again, comes to what was given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from pdtracker.actions.reviews import Wish, approve_claims, reverse_credit
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.dry_run import DryRun, dry_run
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.policy import CreditPolicy, KindCap
from pdtracker.models.claims import ClaimCategory, ClaimDay
from pdtracker.queries.facts import policies
from pdtracker.queries.standing_awards import Record, standing_awards
from pdtracker.scope import Scope
from tests.calendars import statements
from tests.factories import AN_ISSUER, NOW, Cast, a_claim, a_colleague

LONG = (date(2014, 7, 1), date(2015, 6, 30))


def _claim(scope: Scope, place: int, minutes: int = 60, **more: object) -> int:
    """A submitted claim in an hour of its own."""
    starts_at = scope.at - timedelta(days=1 + place)
    hours = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=minutes)}
    return a_claim(scope, ClaimState.SUBMITTED, claimed_minutes=minutes, **{**hours, **more})


def _approve(cast: Cast, claim_id: int, **wish: object) -> None:
    (outcome,) = approve_claims(
        cast.scope("bo"),
        [Wish(claim_id, 1, **wish)],  # type: ignore[arg-type]
        AN_ISSUER,
    )
    assert outcome.refusal is None, outcome.refusal


def _editions(cast: Cast) -> list[CreditPolicy]:
    return [edition.policy for edition in policies(cast.scope("cam"))]


def _tried(cast: Cast, **changes: object) -> DryRun:
    editions = _editions(cast)
    new = replace(editions[0], edition="next", **changes)  # type: ignore[arg-type]
    return dry_run(standing_awards(cast.scope("cam"), *LONG).awards, editions, new, LONG)


def test_the_same_rules_give_what_was_given(cast: Cast) -> None:
    ada = cast.scope("ada")
    _approve(cast, _claim(ada, 1, 50))
    _approve(cast, _claim(ada, 2, 120), minutes=80, reason="You left early.")
    split = _claim(ada, 3, 90)
    with ada.session.writing():
        for category, minutes in ((CreditCategory.ELL, 30), (CreditCategory.PEDAGOGY, 60)):
            ada.session.add(ClaimCategory(claim_id=split, category=category, minutes=minutes))
    _approve(cast, split)
    found = _tried(cast)
    assert (found.changes, found.short) == ((), ())
    assert found.before_minutes == 45 + 75 + 90
    assert (found.awards, found.people) == (3, 1)


def test_a_change_by_the_reviewer_is_counted_as_it_was_changed(cast: Cast) -> None:
    _approve(cast, _claim(cast.scope("ada"), 1, 120), minutes=80, reason="You left early.")
    (change,) = _tried(cast, step_minutes=60).changes
    assert (change.before, change.after) == (75, 60)


def test_a_log_of_days_is_known_to_an_edition_that_asks_for_one(cast: Cast) -> None:
    ada = cast.scope("ada")
    claim_id = _claim(ada, 1, 120, kind=EventKind.BOOK_CLUB)
    with ada.session.writing():
        ada.session.add(ClaimDay(claim_id=claim_id, spent_on=ada.at.date(), minutes=45))
    _approve(cast, claim_id)
    (change,) = _tried(cast, logged_kinds=(EventKind.BOOK_CLUB,)).changes
    assert (change.before, change.after) == (120, 45)


def test_a_cap_of_the_new_edition_cuts_what_was_decided_last(cast: Cast) -> None:
    ada = cast.scope("ada")
    first, second = _claim(ada, 1), _claim(ada, 2)
    _approve(cast, second)
    _approve(cast, first)
    (change,) = _tried(cast, caps=(KindCap(EventKind.WEBINAR, 60),)).changes
    assert (change.award.claim_id, change.award.person_name) == (first, "Ada Lindqvist")


def test_what_was_taken_back_is_no_part_of_it(cast: Cast) -> None:
    claim_id = _claim(cast.scope("ada"), 1)
    _approve(cast, claim_id)
    later = cast.scope("bo", NOW + timedelta(hours=1))
    reverse_credit(later, claim_id, seen_version=2, reason="It was a mistake.", issuer=AN_ISSUER)
    record = standing_awards(cast.scope("cam"), *LONG)
    assert record.awards == ()


def test_only_the_district_s_own_is_looked_at(cast: Cast) -> None:
    _approve(cast, _claim(cast.scope("ada"), 1))
    assert standing_awards(cast.operator(cast.riverton), *LONG) == Record((), 0, 0)


def test_of_much_credit_whole_people_are_drawn_and_always_the_same(cast: Cast) -> None:
    gus = a_colleague(cast, cast.maplewood)
    for place in range(3):
        _approve(cast, _claim(cast.scope("ada"), place))
        _approve(cast, _claim(cast.scope("ada"), place, person_id=gus))
    cam = cast.scope("cam")
    drawn = standing_awards(cam, *LONG, most=5)
    assert (drawn.people, drawn.chosen, drawn.is_whole) == (2, 1, False)
    assert len(drawn.awards) == 3
    assert len({award.person_id for award in drawn.awards}) == 1
    assert standing_awards(cam, *LONG, most=5) == drawn
    assert standing_awards(cam, *LONG, most=6).is_whole


@pytest.mark.parametrize("count", [1, 6])
def test_it_takes_three_statements_however_much_there_is(cast: Cast, count: int) -> None:
    for place in range(count):
        _approve(cast, _claim(cast.scope("ada"), place))
    cam = cast.scope("cam")
    with statements(cast.database) as asked:
        standing_awards(cam, *LONG)
    assert len(asked) == 3, "\n".join(asked)
