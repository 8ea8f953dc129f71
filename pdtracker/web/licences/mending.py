"""What somebody can do where an activity counts nothing, because something that the rules ask for isn't shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import url_for

from pdtracker.domain.access import Permission
from pdtracker.domain.licence import APPROVED_PROVIDER
from pdtracker.domain.licence_progress import CountedActivity
from pdtracker.queries.licensing import HeldLicence
from pdtracker.web.requests import scope


@dataclass(frozen=True, slots=True)
class Mend:
    """Who can do what, and the page on which."""

    sentence: str
    label: str
    href: str


def mends_of(one: CountedActivity, held: HeldLicence, claim_id: int) -> tuple[Mend, ...]:
    """The ways to show what an activity lacks, for who looks at it; none where it lacks nothing."""
    return tuple(_mends(one, held, claim_id)) if one.lacks else ()


def _mends(one: CountedActivity, held: HeldLicence, claim_id: int) -> Iterator[Mend]:
    is_mine = held.person_id == scope().me.id
    if any(APPROVED_PROVIDER in needs for needs in one.lacks):
        yield _approval()
    if one.is_waiting and is_mine:
        yield Mend(
            "Where it holds, you can say so: withdraw the claim, tick it under “For your licences”, and send it again.",
            "The claim",
            url_for("claims.show", claim_id=claim_id),
        )
    elif one.is_waiting:
        return
    elif not is_mine and scope().may(Permission.SIGN_LICENCES):
        yield Mend(
            "It is approved already. Where it holds all the same, you can sign for the credit.",
            "Sign a change",
            url_for("signing.ask_adjustment", licence_id=held.id),
        )
    elif is_mine:
        yield Mend(
            "It is approved already. Where it holds all the same, an administrator can sign for the credit: "
            "show them the proof.",
            "The claim",
            url_for("claims.show", claim_id=claim_id),
        )


def _approval() -> Mend:
    if scope().may(Permission.MANAGE_POLICY):
        return Mend(
            "If the provider was approved on that day, note it, and the session counts.",
            "Note an approval",
            url_for("providers.index"),
        )
    return Mend(
        "If the provider was approved on that day, an administrator can note it, and the session counts.",
        "Approved providers",
        url_for("providers.index"),
    )
