"""Links that let in whoever reads mail of the right domains, and the district's open registration."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from pdtracker.actions.accounts import secret_hash
from pdtracker.domain.access import Permission
from pdtracker.domain.joining import LINK_DAYS, MOST_BY_LINK, MOST_LINKS
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.models.ids import new_id
from pdtracker.models.joining import JoiningLink, OpenRegistration
from pdtracker.queries.joining import is_good
from pdtracker.scope import Scope, action

_TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """What a link is for, whose mail it trusts, for how many days and how many people at most."""

    name: str
    domains: Sequence[str]
    days: int
    most: int


@action(Permission.MANAGE_PEOPLE)
def make_joining_link(scope: Scope, new: NewLink) -> str:
    """The secret of a new link, told this once. Raises NotValid at `most`, NotNow for too many links at a time."""
    if new.days not in LINK_DAYS:
        raise ValueError(f"{new.days} days are not offered")
    if not 1 <= new.most <= MOST_BY_LINK:
        raise NotValid({"most": f"Enter between 1 and {MOST_BY_LINK:,} people."})
    good = scope.session.scalar(sa.select(sa.func.count(JoiningLink.id)).where(*is_good(scope.at)))
    if (good or 0) >= MOST_LINKS:
        raise NotNow("enough_links", f"There are {MOST_LINKS} links. End one that is no longer needed.")
    token, link_id = secrets.token_urlsafe(_TOKEN_BYTES), new_id()
    scope.session.add(
        JoiningLink(
            id=link_id,
            token_hash=secret_hash(token),
            name=new.name,
            domains=list(new.domains),
            most=new.most,
            used=0,
            by_person_id=scope.me.id,
            made_at=scope.at,
            ends_at=scope.at + timedelta(days=new.days),
        )
    )
    scope.record(
        "joining_link.made",
        "joining_link",
        link_id,
        name=new.name,
        domains=list(new.domains),
        days=new.days,
        most=new.most,
    )
    return token


@action(Permission.MANAGE_PEOPLE)
def end_joining_link(scope: Scope, link_id: int) -> None:
    """End a link: also who has a letter by it and has not come in comes in no more. Twice is once."""
    link = scope.session.scalar(sa.select(JoiningLink).where(JoiningLink.id == link_id).with_for_update())
    if link is None:
        raise NotHere
    if link.ended_at is None:
        link.ended_at = scope.at
        scope.record("joining_link.ended", "joining_link", link_id, name=link.name)


@action(Permission.MANAGE_PEOPLE)
def open_registration(scope: Scope, domains: Sequence[str]) -> None:
    """Let in by themselves whoever reads mail of these domains, and nobody else."""
    known = scope.session.scalar(sa.select(OpenRegistration).with_for_update())
    if known is None:
        known = OpenRegistration()
        scope.session.add(known)
    elif tuple(known.domains) == tuple(domains):
        return
    known.domains, known.by_person_id, known.opened_at = list(domains), scope.me.id, scope.at
    scope.record("registration.opened", "district", scope.district.id, domains=list(domains))


@action(Permission.MANAGE_PEOPLE)
def close_registration(scope: Scope) -> None:
    """Let nobody in whom the district doesn't know; their letters that are under way are void. Twice is once."""
    known = scope.session.scalar(sa.select(OpenRegistration).with_for_update())
    if known is not None:
        scope.session.delete(known)
        scope.record("registration.closed", "district", scope.district.id)
