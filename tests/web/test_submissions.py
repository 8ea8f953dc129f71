"""Step 4: everything to look at once more, then sent, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pdtracker.actions.claims import AttendedTime, begin_own, change_session, change_time
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.when import local, school_year, school_year_text
from pdtracker.queries import claims, histories
from tests.actions.test_claims import OWN
from tests.claiming import (
    ON_ONE_DATABASE,
    a_complete_draft,
    a_draft,
    a_sent_claim,
    at_hours,
    page_of,
    today,
)
from tests.factories import House
from tests.reviewing_client import fields, texts


class Check:
    """Ada before the check of a claim's answers."""

    def __init__(self, house: House, claim_id: int) -> None:
        self.house, self.claim_id = house, claim_id
        self.ada = house.client_of("ada")
        self.page = self.ada.get(page_of(claim_id, "/answers"))
        self.to = page_of(claim_id, "/submission")

    def send(self, **values: str):  # type: ignore[no-untyped-def]
        return self.ada.post(self.to, data={**fields(self.page, self.to), "is_true": "y", **values})

    @property
    def state(self) -> ClaimState:
        return claims.own_claim(today(self.house), self.claim_id).state


def test_everything_is_shown_with_its_worth_and_its_reasons(house: House) -> None:
    check = Check(house, a_complete_draft(today(house)))
    said = texts(check.page)
    assert "You would get 1 hour" in said
    assert "You entered 60 minutes" in said
    assert "Send to Bo Tran" in said


def test_a_session_of_another_school_year_says_for_which_it_counts(house: House) -> None:
    who = today(house)
    assert "Counts for" not in texts(Check(house, a_complete_draft(who)).page)
    long_ago = Check(house, a_complete_draft(who, **at_hours(who, 24 * 800 + 1, 24 * 800)))
    on = local(who.at - timedelta(days=800, hours=1), who.district.zone).date()
    year = school_year_text(*school_year(on, (7, 1)))
    assert f"Counts for {year}, not for this school year." in texts(long_ago.page)


def test_sent_it_waits_with_a_name(house: House) -> None:
    check = Check(house, a_complete_draft(today(house)))
    for _ in range(2):
        answer = check.send()
        assert (answer.status_code, answer.location) == (303, page_of(check.claim_id))
    assert check.state is ClaimState.SUBMITTED
    assert [step.step for step in histories.steps(today(house), check.claim_id)] == [Step.SUBMIT]
    page = texts(check.ada.get(answer.location))
    assert "Waiting for a decision" in page
    assert "Bo Tran decides Since today" in page


def test_the_last_word_has_to_be_given(house: House) -> None:
    check = Check(house, a_complete_draft(today(house)))
    answer = check.ada.post(check.to, data=fields(check.page, check.to))
    assert answer.status_code == 422
    assert "Tick “This is true” to send the claim." in texts(answer)
    assert check.state is ClaimState.DRAFT


def test_a_draft_that_lacks_something_leads_there_instead_of_being_sent(house: House) -> None:
    check = Check(house, a_draft(today(house)))
    assert "Three things are still missing." in texts(check.page)
    assert page_of(check.claim_id, "/time") in check.page.get_data(as_text=True)
    # The page offers no form to send it with; whoever sends it all the same is told what is missing.
    answer = check.ada.post(check.to, data={"version": "1", "is_true": "y"})
    assert answer.status_code == 422
    assert "Three things to put right" in texts(answer)


def test_an_hour_that_another_claim_holds_is_told_by_its_name(house: House) -> None:
    who = today(house)
    first = a_sent_claim(who, title="Hot seat")
    check = Check(house, a_complete_draft(who, title="Panel"))
    assert "You claim this time for “Hot seat” already" in texts(check.page)
    assert "One thing is still to be put right." in texts(check.page)
    assert f'href="{page_of(first)}">Look at “Hot seat”' in check.page.get_data(as_text=True)
    # The page offers no form to send it with; whoever sends it all the same is told the same.
    version = str(claims.own_claim(today(house), check.claim_id).version)
    answer = check.ada.post(check.to, data={"version": version, "is_true": "y"})
    assert answer.status_code == 422
    assert "You claim this time for “Hot seat” already" in texts(answer)
    assert 'href="#c-time"' in answer.get_data(as_text=True)
    assert check.state is ClaimState.DRAFT


def test_a_day_without_rules_for_credit_is_told_before_anything_is_sent(house: House) -> None:
    began = datetime(1999 + 2, 10, 3, 22, tzinfo=UTC)
    times = {"starts_at": began, "ends_at": began + timedelta(hours=1)}
    check = Check(house, a_complete_draft(today(house), **times))
    sentence = "Your district has no rules for credit for October 3, 2001."
    assert sentence in texts(check.page).replace("\N{NO-BREAK SPACE}", " ")
    version = str(claims.own_claim(today(house), check.claim_id).version)
    answer = check.ada.post(check.to, data={"version": version, "is_true": "y"})
    assert answer.status_code == 422
    assert sentence in texts(answer).replace("\N{NO-BREAK SPACE}", " ")
    assert check.state is ClaimState.DRAFT


def test_what_was_understood_of_typed_times_is_shown_with_its_zone(house: House) -> None:
    who = today(house)
    claim_id = begin_own(who, OWN, key="one")
    starts_at = datetime(2026, 10, 15, 23, tzinfo=UTC)
    time = AttendedTime(
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=90),
        zone="America/Chicago",
        minutes=None,
        longer_reason="",
    )
    change_time(who, claim_id, time)
    ada = house.client_of("ada")
    for below in ("/answers", "/time", ""):
        page = texts(ada.get(page_of(claim_id, below))).replace("\N{NO-BREAK SPACE}", " ")
        assert "Thursday, October 15, 2026, 6:00–7:30 pm, Central Time" in page, below
        assert "1.5 hours" in page, below


def test_what_was_changed_on_another_device_is_not_sent_unseen(house: House) -> None:
    check = Check(house, a_complete_draft(today(house)))
    change_session(today(house), check.claim_id, OWN)
    answer = check.send()
    assert answer.status_code == 409
    assert "changed since you opened this page" in texts(answer)
    assert check.state is ClaimState.DRAFT


@ON_ONE_DATABASE
@pytest.mark.parametrize("version", ["", "-1", "x", "1e9", "９", "9" * 400])
def test_a_version_that_is_none_sends_nothing(house: House, version: str) -> None:
    check = Check(house, a_complete_draft(today(house)))
    assert check.send(version=version).status_code == 409
    assert check.state is ClaimState.DRAFT


def test_a_claim_that_waits_has_no_check(house: House) -> None:
    check = Check(house, a_sent_claim(today(house)))
    assert check.page.status_code == 409
