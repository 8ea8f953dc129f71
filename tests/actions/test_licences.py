"""Keeping licences: who may, what is refused at which field, what is carried into the next cycle, what is signed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa

from pdtracker.actions.licences import (
    add_licence,
    change_licence,
    close_licence,
    renew_licence,
    reopen_licence,
    sign_adjustment,
    sign_attestation,
    take_back_attestation,
)
from pdtracker.actions.reviews import reverse_credit
from pdtracker.domain.access import Role
from pdtracker.domain.licence import FactAspect
from pdtracker.domain.licence_terms import Change, LicenceTerms
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.domain.regimes.facts import TakenBack
from pdtracker.models.records import AuditEntry
from pdtracker.queries.layer_trial import try_layer
from pdtracker.queries.licence_record import records
from pdtracker.queries.licensing import HeldLicence, licence, licences_of, rules_for, signed
from pdtracker.scope import Scope
from tests.factories import AN_ISSUER, NOW, Cast, a_licence
from tests.licensing import a_credited_claim, a_fact, a_layer
from tests.waiting import give_roles

TERMS = LicenceTerms(
    regime="illinois",
    name="Professional educator licence",
    starts_on=date(2010, 7, 1),
    ends_on=date(2015, 6, 30),
    facts=frozenset({"nbct"}),
    fte=Fraction(1, 2),
)
LAYER_OF_150 = 'layer = "district"\nunder = "illinois"\nname = "Maplewood"\n[target]\nunits = 150\n'


def held_by(scope: Scope, person_id: int | None = None) -> tuple[HeldLicence, ...]:
    scope.session.rollback()
    return licences_of(scope, [person_id or scope.me.id], and_closed=True)


def trail(cast: Cast) -> list[str]:
    session = cast.operator().session
    wanted = sa.select(AuditEntry.action).where(AuditEntry.action.like("licence.%")).order_by(AuditEntry.seq)
    return list(session.scalars(wanted))


def test_a_teacher_adds_and_changes_their_own(cast: Cast) -> None:
    ada = cast.scope("ada")
    licence_id = add_licence(ada, ada.me.id, TERMS)
    changed = replace(TERMS, ends_on=date(2016, 6, 30), target=Fraction(160), facts=frozenset())
    change_licence(ada, licence_id, changed, seen_version=1)
    (held,) = held_by(ada)
    assert (held.cycle.end, held.person.target, held.person.facts) == (date(2016, 6, 30), 160, frozenset())
    assert trail(cast) == ["licence.added", "licence.changed"]


def test_the_second_of_two_changes_is_told_of_the_first(cast: Cast) -> None:
    """Both opened version 1; without the version the last one to save would have won."""
    ada, cam = cast.scope("ada"), cast.scope("cam")
    licence_id = add_licence(ada, ada.me.id, TERMS)
    change_licence(cam, licence_id, replace(TERMS, target=Fraction(160)), seen_version=1)
    with pytest.raises(NotNow) as refused:
        change_licence(ada, licence_id, replace(TERMS, name="Mine"), seen_version=1)
    assert refused.value.code == "changed_meanwhile"
    (held,) = held_by(ada)
    assert (held.name, held.person.target, held.version) == (TERMS.name, 160, 2)
    change_licence(ada, licence_id, replace(TERMS, name="Mine"), seen_version=2)
    assert held_by(ada)[0].name == "Mine"


def test_the_same_change_sent_twice_is_one(cast: Cast) -> None:
    ada = cast.scope("ada")
    licence_id = add_licence(ada, ada.me.id, TERMS)
    for _ in range(2):
        change_licence(ada, licence_id, replace(TERMS, target=Fraction(160)), seen_version=1)
    assert held_by(ada)[0].version == 2
    assert trail(cast) == ["licence.added", "licence.changed"]


def test_an_administrator_keeps_anybodys(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    licence_id = add_licence(cam, ada.me.id, TERMS)
    change_licence(cam, licence_id, replace(TERMS, name="Another"), seen_version=1)
    assert [one.name for one in held_by(ada)] == ["Another"]


@pytest.mark.parametrize("name", ["bo", "hal"])
def test_nobody_else_keeps_licences(cast: Cast, name: str) -> None:
    ada, other = cast.scope("ada"), cast.scope(name)
    licence_id = a_licence(ada)
    for act in _acts(other, licence_id, ada.me.id):
        with pytest.raises(NotPermitted):
            act()


def test_a_colleague_and_another_district_find_nothing(cast: Cast) -> None:
    ada, dee = cast.scope("ada"), cast.scope("dee")
    give_roles(cast, "hal", Role.TEACHER)
    licence_id = a_licence(ada)
    for other in (dee, cast.scope("hal")):
        for act in _acts(other, licence_id, ada.me.id):
            with pytest.raises(NotHere):
                act()
    assert trail(cast) == []


def test_what_is_wrong_is_refused_at_its_field(cast: Cast) -> None:
    ada = cast.scope("ada")
    with pytest.raises(NotValid) as refused:
        add_licence(ada, ada.me.id, replace(TERMS, fte=Fraction(3), facts=frozenset({"unknown"})))
    assert list(refused.value.errors) == ["facts", "fte"]
    assert held_by(ada) == ()


def test_nobody_types_a_target_below_what_is_asked_for(cast: Cast) -> None:
    """Less takes an adjustment: somebody else's name stands beside it, and the reason."""
    ada, cam = cast.scope("ada"), cast.scope("cam")
    plain = replace(TERMS, facts=frozenset(), fte=Fraction(1))
    licence_id = add_licence(ada, ada.me.id, plain)
    for who in (ada, cam):
        with pytest.raises(NotValid) as refused:
            change_licence(who, licence_id, replace(plain, target=Fraction(0)), seen_version=1)
        assert list(refused.value.errors) == ["target"]
        assert "120" in refused.value.errors["target"]
        with pytest.raises(NotValid) as refused:
            add_licence(who, ada.me.id, replace(plain, name="Another", target=Fraction(119)))
        assert list(refused.value.errors) == ["target"]
    change_licence(ada, licence_id, replace(plain, target=Fraction(120)), seen_version=1)
    sign_adjustment(cam, licence_id, Change(target=Fraction(0), reason="A year of leave"))
    (held,) = held_by(ada)
    assert (held.person.target, held.adjustments[0].target) == (120, 0)


def test_a_target_goes_by_the_facts_and_by_what_the_district_asks_on_top(cast: Cast) -> None:
    ada = cast.scope("ada")
    # A National Board certificate halves what Illinois asks for.
    add_licence(ada, ada.me.id, replace(TERMS, target=Fraction(60)))
    plain = replace(TERMS, facts=frozenset(), name="Second")
    a_layer(cast.scope("cam"), "[target]\nunits = 140\n", regime="illinois")
    with pytest.raises(NotValid) as refused:
        add_licence(ada, ada.me.id, replace(plain, target=Fraction(130)))
    assert "140" in refused.value.errors["target"]
    add_licence(ada, ada.me.id, replace(plain, target=Fraction(140)))


@pytest.mark.parametrize(
    ("regime", "lessened", "whole"),
    [
        ("new-york-ctle", {"years_practised": Fraction(0)}, {"years_practised": None}),
        ("new-jersey", {"fte": Fraction(0)}, {"fte": Fraction(1)}),
    ],
)
def test_a_target_is_looked_at_again_when_other_terms_ask_for_more(
    cast: Cast, regime: str, lessened: dict[str, Any], whole: dict[str, Any]
) -> None:
    """With nothing to ask for a target of 0 could be typed; then the terms that asked for nothing were taken back."""
    ada = cast.scope("ada")
    terms = replace(TERMS, regime=regime, facts=frozenset(), fte=Fraction(1), target=Fraction(0))
    licence_id = add_licence(ada, ada.me.id, replace(terms, **lessened))
    with pytest.raises(NotValid) as refused:
        change_licence(ada, licence_id, replace(terms, **whole), seen_version=1)
    assert list(refused.value.errors) == ["target"]
    assert "An administrator signs a lower target" in refused.value.errors["target"]
    change_licence(ada, licence_id, replace(terms, **whole, target=None), seen_version=1)


def test_a_target_is_looked_at_under_the_end_that_was_signed(cast: Cast) -> None:
    """Else a last day before the district's rules would hide that they hold."""
    ada, cam = cast.scope("ada"), cast.scope("cam")
    terms = replace(TERMS, facts=frozenset(), fte=Fraction(1))
    a_layer(cam, "[target]\nunits = 140\n", regime="illinois", effective_from=date(2015, 7, 1))
    licence_id = add_licence(ada, ada.me.id, terms)
    sign_adjustment(cast.scope("cam"), licence_id, Change(ends_on=date(2016, 6, 30), reason="Leave"))
    with pytest.raises(NotValid) as refused:
        change_licence(ada, licence_id, replace(terms, target=Fraction(120)), seen_version=1)
    assert "140" in refused.value.errors["target"]


def test_a_first_day_lies_before_the_end_that_was_signed(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    licence_id = add_licence(ada, ada.me.id, TERMS)
    sign_adjustment(cam, licence_id, Change(ends_on=date(2012, 6, 30), reason="Left"))
    with pytest.raises(NotValid) as refused:
        change_licence(ada, licence_id, replace(TERMS, starts_on=date(2012, 7, 1)), seen_version=1)
    assert "2012. Enter a first day before that" in refused.value.errors["starts"]


def test_a_lower_target_that_stands_already_may_stay(cast: Cast) -> None:
    ada = cast.scope("ada")
    licence_id = a_licence(ada, regime="illinois", name=TERMS.name, target=Fraction(40))
    (held,) = held_by(ada)
    terms = replace(
        TERMS,
        starts_on=held.cycle.start,
        ends_on=held.cycle.end,
        facts=held.person.facts - {"esol_certificate"},
        fte=Fraction(1),
        target=Fraction(40),
    )
    change_licence(ada, licence_id, replace(terms, name="Put right"), seen_version=1)
    assert (held_by(ada)[0].name, held_by(ada)[0].person.target) == ("Put right", 40)
    with pytest.raises(NotValid):
        change_licence(ada, licence_id, replace(terms, target=Fraction(39)), seen_version=2)


def test_cycles_of_one_licence_may_not_overlap(cast: Cast) -> None:
    ada = cast.scope("ada")
    first = add_licence(ada, ada.me.id, TERMS)
    following = replace(TERMS, starts_on=date(2015, 6, 30), ends_on=date(2020, 6, 29))
    with pytest.raises(NotValid) as refused:
        add_licence(ada, ada.me.id, replace(following, name=TERMS.name.upper()))
    assert list(refused.value.errors) == ["starts"]
    # Another licence under the same rules may, and so may the days after.
    add_licence(ada, ada.me.id, replace(following, name="Administrative licence"))
    second = add_licence(ada, ada.me.id, replace(following, starts_on=date(2015, 7, 1)))
    with pytest.raises(NotValid):
        change_licence(ada, first, replace(TERMS, ends_on=date(2015, 7, 1)), seen_version=1)
    close_licence(ada, second)
    change_licence(ada, first, replace(TERMS, ends_on=date(2015, 7, 1)), seen_version=1)
    with pytest.raises(NotNow):
        reopen_licence(ada, second)


def test_a_licence_stays_under_its_regime(cast: Cast) -> None:
    ada = cast.scope("ada")
    licence_id = a_licence(ada)
    with pytest.raises(NotValid) as refused:
        change_licence(ada, licence_id, TERMS, seen_version=1)
    assert list(refused.value.errors) == ["regime"]


def test_closing_and_taking_up_again_are_harmless_to_repeat(cast: Cast) -> None:
    ada = cast.scope("ada")
    licence_id = a_licence(ada)
    for _ in range(2):
        close_licence(ada, licence_id)
    assert held_by(ada)[0].closed_at == NOW
    for _ in range(2):
        reopen_licence(ada, licence_id)
    assert held_by(ada)[0].closed_at is None
    assert trail(cast) == ["licence.closed", "licence.reopened"]


def test_the_next_cycle_carries_what_was_earned_late_enough(cast: Cast) -> None:
    ada, bo = cast.scope("ada"), cast.scope("bo")
    # Illinois carries what is more than the target and was earned in the last three months.
    licence_id = add_licence(ada, ada.me.id, replace(TERMS, target=Fraction(60)))
    sign_adjustment(cast.scope("cam"), licence_id, Change(target=Fraction(0), reason="A year of leave"))
    end = datetime(2015, 5, 4, 20, tzinfo=UTC)
    late = datetime(2015, 6, 1, tzinfo=UTC)
    ada, bo = cast.scope("ada", late), cast.scope("bo", late)
    claim_id = a_credited_claim(ada, bo, end, claimed_minutes=90)
    _prove(ada, claim_id)
    new_id = renew_licence(ada, licence_id)
    held = licence(ada, new_id)
    assert held is not None
    assert (held.cycle.start, held.cycle.end) == (date(2015, 7, 1), date(2020, 6, 30))
    assert (held.person.carry_in, held.person.facts, held.person.fte) == (
        Fraction(3, 2),
        {"nbct"},
        Fraction(1, 2),
    )
    # Another target was the authority's word for one cycle.
    assert held.person.target is None
    with pytest.raises(NotNow) as refused:
        renew_licence(ada, licence_id)
    assert refused.value.code == "renewed_already"


def test_a_cycle_is_renewed_when_its_end_is_near(cast: Cast) -> None:
    ada = cast.scope("ada")
    licence_id = add_licence(ada, ada.me.id, replace(TERMS, ends_on=date(2016, 6, 30)))
    with pytest.raises(NotNow) as refused:
        renew_licence(ada, licence_id)
    assert refused.value.code == "too_early"


def test_a_closed_licence_is_neither_renewed_nor_signed_for(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    licence_id = add_licence(ada, ada.me.id, TERMS)
    close_licence(ada, licence_id)
    for act in (
        lambda: renew_licence(ada, licence_id),
        lambda: sign_adjustment(cam, licence_id, Change(units=Fraction(1), reason="x")),
        lambda: sign_attestation(cam, licence_id, fact="nbct", note=""),
    ):
        with pytest.raises(NotNow):
            act()


def test_an_administrator_signs_changes_and_facts(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    licence_id = add_licence(ada, ada.me.id, TERMS)
    sign_adjustment(cam, licence_id, Change(units=Fraction(5, 2), ends_on=date(2016, 6, 30), reason="Leave"))
    sign_attestation(cam, licence_id, fact="administrator", note="Since August")
    (held,) = held_by(ada)
    (adjustment,), (attestation,) = held.adjustments, held.attestations
    assert (adjustment.by, adjustment.on, adjustment.reason) == ("Cam Okafor", NOW.date(), "Leave")
    assert (adjustment.units, adjustment.target, adjustment.ends_on) == (
        Fraction(5, 2),
        None,
        date(2016, 6, 30),
    )
    assert (attestation.fact, attestation.by, attestation.on) == ("administrator", "Cam Okafor", NOW.date())
    assert trail(cast) == ["licence.added", "licence.adjusted", "licence.attested"]


def test_an_attested_fact_is_taken_back_by_a_further_entry(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    licence_id = add_licence(ada, ada.me.id, TERMS)
    sign_attestation(cam, licence_id, fact="administrator", note="")
    (one,) = signed(cam, licence_id)
    with pytest.raises(NotValid) as unsaid:
        take_back_attestation(cam, licence_id, one.id, reason="")
    assert list(unsaid.value.errors) == ["reason"]
    for _ in range(2):
        take_back_attestation(cam, licence_id, one.id, reason="It was another Ada", key="once")
    with pytest.raises(NotNow) as again:
        take_back_attestation(cam, licence_id, one.id, reason="Again")
    assert again.value.code == "taken_back"
    (held,) = held_by(ada)
    today, before = NOW.date(), NOW.date() - timedelta(days=1)
    assert held.attestations[0].taken_back == TakenBack(
        by="Cam Okafor", on=today, reason="It was another Ada"
    )
    assert held.facts((), today).person_facts == TERMS.facts
    # Of a day on which it was signed, and not yet taken back, it goes on to be told.
    earlier = replace(held.attestations[0], on=before)
    told = replace(held.facts((), before), attestations=(earlier,)).person_facts
    assert told == TERMS.facts | {"administrator"}
    first, end = signed(cam, licence_id)
    assert (first.said, end.said, end.is_end, first.taken_back is None) == (
        "",
        "It was another Ada",
        True,
        False,
    )
    # Attested once more, it holds again.
    sign_attestation(cam, licence_id, fact="administrator", note="")
    assert held_by(ada)[0].facts((), today).person_facts == TERMS.facts | {"administrator"}
    assert trail(cast)[-3:] == ["licence.attested", "licence.attestation_taken_back", "licence.attested"]


def test_only_what_was_attested_of_a_licence_is_taken_back(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    licence_id = add_licence(ada, ada.me.id, TERMS)
    other = add_licence(ada, ada.me.id, replace(TERMS, name="Another"))
    sign_attestation(cam, other, fact="administrator", note="")
    (one,) = signed(cam, other)
    with pytest.raises(NotHere):
        take_back_attestation(cam, licence_id, one.id, reason="x")
    own = add_licence(cam, cam.me.id, TERMS)
    with pytest.raises(NotPermitted):
        take_back_attestation(cam, own, one.id, reason="x")


def test_nobody_signs_for_their_own_licence(cast: Cast) -> None:
    cam = cast.scope("cam")
    licence_id = add_licence(cam, cam.me.id, TERMS)
    for act in (
        lambda: sign_adjustment(cam, licence_id, Change(units=Fraction(1), reason="Because")),
        lambda: sign_attestation(cam, licence_id, fact="nbct", note=""),
    ):
        with pytest.raises(NotPermitted) as refused:
            act()
        assert refused.value.code == "own_licence"


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("units", {}),
        ("units", {"units": Fraction(0)}),
        ("target", {"target": Fraction(-1)}),
        ("ends", {"ends_on": date(2010, 6, 30)}),
        ("ends", {"ends_on": date(2015, 7, 1)}),
        ("ends", {"ends_on": date.max}),
        ("reason", {"units": Fraction(1), "reason": ""}),
    ],
)
def test_an_adjustment_is_refused_at_its_field(cast: Cast, field: str, more: dict[str, Any]) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    licence_id = add_licence(ada, ada.me.id, TERMS)
    add_licence(ada, ada.me.id, replace(TERMS, starts_on=date(2015, 7, 1), ends_on=date(2020, 6, 30)))
    with pytest.raises(NotValid) as refused:
        sign_adjustment(cast.scope("cam"), licence_id, Change(**{"reason": "Leave", **more}))
    assert list(refused.value.errors) == [field]
    assert held_by(cam, ada.me.id)[0].adjustments == ()


def test_only_facts_that_the_regime_knows_are_attested(cast: Cast) -> None:
    ada = cast.scope("ada")
    licence_id = add_licence(ada, ada.me.id, TERMS)
    with pytest.raises(NotValid) as refused:
        sign_attestation(cast.scope("cam"), licence_id, fact="esol_certificate", note="")
    assert list(refused.value.errors) == ["fact"]


def test_the_same_form_signs_once(cast: Cast) -> None:
    """Pressed twice it would have given the units twice."""
    ada, cam = cast.scope("ada"), cast.scope("cam")
    licence_id = add_licence(ada, ada.me.id, TERMS)
    for _ in range(2):
        sign_adjustment(cam, licence_id, Change(units=Fraction(5), reason="Leave"), key="first")
        sign_attestation(cam, licence_id, fact="administrator", note="", key="second")
    with pytest.raises(NotNow) as refused:
        sign_adjustment(cam, licence_id, Change(units=Fraction(6), reason="Leave"), key="first")
    assert refused.value.code == "key_used"
    (held,) = held_by(ada)
    assert ([one.units for one in held.adjustments], len(held.attestations)) == ([5], 1)
    assert trail(cast) == ["licence.added", "licence.adjusted", "licence.attested"]


def test_no_other_cycle_lies_in_what_was_signed_on_at_the_end(cast: Cast) -> None:
    """Else an hour of those days would count in both cycles of one licence."""
    ada, cam = cast.scope("ada"), cast.scope("cam")
    licence_id = add_licence(ada, ada.me.id, TERMS)
    sign_adjustment(cam, licence_id, Change(ends_on=date(2016, 6, 30), reason="Leave"))
    following = replace(TERMS, starts_on=date(2015, 7, 1), ends_on=date(2020, 6, 30))
    with pytest.raises(NotValid) as refused:
        add_licence(ada, ada.me.id, following)
    assert "2016" in refused.value.errors["starts"]
    sign_adjustment(cam, licence_id, Change(ends_on=date(2015, 6, 30), reason="It was another's leave"))
    add_licence(ada, ada.me.id, following)


def test_of_two_ends_signed_on_one_day_the_last_stands_beside_other_cycles(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    licence_id = add_licence(ada, ada.me.id, TERMS)
    sign_adjustment(cam, licence_id, Change(ends_on=date(2015, 6, 30), reason="z"))
    sign_adjustment(cam, licence_id, Change(ends_on=date(2016, 6, 30), reason="a"))
    with pytest.raises(NotValid):
        add_licence(ada, ada.me.id, replace(TERMS, starts_on=date(2016, 6, 30), ends_on=date(2020, 6, 30)))


def test_what_is_carried_in_is_nobodys_to_type_where_nothing_bounds_it(cast: Cast) -> None:
    """Illinois carries without a most: a number in a form would have met the whole target."""
    ada, cam = cast.scope("ada"), cast.scope("cam")
    licence_id = add_licence(ada, ada.me.id, TERMS)
    for who in (ada, cam):
        with pytest.raises(NotValid) as refused:
            change_licence(who, licence_id, replace(TERMS, carry_in=Fraction(60)), seen_version=1)
        assert list(refused.value.errors) == ["carry_in"]
        with pytest.raises(NotValid) as refused:
            add_licence(who, ada.me.id, replace(TERMS, name="Another", carry_in=Fraction(1, 2)))
        assert list(refused.value.errors) == ["carry_in"]


def test_what_is_carried_in_already_may_stay_or_become_less(cast: Cast) -> None:
    ada = cast.scope("ada")
    more = {"starts_on": TERMS.starts_on, "ends_on": TERMS.ends_on, "facts": ["nbct"], "fte": TERMS.fte}
    licence_id = a_licence(ada, regime="illinois", name=TERMS.name, carry_in=Fraction(3, 2), **more)
    kept = replace(TERMS, name="Put right", carry_in=Fraction(3, 2))
    change_licence(ada, licence_id, kept, seen_version=1)
    change_licence(ada, licence_id, replace(kept, carry_in=Fraction(1)), seen_version=2)
    with pytest.raises(NotValid):
        change_licence(ada, licence_id, kept, seen_version=3)


def test_what_is_carried_in_may_be_typed_as_far_as_a_cap_bounds_it(cast: Cast) -> None:
    ada = cast.scope("ada")
    act_48 = replace(TERMS, regime="pennsylvania-act-48", facts=frozenset(), carry_in=Fraction(50))
    with pytest.raises(NotValid) as refused:
        add_licence(ada, ada.me.id, replace(act_48, carry_in=Fraction(51)))
    assert "at most 50" in refused.value.errors["carry_in"].replace("\N{NO-BREAK SPACE}", " ")
    add_licence(ada, ada.me.id, act_48)
    assert [one.person.carry_in for one in held_by(ada)] == [50]


def test_nothing_is_typed_as_carried_in_where_nothing_is_carried_over(cast: Cast) -> None:
    ada = cast.scope("ada")
    with pytest.raises(NotValid) as refused:
        add_licence(ada, ada.me.id, replace(TERMS, regime="ohio", facts=frozenset(), carry_in=Fraction(1)))
    assert "Nothing is carried over" in refused.value.errors["carry_in"]


def test_no_day_takes_what_is_carried_in_out_of_its_cap(cast: Cast) -> None:
    """Under a layer's cap a million could be typed; a last day before the layer then let all of it count."""
    ada, cam = cast.scope("ada"), cast.scope("cam")
    a_layer(cam, "[carry_over]\nat_most = 10\n", regime="illinois", effective_from=date(2015, 7, 1))
    million = replace(TERMS, ends_on=date(2015, 7, 1), carry_in=Fraction(1_000_000))
    with pytest.raises(NotValid) as refused:
        add_licence(ada, ada.me.id, million)
    assert list(refused.value.errors) == ["carry_in"]
    # A record from before the check: it stays, but no change makes more of it count.
    more = {"starts_on": TERMS.starts_on, "facts": ["nbct"], "fte": TERMS.fte, "regime": "illinois"}
    licence_id = a_licence(
        ada, name=TERMS.name, ends_on=date(2015, 7, 1), carry_in=Fraction(1_000_000), **more
    )
    change_licence(ada, licence_id, replace(million, name="Put right"), seen_version=1)
    with pytest.raises(NotValid) as refused:
        change_licence(ada, licence_id, replace(million, ends_on=date(2015, 6, 30)), seen_version=2)
    assert list(refused.value.errors) == ["carry_in"]
    assert "administrator signs" in refused.value.errors["carry_in"]


def test_what_is_carried_in_is_bounded_by_the_cycle_in_which_it_counts(cast: Cast) -> None:
    """A layer bounds it for cycles that end late; moved out of the layer's reach the cycle keeps no such sum."""
    ada, cam = cast.scope("ada"), cast.scope("cam")
    a_layer(cam, "[carry_over]\nat_most = 10\n", regime="illinois", effective_from=date(2015, 7, 1))
    late = replace(TERMS, ends_on=date(2015, 7, 1), carry_in=Fraction(10))
    with pytest.raises(NotValid) as refused:
        add_licence(ada, ada.me.id, replace(late, carry_in=Fraction(11)))
    assert "at most 10" in refused.value.errors["carry_in"]
    licence_id = add_licence(ada, ada.me.id, late)
    with pytest.raises(NotValid) as refused:
        change_licence(ada, licence_id, replace(late, ends_on=date(2015, 6, 30)), seen_version=1)
    assert list(refused.value.errors) == ["carry_in"]


def test_hours_that_were_brought_in_count_in_no_earlier_day_of_the_cycle(cast: Cast) -> None:
    ada = cast.scope("ada")
    more = {"starts_on": TERMS.starts_on, "ends_on": TERMS.ends_on, "facts": ["nbct"], "fte": TERMS.fte}
    licence_id = a_licence(ada, regime="illinois", name=TERMS.name, carry_in=Fraction(3, 2), **more)
    brought = replace(TERMS, carry_in=Fraction(3, 2), starts_on=date(2010, 6, 30))
    with pytest.raises(NotValid) as refused:
        change_licence(ada, licence_id, brought, seen_version=1)
    assert list(refused.value.errors) == ["starts"]
    assert "2010, and would count twice" in refused.value.errors["starts"]
    change_licence(ada, licence_id, replace(brought, carry_in=Fraction(0)), seen_version=1)
    with pytest.raises(NotValid):
        change_licence(ada, licence_id, brought, seen_version=2)


def test_of_two_corrections_of_one_day_the_later_one_holds(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    licence_id = add_licence(ada, ada.me.id, TERMS)
    # The alphabet would put the correction first.
    sign_adjustment(cam, licence_id, Change(target=Fraction(10), reason="Typing slip: meant 100"))
    sign_adjustment(cam, licence_id, Change(target=Fraction(100), reason="Correction of the slip above"))
    held = licence(ada, licence_id)
    assert held is not None
    assert rules_for(ada).evaluate(held, (), NOW.date()).required == 100


def test_the_districts_rules_hold_for_the_end_that_was_signed(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    a_layer(cam, "[target]\nunits = 140\n", regime="illinois", effective_from=date(2015, 7, 1))
    licence_id = add_licence(ada, ada.me.id, replace(TERMS, facts=frozenset(), fte=Fraction(1)))

    def required() -> Fraction:
        who = cast.scope("ada")
        held = licence(who, licence_id)
        assert held is not None
        return rules_for(who).evaluate(held, (), NOW.date()).required

    assert required() == 120
    sign_adjustment(cam, licence_id, Change(ends_on=date(2016, 6, 30), reason="A year of leave"))
    assert required() == 140
    trial = try_layer(cam, "illinois", LAYER_OF_150, date(2016, 1, 1), NOW.date())
    assert [(one.before.required, one.after.required) for one in trial.changes] == [(140, 150)]


def a_renewed_licence(cast: Cast) -> tuple[int, int, int]:
    """A cycle that asks for nothing, renewed with an hour and a half: the claim, the old licence and the new one."""
    ada = cast.scope("ada")
    old_id = add_licence(ada, ada.me.id, replace(TERMS, facts=frozenset(), fte=Fraction(0)))
    late = datetime(2015, 6, 1, tzinfo=UTC)
    ada, bo = cast.scope("ada", late), cast.scope("bo", late)
    claim_id = a_credited_claim(ada, bo, datetime(2015, 5, 4, 20, tzinfo=UTC), claimed_minutes=90)
    _prove(ada, claim_id)
    return claim_id, old_id, renew_licence(ada, old_id)


def carried(cast: Cast, licence_id: int) -> tuple[Fraction, tuple[str, ...]]:
    """What counts as brought along at the end of the first cycle, and what is remarked."""
    ada = cast.scope("ada")
    held = licence(ada, licence_id)
    assert held is not None
    progress = rules_for(ada).progress(held, records(ada, [ada.me.id]), date(2015, 7, 1))
    return progress.earned, progress.remarks


def test_what_is_taken_back_is_not_brought_along_any_more(cast: Cast) -> None:
    claim_id, _, new_id = a_renewed_licence(cast)
    assert carried(cast, new_id) == (Fraction(3, 2), ())
    reverse_credit(
        cast.scope("bo", datetime(2015, 6, 5, tzinfo=UTC)),
        claim_id,
        seen_version=2,
        reason="Not there",
        issuer=AN_ISSUER,
        key="k" * 20,
    )
    earned, (remark,) = carried(cast, new_id)
    assert earned == 0
    assert "By now it leaves" in remark


def test_hours_brought_along_never_count_in_the_days_of_their_cycle_as_well(cast: Cast) -> None:
    """Closing the old cycle and moving the new one over its days gave the same hours twice; so did another name."""
    _, old_id, new_id = a_renewed_licence(cast)
    ada = cast.scope("ada")
    close_licence(ada, old_id)
    new = replace(
        TERMS,
        facts=frozenset(),
        starts_on=date(2015, 7, 1),
        ends_on=date(2020, 6, 30),
        carry_in=Fraction(3, 2),
        fte=Fraction(1),
    )
    for moved in (
        replace(new, starts_on=TERMS.starts_on),
        replace(new, starts_on=date(2015, 6, 30), name="Another"),
    ):
        with pytest.raises(NotValid) as refused:
            change_licence(ada, new_id, moved, seen_version=1)
        assert list(refused.value.errors) == ["starts"]
        assert "bring nothing" in refused.value.errors["starts"]
    # Without what is brought along the days are free; with them taken nothing can be brought again.
    alone = replace(new, starts_on=TERMS.starts_on, carry_in=Fraction(0))
    change_licence(ada, new_id, alone, seen_version=1)
    with pytest.raises(NotValid):
        change_licence(ada, new_id, replace(alone, carry_in=Fraction(3, 2)), seen_version=2)


def test_a_cycle_does_not_grow_over_the_one_that_brings_hours_from_it(cast: Cast) -> None:
    _, old_id, new_id = a_renewed_licence(cast)
    ada, cam = cast.scope("ada"), cast.scope("cam")
    old = replace(TERMS, facts=frozenset(), fte=Fraction(0), name="Another", ends_on=date(2015, 7, 1))
    with pytest.raises(NotValid) as refused:
        change_licence(ada, old_id, old, seen_version=1)
    assert list(refused.value.errors) == ["ends"]
    change_licence(ada, old_id, replace(old, ends_on=TERMS.ends_on), seen_version=1)
    with pytest.raises(NotValid) as refused:
        sign_adjustment(cam, old_id, Change(ends_on=date(2015, 7, 1), reason="Leave"))
    assert list(refused.value.errors) == ["ends"]
    with pytest.raises(NotNow) as twice:
        renew_licence(cast.scope("ada", datetime(2015, 6, 2, tzinfo=UTC)), old_id)
    assert twice.value.code == "renewed_already"
    close_licence(cast.scope("ada"), new_id)
    sign_adjustment(cast.scope("cam"), old_id, Change(ends_on=date(2015, 7, 1), reason="Leave"))
    with pytest.raises(NotNow):
        reopen_licence(cast.scope("ada"), new_id)


def test_a_renewed_licence_brings_no_more_than_the_last_cycle_leaves(cast: Cast) -> None:
    _, _, new_id = a_renewed_licence(cast)
    ada = cast.scope("ada", datetime(2015, 6, 2, tzinfo=UTC))
    held = licence(ada, new_id)
    assert held is not None
    with pytest.raises(NotValid) as refused:
        change_licence(ada, new_id, replace(held.terms, carry_in=Fraction(2)), seen_version=1)
    assert "leaves 1" in refused.value.errors["carry_in"]
    change_licence(ada, new_id, replace(held.terms, carry_in=Fraction(1)), seen_version=1)
    change_licence(ada, new_id, held.terms, seen_version=2)


def test_what_was_typed_is_remarked_and_a_target_that_stands_below(cast: Cast) -> None:
    """Records from before the checks stay, and whoever signs sees what to look at."""
    more = {"starts_on": TERMS.starts_on, "ends_on": TERMS.ends_on, "regime": "illinois"}
    old_id = a_licence(cast.scope("ada"), target=Fraction(10), carry_in=Fraction(1_000_000), **more)
    earned, remarks = carried(cast, old_id)
    assert earned == 1_000_000
    assert ["entered by hand" in one for one in remarks] == [True, False]
    assert "administrator signs a lower target" in remarks[1]
    sign_adjustment(cast.scope("cam"), old_id, Change(target=Fraction(10), reason="A year of leave"))
    assert len(carried(cast, old_id)[1]) == 1


def _prove(scope: Scope, claim_id: int) -> None:
    """That the provider was approved, as Illinois asks."""
    a_fact(scope, claim_id, FactAspect.EVIDENCE, "approved_provider")


def _acts(scope: Scope, licence_id: int, person_id: int) -> list[Callable[[], object]]:
    return [
        lambda: add_licence(scope, person_id, TERMS),
        lambda: change_licence(scope, licence_id, TERMS, seen_version=1),
        lambda: renew_licence(scope, licence_id),
        lambda: close_licence(scope, licence_id),
        lambda: reopen_licence(scope, licence_id),
    ]
