"""What a teacher states for their licences, and what a reviewer makes of it: other categories, facts left out."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa

from pdtracker.actions.claims import state_facts
from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.actions.undoing import undo_decisions
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.licence import FactAspect
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.stated import StatedFact, asked_words, fact_words
from pdtracker.models.claims import ClaimFact, StruckFact
from pdtracker.models.credit import Award
from pdtracker.models.licences import Licence
from pdtracker.queries import details
from pdtracker.queries.asking import asked_of, earlier_topics
from pdtracker.queries.licence_record import records
from pdtracker.scope import Scope
from tests.claiming import ON_ONE_DATABASE, a_draft, page_of, today
from tests.factories import AN_ISSUER, Cast, House
from tests.reviewing_client import fields, texts
from tests.waiting import a_waiting_claim

LINK = {"evidence": "link", "link": "https://posts.example/1"}


def a_licence(scope: Scope, regime: str = "massachusetts-pdp") -> None:
    """A licence whose cycle runs."""
    on = scope.at.date()
    with scope.session.writing():
        scope.session.add(
            Licence(
                person_id=scope.me.id,
                regime=regime,
                name="Mine",
                starts_on=on - timedelta(days=400),
                ends_on=on + timedelta(days=400),
                facts=[],
                fte=Fraction(1),
                years_practised=None,
                target=None,
                carry_in=Fraction(0),
                created_at=scope.at,
                updated_at=scope.at,
                closed_at=None,
            )
        )


class Step:
    """Ada, who holds a licence, at the second step of a draft."""

    def __init__(self, house: House, *regimes: str) -> None:
        self.house, who = house, today(house)
        for regime in regimes:
            a_licence(who, regime)
        self.claim_id = a_draft(who)
        self.address = page_of(self.claim_id, "/time")
        self.ada = house.client_of("ada")

    def send(self, **values: object):  # type: ignore[no-untyped-def]
        form = fields(self.ada.get(self.address), self.address)
        return self.ada.post(self.address, data={**form, **LINK, "then": "go", **values})

    @property
    def facts(self) -> dict[tuple[str, str], StatedFact]:
        rows = details.facts_of(today(self.house), self.claim_id)
        return {(row.fact.aspect.value, row.fact.word): row.fact for row in rows}


def test_who_holds_no_licence_is_asked_nothing(house: House) -> None:
    assert "For your licences" not in texts((step := Step(house)).ada.get(step.address))


def test_what_licences_ask_is_stated_kept_and_shown_again(house: House) -> None:
    step = Step(house, "massachusetts-pdp", "florida")
    answer = step.send(
        fact_topic="Reading fluency",
        fact_level="graduate",
        **{"fact_evidence_assessed_massachusetts-pdp": "y", "dated_assessed_massachusetts-pdp": "2026-03-05"},
        fact_quantity_semester_hour="3",
        fact_category_extra_content="0:30",
    )
    assert answer.status_code == 303, texts(answer)
    facts = step.facts
    assert facts["evidence", "assessed"].dated_on == date(2026, 3, 5)
    assert facts["quantity", "semester_hour"].amount == 3
    assert facts["category", "extra_content"].minutes == 30
    checked = texts(step.ada.get(page_of(step.claim_id, "/answers")))
    assert "Topic: Reading fluency" in checked
    assert "3 semester hours" in checked
    assert "An assessment of learning was passed" in texts(step.ada.get(page_of(step.claim_id)))
    again = fields(step.ada.get(step.address), step.address)
    assert (again["fact_topic"], again["fact_level"]) == ("Reading fluency", "graduate")
    assert again["fact_quantity_semester_hour"] == "3"
    assert earlier_topics(today(house), house.person_ids["ada"]) == ("Reading fluency",)
    step.send(fact_topic="", fact_level="")
    assert ("topic", "Reading fluency") not in step.facts
    assert ("evidence", "assessed") in step.facts


@ON_ONE_DATABASE
@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("fact_category_extra_content", "5", "You claim 60 minutes in all."),
        ("fact_category_extra_content", "NaN", "Enter hours as a number"),
        ("fact_category_extra_content", "0", "at least one minute"),
        ("fact_quantity_semester_hour", "NaN", "Enter a number such as 3 or 0.5."),
        ("fact_quantity_semester_hour", "-3", "Enter a number such as 3 or 0.5."),
        ("fact_quantity_semester_hour", "1e3", "Enter a number such as 3 or 0.5."),
        ("fact_quantity_semester_hour", "1001", "up to 1,000"),
        ("fact_level", "doctoral", "Choose from the list."),
        ("dated_assessed_massachusetts-pdp", "yesterday", "Enter a day such as"),
        ("fact_topic", "x" * 121, "120"),
    ],
)
def test_what_can_t_be_is_refused_at_its_field_and_keeps_nothing(
    house: House, name: str, typed: str, sentence: str
) -> None:
    step = Step(house, "massachusetts-pdp")
    answer = step.send(**{name: typed})
    assert answer.status_code == 422
    assert sentence in texts(answer)
    assert step.facts == {}


@pytest.mark.parametrize(
    "fact",
    [
        StatedFact(FactAspect.EVIDENCE, "alchemy"),
        StatedFact(FactAspect.EVIDENCE, "assessed", regime="new-york-ctle"),
        StatedFact(FactAspect.EVIDENCE, "reflected"),
        StatedFact(FactAspect.LEVEL, "application"),
        StatedFact(FactAspect.TOPIC, " "),
        StatedFact(FactAspect.QUANTITY, "semester_hour", amount=Fraction(0)),
        StatedFact(FactAspect.CATEGORY, "extra_content", minutes=-30),
    ],
)
def test_an_action_takes_only_words_that_a_licence_of_the_person_knows(cast: Cast, fact: StatedFact) -> None:
    ada = cast.scope("ada")
    a_licence(ada)
    claim_id = a_draft(ada)
    with pytest.raises(NotValid) as refused:
        state_facts(ada, claim_id, {"here": fact})
    assert list(refused.value.errors) == ["here"]


BODIES = ("massachusetts-pdp", "new-york-ctle")


def test_each_body_asks_by_itself_whether_it_approved_the_provider(cast: Cast) -> None:
    ada = cast.scope("ada")
    for regime in BODIES:
        a_licence(ada, regime)
    asked = asked_of(ada, ada.me.id, ada.at.date())
    alike = [each for each in asked if each.word == "approved_provider"]
    assert sorted(one.regime for one in alike) == list(BODIES)
    fact = StatedFact(FactAspect.EVIDENCE, "approved_provider", dated_on=date(2014, 10, 1), regime=BODIES[0])
    told = fact_words(fact, asked)
    assert "October\N{NO-BREAK SPACE}1, 2014" in told
    assert "Massachusetts" in told
    assert "New York" not in told


def test_what_is_shown_to_one_body_counts_for_no_other(house: House) -> None:
    step = Step(house, *BODIES)
    assert step.send(**{f"fact_evidence_approved_provider_{BODIES[0]}": "y"}).status_code == 303
    assert step.facts["evidence", "approved_provider"].regime == BODIES[0]
    again = fields(step.ada.get(step.address), step.address)
    ticked = [name for name in again if name.startswith("fact_evidence_approved_provider")]
    assert ticked == [f"fact_evidence_approved_provider_{BODIES[0]}"]


def test_evidence_counts_for_its_body_and_what_was_stated_before_for_all(cast: Cast) -> None:
    ada = cast.scope("ada")
    claim_id = a_waiting_claim(ada)
    state(ada, claim_id, "assessed")
    state(ada, claim_id, "approved_provider", BODIES[0])
    shown = {
        regime: set(records(ada, [ada.me.id]).activities(ada.me.id, regime, waiting=True)[0].evidence)
        for regime in BODIES
    }
    assert {"assessed", "approved_provider"} <= shown[BODIES[0]]
    assert "assessed" in shown[BODIES[1]]
    assert "approved_provider" not in shown[BODIES[1]]


def test_evidence_for_all_is_shown_as_told_to_each_body(house: House) -> None:
    step = Step(house, *BODIES)
    who = today(house)
    state(who, step.claim_id, "approved_provider")
    who.session.rollback()
    again = fields(step.ada.get(step.address), step.address)
    assert all(f"fact_evidence_approved_provider_{regime}" in again for regime in BODIES)


def test_every_regime_on_the_shelf_can_be_asked_for() -> None:
    for versions in shelf().values():
        for one in asked_words(versions):
            assert one.label
            assert one.meaning


def state(scope: Scope, claim_id: int, word: str = "assessed", regime: str = "") -> int:
    """Evidence of a claim; its id."""
    with scope.session.writing():
        scope.session.add(
            fact := ClaimFact(
                claim_id=claim_id,
                aspect=FactAspect.EVIDENCE,
                word=word,
                regime=regime,
                minutes=None,
                amount=None,
                dated_on=None,
            )
        )
        scope.session.flush()
        return int(fact.id)


def test_a_reviewer_leaves_a_fact_out_with_a_reason_and_an_undo_brings_it_back(cast: Cast) -> None:
    ada, bo = cast.scope("ada"), cast.scope("bo")
    claim_id = a_waiting_claim(ada)
    fact_id = state(ada, claim_id)
    (refused,) = approve_claims(bo, [Wish(claim_id, 1, struck=(fact_id,))], AN_ISSUER)
    assert isinstance(refused.refusal, NotValid)
    assert list(refused.refusal.errors) == ["adjust_reason"]
    (strange,) = approve_claims(bo, [Wish(claim_id, 1, struck=(7,), reason="No test.")], AN_ISSUER)
    assert isinstance(strange.refusal, NotValid)
    (outcome,) = approve_claims(bo, [Wish(claim_id, 1, struck=(fact_id,), reason="No test.")], AN_ISSUER)
    assert outcome.step_id is not None
    (row,) = details.facts_of(ada, claim_id)
    assert row.struck == "No test."
    ada.session.rollback()
    undo_decisions(bo, [outcome.step_id])
    assert bo.session.scalar(sa.select(sa.func.count()).select_from(StruckFact)) == 0


def test_a_fact_that_was_left_out_counts_for_no_licence(cast: Cast) -> None:
    ada, bo = cast.scope("ada"), cast.scope("bo")
    claim_id = a_waiting_claim(ada)
    fact_id = state(ada, claim_id)
    approve_claims(bo, [Wish(claim_id, 1, struck=(fact_id,), reason="No test.")], AN_ISSUER)
    (counted,) = records(ada, [ada.me.id]).activities(ada.me.id, "massachusetts-pdp", waiting=False)
    assert "assessed" not in counted.evidence


def test_a_reviewer_chooses_other_categories_on_the_page(house: House) -> None:
    ada = today(house)
    claim_id = a_waiting_claim(ada)
    fact_id = state(ada, claim_id)
    bo, page = house.client_of("bo"), f"/maplewood/reviews/{ref_of(claim_id)}"
    form = fields(bo.get(page), "/maplewood/reviews")
    decision = {**form, "decision": "approve", "split_content": "0.5", "split_ell": "0.25"}
    answer = bo.post("/maplewood/reviews", data=decision)
    assert answer.status_code == 422
    assert "These add up to 0.75 hours; you give 1 hour." in texts(answer)
    again = fields(answer, "/maplewood/reviews")
    assert again["split_content"] == "0.5"
    answer = bo.post("/maplewood/reviews", data={**again, "decision": "approve", "split_ell": "0.5"})
    assert "Say why you changed this." in texts(answer)
    sent = {
        **fields(answer, "/maplewood/reviews"),
        "decision": "approve",
        "adjust_reason": "Half of it was language.",
        "strike": ref_of(fact_id),
    }
    assert bo.post("/maplewood/reviews", data=sent).status_code == 303
    rows = ada.session.execute(sa.select(Award.category, Award.minutes).order_by(Award.id)).all()
    assert [tuple(row) for row in rows] == [(CreditCategory.CONTENT, 30), (CreditCategory.ELL, 30)]
    shown = texts(house.client_of("ada").get(page_of(claim_id)))
    assert "The reviewer chose the categories: Half of it was language." in shown
    assert "Left out: Half of it was language." in texts(bo.get(page))


def test_an_untouched_page_approves_what_was_claimed(house: House) -> None:
    ada = today(house)
    claim_id = a_waiting_claim(ada)
    state(ada, claim_id)
    bo, page = house.client_of("bo"), f"/maplewood/reviews/{ref_of(claim_id)}"
    shown = bo.get(page)
    assert "For licences" in texts(shown)
    form = fields(shown, "/maplewood/reviews")
    assert bo.post("/maplewood/reviews", data={**form, "decision": "approve"}).status_code == 303
    (row,) = ada.session.execute(sa.select(Award.category, Award.minutes)).all()
    assert tuple(row) == (CreditCategory.PEDAGOGY, 60)
    assert details.facts_of(ada, claim_id)[0].struck == ""
