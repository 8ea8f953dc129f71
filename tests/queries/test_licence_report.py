"""The report on licences: counted when something changed, narrowed to what one sees, its figures those of its lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa

from pdtracker.actions.standings import count_licences
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.licence_standing import StandingState
from pdtracker.domain.refusals import NotPermitted
from pdtracker.jobs import count_standings
from pdtracker.models.ids import new_id
from pdtracker.models.licences import Licence
from pdtracker.models.people import Person
from pdtracker.models.standings import LicenceStandingRow
from pdtracker.queries.licence_report import (
    ReportFilter,
    ReportRow,
    report_page,
    report_rows,
    report_summary,
)
from pdtracker.scope import Scope
from tests.calendars import statements
from tests.factories import NOW, Cast, a_licence, an_event
from tests.licensing import a_credited_claim, a_layer, a_waiting_claim, an_adjustment, an_approval

EVERYTHING = ReportFilter()
NORTH = "Maplewood North"
LATER = NOW + timedelta(minutes=5)


def count(cast: Cast, at: datetime = NOW, at_most: int = 1_000) -> int:
    return count_licences(cast.operator(at=at), at_most=at_most)


def rows(scope: Scope, chosen: ReportFilter = EVERYTHING) -> list[ReportRow]:
    scope.session.rollback()
    return list(report_rows(scope, chosen))


def names(scope: Scope, **chosen: Any) -> list[str]:
    return [row.person_name for row in rows(scope, ReportFilter(**chosen))]


def a_teacher(cast: Cast, name: str, school: str | None = NORTH) -> int:
    """Somebody more in Maplewood."""
    email = f"{new_id()}@maplewood.example"
    person = Person(
        id=new_id(),
        name=name,
        email=email,
        email_key=email,
        title="",
        licence_ending=None,
        school_id=cast.school_ids[school] if school else None,
        left_at=None,
        created_at=NOW,
    )
    person_id = person.id
    with cast.database.session(cast.maplewood.id) as session, session.writing():
        session.add(person)
    return person_id


def test_a_licence_is_counted_with_what_it_lacks(cast: Cast) -> None:
    ada, bo = cast.scope("ada"), cast.scope("bo")
    a_licence(ada)
    a_credited_claim(ada, bo, category=CreditCategory.ELL)
    a_waiting_claim(ada)
    assert count(cast) == 1
    (row,) = rows(cast.scope("cam"))
    assert (row.person_name, row.state, row.required) == ("Ada Lindqvist", StandingState.BEHIND, 100)
    assert row.behind_minutes > 0
    assert "behind" in row.pace
    assert row.missing.endswith("1 more is short.")


def test_what_has_not_changed_is_not_counted_again(cast: Cast) -> None:
    a_licence(cast.scope("ada"))
    assert (count(cast), count(cast, LATER)) == (1, 0)
    assert count(cast, NOW + timedelta(days=1)) == 1


@pytest.mark.parametrize(
    "what", ["credit", "claim", "licence", "signature", "rules", "approval", "another licence"]
)
def test_what_changed_is_counted_again(cast: Cast, what: str) -> None:
    ada, bo, cam = cast.scope("ada", LATER), cast.scope("bo", LATER), cast.scope("cam", LATER)
    licence_id = a_licence(cast.scope("ada"))
    bystander = a_licence(cast.scope("ada"), person_id=a_teacher(cast, "Bystander"), regime="illinois")
    assert count(cast) == 2
    match what:
        case "credit":
            a_credited_claim(ada, bo)
        case "claim":
            a_waiting_claim(ada)
        case "licence":
            with ada.session.writing():
                ada.session.get_one(Licence, (ada.district.id, licence_id)).updated_at = LATER
        case "signature":
            an_adjustment(cam, licence_id)
        case "rules":
            a_layer(cam, "[target]\nunits = 120\n")
        case "approval":
            an_approval(cam, an_event(ada), NOW.date())
        case _:
            a_licence(ada, regime="illinois")
    # Only Ada's: the other's licence goes by rules that didn't change.
    assert count(cast, LATER) == 1
    cam.session.rollback()
    counted_at = {row.licence_id: row.counted_at for row in kept(cam)}
    assert (counted_at.pop(licence_id), counted_at.pop(bystander)) == (LATER, NOW)
    assert set(counted_at.values()) <= {LATER}


def kept(cam: Scope) -> Sequence[LicenceStandingRow]:
    return cam.session.scalars(sa.select(LicenceStandingRow)).all()


def test_the_worker_counts_all_districts(cast: Cast) -> None:
    a_licence(cast.scope("ada"))
    a_licence(cast.scope("dee"))
    assert count_standings(cast.database, NOW) == 2
    assert names(cast.scope("cam")) == ["Ada Lindqvist"]


def test_only_who_sees_everybody_counts(cast: Cast) -> None:
    for name in ("ada", "bo"):
        with pytest.raises(NotPermitted):
            count_licences(cast.scope(name), at_most=1)


def test_a_list_is_narrowed_and_its_figures_are_those_of_its_lists(cast: Cast) -> None:
    cam = cast.scope("cam")
    a_licence(cam, person_id=a_teacher(cast, "Behind One"))
    a_licence(cam, person_id=a_teacher(cast, "Behind Two", None), regime="illinois")
    a_licence(
        cam, person_id=a_teacher(cast, "Ended Short"), starts_on=date(2008, 7, 1), ends_on=date(2013, 6, 30)
    )
    a_licence(cam, person_id=a_teacher(cast, "On Track"), starts_on=NOW.date())
    met = a_teacher(cast, "All There")
    a_licence(cam, person_id=met, regime="illinois", target=Fraction(0))
    count(cast)
    cam.session.rollback()
    summary = report_summary(cam, EVERYTHING)
    assert summary.total == len(rows(cam)) == 5
    for state in StandingState:
        assert summary.states[state] == len(names(cam, state=state))
    assert names(cam, state=StandingState.MET) == ["All There"]
    assert names(cam, gap="English language learners") == ["Ended Short", "Behind One", "On Track"]
    assert summary.gaps["English language learners"] == 3
    assert summary.ends[2013, 6] == 1
    assert names(cam, regime="illinois", school_id=0) == ["Behind Two"]
    assert names(cam, ends=(date(2013, 1, 1), date(2013, 12, 31))) == ["Ended Short"]
    assert summary.schools == {cast.school_ids[NORTH]: 2, 0: 1}
    narrowed = report_summary(cam, ReportFilter(regime="illinois"))
    assert (narrowed.total, narrowed.schools) == (2, {0: 1})
    assert narrowed.regimes == summary.regimes


def test_pages_hold_every_row_once_and_who_is_furthest_behind_first(cast: Cast) -> None:
    cam = cast.scope("cam")
    for place in range(7):
        a_licence(
            cam, person_id=a_teacher(cast, f"Teacher {place}"), target=Fraction(100 + 10 * (place // 2))
        )
    count(cast)
    cam.session.rollback()
    seen: list[ReportRow] = []
    page = report_page(cam, EVERYTHING, None, 3)
    while True:
        seen.extend(page.rows)
        if page.onward is None:
            break
        page = report_page(cam, EVERYTHING, page.onward, 3)
    assert [row.licence_id for row in seen] == [row.licence_id for row in rows(cam)]
    assert len({row.licence_id for row in seen}) == 7
    assert [row.behind_minutes for row in seen] == sorted((row.behind_minutes for row in seen), reverse=True)


def test_a_reviewer_sees_the_schools_that_they_review(cast: Cast) -> None:
    cam = cast.scope("cam")
    a_licence(cam, person_id=a_teacher(cast, "North"))
    a_licence(cam, person_id=a_teacher(cast, "Nowhere", None))
    count(cast)
    bo = replace(cast.scope("bo"), review_school_ids=frozenset({cast.school_ids[NORTH]}))
    assert names(bo) == ["North"]
    assert report_summary(bo, EVERYTHING).total == 1


def test_who_left_and_what_was_closed_or_renewed_is_not_on_the_list(cast: Cast) -> None:
    cam = cast.scope("cam")
    left, closed, renewed = (a_teacher(cast, name) for name in ("Left", "Closed", "Renewed"))
    a_licence(cam, person_id=left)
    closed_id = a_licence(cam, person_id=closed)
    a_licence(cam, person_id=renewed, starts_on=date(2007, 7, 1), ends_on=date(2012, 6, 30))
    a_licence(cam, person_id=renewed)
    count(cast)
    with cam.session.writing():
        cam.session.get_one(Person, (cam.district.id, left)).left_at = NOW
        cam.session.get_one(Licence, (cam.district.id, closed_id)).closed_at = NOW
    assert [(row.person_name, row.ends_on.year) for row in rows(cam)] == [("Renewed", 2017)]


def test_counting_takes_the_same_statements_for_many_as_for_few(cast: Cast) -> None:
    cam = cast.scope("cam")

    def asked(people: int, prefix: str) -> int:
        for place in range(people):
            a_licence(cam, person_id=a_teacher(cast, f"{prefix} {place}"))
        with statements(cast.database) as told:
            assert count(cast) == people
        return len(told)

    assert asked(1, "One") == asked(6, "Six") <= 24
