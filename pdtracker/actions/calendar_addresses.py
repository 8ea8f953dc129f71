"""Addresses under which other calendars read one's own: made, renewed, revoked. Only their owner ever sees one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import sqlalchemy as sa

from pdtracker.actions.accounts import secret_hash
from pdtracker.domain.access import Permission
from pdtracker.domain.going import MOST_ADDRESSES
from pdtracker.domain.refusals import NotHere, NotNow
from pdtracker.models.going import CalendarAddress
from pdtracker.models.ids import new_id
from pdtracker.queries import claims
from pdtracker.scope import Scope, action

_TOKEN_BYTES = 32


@action(Permission.SEE_EVENTS)
def make_address(scope: Scope, name: str) -> str:
    """The secret of a new address; `name` says where its owner uses it. It is told this once.

    Refuses with NotNow more than `MOST_ADDRESSES` at a time.
    """
    claims.lock_me(scope)
    live = [one for one in _mine(scope) if one.revoked_at is None]
    if len(live) >= MOST_ADDRESSES:
        raise NotNow(
            "enough_addresses", f"You have {MOST_ADDRESSES} addresses. Revoke one that you don't use."
        )
    scope.session.execute(
        sa.delete(CalendarAddress).where(
            CalendarAddress.person_id == scope.me.id, CalendarAddress.revoked_at.is_not(None)
        )
    )
    token, address_id = secrets.token_urlsafe(_TOKEN_BYTES), new_id()
    scope.session.add(
        CalendarAddress(
            token_hash=secret_hash(token), id=address_id, person_id=scope.me.id, name=name, made_at=scope.at
        )
    )
    scope.record("calendar.address_made", "calendar_address", address_id, person=scope.me.id, name=name)
    return token


@action(Permission.SEE_EVENTS)
def renew_address(scope: Scope, address_id: int) -> str:
    """Another secret in place of the one before, which ends at once. Raises NotHere for one that isn't theirs."""
    claims.lock_me(scope)
    found = _one(scope, address_id)
    if found.revoked_at is not None:
        raise NotNow("address_revoked", "This address was revoked. Make a new one.")
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    found.token_hash, found.made_at = secret_hash(token), scope.at
    scope.record("calendar.address_renewed", "calendar_address", address_id, person=scope.me.id)
    return token


@action(Permission.SEE_EVENTS)
def revoke_address(scope: Scope, address_id: int) -> None:
    """End an address; whoever asks for it gets the answer of one that never was. Twice is once."""
    claims.lock_me(scope)
    found = _one(scope, address_id)
    if found.revoked_at is not None:
        return
    found.revoked_at = scope.at
    scope.record("calendar.address_revoked", "calendar_address", address_id, person=scope.me.id)


def end_addresses(scope: Scope, person_ids: Sequence[int]) -> None:
    """End all addresses of these people, within a running action that says why."""
    scope.session.execute(
        sa.update(CalendarAddress)
        .where(CalendarAddress.person_id.in_(person_ids), CalendarAddress.revoked_at.is_(None))
        .values(revoked_at=scope.at)
        .execution_options(synchronize_session=False)
    )


def _mine(scope: Scope) -> list[CalendarAddress]:
    return list(
        scope.session.scalars(sa.select(CalendarAddress).where(CalendarAddress.person_id == scope.me.id))
    )


def _one(scope: Scope, address_id: int) -> CalendarAddress:
    found = next((one for one in _mine(scope) if one.id == address_id), None)
    if found is None:
        raise NotHere
    return found
