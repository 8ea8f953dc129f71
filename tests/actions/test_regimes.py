"""Adopting regimes, and noting which providers their bodies approved."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from pdtracker.actions.regimes import adopt_regime, approve_provider, end_approval, give_up_regime
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.models.licences import ProviderApproval
from pdtracker.models.records import AuditEntry
from pdtracker.queries.rulebook import adopted, provider_approvals
from tests.factories import Cast, an_approval

NEW_YORK = "new-york-ctle"


def _happened(cast: Cast) -> list[str]:
    entries = cast.operator().session.scalars(
        sa.select(AuditEntry.action)
        .where(AuditEntry.subject.in_(["adopted_regime", "provider_approval"]))
        .order_by(AuditEntry.seq)
    )
    return list(entries)


def test_a_regime_is_adopted_renumbered_given_up_and_adopted_again(cast: Cast) -> None:
    cam = cast.scope("cam")
    for number in ("42", "42", "43"):
        adopt_regime(cam, NEW_YORK, number)
    assert adopted(cam)[NEW_YORK].sponsor_number == "43"
    for _ in range(2):
        give_up_regime(cam, NEW_YORK)
    assert adopted(cam)[NEW_YORK].retired_at is not None
    adopt_regime(cam, NEW_YORK, "43")
    assert adopted(cam)[NEW_YORK].retired_at is None
    assert _happened(cast) == [
        "regime.adopted",
        "regime.number_changed",
        "regime.given_up",
        "regime.adopted_again",
    ]


def test_only_who_manages_the_rules_adopts_and_only_what_is_there(cast: Cast) -> None:
    for name in ("ada", "bo", "hal"):
        with pytest.raises(NotPermitted):
            adopt_regime(cast.scope(name), NEW_YORK, "")
    with pytest.raises(NotHere):
        adopt_regime(cast.scope("cam"), "atlantis", "")
    with pytest.raises(NotNow):
        give_up_regime(cast.scope("cam"), NEW_YORK)


def test_a_regime_of_one_district_is_none_of_the_other_s(cast: Cast) -> None:
    adopt_regime(cast.scope("cam"), NEW_YORK, "42")
    assert adopted(cast.operator(cast.riverton)) == {}


def test_an_approval_is_noted_once_and_ends_on_a_day(cast: Cast) -> None:
    cam = cast.scope("cam")
    approval_id = an_approval(cam)
    (found,) = provider_approvals(cam)
    again = approve_provider(
        cam,
        organization=found.organization.upper(),
        regime=NEW_YORK,
        number="23114",
        approved_from=date(2014, 1, 1),
        approved_until=None,
    )
    assert again == approval_id
    for _ in range(2):
        end_approval(cam, approval_id, date(2014, 6, 30))
    (ended,) = provider_approvals(cam)
    assert (ended.holds(date(2014, 6, 30)), ended.holds(date(2014, 7, 1))) == (True, False)
    assert _happened(cast) == ["provider.approved", "provider.approval_ended"]


def test_approvals_of_one_organization_never_overlap(cast: Cast) -> None:
    cam = cast.scope("cam")
    first = an_approval(cam, approved_until=date(2014, 12, 31))
    (found,) = provider_approvals(cam)
    later = {"organization": found.organization, "regime": NEW_YORK, "number": "7", "approved_until": None}
    with pytest.raises(NotValid) as refusal:
        approve_provider(cam, **later, approved_from=date(2014, 12, 31))  # type: ignore[arg-type]
    assert list(refusal.value.errors) == ["approved_from"]
    approve_provider(cam, **later, approved_from=date(2015, 1, 1))  # type: ignore[arg-type]
    with pytest.raises(NotValid) as refusal:
        end_approval(cam, first, date(2015, 1, 1))
    assert "January" in refusal.value.errors["last_on"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"organization": "Nobody has this name"}, "organization"),
        ({"regime": "atlantis"}, "regime"),
        ({"approved_until": date(2013, 12, 31)}, "approved_until"),
    ],
)
def test_an_approval_is_refused_at_its_field(cast: Cast, more: dict[str, object], field: str) -> None:
    with pytest.raises(NotValid) as refusal:
        an_approval(cast.scope("cam"), **more)
    assert list(refusal.value.errors) == [field]


def test_an_approval_ends_on_or_after_its_first_day_and_only_in_its_district(cast: Cast) -> None:
    approval_id = an_approval(cast.scope("cam"))
    with pytest.raises(NotValid):
        end_approval(cast.scope("cam"), approval_id, date(2013, 12, 31))
    with pytest.raises(NotHere):
        end_approval(cast.operator(cast.riverton), approval_id, date(2014, 12, 31))


def test_two_who_note_the_same_approval_at_once_are_told(cast: Cast) -> None:
    """Deleting the constraint's line in `constraints.REFUSALS` makes this an error of the program."""
    cam = cast.scope("cam")
    an_approval(cam)
    row = cam.session.scalar(sa.select(ProviderApproval))
    assert row is not None
    twin = {
        column: getattr(row, column)
        for column in ("organization_id", "regime", "number", "approved_from", "approved_until", "created_at")
    }
    cam.session.rollback()

    with pytest.raises(NotNow, match="Somebody noted this"):
        _insert_twin(cam, twin)


def _insert_twin(scope: object, twin: dict[str, object]) -> None:
    from pdtracker.constraints import refusal_of
    from pdtracker.scope import Scope

    assert isinstance(scope, Scope)
    try:
        with scope.session.writing():
            scope.session.add(ProviderApproval(**twin))
    except sa.exc.IntegrityError as error:
        raise refusal_of(error) from error
