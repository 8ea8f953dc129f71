"""The demo's districts and people: Maplewood, and Riverton, which must never see Maplewood's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from pdtracker.demo.calendar import packaged
from pdtracker.domain.access import Role
from pdtracker.domain.bundle import BundleRule
from pdtracker.domain.equivalence import ApplicationRule, RecordingRule
from pdtracker.domain.first_policy import APPLIED_AT_FIRST
from pdtracker.domain.follow_up import FollowUpRule
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.licence import FollowUpKind
from pdtracker.domain.policy import CreditPolicy, KindCap
from pdtracker.domain.summary import SummaryKind

PASSWORD = "connected-educator"  # noqa: S105 - the demo's own, printed on its sign-in page
"""The password of everybody in the demo."""

WISHED_WORDS = 40
"""What the word guide of each prompt leads to; nobody is held to it."""


_FIRST_RULES = date(2012, 7, 1)
"""The school year of the first Connected Educator Month, August 2012."""


@dataclass(frozen=True, slots=True)
class DemoDistrict:
    """A district with its schools by name."""

    slug: str
    name: str
    place: str
    zone: str
    schools: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody of a district.

    `reviews_only` names the school whose claims a reviewer sees; `None` is the whole district. `shown_as` says
    who this is on the demo's sign-in page; people without it can sign in as well, with the same password.
    Who has an `earlier_name` comes with it and is given `name` by a `Rename`.
    """

    district: str
    email: str
    name: str
    title: str
    school: str | None
    roles: tuple[Role, ...]
    reviews_only: str | None
    shown_as: str | None
    earlier_name: str | None


@dataclass(frozen=True, slots=True)
class DemoPrompt:
    """A question of the district that a reflection answers."""

    position: int
    question: str
    hint: str
    wished_words: int


def districts() -> tuple[DemoDistrict, ...]:
    """The two districts, Maplewood first."""
    return tuple(
        DemoDistrict(
            slug=row["slug"],
            name=row["name"],
            place=row["place"],
            zone=row["zone"],
            schools=tuple(row["schools"]),
        )
        for row in packaged("people.toml")["districts"]
    )


def people() -> tuple[DemoPerson, ...]:
    """Everybody of both districts, each told apart by the e-mail address."""
    by_domain = {row["domain"]: row["slug"] for row in packaged("people.toml")["districts"]}
    return tuple(_person(row, by_domain) for row in packaged("people.toml")["people"])


def prompts() -> tuple[DemoPrompt, ...]:
    """The three prompts that both districts ask."""
    return tuple(
        DemoPrompt(position=position, question=row["question"], hint=row["hint"], wished_words=WISHED_WORDS)
        for position, row in enumerate(packaged("people.toml")["prompts"], start=1)
    )


def credit_policies(on: date) -> dict[str, tuple[CreditPolicy, ...]]:
    """The rules of each district by its slug, in two editions.

    The one in force since the July two calendar years before `on`, and the one before it: it reaches back to the
    first month of the calendar, so that whatever the calendar lists can be credited.

    Hours count in quarter-hour steps, rounded down; a session counts from 30 minutes on. Of the 15 hours that
    are required chats can be three: a fifth, as the guidance on caps suggests.
    """
    since = date(on.year - 2, 7, 1)
    return {row["slug"]: _editions(row["policy_name"], since) for row in packaged("people.toml")["districts"]}


def _editions(name: str, since: date) -> tuple[CreditPolicy, CreditPolicy]:
    first = CreditPolicy(
        name=name,
        edition=f"{_FIRST_RULES.year}-1",
        effective_from=_FIRST_RULES,
        effective_until=since - timedelta(days=1),
        unit_minutes=60,
        step_minutes=15,
        minimum_session_minutes=30,
        caps=(KindCap(EventKind.HASHTAG_CHAT, 180), KindCap(EventKind.FORUM, 300)),
        year_starts=(7, 1),
        required_minutes=900,
    )
    # What is alike has the same cap, so that another word for it wins nothing.
    alike = (EventKind.SELF_PACED, EventKind.COURSE, EventKind.WORKSHOP, EventKind.OTHER)
    more = (*(KindCap(kind, 300) for kind in alike), KindCap(EventKind.CONTEST, 120))
    return first, replace(
        first,
        edition=f"{since.year}-1",
        effective_from=since,
        effective_until=None,
        caps=(KindCap(EventKind.HASHTAG_CHAT, percent=20), *first.caps[1:], *more),
        application=ApplicationRule(kinds=APPLIED_AT_FIRST),
        recordings=RecordingRule(kinds=tuple(kind for kind in EventKind if kind.is_live), summary_words=40),
        logged_kinds=(EventKind.BOOK_CLUB,),
        bundles=BundleRule(kinds=APPLIED_AT_FIRST),
        summaries=(SummaryKind.PROGRAMME, SummaryKind.YEAR),
        follow_ups=(
            FollowUpRule(kind=FollowUpKind.APPLICATION, after_days=28, within_days=180, percent=50),
            FollowUpRule(kind=FollowUpKind.IMPACT, after_days=90, within_days=365, percent=0),
        ),
    )


def _person(row: dict[str, Any], by_domain: dict[str, str]) -> DemoPerson:
    return DemoPerson(
        district=by_domain[row["email"].partition("@")[2]],
        email=row["email"],
        name=row["name"],
        title=row["title"],
        school=row.get("school"),
        roles=tuple(Role(role) for role in row["roles"]),
        reviews_only=row.get("reviews"),
        shown_as=row.get("shown"),
        earlier_name=row.get("earlier_name"),
    )
