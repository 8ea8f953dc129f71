"""Step 2 beyond the hours: a split over categories, applying it, a recording, a log of days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from pdtracker.actions.claims import submit_claim
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.log import LogDay, log_fault
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.when import local
from pdtracker.models.events import EventCategory
from pdtracker.queries import claims, details
from tests.claiming import ON_ONE_DATABASE, a_draft, complete, page_of, today
from tests.equivalences import publish
from tests.factories import House, an_event
from tests.reviewing_client import fields, texts

CONTENT, PEDAGOGY, ELL = CreditCategory.CONTENT, CreditCategory.PEDAGOGY, CreditCategory.ELL
LINK = {"evidence": "link", "link": "https://posts.example/1"}


class Step:
    """Ada at the second step of a draft; the event ran from two hours to one hour ago where nothing else is said."""

    def __init__(self, house: House, **event: object) -> None:
        self.house, self.who = house, today(house)
        self.claim_id = a_draft(self.who, **event)
        self.address = page_of(self.claim_id, "/time")
        self.ada = house.client_of("ada")

    def send(self, **values: object):  # type: ignore[no-untyped-def]
        form = fields(self.ada.get(self.address), self.address)
        return self.ada.post(self.address, data={**form, **LINK, "then": "go", **values})

    @property
    def claim(self) -> claims.ClaimRow:
        return claims.own_claim(today(self.house), self.claim_id)

    @property
    def split(self) -> dict[str, int]:
        parts = details.split_of_claim(today(self.house), self.claim_id)
        return {category.value: minutes for category, minutes in parts}


def a_club(house: House, **more: object) -> Step:
    """A book club that has been open for three weeks."""
    who = today(house)
    return Step(
        house,
        kind=EventKind.BOOK_CLUB,
        has_hours=False,
        starts_at=who.at - timedelta(days=21),
        ends_at=who.at + timedelta(days=7),
        **more,
    )


def days_ago(house: House, days: int) -> str:
    """A day as a form sends it."""
    return (local(today(house).at, "America/New_York") - timedelta(days=days)).date().isoformat()


def test_an_hour_is_split_over_three_categories_and_the_largest_is_the_claims_own(house: House) -> None:
    step = Step(house)
    assert step.send(split_content="0:40", split_pedagogy="0:10", split_ell="0:10").status_code == 303
    assert step.split == {"content": 40, "pedagogy": 10, "ell": 10}
    assert step.claim.category is CONTENT
    again = fields(step.ada.get(step.address), step.address)
    assert (again["split_content"], again["split_ell"]) == ("0:40", "0:10")
    shown = texts(step.ada.get(page_of(step.claim_id, "/answers")))
    assert "Content 40" in shown


def test_what_does_not_add_up_is_told_at_the_field_and_stays_typed(house: House) -> None:
    step = Step(house)
    answer = step.send(split_content="0.5", split_pedagogy="0.25")
    assert answer.status_code == 422
    assert "These add up to 0.75 hours; you claimed 1 hour." in texts(answer)
    assert fields(answer, step.address)["split_pedagogy"] == "0.25"
    assert step.split == {}


def test_hours_that_change_take_the_split_with_them_and_say_so(house: House) -> None:
    step = Step(house)
    step.send(split_content="0:40", split_ell="0:20")
    answer = step.send(minutes="0.5")
    assert answer.status_code == 303
    assert step.split == {"content": 20, "ell": 10}
    assert "Your hours changed, and their split with them" in texts(step.ada.get(answer.location))


def test_a_split_that_is_emptied_is_gone(house: House) -> None:
    step = Step(house)
    step.send(split_content="0:40", split_ell="0:20")
    step.send(split_content="", split_ell="")
    assert step.split == {}
    assert step.claim.category is CONTENT


def test_one_category_alone_becomes_the_claims_own(house: House) -> None:
    step = Step(house)
    step.send(split_ell="1")
    assert (step.split, step.claim.category) == ({}, ELL)


def test_a_form_without_a_split_leaves_it_as_it_is(house: House) -> None:
    step = Step(house)
    step.send(split_content="0:40", split_ell="0:20")
    form = fields(step.ada.get(step.address), step.address)
    older = {name: value for name, value in form.items() if not name.startswith("split_")}
    step.ada.post(step.address, data={**older, "then": "later"})
    assert step.split == {"content": 40, "ell": 20}


@ON_ONE_DATABASE
@pytest.mark.parametrize("typed", ["NaN", "-1", "0", "1e3", "25", "inf", "0:99", "half"])
def test_what_is_no_hours_is_refused_at_its_category_and_keeps_nothing(house: House, typed: str) -> None:
    step = Step(house)
    answer = step.send(split_content=typed, split_pedagogy="1")
    assert answer.status_code == 422
    assert fields(answer, step.address)["split_content"] == typed
    assert step.split == {}


@ON_ONE_DATABASE
def test_a_category_that_nobody_knows_is_not_read(house: House) -> None:
    step = Step(house)
    assert step.send(split_alchemy="1").status_code == 303
    assert step.split == {}


def test_the_split_of_the_event_is_proposed_in_proportion_to_the_hours(house: House) -> None:
    who = today(house)
    event_id = an_event(who)
    with who.session.writing():
        who.session.add_all(
            [
                EventCategory(event_id=event_id, category=CONTENT, minutes=90),
                EventCategory(event_id=event_id, category=ELL, minutes=30),
            ]
        )
    ada = house.client_of("ada")
    page = f"/maplewood/claims/new?event={ref_of(event_id)}"
    answer = ada.post("/maplewood/claims", data={**fields(ada.get(page), "/maplewood/claims")})
    form = fields(ada.get(answer.location), answer.location)
    assert (form["split_content"], form["split_ell"]) == ("0.75", "0.25")


def test_nothing_is_asked_about_what_the_district_does_not_count(house: House) -> None:
    form = fields((step := Step(house)).ada.get(step.address), step.address)
    assert {"recording", "application"}.isdisjoint(form)


def test_time_of_applying_it_is_kept_and_counted_in_what_one_would_get(house: House) -> None:
    publish(house)
    step = Step(house)
    assert step.send(application="0.5").status_code == 303
    assert step.claim.application_minutes == 30
    complete(today(house), step.claim_id)
    assert "You applied it for 30" in texts(step.ada.get(page_of(step.claim_id, "/answers")))
    step.send(application="")
    assert step.claim.application_minutes == 0


def test_a_recording_can_be_watched_days_later_but_needs_its_summary(house: House) -> None:
    publish(house)
    who = today(house)
    event = {"starts_at": who.at - timedelta(days=9), "ends_at": who.at - timedelta(days=9, hours=-1)}
    step = Step(house, **event)
    at = local(who.at - timedelta(days=2), "America/New_York")
    watched = {
        "starts": at.strftime("%Y-%m-%dT%H:%M"),
        "ends": (at + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
    }
    assert step.send(**watched).status_code == 422
    assert step.send(**watched, recording="y").status_code == 303
    assert step.claim.is_recording
    before = local(who.at - timedelta(days=12), "America/New_York")
    early = {
        "starts": before.strftime("%Y-%m-%dT%H:%M"),
        "ends": (before + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"),
    }
    answer = step.send(**early, recording="y")
    assert answer.status_code == 422
    assert "Enter when you watched it, after that." in texts(answer)
    with pytest.raises(NotValid) as refused:
        submit_claim(today(house), step.claim_id, seen_version=step.claim.version)
    assert (
        "20 words or more" in next(iter(refused.value.errors.values())) or "answer_1" in refused.value.errors
    )
    complete(today(house), step.claim_id)
    submit_claim(today(house), step.claim_id, seen_version=step.claim.version)


def test_a_log_of_days_is_the_hours(house: House) -> None:
    publish(house)
    step = a_club(house)
    form = fields(step.ada.get(step.address), step.address)
    assert "day_4" in form
    assert {"starts", "ends", "minutes"}.isdisjoint(form)
    answer = step.send(
        day_1=days_ago(house, 9),
        spent_1="0.5",
        day_2=days_ago(house, 3),
        spent_2="1:15",
        split_content="1.75",
    )
    assert answer.status_code == 303
    assert (step.claim.minutes, step.claim.logged_minutes) == (105, 105)
    assert [day.minutes for day in details.log_of(today(house), step.claim_id)] == [30, 75]
    more = fields(step.ada.get(step.address), step.address)
    assert more["day_2"] == days_ago(house, 3)
    complete(today(house), step.claim_id)
    page = texts(step.ada.get(page_of(step.claim_id, "/answers")))
    assert "Book clubs count by a log of days." in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({}, "Enter at least one day on which you took part, and how long."),
        ({"day_1": 3}, "Enter how long you spent on this day."),
        ({"spent_1": "1"}, "Enter on which day that was."),
        ({"day_1": 3, "spent_1": "1", "day_2": 3, "spent_2": "1"}, "Enter each day once."),
        ({"day_1": 3, "spent_1": "20", "day_2": 4, "spent_2": "20"}, "at most 24 hours in all"),
        ({"day_1": 90, "spent_1": "1"}, "The book club began on"),
        ({"day_1": -2, "spent_1": "1"}, "is still to come"),
        ({"day_1": 3, "spent_1": "NaN"}, "Enter hours as a number"),
    ],
)
@ON_ONE_DATABASE
def test_a_log_that_can_t_be_is_refused_with_a_sentence(
    house: House, typed: dict[str, object], sentence: str
) -> None:
    publish(house)
    step = a_club(house)
    sent = {
        name: days_ago(house, value) if isinstance(value, int) else value for name, value in typed.items()
    }
    answer = step.send(**sent)
    assert answer.status_code == 422
    assert sentence in texts(answer)
    assert step.claim.minutes is None


def test_a_day_of_a_log_holds_no_more_than_a_day_with_the_other_claims_that_it_names(house: House) -> None:
    publish(house)
    other = a_club(house, title="Another club")
    other.send(day_1=days_ago(house, 3), spent_1="20", day_2=days_ago(house, 8), spent_2="1")
    complete(today(house), other.claim_id)
    submit_claim(today(house), other.claim_id, seen_version=other.claim.version)
    step = a_club(house)
    full = {"day_1": days_ago(house, 3), "spent_1": "5", "day_2": days_ago(house, 8), "spent_2": "2"}
    step.send(**full)
    complete(today(house), step.claim_id)
    with pytest.raises(NotValid) as refused:
        submit_claim(today(house), step.claim_id, seen_version=step.claim.version)
    (sentence,) = refused.value.errors.values()
    assert "This makes 25\N{NO-BREAK SPACE}hours together with “Another club” on" in sentence
    assert "Another club" in texts(step.ada.get(step.address))
    # The same hours on a day on which there is room for them.
    step.send(**full | {"spent_1": "1", "spent_2": "6"})
    complete(today(house), step.claim_id)
    submit_claim(today(house), step.claim_id, seen_version=step.claim.version)


def test_a_reviewer_sees_what_else_was_on_the_days_of_a_log(house: House) -> None:
    publish(house)
    chat = Step(house, title="Evening chat")
    chat.send()
    complete(today(house), chat.claim_id)
    submit_claim(today(house), chat.claim_id, seen_version=chat.claim.version)
    club = a_club(house)
    club.send(day_1=days_ago(house, 9), spent_1="1", day_2=days_ago(house, 0), spent_2="11")
    complete(today(house), club.claim_id)
    submit_claim(today(house), club.claim_id, seen_version=club.claim.version)
    page = texts(house.client_of("bo").get(f"/maplewood/reviews/{ref_of(club.claim_id)}"))
    assert "“Evening chat” was that day," in page
    assert "12 hours in all" in page.replace("\N{NO-BREAK SPACE}", " ")


def test_hours_from_before_the_rule_lack_their_log(house: House) -> None:
    step = a_club(house)
    step.send(starts=days_ago(house, 9), ends=days_ago(house, 2), minutes="2")
    publish(house)
    complete(today(house), step.claim_id)
    with pytest.raises(NotValid) as refused:
        submit_claim(today(house), step.claim_id, seen_version=step.claim.version)
    assert list(refused.value.errors) == ["log"]
    assert "Log of days" in texts(step.ada.get(page_of(step.claim_id, "/answers")))


def test_a_log_has_at_most_sixty_days() -> None:
    days = [LogDay(date(2014, 1, 1) + timedelta(days=number), 1) for number in range(61)]
    assert "at most 60 days" in log_fault(days)
    assert log_fault(days[:60]) == ""
