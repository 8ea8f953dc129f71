"""Answers are kept as they are typed; of two devices that write at once both texts are kept."""

from __future__ import annotations

import pytest

from pdtracker.actions.reflections import Kept, Written, save_answers
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.queries import claims, reflections
from pdtracker.queries.reflections import AnswerRow, Seen
from pdtracker.scope import Scope
from tests.claiming import a_complete_draft, a_draft, send
from tests.factories import Cast


@pytest.fixture
def ada(cast: Cast) -> Scope:
    return cast.scope("ada")


@pytest.fixture
def claim_id(ada: Scope) -> int:
    return a_draft(ada)


def first(scope: Scope, claim_id: int) -> AnswerRow:
    return reflections.answers(scope, claim_id)[0]


def save(scope: Scope, claim_id: int, text: str, token: str) -> Kept:
    return save_answers(scope, claim_id, [Written(1, text, token)])


def test_a_saved_answer_has_a_new_version(ada: Scope, claim_id: int) -> None:
    save(ada, claim_id, "One", first(ada, claim_id).token)
    row = first(ada, claim_id)
    assert (row.answer, row.version, row.other_answer) == ("One", 2, None)
    assert claims.own_claim(ada, claim_id).version == 2


def test_saving_the_same_again_changes_nothing(ada: Scope, claim_id: int) -> None:
    token = first(ada, claim_id).token
    save(ada, claim_id, "One", token)
    kept = save(ada, claim_id, "One", token)
    assert not kept.unseen
    assert claims.own_claim(ada, claim_id).version == 2


def test_a_text_upon_an_older_version_is_kept_beside_the_one_that_came_first(
    ada: Scope, claim_id: int
) -> None:
    old = first(ada, claim_id).token
    save(ada, claim_id, "From the laptop", old)
    kept = save(ada, claim_id, "From the phone", old)
    assert kept.unseen == kept.beside == {1}
    row = first(ada, claim_id)
    assert (row.answer, row.other_answer) == ("From the laptop", "From the phone")


def test_a_page_that_only_showed_an_older_text_makes_no_second_version(ada: Scope, claim_id: int) -> None:
    save(ada, claim_id, "First thoughts", first(ada, claim_id).token)
    shown = first(ada, claim_id)
    save(ada, claim_id, "Second thoughts", shown.token)
    kept = save(ada, claim_id, "First thoughts", shown.token)
    assert kept.unseen == {1}
    assert not kept.beside
    assert first(ada, claim_id).other_answer is None


def test_who_has_not_seen_the_other_text_goes_on_writing_and_loses_neither(ada: Scope, claim_id: int) -> None:
    old = first(ada, claim_id).token
    kept = save(ada, claim_id, "Laptop", old)
    laptop = kept.answers[0].token
    save(ada, claim_id, "Phone", old)
    save(ada, claim_id, "Laptop, and on", laptop)
    row = first(ada, claim_id)
    assert (row.answer, row.other_answer) == ("Laptop, and on", "Phone")


def test_who_has_seen_both_chooses(ada: Scope, claim_id: int) -> None:
    old = first(ada, claim_id).token
    save(ada, claim_id, "Laptop", old)
    both = save(ada, claim_id, "Phone", old).answers[0]
    save(ada, claim_id, "Laptop and phone", both.token)
    row = first(ada, claim_id)
    assert (row.answer, row.other_answer) == ("Laptop and phone", None)


def test_a_third_text_is_kept_as_well(ada: Scope, claim_id: int) -> None:
    old = first(ada, claim_id).token
    for text in ("Laptop", "Phone", "Phone, and on", "Tablet"):
        save(ada, claim_id, text, old)
    row = first(ada, claim_id)
    assert (row.answer, row.other_answer) == ("Laptop", "Phone, and on\n\nTablet")


def test_an_emptied_old_page_takes_nothing_away(ada: Scope, claim_id: int) -> None:
    old = first(ada, claim_id).token
    save(ada, claim_id, "Laptop", old)
    save(ada, claim_id, "", old)
    assert first(ada, claim_id).answer == "Laptop"


def test_a_claim_with_two_versions_of_an_answer_is_not_sent(ada: Scope) -> None:
    claim_id = a_complete_draft(ada)
    save(ada, claim_id, "From an old page", "1-00000000")
    with pytest.raises(NotValid) as refusal:
        send(ada, claim_id)
    assert "two versions" in refusal.value.errors["answer_1"]


def test_an_answer_that_nobody_asked_for_is_refused(ada: Scope, claim_id: int) -> None:
    with pytest.raises(NotHere):
        save_answers(ada, claim_id, [Written(9, "More", "1-00000000")])


@pytest.mark.parametrize("token", ["", "x", "3", "-1-00000000", "3-00000000+", "9" * 40, "1-0000000g"])
def test_of_a_damaged_token_nothing_was_seen(token: str) -> None:
    assert Seen.read(token) == Seen(0, "")
