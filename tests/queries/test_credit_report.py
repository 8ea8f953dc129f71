"""The report on credit: sums of the ledger by school, theme and category; how long decisions took; what one sees."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from pdtracker.actions.reviews import Wish, approve_claims, return_claims, reverse_credit
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.credit_report import Waits, together
from pdtracker.domain.kinds import CreditCategory
from pdtracker.queries.credit_report import NONE, CreditFilter, CreditReport, credit_report, waiting, waits
from pdtracker.scope import Scope
from tests.calendars import CEM, entry, hours, load, statements
from tests.factories import AN_ISSUER, NOW, Cast, a_claim
from tests.licensing import a_credited_claim, a_split
from tests.queries.test_licence_report import NORTH, a_teacher

YEAR = CreditFilter(period=(date(2014, 7, 1), date(2015, 6, 30)))
A_DAY = timedelta(days=1)


def report(scope: Scope, **narrowed: Any) -> CreditReport:
    scope.session.rollback()
    return credit_report(scope, replace(YEAR, **narrowed))


def told(lines: Any) -> dict[str, tuple[int | None, int]]:
    return {line.name or line.key: (line.people, line.minutes) for line in lines}


def credited(cast: Cast, person_id: int | None = None, **more: Any) -> int:
    """An hour of somebody, Ada if nobody else, that Bo approved."""
    ada = cast.scope("ada")
    return a_credited_claim(ada, cast.scope("bo"), person_id=person_id or ada.me.id, **more)


def decided(cast: Cast, sent_at: datetime, after: timedelta, **more: Any) -> int:
    """A claim that Bo approved so long after it was sent."""
    ada = cast.scope("ada", sent_at)
    claim_id = a_claim(ada, ClaimState.SUBMITTED, **more)
    (outcome,) = approve_claims(
        cast.scope("bo", sent_at + after), [Wish(claim_id, 1)], AN_ISSUER, key=str(claim_id)
    )
    assert outcome.refusal is None
    return claim_id


def test_hours_are_told_by_school_with_the_people_who_have_them(cast: Cast) -> None:
    nora, olga = a_teacher(cast, "Nora North"), a_teacher(cast, "Olga Office", None)
    for back, person_id in enumerate((nora, nora, olga), start=1):
        credited(cast, person_id, ended_at=NOW - timedelta(hours=back))
    found = report(cast.scope("cam"))
    assert told(found.schools) == {NORTH: (1, 120), "0": (1, 60)}
    assert (found.people, found.minutes) == (2, 180)


def reverse(cast: Cast, claim_id: int) -> None:
    reverse_credit(
        cast.scope("cam", NOW + timedelta(hours=1)),
        claim_id,
        seen_version=2,
        reason="It was cancelled.",
        issuer=AN_ISSUER,
    )


def test_what_was_split_counts_in_each_category(cast: Cast) -> None:
    ada = cast.scope("ada")
    claim_id = a_claim(ada, ClaimState.SUBMITTED)
    a_split(ada, claim_id, ell=15, pedagogy=45)
    approve_claims(cast.scope("bo"), [Wish(claim_id, 1)], AN_ISSUER, key="split")
    assert told(report(cast.scope("cam")).categories) == {"pedagogy": (1, 45), "ell": (1, 15)}


def test_an_event_of_two_themes_counts_in_each_and_the_sum_counts_it_once(cast: Cast) -> None:
    first, second = (theme.name for theme in CEM.themes)
    events = load(cast.database, entry("both", hours("2014-10-14T19:00"), themes=(first, second)))
    credited(cast, event_id=events["both"])
    found = report(cast.scope("cam"))
    assert told(found.themes) == {first: (1, 60), second: (1, 60)}
    assert {line.within for line in found.themes} == {CEM.name}
    assert found.minutes == 60
    of_first = next(int(line.key) for line in found.themes if line.name == first)
    assert report(cast.scope("cam"), theme_id=of_first).minutes == 60
    assert report(cast.scope("cam"), theme_id=NONE).minutes == 0


def test_what_belongs_to_no_theme_is_a_line_of_its_own(cast: Cast) -> None:
    credited(cast)
    found = report(cast.scope("cam"))
    assert told(found.themes) == {"0": (1, 60)}
    assert report(cast.scope("cam"), theme_id=NONE).minutes == 60


def test_what_was_taken_back_is_taken_off(cast: Cast) -> None:
    claim_id = credited(cast)
    reverse(cast, claim_id)
    found = report(cast.scope("cam"))
    assert (found.people, found.minutes, found.schools, found.categories) == (0, 0, (), ())


def test_only_the_days_of_the_period_count_its_ends_included(cast: Cast) -> None:
    credited(cast)
    on = (NOW - timedelta(hours=1)).date()
    cam = cast.scope("cam")
    assert report(cam, period=(on, on)).minutes == 60
    assert report(cam, period=(on - 9 * A_DAY, on - A_DAY)).minutes == 0
    assert report(cam, period=(on + A_DAY, on + 9 * A_DAY)).minutes == 0
    assert report(cam, period=(on + A_DAY, on + 9 * A_DAY)).first_day == on


def test_each_kind_of_line_is_counted_beside_its_own_filter(cast: Cast) -> None:
    credited(cast, category=CreditCategory.ELL)
    credited(cast, a_teacher(cast, "Olga Office", None))
    cam = cast.scope("cam")
    found = report(cam, category=CreditCategory.ELL, school_id=NONE)
    assert (found.people, found.minutes) == (0, 0)
    assert told(found.categories) == {"pedagogy": (1, 60)}
    assert told(found.schools) == {NORTH: (1, 60)}
    assert told(report(cam, category=CreditCategory.PEDAGOGY).schools) == {"0": (1, 60)}


def test_who_reviews_one_school_sees_its_people_and_themselves_only(cast: Cast) -> None:
    credited(cast)
    credited(cast, a_teacher(cast, "Olga Office", None))
    at_north = replace(cast.scope("bo"), review_school_ids=frozenset({cast.school_ids[NORTH]}))
    assert told(report(at_north).schools) == {NORTH: (1, 60)}
    assert sum(one.count for one in waits(at_north, YEAR, [YEAR.period[0]])) == 1
    assert waiting(at_north, YEAR, NOW) == (0, 0)


def test_another_district_sees_nothing_of_it(cast: Cast) -> None:
    credited(cast)
    dee = cast.scope("dee")
    assert report(dee).minutes == 0
    assert waits(dee, YEAR, [YEAR.period[0]]) == (Waits({}),)


def test_a_wait_runs_from_the_last_sending_to_the_decision_and_lies_in_its_month(cast: Cast) -> None:
    for days in (1, 2, 9):
        decided(
            cast,
            NOW + days * A_DAY,
            days * A_DAY,
            starts_at=NOW - (days + 1) * A_DAY,
            ends_at=NOW - (days + 1) * A_DAY + timedelta(hours=1),
        )
    october, november = waits(cast.scope("cam"), YEAR, [date(2014, 7, 1), date(2014, 11, 1)])
    assert october == Waits({24: 1, 48: 1})
    assert november == Waits({216: 1})
    assert together([october, november]).median_hours == 48


def test_a_returned_claim_was_answered_and_a_reversed_one_tells_nothing(cast: Cast) -> None:
    returned = a_claim(cast.scope("ada"), ClaimState.SUBMITTED)
    return_claims(cast.scope("bo", NOW + A_DAY), [Wish(returned, 1)], "Which one was it?", AN_ISSUER)
    reverse(cast, credited(cast, ended_at=NOW - 2 * A_DAY))
    assert waits(cast.scope("cam"), YEAR, [date(2014, 7, 1)]) == (Waits({24: 1}),)


def test_what_waits_is_told_with_what_waits_long(cast: Cast) -> None:
    a_claim(cast.scope("ada"), ClaimState.SUBMITTED)
    a_claim(cast.scope("ada", NOW - 6 * A_DAY), ClaimState.SUBMITTED)
    assert waiting(cast.scope("cam"), YEAR, NOW - 5 * A_DAY) == (2, 1)


def test_the_number_of_statements_does_not_grow(cast: Cast) -> None:
    cam = cast.scope("cam")

    def asked() -> int:
        with statements(cast.database) as heard:
            report(cam)
            waits(cam, YEAR, [date(2014, 7, 1), date(2014, 11, 1)])
            waiting(cam, YEAR, NOW)
        return len([one for one in heard if one.startswith("SELECT")])

    credited(cast)
    few = asked()
    for place in range(4):
        credited(cast, a_teacher(cast, f"Teacher {place}"), category=list(CreditCategory)[place])
    assert asked() == few == 6
