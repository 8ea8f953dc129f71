"""Kept standings: whatever happens, what is counted again where something changed is what a count anew would say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from fractions import Fraction

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pdtracker.actions import standings as counting
from pdtracker.actions.licences import close_licence, reopen_licence, take_back_attestation
from pdtracker.actions.regimes import end_approval
from pdtracker.actions.reviews import reverse_credit
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.licence import FactAspect
from pdtracker.domain.licence_standing import gap_text
from pdtracker.models.events import Event
from pdtracker.models.licences import Licence, ProviderApproval, RegimeLayer
from pdtracker.models.standings import LicenceStandingRow
from pdtracker.queries.licensing import signed
from pdtracker.queries.standings import counted
from pdtracker.scope import Scope
from tests.factories import AN_ISSUER, NOW, Cast, a_licence, an_event
from tests.licensing import (
    a_credited_claim,
    a_fact,
    a_layer,
    a_waiting_claim,
    an_adjustment,
    an_approval,
    an_attestation,
)

NEXT_CYCLE = {"starts_on": date(2017, 7, 1), "ends_on": date(2022, 6, 30)}


class District:
    """Ada's licences, what happens to them, and the clock by which it does."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.at = cast, NOW
        self.asking: list[Scope] = []
        ada = cast.scope("ada")
        self.licences = [
            a_licence(ada),
            a_licence(ada, **NEXT_CYCLE),
            a_licence(ada, regime="new-jersey", name="Teacher"),
        ]
        self.closed: list[int] = []
        self.credited: list[int] = []
        self.event_id = an_event(ada)
        self.host_id = ada.session.scalar(sa.select(Event.organization_id).where(Event.id == self.event_id))
        ada.session.close()

    def scope(self, name: str) -> Scope:
        """Somebody a minute later, so that nothing happens at the moment of a count."""
        self.at += timedelta(minutes=1)
        return self._asking(self.cast.scope(name, self.at))

    def operator(self) -> Scope:
        """Who sees everything, at this moment."""
        return self._asking(self.cast.operator(at=self.at))

    def rest(self) -> None:
        """Give the connections back, of which there are as many as people asked something."""
        while self.asking:
            self.asking.pop().session.close()

    def hour(self) -> dict[str, object]:
        """An hour that no other claim holds."""
        self.at += timedelta(hours=2)
        return {"ended_at": self.at - timedelta(minutes=30), "event_id": None}

    def credit(self) -> None:
        self.credited.append(a_credited_claim(self.scope("ada"), self.scope("bo"), **self.hour()))

    def credit_of_an_approved_provider(self) -> None:
        event_id = an_event(self.scope("ada"), organization_id=self.host_id)
        told = self.hour() | {"event_id": event_id, "category": CreditCategory.ELL}
        self.credited.append(a_credited_claim(self.scope("ada"), self.scope("bo"), **told))

    def wait(self) -> None:
        claim_id = a_waiting_claim(self.scope("ada"), **self.hour())
        a_fact(self.scope("ada"), claim_id, FactAspect.EVIDENCE, "approved_provider")

    def take_back(self) -> None:
        if self.credited:
            self.at += timedelta(hours=1)
            reverse_credit(
                self.scope("bo"),
                self.credited.pop(),
                seen_version=2,
                reason="Not there",
                issuer=AN_ISSUER,
                key=f"reversal-{self.at.isoformat()}",
            )

    def adjust(self) -> None:
        an_adjustment(self.scope("cam"), self.licences[0], units=Fraction(7, 2))

    def attest(self) -> None:
        an_attestation(self.scope("cam"), self.licences[0], "esol_certificate")

    def take_back_the_fact(self) -> None:
        cam = self.scope("cam")
        held = next(
            (one for one in signed(cam, self.licences[0]) if one.fact and one.taken_back is None), None
        )
        cam.session.rollback()
        if held is not None and not held.is_end:
            take_back_attestation(self.scope("cam"), self.licences[0], held.id, reason="Another's")

    def close(self) -> None:
        if len(self.licences) > 1:
            self.closed.append(self.licences.pop(0))
            close_licence(self.scope("ada"), self.closed[-1])

    def reopen(self) -> None:
        if self.closed:
            self.licences.append(self.closed.pop())
            reopen_licence(self.scope("ada"), self.licences[-1])

    def tighten(self) -> None:
        cam = self.scope("cam")
        editions = cam.session.scalar(sa.select(sa.func.count(RegimeLayer.id))) or 0
        cam.session.rollback()
        a_layer(cam, f"[target]\nunits = {101 + editions}\n", edition=editions + 1)

    def approve(self) -> None:
        if self._approval() is None:
            an_approval(self.scope("cam"), self.event_id, date(2010, 1, 1))

    def end_the_approval(self) -> None:
        if (approval_id := self._approval()) is not None:
            end_approval(self.scope("cam"), approval_id, date(2011, 1, 1))

    def let_a_day_pass(self) -> None:
        self.at += timedelta(days=1)

    def kept(self) -> Mapping[int, object]:
        """What the lists say after the next count."""
        self.at += timedelta(minutes=1)
        counting.count_licences(self.operator(), at_most=100)
        session = self.operator().session
        return {
            row.licence_id: (
                row.is_current,
                row.as_of,
                row.ends_on,
                row.state,
                row.earned,
                row.pending,
                row.required,
                row.behind_minutes,
                row.pace,
                row.gaps,
                row.gap_amounts,
                row.missing,
            )
            for row in session.scalars(sa.select(LicenceStandingRow))
        }

    def anew(self) -> Mapping[int, object]:
        """The same from the facts alone."""
        operator = self.operator()
        holders = operator.session.scalars(sa.select(Licence.person_id).distinct()).all()
        found = counted(operator, holders, self._today(operator))
        return {
            one.licence_id: (
                one.is_current,
                one.standing.as_of,
                one.standing.ends_on,
                one.standing.state,
                one.standing.earned,
                one.standing.pending,
                one.standing.required,
                one.standing.behind_minutes,
                one.standing.pace,
                gap_text(tuple(gap.id for gap in one.standing.gaps)),
                gap_text(tuple(str(gap.amount) for gap in one.standing.gaps)),
                one.standing.missing,
            )
            for one in found
        }

    def _asking(self, scope: Scope) -> Scope:
        self.asking.append(scope)
        return scope

    def _approval(self) -> int | None:
        session = self.operator().session
        return session.scalar(sa.select(ProviderApproval.id))

    def _today(self, scope: Scope) -> date:
        return scope.today


STEPS: tuple[Callable[[District], None], ...] = (
    District.credit,
    District.credit_of_an_approved_provider,
    District.wait,
    District.take_back,
    District.adjust,
    District.attest,
    District.take_back_the_fact,
    District.close,
    District.reopen,
    District.tighten,
    District.approve,
    District.end_the_approval,
    District.let_a_day_pass,
)


@pytest.fixture
def district(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> District:
    """One in which nothing is counted again only because it was written a moment ago."""
    monkeypatch.setattr(counting, "_UNSURE_SECONDS", 0)
    return District(cast)


# Every example goes on with the same district, as days do: what is asked holds in whatever state it is.
@given(st.lists(st.sampled_from(STEPS), min_size=3, max_size=8))
@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_kept_is_what_a_count_anew_would_say(
    district: District, steps: list[Callable[[District], None]]
) -> None:
    for step in steps:
        step(district)
        assert district.kept() == district.anew(), step.__name__
        district.rest()


@pytest.mark.parametrize("change", [District.close, District.end_the_approval])
def test_what_leaves_no_row_of_its_own_is_counted_again(
    district: District, change: Callable[[District], None]
) -> None:
    district.approve()
    district.credit_of_an_approved_provider()
    before = district.kept()
    change(district)
    after = district.kept()
    assert after == district.anew() != before
