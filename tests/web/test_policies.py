"""A new edition by form: typed, looked at with its dry run, published; refused at its fields with nothing lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from pdtracker.queries.rulebook import editions
from tests.calendars import statements
from tests.factories import House, a_certificate
from tests.reviewing_client import ReviewingClient, all_fields, fields, texts

NEW = "/maplewood/rules/policy/new"
PREVIEW = "/maplewood/rules/policy/preview"
PUBLISH = "/maplewood/rules/policy"
TOMORROW = (datetime.now(UTC) + timedelta(days=2)).date().isoformat()


def _typed(client: ReviewingClient, **changes: object) -> dict[str, object]:
    return {**all_fields(client.get(NEW), PREVIEW), "effective_from": TOMORROW, "edition": "new-1", **changes}


def _sent(answer: TestResponse) -> dict[str, object]:
    return dict(all_fields(answer, PUBLISH))


def test_the_form_begins_as_the_rules_are(house: House) -> None:
    typed = fields(house.client_of("cam").get(NEW), PREVIEW)
    assert typed["step_minutes"] == "15"
    assert typed["required_minutes"] == "15"
    assert (typed["year_month"], typed["year_day"]) == ("7", "1")
    assert typed["effective_from"].endswith("-07-01")


def test_what_is_looked_at_is_what_is_published(house: House) -> None:
    cam = house.client_of("cam")
    preview = cam.post(
        PREVIEW,
        data=_typed(
            cam,
            step_minutes="30",
            cap_all="20 %",
            cap_tour="1:30",
            recording_kinds=["webinar", "panel"],
            recording_words="80",
            impact_after="30",
            impact_within="90",
            impact_share="50",
            impact_questions="What changed?\nHow do you know?",
        ),
    )
    assert preview.status_code == 200
    said = texts(preview)
    assert "Tours count up to 1.5 hours a school year." in said
    assert "All kinds together count up to 3 hours a school year, 20 % of what is asked for." in said
    assert "for webinars and panels" in said
    assert "There is no credit in these days to try it on." in said
    published = cam.post(PUBLISH, data=_sent(preview))
    assert published.status_code == 303
    said = texts(house.client_of("ada").get(published.headers["Location"]))
    assert "Half" not in said
    assert "half-hour steps" in said
    assert "by Cam Okafor" in said
    (newest, _) = editions(house.scope("cam"))
    assert newest.policy.follow_ups[0].questions == ("What changed?", "How do you know?")
    again = cam.post(PUBLISH, data=_sent(preview))
    assert again.headers["Location"] == published.headers["Location"]
    assert len(editions(house.scope("cam"))) == 2


def test_it_tells_which_awards_would_have_been_others(house: House) -> None:
    at = datetime.now(UTC) - timedelta(days=3)
    a_certificate(house.scope("ada", at), house.scope("bo", at), claimed_minutes=50)
    cam = house.client_of("cam")
    said = texts(cam.post(PREVIEW, data=_typed(cam, step_minutes="30")))
    assert (
        "It would have changed 1 of 1 award; nobody who reaches the hours asked for now would fall short of them."
        in said
    )
    assert "Half-hour steps, rounded down: 50 becomes 30." in said
    assert "Ada Lindqvist" in said
    same = texts(cam.post(PREVIEW, data=_typed(cam)))
    assert "It would have changed 0 of 1 award" in same
    long_ago = texts(cam.post(PREVIEW, data=_typed(cam, tried_from="2001-01-01", tried_until="2001-06-30")))
    assert "There is no credit in these days" in long_ago


def test_something_can_be_changed_after_looking(house: House) -> None:
    cam = house.client_of("cam")
    preview = cam.post(PREVIEW, data=_typed(cam, cap_forum="2", name="Our hours"))
    form = cam.post(PREVIEW, data={**_sent(preview), "step": "edit"})
    typed = fields(form, PREVIEW)
    assert (form.status_code, typed["cap_forum"], typed["name"]) == (200, "2", "Our hours")


def test_what_was_changed_behind_the_page_is_not_published(house: House) -> None:
    cam = house.client_of("cam")
    preview = cam.post(PREVIEW, data=_typed(cam))
    answer = cam.post(PUBLISH, data={**_sent(preview), "required_minutes": "1"})
    assert answer.status_code == 422
    assert "It is not what you looked at." in texts(answer)
    assert len(editions(house.scope("cam"))) == 1


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("name", " ", "Give the policy a name."),
        ("edition", "", "Give the edition a name or number."),
        ("effective_from", "", "Enter the first day."),
        ("effective_from", "soon", "Enter a day such as"),
        ("step_minutes", "7", "Choose from the list."),
        ("minimum_session_minutes", "1441", "from 0 to 1,440"),
        ("unit_minutes", "0", "from 1 to 600"),
        ("required_minutes", "many", "Enter hours as a number"),
        ("required_minutes", "9999", "at most 2,000 hours"),
        ("year_day", "31", ""),
        ("cap_forum", "lots", "Enter hours such as 3"),
        ("cap_forum", "101 %", "at most 100 %"),
        ("cap_all", "1.33", "Enter hours such as 3"),
        ("recording_words", "0", "from 1 to 1,000"),
        ("impact_after", "5", "Enter a number, or leave all three empty."),
    ],
)
def test_what_is_refused_stands_at_its_field(house: House, name: str, typed: str, sentence: str) -> None:
    cam = house.client_of("cam")
    answer = cam.post(PREVIEW, data=_typed(cam, name="Our hours") | {name: typed})
    if not sentence:
        assert answer.status_code == 200
        return
    assert answer.status_code == 422
    assert sentence in texts(answer)
    assert "One thing to put right" in texts(answer) or "Two things" in texts(answer)
    if name != "name":
        assert fields(answer, PREVIEW)["name"] == "Our hours"


def test_no_category_a_day_that_february_lacks_and_days_in_the_wrong_order_are_refused(house: House) -> None:
    cam = house.client_of("cam")
    typed = _typed(cam, year_month="2", year_day="30", impact_after="9", impact_within="8", impact_share="0")
    answer = cam.post(PREVIEW, data=typed)
    assert "Enter the same number of days or more." in texts(answer)
    typed = _typed(cam, year_month="2", year_day="30")
    typed.pop("categories")
    said = texts(cam.post(PREVIEW, data=typed))
    assert "Enter a month and a day that every year has." in said
    assert "Choose at least one category" in said


def test_yesterday_is_refused_with_the_way_to_do_it(house: House) -> None:
    at = datetime.now(UTC) - timedelta(hours=3)
    a_certificate(house.scope("ada", at), house.scope("bo", at))
    cam = house.client_of("cam")
    early = at.date() - timedelta(days=30)
    answer = cam.post(PREVIEW, data=_typed(cam, effective_from=early.isoformat()))
    assert answer.status_code == 422
    assert "reverse its credit and let it be decided again" in texts(answer)
    answer = cam.post(PUBLISH, data=_typed(cam, effective_from=early.isoformat()))
    assert answer.status_code == 422


def test_changed_awards_come_in_pages(house: House) -> None:
    at = datetime.now(UTC) - timedelta(days=9)
    ada, bo = house.scope("ada", at), house.scope("bo", at)
    for _ in range(52):
        a_certificate(ada, bo, claimed_minutes=50)
    cam = house.client_of("cam")
    first = cam.post(PREVIEW, data=_typed(cam, step_minutes="30"))
    assert "52 of 52 awards" in texts(first)
    assert texts(first).count("50 becomes 30") == 50
    second = cam.post(PREVIEW, data=_typed(cam, step_minutes="30", page="2"))
    assert texts(second).count("50 becomes 30") == 2
    with statements(house.database) as asked:
        cam.post(PREVIEW, data=_typed(cam, step_minutes="30"))
    assert len(asked) <= 16, "\n".join(asked)


@pytest.mark.parametrize("day", ["9999-12-31", "2090-01-01"])
def test_a_first_day_that_nobody_will_see_is_refused(house: House, day: str) -> None:
    """It would be the latest edition for good, and the school year after it has no date."""
    cam = house.client_of("cam")
    answer = cam.post(PREVIEW, data=_typed(cam, effective_from=day))
    assert answer.status_code == 422
    assert "Choose a day before" in texts(answer)
    assert cam.get(NEW).status_code == 200


@pytest.mark.parametrize(
    ("first", "last"), [("9990-01-01", "9999-12-31"), ("0001-01-01", "0001-02-01"), ("", "0001-01-01")]
)
def test_a_trial_over_days_beyond_all_awards_finds_nothing(house: House, first: str, last: str) -> None:
    cam = house.client_of("cam")
    answer = cam.post(PREVIEW, data=_typed(cam, tried_from=first, tried_until=last))
    assert answer.status_code == 200
