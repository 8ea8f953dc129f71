"""Addresses of one's own calendar: made, renewed, revoked."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from pdtracker.actions.accounts import secret_hash
from pdtracker.actions.calendar_addresses import make_address, renew_address, revoke_address
from pdtracker.actions.people import let_person_leave, welcome_person_back
from pdtracker.domain.going import MOST_ADDRESSES
from pdtracker.domain.refusals import NotHere, NotNow
from pdtracker.models.going import CalendarAddress
from pdtracker.models.records import AuditEntry
from pdtracker.queries.calendar_addresses import my_addresses, owner_of
from tests.factories import Cast


def owner(cast: Cast, token: str) -> int | None:
    """Whose calendar the door finds behind a secret."""
    with cast.database.session(None, installation=True) as doors:
        found = owner_of(doors, secret_hash(token))
    return found.person_id if found else None


def test_an_address_leads_to_its_owner_and_is_kept_as_a_hash_only(cast: Cast) -> None:
    token = make_address(cast.scope("ada"), "my phone")
    assert len(token) >= 43
    assert owner(cast, token) == cast.person_ids["ada"]
    assert owner(cast, token[:-1]) is None
    stored = cast.operator().session.scalars(sa.select(CalendarAddress)).one()
    facts = cast.operator().session.scalars(sa.select(AuditEntry.facts)).all()
    assert token not in f"{stored.token_hash} {stored.name} {facts}"


def test_another_secret_ends_the_one_before(cast: Cast) -> None:
    token = make_address(cast.scope("ada"), "my phone")
    (row,) = my_addresses(cast.scope("ada"))
    fresh = renew_address(cast.scope("ada"), row.id)
    assert (owner(cast, token), owner(cast, fresh)) == (None, cast.person_ids["ada"])
    assert [one.name for one in my_addresses(cast.scope("ada"))] == ["my phone"]


def test_a_revoked_address_leads_nowhere_and_twice_is_once(cast: Cast) -> None:
    token = make_address(cast.scope("ada"), "my phone")
    (row,) = my_addresses(cast.scope("ada"))
    for _ in range(2):
        revoke_address(cast.scope("ada"), row.id)
    assert owner(cast, token) is None
    assert my_addresses(cast.scope("ada")) == ()
    with pytest.raises(NotNow):
        renew_address(cast.scope("ada"), row.id)
    told = cast.operator().session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert [one for one in told if one.startswith("calendar.")] == [
        "calendar.address_made",
        "calendar.address_revoked",
    ]


def test_nobody_touches_anothers_address(cast: Cast) -> None:
    token = make_address(cast.scope("ada"), "my phone")
    (row,) = my_addresses(cast.scope("ada"))
    for name in ("bo", "cam", "dee"):
        with pytest.raises(NotHere):
            revoke_address(cast.scope(name), row.id)
        with pytest.raises(NotHere):
            renew_address(cast.scope(name), row.id)
        assert my_addresses(cast.scope(name)) == ()
    assert owner(cast, token) is not None


def test_there_are_a_few_addresses_at_most_and_a_revoked_one_makes_room(cast: Cast) -> None:
    for number in range(MOST_ADDRESSES):
        make_address(cast.scope("ada"), f"number {number}")
    with pytest.raises(NotNow, match="Revoke one"):
        make_address(cast.scope("ada"), "one more")
    revoke_address(cast.scope("ada"), my_addresses(cast.scope("ada"))[0].id)
    make_address(cast.scope("ada"), "one more")
    count = sa.select(sa.func.count()).select_from(CalendarAddress)
    assert cast.operator().session.scalar(count) == MOST_ADDRESSES


def test_who_leaves_takes_no_address_along(cast: Cast) -> None:
    token = make_address(cast.scope("ada"), "my phone")
    let_person_leave(cast.scope("cam"), cast.database, cast.person_ids["ada"])
    welcome_person_back(cast.scope("cam"), cast.person_ids["ada"])
    assert owner(cast, token) is None
