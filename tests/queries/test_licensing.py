"""Licences and the record that they count: what of claims and ledger an evaluation sees, and at what cost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa

from pdtracker.actions.bundles import add_part
from pdtracker.actions.reviews import Wish, approve_claims, reverse_credit
from pdtracker.actions.undoing import undo_decisions
from pdtracker.domain.claim import Step
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.licence import FactAspect
from pdtracker.domain.refs import ref_of
from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.facts import Activity
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.credit import Award
from pdtracker.models.events import Event, EventCoHost
from pdtracker.models.ids import new_id
from pdtracker.queries.licence_record import records
from pdtracker.queries.licensing import HeldLicence, current, licence, licences_of, rules_for
from pdtracker.queries.regime_layers import layers_for
from pdtracker.scope import Scope
from tests.bundling import a_bundle, a_chat, add_chat, answer, attended, publish_bundles
from tests.calendars import statements
from tests.claiming import send
from tests.factories import AN_ISSUER, CYCLE, NOW, Cast, a_licence, an_event
from tests.licensing import (
    a_credited_claim,
    a_fact,
    a_layer,
    a_split,
    a_waiting_claim,
    an_adjustment,
    an_approval,
    an_attestation,
)

NEW_YORK = "new-york-ctle"
LATER = NOW + timedelta(days=2)


def fresh(scope: Scope) -> Scope:
    """The scope at the beginning of another transaction, which sees what others did meanwhile."""
    scope.session.rollback()
    return scope


def one_licence(scope: Scope, person_id: int | None = None) -> HeldLicence:
    (held,) = licences_of(fresh(scope), [person_id or scope.me.id])
    return held


def told(scope: Scope, regime: str = NEW_YORK, *, waiting: bool = False) -> tuple[Activity, ...]:
    return records(fresh(scope), [scope.me.id]).activities(scope.me.id, regime, waiting=waiting)


def test_a_licence_tells_all_that_an_evaluation_asks(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    licence_id = a_licence(ada, facts=["esol_certificate"], fte=Fraction(1, 2), years_practised=Fraction(3))
    an_adjustment(cam, licence_id, target=Fraction(80))
    an_attestation(cam, licence_id, "esol_certificate")
    held = one_licence(ada)
    assert (held.id, held.person_name, held.school_name) == (licence_id, "Ada Lindqvist", "Maplewood North")
    assert held.cycle == Cycle(*CYCLE)
    assert held.person.facts == {"esol_certificate"}
    assert (held.person.fte, held.person.years_practised, held.person.target) == (Fraction(1, 2), 3, None)
    assert [(one.by, one.units, one.target) for one in held.adjustments] == [("Cam Okafor", 5, 80)]
    assert [(one.fact, one.by) for one in held.attestations] == [("esol_certificate", "Cam Okafor")]
    assert licence(ada, licence_id) == held


def test_closed_licences_are_left_out_unless_they_are_asked_for(cast: Cast) -> None:
    ada = cast.scope("ada")
    licence_id = a_licence(ada, closed_at=NOW)
    assert licences_of(ada, [ada.me.id]) == ()
    assert [one.id for one in licences_of(ada, [ada.me.id], and_closed=True)] == [licence_id]


def test_nobody_sees_licences_or_records_of_people_out_of_their_sight(cast: Cast) -> None:
    ada, bo, dee = cast.scope("ada"), cast.scope("bo"), cast.scope("dee")
    licence_id = a_licence(ada)
    a_credited_claim(ada, bo)
    hal = cast.scope("hal")
    for scope in (hal, dee):
        assert licences_of(scope, [ada.me.id]) == ()
        assert licence(scope, licence_id) is None
        assert records(scope, [ada.me.id]).activities(ada.me.id, NEW_YORK, waiting=True) == ()
    assert licence(bo, licence_id) is not None
    assert records(bo, [ada.me.id]).activities(ada.me.id, NEW_YORK, waiting=True)


def test_the_cycle_that_runs_stands_for_a_licence(cast: Cast) -> None:
    ada = cast.scope("ada")
    for year in (2008, 2013, 2018):
        a_licence(ada, starts_on=date(year, 1, 1), ends_on=date(year + 4, 12, 31))
    all_of_them = licences_of(ada, [ada.me.id])

    def shown(on: date) -> list[int]:
        return [one.cycle.start.year for one in current(all_of_them, on)]

    assert shown(NOW.date()) == [2013]
    assert shown(date(2030, 1, 1)) == [2018]
    assert shown(date(2000, 1, 1)) == [2008]


def test_a_credited_claim_is_an_activity_with_its_days_and_category(cast: Cast) -> None:
    ada = cast.scope("ada")
    # Eleven in the evening to half past midnight in Maplewood.
    ended_at = datetime(2014, 10, 15, 4, 30, tzinfo=UTC)
    claim_id = a_credited_claim(
        ada, cast.scope("bo"), ended_at, claimed_minutes=90, category=CreditCategory.ELL
    )
    (activity,) = told(ada)
    assert activity.id == ref_of(claim_id)
    assert (activity.on, activity.ends_on) == (date(2014, 10, 14), date(2014, 10, 15))
    assert activity.minutes == 90
    assert activity.categories == {"ell": 90}
    assert activity.kind == "webinar"


def test_categories_that_no_rule_asks_for_are_not_told(cast: Cast) -> None:
    ada = cast.scope("ada")
    a_credited_claim(ada, cast.scope("bo"), category=CreditCategory.TECHNOLOGY)
    assert told(ada)[0].categories == {}
    a_licence(ada)
    found = rules_for(fresh(ada)).evaluate(one_licence(ada), told(ada), NOW.date())
    assert not [note for note in found.notes if "No rule here asks" in note]


def test_a_layer_brings_its_categories(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    a_credited_claim(ada, cast.scope("bo"), category=CreditCategory.EQUITY)
    a_layer(cam, "[[bucket]]\nid = 'equity'\nname = 'Equity'\nat_least = 3\ncategories = ['equity']\n")
    assert told(ada)[0].categories == {"equity": 60}


def test_the_ledgers_split_counts_and_the_minutes_attended_go_before_those_awarded(cast: Cast) -> None:
    ada, bo = cast.scope("ada"), cast.scope("bo")
    claim_id = a_credited_claim(ada, bo)
    (award,) = fresh(ada).session.execute(sa.select(Award)).scalars().all()
    both = {
        key: getattr(award, key)
        for key in (
            "claim_id",
            "person_id",
            "entry",
            "kind",
            "activity_on",
            "policy_id",
            "policy_name",
            "awarded_at",
        )
    }
    step = ClaimStep(
        id=new_id(),
        claim_id=claim_id,
        claimant_id=ada.me.id,
        **_a_step(bo),
    )
    with ada.session.writing():
        ada.session.add(step)
        ada.session.flush()
        for category, minutes, attended in (
            (CreditCategory.ELL, 45, 50),
            (CreditCategory.CONTENT, 15, None),
        ):
            ada.session.add(
                Award(
                    **both,
                    step_id=step.id,
                    category=category,
                    minutes=minutes,
                    instructional_minutes=attended,
                    trace=[],
                )
            )
    (activity,) = told(ada, "massachusetts-pdp")
    assert activity.categories == {"pedagogy": 60, "ell": 50, "content": 15}
    assert activity.minutes == 125


def test_what_was_taken_back_is_no_activity(cast: Cast) -> None:
    ada, bo = cast.scope("ada"), cast.scope("bo")
    claim_id = a_credited_claim(ada, bo)
    assert told(ada)
    reverse_credit(
        cast.scope("bo", LATER), claim_id, seen_version=2, reason="Not there", issuer=AN_ISSUER, key="k" * 20
    )
    assert told(ada) == ()
    assert told(ada, waiting=True) == ()


def test_what_was_undone_waits_again(cast: Cast) -> None:
    ada, bo = cast.scope("ada"), cast.scope("bo")
    a_credited_claim(ada, bo)
    undo_decisions(
        bo, [fresh(bo).session.scalars(sa.select(ClaimStep.id).where(ClaimStep.step == Step.APPROVE)).one()]
    )
    assert told(ada) == ()
    assert [one.minutes for one in told(ada, waiting=True)] == [60]


def test_waiting_claims_are_told_apart_and_by_their_split(cast: Cast) -> None:
    ada = cast.scope("ada")
    claim_id = a_waiting_claim(ada)
    a_split(ada, claim_id, ell=15, pedagogy=45)
    assert told(ada) == ()
    (activity,) = told(ada, "massachusetts-pdp", waiting=True)
    assert activity.categories == {"ell": 15, "pedagogy": 45}


def test_a_waiting_claim_counts_as_far_as_its_session_lasted(cast: Cast) -> None:
    ada = cast.scope("ada")
    begin = NOW - timedelta(hours=3)
    claim_id = a_waiting_claim(
        ada,
        claimed_minutes=80,
        longer_reason="We stayed to clear up.",
        session_starts_at=begin,
        session_ends_at=begin + timedelta(minutes=60),
        break_minutes=10,
    )
    assert [one.minutes for one in told(ada, waiting=True)] == [50]
    a_split(ada, claim_id, ell=20, pedagogy=60)
    (activity,) = told(ada, "massachusetts-pdp", waiting=True)
    assert (activity.minutes, activity.categories) == (50, {"ell": 13, "pedagogy": 37})


def test_a_waiting_claim_of_something_without_fixed_hours_counts_as_entered(cast: Cast) -> None:
    ada = cast.scope("ada")
    begin = NOW - timedelta(hours=2)
    a_waiting_claim(
        ada,
        kind=EventKind.BOOK_CLUB,
        claimed_minutes=80,
        starts_at=begin,
        ends_at=begin + timedelta(minutes=60),
    )
    assert [one.minutes for one in told(ada, waiting=True)] == [80]


def test_a_waiting_bundle_counts_each_session_as_far_as_it_lasted(cast: Cast) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    claim_id = a_bundle(ada)
    event_id = a_chat(ada, 7, 25)
    start = ada.at - timedelta(days=7, hours=2)
    add_part(ada, claim_id, event_id, attended(start, 35, longer_reason="It ran on."))
    for days_ago in (14, 21):
        add_chat(ada, claim_id, days_ago, 25)
    answer(ada, claim_id)
    send(ada, claim_id)
    assert ada.session.get_one(Claim, (ada.district.id, claim_id)).claimed_minutes == 85
    (waiting,) = records(ada, [ada.me.id]).activities(ada.me.id, NEW_YORK, waiting=True)
    assert waiting.minutes == 75


def test_approval_gives_each_licence_what_waiting_promised(cast: Cast) -> None:
    ada, bo = cast.scope("ada"), cast.scope("bo")
    begin = NOW - timedelta(hours=3)
    claim_id = a_waiting_claim(
        ada, claimed_minutes=80, session_starts_at=begin, session_ends_at=begin + timedelta(minutes=55)
    )
    (promised,) = told(ada, waiting=True)
    approve_claims(fresh(bo), [Wish(claim_id, 1)], AN_ISSUER, key="k" * 32)
    assert told(ada) == (promised,)


def test_progress_tells_what_the_waiting_would_add(cast: Cast) -> None:
    ada, bo = cast.scope("ada"), cast.scope("bo")
    a_licence(ada, regime="new-jersey", starts_on=date(2014, 7, 1), ends_on=date(2015, 6, 30))
    a_credited_claim(ada, bo)
    a_waiting_claim(ada, NOW - timedelta(days=1))
    found = rules_for(fresh(ada)).progress(one_licence(ada), records(ada, [ada.me.id]), NOW.date())
    assert (found.earned, found.pending, found.required, found.to_go) == (1, 1, 20, 18)


@pytest.mark.parametrize(
    ("since", "until", "counts"),
    [
        (date(2014, 10, 20), None, True),
        (date(2014, 10, 20), date(2014, 10, 20), True),
        (date(2014, 10, 21), None, False),
        (date(2014, 1, 1), date(2014, 10, 19), False),
    ],
)
def test_an_approved_provider_counts_on_the_days_of_the_approval(
    cast: Cast, since: date, until: date | None, counts: bool
) -> None:
    ada = cast.scope("ada")
    event_id = an_event(ada)
    an_approval(cast.scope("cam"), event_id, since, until)
    a_waiting_claim(ada, event_id=event_id)
    (activity,) = told(ada, waiting=True)
    assert ("approved_provider" in activity.evidence) is counts
    assert "approved_provider" not in told(ada, "illinois", waiting=True)[0].evidence


def test_the_approval_of_a_co_host_counts(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    mine, other = an_event(ada), an_event(ada)
    an_approval(cam, other, date(2014, 1, 1))
    with ada.session.writing():
        # Who hosts an event besides is written beside the event itself, which the session holds.
        held, host = ada.session.get(Event, mine), _host_of(ada, other)
        assert held is not None
        ada.session.add(EventCoHost(event_id=mine, organization_id=host))
        ada.session.flush()
    a_waiting_claim(ada, event_id=mine)
    (activity,) = told(ada, waiting=True)
    assert activity.evidence["approved_provider"] == date(2014, 1, 1)


def test_a_reflection_is_evidence_of_the_day_on_which_it_was_sent(cast: Cast) -> None:
    ada = cast.scope("ada")
    a_waiting_claim(ada, reflection_words=80)
    a_waiting_claim(ada, NOW - timedelta(days=1))
    assert [one.evidence for one in told(ada, waiting=True)] == [{}, {"reflected": NOW.date()}]


def test_facts_of_a_claim_reach_the_regimes_that_know_their_words(cast: Cast) -> None:
    ada = cast.scope("ada")
    claim_id = a_waiting_claim(ada, kind=EventKind.COURSE)
    a_fact(ada, claim_id, FactAspect.KIND, "college_course")
    a_fact(ada, claim_id, FactAspect.LEVEL, "graduate")
    a_fact(ada, claim_id, FactAspect.QUANTITY, "semester_hour", amount=Fraction(3))
    a_fact(ada, claim_id, FactAspect.TOPIC, "Number sense")
    a_fact(ada, claim_id, FactAspect.REPEAT_KEY, "EDU 501")
    a_fact(ada, claim_id, FactAspect.CATEGORY, "extra_content", minutes=30)
    a_fact(ada, claim_id, FactAspect.EVIDENCE, "assessed", dated_on=date(2014, 10, 21))
    (here,) = told(ada, "massachusetts-pdp", waiting=True)
    assert (here.kind, here.level, here.topic, here.repeat_key) == (
        "course",
        "graduate",
        "Number sense",
        "EDU 501",
    )
    assert here.quantities == {"semester_hour": 3}
    assert here.categories == {"pedagogy": 60, "extra_content": 30}
    assert here.evidence == {"assessed": date(2014, 10, 21)}
    (there,) = told(ada, "michigan-scech", waiting=True)
    assert (there.kind, there.level, there.categories) == ("college_course", None, {})


def test_a_layer_holds_from_the_cycle_that_ends_on_its_day(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    a_layer(cam, "[target]\nunits = 110\n", effective_from=date(2017, 6, 30))
    a_layer(cam, "[target]\nunits = 120\n", edition=2, effective_from=date(2017, 7, 1))
    assert [one.target for one in layers_for(fresh(ada), NEW_YORK, Cycle(*CYCLE))] == [110]
    assert layers_for(ada, NEW_YORK, Cycle(CYCLE[0], date(2017, 6, 29))) == ()
    assert [one.target for one in layers_for(ada, NEW_YORK, Cycle(CYCLE[0], date(2017, 7, 1)))] == [120]
    a_licence(ada)
    assert rules_for(fresh(ada)).evaluate(one_licence(ada), (), NOW.date()).required == 110


def test_a_layer_that_fits_no_more_is_left_out_and_says_so(cast: Cast) -> None:
    ada = cast.scope("ada")
    a_layer(cast.scope("cam"), "[target]\nunits = 90\n")
    a_licence(ada)
    found = rules_for(fresh(ada)).evaluate(one_licence(ada), (), NOW.date())
    assert found.required == 100
    assert "aren't counted" in found.notes[-1]
    assert "A target of 90 is less than the 100 above" in found.notes[-1]


def test_signed_adjustments_change_what_is_asked_from_their_day(cast: Cast) -> None:
    ada = cast.scope("ada")
    licence_id = a_licence(ada)
    an_adjustment(cast.scope("cam"), licence_id, units=Fraction(5), ends_on=date(2018, 6, 30))
    rules, held = rules_for(fresh(ada)), one_licence(ada)
    before = rules.evaluate(held, (), NOW.date() - timedelta(days=1))
    after = rules.evaluate(held, (), NOW.date())
    assert (before.earned, before.cycle.end) == (0, date(2017, 6, 30))
    assert (after.earned, after.cycle.end) == (5, date(2018, 6, 30))


def test_a_correction_of_the_same_day_stands(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    licence_id = a_licence(ada)
    an_adjustment(cam, licence_id, target=Fraction(10), reason="Typing slip: meant 100")
    an_adjustment(cam, licence_id, target=Fraction(100), reason="Correction of the slip above")
    assert rules_for(fresh(ada)).evaluate(one_licence(ada), (), NOW.date()).required == 100


def test_a_layer_holds_where_the_cycle_is_signed_to_end_on_its_day(cast: Cast) -> None:
    """A holder who puts the last day before the layer's is brought back under it by the signed one."""
    ada, cam = cast.scope("ada"), cast.scope("cam")
    a_layer(cam, "[target]\nunits = 110\n", effective_from=date(2017, 7, 1))
    licence_id = a_licence(ada)
    assert rules_for(fresh(ada)).evaluate(one_licence(ada), (), NOW.date()).required == 100
    an_adjustment(cam, licence_id, units=None, ends_on=date(2018, 6, 30))
    found = rules_for(fresh(ada)).evaluate(one_licence(ada), (), NOW.date())
    assert (found.required, found.cycle.end) == (110, date(2018, 6, 30))
    before = rules_for(ada).evaluate(one_licence(ada), (), NOW.date() - timedelta(days=1))
    assert before.required == 100


def test_the_cycle_that_is_signed_on_still_runs(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    licence_id = a_licence(ada)
    a_licence(ada, starts_on=date(2020, 1, 1), ends_on=date(2024, 12, 31))
    an_adjustment(cam, licence_id, units=None, ends_on=date(2019, 6, 30))
    all_of_them = licences_of(fresh(ada), [ada.me.id])
    assert [one.id for one in current(all_of_them, date(2019, 6, 30))] == [licence_id]


def test_the_cost_does_not_grow_with_people_or_claims(cast: Cast) -> None:
    ada, bo, cam = cast.scope("ada"), cast.scope("bo"), cast.scope("cam")
    people = [ada.me.id]

    def asked() -> int:
        with statements(cast.database) as found:
            rules = rules_for(fresh(cam))
            held, record = licences_of(cam, people), records(cam, people)
            for one in held:
                rules.progress(one, record, NOW.date())
        return len(found)

    a_licence(ada)
    few = asked()
    for days in range(4):
        a_credited_claim(ada, bo, NOW - timedelta(days=days + 1))
    for name in ("bo", "cam", "hal"):
        people.append(cast.person_ids[name])
        an_adjustment(cam, a_licence(cam, person_id=people[-1]))
    assert asked() == few == 11


def _host_of(scope: Scope, event_id: int) -> int:
    found = scope.session.scalar(sa.select(Event.organization_id).where(Event.id == event_id))
    assert found is not None
    return int(found)


def _a_step(reviewer: Scope) -> dict[str, object]:
    return {
        "step": Step.APPROVE,
        "from_state": "submitted",
        "to_state": "credited",
        "by_person_id": reviewer.me.id,
        "by_name": reviewer.me.name,
        "by_title": "",
        "at": reviewer.at,
        "seen_version": 2,
        "comment": "",
        "granted_minutes": None,
        "adjust_reason": "",
        "release_at": None,
        "undoes_step_id": None,
    }
