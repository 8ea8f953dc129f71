"""Step 3: the reflection, saved while it is typed; two versions are both kept; nothing is lost at any end."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa

from pdtracker.models.people import SignIn
from pdtracker.queries import reflections
from pdtracker.queries.reflections import AnswerRow
from tests.claiming import ANSWER, ON_ONE_DATABASE, a_draft, page_of, today
from tests.factories import House
from tests.reviewing_client import ReviewingClient, fields, texts

JSON = {"Accept": "application/json"}


class Writing:
    """Ada at the third step of a draft, in one browser."""

    def __init__(self, house: House, claim_id: int | None = None) -> None:
        self.house = house
        self.claim_id = claim_id or a_draft(today(house))
        self.address = page_of(self.claim_id, "/reflection")
        self.ada: ReviewingClient = house.client_of("ada")
        self.form = fields(self.ada.get(self.address), self.address)

    def autosave(self, **values: str):  # type: ignore[no-untyped-def]
        answer = self.ada.post(f"{self.address}/draft", data={**self.form, **values}, headers=JSON)
        if answer.json and "version" in answer.json:
            self.form["version"] = answer.json["version"]
        return answer

    def save(self, **values: str):  # type: ignore[no-untyped-def]
        return self.ada.post(self.address, data={**self.form, "then": "go", **values})

    @property
    def rows(self) -> tuple[AnswerRow, ...]:
        return reflections.answers(today(self.house), self.claim_id)


@pytest.fixture
def writing(house: House) -> Writing:
    return Writing(house)


def test_how_much_is_enough_is_said_beside_each_question_before_anybody_asks(writing: Writing) -> None:
    said = texts(writing.ada.get(writing.address))
    assert said.count("Two or three sentences are enough. “Nothing yet” is an honest answer.") == 2


def test_answers_lead_to_the_check(writing: Writing) -> None:
    answer = writing.save(answer_1=ANSWER, answer_2=ANSWER)
    assert answer.location == page_of(writing.claim_id, "/answers")
    assert [row.answer for row in writing.rows] == [ANSWER, ANSWER]


def test_an_empty_answer_is_told_and_the_other_is_kept(writing: Writing) -> None:
    answer = writing.save(answer_1=ANSWER, answer_2="  ")
    assert answer.status_code == 422
    assert "is an honest answer" in texts(answer)
    assert fields(answer, writing.address)["answer_1"].strip() == ANSWER
    assert writing.rows[0].answer == ANSWER


def test_finish_later_asks_for_nothing(writing: Writing) -> None:
    assert writing.save(answer_1=ANSWER, then="later").location == "/maplewood/claims"
    assert writing.rows[0].answer == ANSWER


def test_autosave_says_when(writing: Writing) -> None:
    answer = writing.autosave(answer_1="One")
    assert answer.status_code == 200
    assert re.fullmatch(r"1?\d:\d\d\N{NO-BREAK SPACE}[ap]m", answer.json["saved_at"])
    assert writing.autosave(answer_1="One, two").status_code == 200
    assert writing.rows[0].answer == "One, two"
    assert f"Saved {answer.json['saved_at'][:1]}" in texts(writing.ada.get(writing.address))


def test_two_devices_with_scripts_both_keep_their_text(house: House, writing: Writing) -> None:
    phone = Writing(house, writing.claim_id)
    writing.autosave(answer_1="From the laptop")
    answer = phone.autosave(answer_1="From the phone")
    assert answer.status_code == 409
    assert answer.json["fields"] == {"answer_1": "From the laptop"}
    assert writing.rows[0].other_answer == "From the phone"
    assert phone.autosave(answer_1="From both").status_code == 200
    assert (writing.rows[0].answer, writing.rows[0].other_answer) == ("From both", None)


def test_what_only_stands_on_an_old_page_is_brought_up_to_date(house: House, writing: Writing) -> None:
    phone = Writing(house, writing.claim_id)
    writing.autosave(answer_1="From the laptop")
    answer = phone.autosave(answer_2="From the phone")
    assert answer.status_code == 409
    assert answer.json["fields"] == {"answer_1": "From the laptop"}
    assert [(row.answer, row.other_answer) for row in writing.rows] == [
        ("From the laptop", None),
        ("From the phone", None),
    ]


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ("first", "From the laptop"),
        ("other", "From the phone"),
        ("both", "From the laptop\n\nFrom the phone"),
    ],
)
def test_two_devices_without_scripts_see_both_and_choose(
    house: House, writing: Writing, choice: str, kept: str
) -> None:
    phone = Writing(house, writing.claim_id)
    writing.save(answer_1="From the laptop", answer_2=ANSWER)
    answer = phone.save(answer_1="From the phone", answer_2="")
    assert answer.status_code == 409
    assert "We kept both" in texts(answer)
    assert "From the phone" in texts(answer)
    phone.form = fields(answer, phone.address)
    assert phone.form["answer_1"].strip() == "From the laptop"
    again = phone.save()
    assert again.status_code == 422
    assert "Choose which of the two versions you keep." in texts(again)
    assert phone.save(choice_1=choice).status_code == 303
    assert (writing.rows[0].answer, writing.rows[0].other_answer) == (kept, None)


def test_typing_on_while_two_versions_are_shown_chooses_nothing(house: House, writing: Writing) -> None:
    phone = Writing(house, writing.claim_id)
    writing.autosave(answer_1="From the laptop")
    phone.save(answer_1="From the phone")
    again = Writing(house, writing.claim_id)
    assert again.autosave(answer_1="From the laptop, and on").status_code == 200
    row = writing.rows[0]
    assert (row.answer, row.other_answer) == ("From the laptop, and on", "From the phone")


def test_two_hundred_thousand_letters_are_told_and_stay_on_the_page(writing: Writing) -> None:
    long = "word " * 40_000
    answer = writing.save(answer_1=long, answer_2=ANSWER)
    assert answer.status_code == 422
    assert "Use at most 20,000 characters. There are 200,000 now." in texts(answer)
    assert fields(answer, writing.address)["answer_1"].strip() == long.strip()
    assert [row.answer for row in writing.rows] == ["", ANSWER]
    told = writing.autosave(answer_1=long)
    assert told.status_code == 422
    assert "Use at most 20,000 characters." in told.json["sentence"]


@pytest.mark.parametrize("letter", ["e", "ế", "文", "𝒜"])
def test_the_longest_answers_of_any_script_arrive(writing: Writing, letter: str) -> None:
    text = letter * 20_000
    assert writing.save(answer_1=text, answer_2=text).status_code == 303
    assert writing.rows[1].answer == text


@ON_ONE_DATABASE
@pytest.mark.parametrize("typed", ["abc\u202edef", "\u2066hidden", "a" + "\u0301" * 9])
def test_unclear_text_is_told_and_stays_on_the_page(writing: Writing, typed: str) -> None:
    answer = writing.save(answer_1=typed, answer_2=ANSWER)
    assert answer.status_code == 422
    assert writing.rows[0].answer == ""
    assert writing.rows[1].answer == ANSWER


@pytest.mark.parametrize(
    "typed", ["<img src=/etc/passwd>", "O<Brien & sons", "</textarea><script>alert(1)</script>"]
)
def test_answers_are_text(writing: Writing, typed: str) -> None:
    writing.save(answer_1=typed, answer_2=typed)
    assert fields(writing.ada.get(writing.address), writing.address)["answer_1"].strip() == typed
    assert typed in texts(writing.ada.get(page_of(writing.claim_id)))


def test_what_was_typed_outlives_the_sign_in(house: House, writing: Writing) -> None:
    with house.database.session(None, installation=True) as doors, doors.writing():
        doors.execute(sa.update(SignIn).values(ended_at=today(house).at))
    answer = writing.save(answer_1=ANSWER)
    assert answer.status_code == 401
    assert ANSWER in answer.get_data(as_text=True)
    told = writing.autosave(answer_1=ANSWER)
    assert told.status_code == 401
    assert writing.rows[0].answer == ""


def test_a_damaged_version_loses_nothing(writing: Writing) -> None:
    writing.autosave(answer_1="One")
    answer = writing.save(answer_1="Two", answer_2=ANSWER, version="nonsense")
    assert answer.status_code == 409
    assert (writing.rows[0].answer, writing.rows[0].other_answer) == ("One", "Two")


def test_without_scripts_the_page_promises_only_what_it_does(writing: Writing) -> None:
    page = writing.ada.get(writing.address)
    assert "0 words" not in texts(page)
    html = page.get_data(as_text=True)
    assert re.search(r"<p [^>]*data-typing hidden>We save as you type", html)
    assert re.search(r"<p [^>]*data-sending>The buttons save", html)
