"""Making a district: itself, its schools, its questions, its rules for credit, and its signing key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pdtracker import signing
from pdtracker.db import Database
from pdtracker.domain.access import Permission
from pdtracker.domain.first_policy import first_policy
from pdtracker.domain.policy import CreditPolicy
from pdtracker.domain.refusals import Mistyped, NotValid
from pdtracker.domain.text import clean_line, clean_name
from pdtracker.domain.when import known_zone, local, school_year
from pdtracker.models.districts import CreditPolicy as CreditPolicyRow
from pdtracker.models.districts import District, Prompt, School, SigningKey
from pdtracker.models.ids import new_id
from pdtracker.scope import DistrictFacts, Scope, action

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,38}[a-z0-9]")
RESERVED_SLUGS = frozenset(
    {
        "about", "accessibility", "account", "admin", "api", "check-in", "commitments", "events", "files", "healthz",
        "help", "join", "letters", "privacy", "programmes", "readyz", "shared",
        "sign-in", "sign-out", "static", "verify", "www",
    }
)  # fmt: skip
"""First parts of our own addresses: no district may stand in their way."""

SCHOOL_YEAR_STARTS = (7, 1)
_PLACE_CHARACTERS = 120
_NUMBER_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class NewPrompt:
    """A question that reflections are to answer, with a hint and the number of words that its guide leads to."""

    question: str
    hint: str
    wished_words: int


FIRST_PROMPTS = (
    NewPrompt(
        "What did you learn that you did not know before?",
        'Two or three sentences are enough. "Nothing yet" is an honest answer.',
        40,
    ),
    NewPrompt(
        "What will you try with your students, and when?",
        "One thing, and the week in which you mean to try it.",
        40,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDistrict:
    """What an operator says of a district. Without `policies` it begins with the plain rules of this school year."""

    slug: str
    name: str
    place: str
    zone: str
    schools: Sequence[str] = ()
    sponsor_number: str | None = None
    prompts: Sequence[NewPrompt] = FIRST_PROMPTS
    policies: Sequence[CreditPolicy] = ()


def create_district(database: Database, new: NewDistrict, *, secret: str, at: datetime) -> DistrictFacts:
    """Make a district that can begin at once: questions, rules for credit, a key to sign with.

    `secret` locks the private key. Raises NotValid: slug, name, place, zone, schools.
    """
    facts = _checked(new)
    with database.session(facts.id) as session:
        _make_district(Scope(session, facts, at), new, secret)
    return facts


@action(Permission.MANAGE_DISTRICT)
def _make_district(scope: Scope, new: NewDistrict, secret: str) -> None:
    session, facts, at = scope.session, scope.district, scope.at
    session.add(
        District(
            id=facts.id,
            slug=facts.slug,
            name=facts.name,
            place=facts.place,
            zone=facts.zone,
            sponsor_number=facts.sponsor_number,
            created_at=at,
        )
    )
    # Everything else points at the district.
    session.flush()
    session.add_all(School(name=clean_name(name), created_at=at) for name in new.schools)
    session.add_all(
        Prompt(
            position=position,
            question=prompt.question,
            hint=prompt.hint,
            wished_words=prompt.wished_words,
            retired_at=None,
        )
        for position, prompt in enumerate(new.prompts, 1)
    )
    session.add_all(
        CreditPolicyRow(
            name=policy.name, edition=policy.edition, document=policy.to_document(), created_at=at
        )
        for policy in new.policies or (_plain_policy(facts, at),)
    )
    pair = signing.new_key()
    session.add(
        SigningKey(
            kid=pair.kid,
            public_key=pair.public,
            sealed_private_key=signing.lock(pair.private, pair.kid, secret),
            valid_from=at,
            retired_at=None,
        )
    )
    scope.record("district.made", "district", facts.id, slug=facts.slug, name=facts.name, kid=pair.kid)


def _plain_policy(facts: DistrictFacts, at: datetime) -> CreditPolicy:
    begins, _ = school_year(local(at, facts.zone).date(), SCHOOL_YEAR_STARTS)
    return first_policy(f"{facts.name} hours", f"{begins.year}-1", begins, SCHOOL_YEAR_STARTS)


def _checked(new: NewDistrict) -> DistrictFacts:
    errors: dict[str, str] = {}
    cleaned: dict[str, str] = {}
    if not SLUG.fullmatch(new.slug):
        errors["slug"] = "Use 2 to 40 letters a to z, digits and hyphens, such as maplewood."
    elif new.slug in RESERVED_SLUGS:
        errors["slug"] = f"{new.slug} is the beginning of an address of ours. Choose another short name."
    readings: Mapping[str, Callable[[], str]] = {
        "name": lambda: clean_name(new.name),
        "place": lambda: clean_line(new.place, _PLACE_CHARACTERS),
        "sponsor_number": lambda: clean_line(new.sponsor_number or "", _NUMBER_CHARACTERS),
        "schools": lambda: ", ".join(clean_name(school) for school in new.schools),
    }
    for name, read in readings.items():
        try:
            cleaned[name] = read()
        except Mistyped as error:
            errors[name] = error.sentence
    if not known_zone(new.zone):
        errors["zone"] = "Name a time zone such as America/New_York."
    if errors:
        raise NotValid(errors)
    return DistrictFacts(
        new_id(), new.slug, cleaned["name"], cleaned["place"], new.zone, cleaned["sponsor_number"] or None
    )
