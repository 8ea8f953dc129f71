"""Addresses under which people show their certificates: made, ended, and each opening noted for their owner."""

from __future__ import annotations

import secrets
from datetime import timedelta

import sqlalchemy as sa

from pdtracker.actions.accounts import secret_hash
from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotHere, NotNow
from pdtracker.domain.sharing import DAYS, MOST_LINKS
from pdtracker.models.certificates import ShareLink
from pdtracker.models.ids import new_id
from pdtracker.queries import claims
from pdtracker.queries.certificates import certificate
from pdtracker.queries.sharing import OPENED, SHARE_LINK, is_noted
from pdtracker.scope import Scope, action

_TOKEN_BYTES = 32


@action(Permission.SEE_EVENTS)
def share_certificates(scope: Scope, *, name: str, days: int, serial: str | None) -> str:
    """The secret of a new address, told this once; `name` says for whom, `serial` which certificate, None all.

    Raises NotHere for a certificate that isn't the acting person's, NotNow for more than `MOST_LINKS` at a time.
    """
    if days not in DAYS:
        raise ValueError(f"{days} days are not offered")
    claims.lock_me(scope)
    issued = certificate(scope, serial) if serial is not None else None
    if issued is not None and issued.person_id != scope.me.id:
        raise NotHere
    scope.session.execute(
        sa.delete(ShareLink).where(
            ShareLink.person_id == scope.me.id,
            sa.or_(ShareLink.revoked_at.is_not(None), ShareLink.expires_at <= scope.at),
        )
    )
    if (
        len(scope.session.scalars(sa.select(ShareLink.id).where(ShareLink.person_id == scope.me.id)).all())
        >= MOST_LINKS
    ):
        raise NotNow("enough_links", f"You have {MOST_LINKS} addresses. End one that is no longer needed.")
    token, link_id = secrets.token_urlsafe(_TOKEN_BYTES), new_id()
    scope.session.add(
        ShareLink(
            token_hash=secret_hash(token),
            id=link_id,
            person_id=scope.me.id,
            certificate_id=issued.id if issued else None,
            name=name,
            made_at=scope.at,
            expires_at=scope.at + timedelta(days=days),
        )
    )
    scope.record(
        "share.made", SHARE_LINK, link_id, person=scope.me.id, days=days, certificate=issued and issued.serial
    )
    return token


@action(Permission.SEE_EVENTS)
def end_share(scope: Scope, link_id: int) -> None:
    """End an address; whoever opens it gets the answer of one that never was. Twice is once."""
    claims.lock_me(scope)
    found = scope.session.scalar(
        sa.select(ShareLink).where(ShareLink.id == link_id, ShareLink.person_id == scope.me.id)
    )
    if found is None:
        raise NotHere
    if found.revoked_at is None:
        found.revoked_at = scope.at
        scope.record("share.ended", SHARE_LINK, link_id, person=scope.me.id)


@action(Permission.SEE_EVENTS)
def note_opening(scope: Scope, link_id: int) -> None:
    """Note that somebody opened an address, once for each ten minutes: its owner reads it. Who it was nobody knows."""
    if not is_noted(scope, link_id):
        scope.record(OPENED, SHARE_LINK, link_id)
