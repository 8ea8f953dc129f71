"""The page on which a district chooses of what people are reminded."""

from __future__ import annotations

from pdtracker.domain.reminders import ReminderTerms
from pdtracker.queries.reminders import reminder_terms
from tests.factories import House
from tests.reviewing_client import texts

PATH = "/maplewood/reminders"


def test_what_is_left_empty_is_never(house: House) -> None:
    client = house.client_of("cam")
    assert "Nobody is reminded twice of the same thing" in texts(client.get(PATH))
    form = {"log": "1", "reflection": "", "review": "10", "cycle": "90", "escalation": "21"}
    assert "Saved." in texts(client.post(PATH, data=form, follow_redirects=True))
    assert reminder_terms(house.operator()) == ReminderTerms(1, None, 10, 90, 21)
    assert 'value="90"' in client.get(PATH).get_data(as_text=True)


def test_days_that_make_no_sense_are_put_right_at_their_field(house: House) -> None:
    answer = house.client_of("cam").post(PATH, data={"log": "5", "review": "soon"})
    assert answer.status_code == 422
    words = texts(answer)
    assert "Enter a number of days, or nothing." in words
    answer = house.client_of("cam").post(PATH, data={"log": "5"})
    assert "Enter a number of days between 0 and 2." in texts(answer)


def test_reviewers_do_not_choose(house: House) -> None:
    assert house.client_of("bo").get(PATH).status_code == 403
