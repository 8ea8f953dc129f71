"""The cast, and the least that they need: Ada teaches, Bo reviews, Cam administers, Hal hosts, all of Maplewood.

Dee teaches in Riverton, where Rex reviews; they must see nothing of Maplewood, nor Maplewood of them.

- `cast`: a database with the two districts and the cast; `cast.scope("ada")` for queries and actions
- `house`: the same with the web application; `house.client_of("ada")` is signed in, `house.visitor()` is not
- `an_event(...)`, `a_claim(...)`: the least valid ones
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from flask import Flask

from pdtracker import passwords
from pdtracker.actions.accounts import secret_hash
from pdtracker.actions.archives import ArchiveEntry, give_archive_link
from pdtracker.actions.bulk import decide_all
from pdtracker.actions.discussions import contribute
from pdtracker.actions.districts import NewDistrict, create_district
from pdtracker.actions.issuing import Issuer
from pdtracker.actions.jobs import Part
from pdtracker.actions.participation import Joining, propose_participant
from pdtracker.actions.people import NewPerson, Roles, add_person
from pdtracker.actions.posting import Reader, queued
from pdtracker.actions.regimes import approve_provider
from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.actions.second_factors import Owner, begin_app, confirm_app, enrolment
from pdtracker.app import create_app
from pdtracker.db import Database
from pdtracker.domain import policy as rules
from pdtracker.domain.access import Role
from pdtracker.domain.archive import ArchiveKind
from pdtracker.domain.attendance import Strength
from pdtracker.domain.attendance_import import ImportState
from pdtracker.domain.check_in_codes import screen_token
from pdtracker.domain.check_ins import Clock, Mark, Means
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.letters import Letter
from pdtracker.domain.licence import FollowUpKind
from pdtracker.domain.mailing import LetterKind
from pdtracker.domain.matching import AliasKind, Standing
from pdtracker.domain.participation import ParticipantKind
from pdtracker.domain.refs import ref_of
from pdtracker.domain.roster import RosterFormat, RosterMode, RosterState
from pdtracker.domain.stop_links import StopLink
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.certificates import Certificate, ShareLink
from pdtracker.models.check_ins import CheckIn, CheckInDesk
from pdtracker.models.claims import Claim, ClaimStep, Evidence, EvidenceKind, FollowUp
from pdtracker.models.districts import CreditPolicy, School
from pdtracker.models.event_imports import CalendarImport
from pdtracker.models.events import Event, EventState, Organization, Programme
from pdtracker.models.going import CalendarAddress
from pdtracker.models.ids import new_id
from pdtracker.models.imports import AttendanceAlias, AttendanceImport, AttendanceLine
from pdtracker.models.joining import JoiningLetter, JoiningLink
from pdtracker.models.licences import Licence, LicenceAttestation
from pdtracker.models.mailing import BouncedAddress
from pdtracker.models.passkeys import Passkey
from pdtracker.models.people import Account, AccountDistrict, Membership, Person, SignIn
from pdtracker.models.records import IdempotencyKey, OutboxMail
from pdtracker.models.rosters import RosterImport
from pdtracker.one_time_codes import code_at
from pdtracker.queries.accounts import district_by_slug
from pdtracker.queries.people import member
from pdtracker.queries.second_factors import app_facts
from pdtracker.scope import DistrictFacts, PersonFacts, Scope
from pdtracker.settings import Settings, read_settings
from pdtracker.web.requests import Wiring
from tests.harness.databases import DatabaseUrls
from tests.reviewing_client import ReviewingClient

AnyCast = TypeVar("AnyCast", bound="Cast")

NOW = datetime(2014, 10, 20, 16, 0, tzinfo=UTC)
"""A Monday at noon in Maplewood: the moment of tests that give one. The web has the clock's."""

PASSWORD = "four words that differ"
SECRET = "only for tests " * 3 + "!"

AN_ISSUER = Issuer(
    verify_address="http://localhost/verify/",
    secrets=(SECRET,),
    check_letters=lambda snapshot: None,
    claim_address=lambda slug, claim_id: f"http://localhost/{slug}/claims/{ref_of(claim_id)}",
)

CAST: Mapping[str, tuple[str, str, frozenset[Role]]] = {
    "ada": ("maplewood", "Ada Lindqvist", frozenset({Role.TEACHER})),
    "bo": ("maplewood", "Bo Tran", frozenset({Role.REVIEWER})),
    "cam": ("maplewood", "Cam Okafor", frozenset({Role.ADMINISTRATOR})),
    "hal": ("maplewood", "Hal Whitfield", frozenset({Role.HOST})),
    "dee": ("riverton", "Dee Alvarez", frozenset({Role.TEACHER})),
    "rex": ("riverton", "Rex Moreau", frozenset({Role.REVIEWER})),
}


class BuiltApp:
    """The application, built once in a worker: each test gets it with its own database and settings.

    It keeps nothing else between requests, and Flask refuses to change it after the first one.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        self._app = create_app(settings, database=database)
        self._app.test_client_class = ReviewingClient
        self._config = dict(self._app.config)
        self._app.test_client().get("/healthz")

    def wired(self, settings: Settings, database: Database) -> Flask:
        """The application on this database."""
        self._app.config.clear()
        self._app.config.update(self._config | settings.for_flask())
        self._app.extensions["pdtracker"] = Wiring(settings, database)
        return self._app


@dataclass(frozen=True, slots=True)
class Roster:
    """The two districts and their people, as a database has them."""

    maplewood: DistrictFacts
    riverton: DistrictFacts
    person_ids: Mapping[str, int]
    account_ids: Mapping[str, int]
    school_ids: Mapping[str, int]


@dataclass
class Cast:
    """A database with two districts and their people."""

    database: Database
    settings: Settings
    maplewood: DistrictFacts
    riverton: DistrictFacts
    person_ids: Mapping[str, int]
    account_ids: Mapping[str, int]
    school_ids: Mapping[str, int]
    open: ExitStack = field(default_factory=ExitStack)

    def district_of(self, name: str) -> DistrictFacts:
        """Where somebody belongs."""
        return self.maplewood if CAST[name][0] == "maplewood" else self.riverton

    def email_of(self, name: str) -> str:
        """The address with which somebody signs in."""
        return email_of(name)

    def scope(self, name: str, at: datetime = NOW) -> Scope:
        """Somebody's scope in a session of its own, as a request would have it."""
        district = self.district_of(name)
        session = self.open.enter_context(self.database.session(district.id))
        found = member(session, self.person_ids[name])
        assert found is not None
        return Scope(session, district, at, found.person, found.roles, found.review_school_ids)

    def operator(self, district: DistrictFacts | None = None, at: datetime = NOW) -> Scope:
        """The command line's or the worker's scope."""
        there = district or self.maplewood
        return Scope(self.open.enter_context(self.database.session(there.id)), there, at)


@dataclass
class House(Cast):
    """The same with the web application before it."""

    app: Flask = field(default_factory=lambda: Flask("nothing"))

    def build(self) -> Flask:
        """Build an application for this test alone: the one of all tests takes no further addresses."""
        self.app = create_app(self.settings, database=self.database)
        self.app.test_client_class = ReviewingClient
        return self.app

    def visitor(self) -> ReviewingClient:
        """A browser in which nobody has signed in."""
        client = self.app.test_client()
        assert isinstance(client, ReviewingClient)
        return client

    def client_of(self, name: str) -> ReviewingClient:
        """A browser in which somebody has signed in; ids and people of the other district must not reach it."""
        client = self.visitor()
        secret = secrets.token_urlsafe(32)
        with self.database.session(None, installation=True) as session, session.writing():
            session.add(_a_sign_in(self.account_ids[name], secret))
        with client.session_transaction() as cookie:
            cookie["_user_id"] = secret
        client.foreign = self.foreign_to(name)
        return client

    def foreign_to(self, name: str) -> frozenset[str]:
        """What must never reach this person: names, addresses and ids of the other district's people."""
        others = [other for other in CAST if CAST[other][0] != CAST[name][0]]
        ids = [self.person_ids[other] for other in others]
        elsewhere = self.riverton if self.district_of(name) is self.maplewood else self.maplewood
        return frozenset(
            [CAST[other][1] for other in others]
            + [self.email_of(other) for other in others]
            + [ref_of(number) for number in (*ids, elsewhere.id)]
            + [str(number) for number in (*ids, elsewhere.id)]
        )


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> BuiltApp:
    """The application of all tests."""
    folder = tmp_path_factory.mktemp("built")
    settings = settings_for(f"sqlite:///{folder / 'nothing.db'}", folder)
    return BuiltApp(settings, Database(settings.database_url))


@pytest.fixture(scope="session")
def rosters() -> dict[str, Roster]:
    """Who is in the databases that were filled with the cast, for each of the two kinds; read once in a worker."""
    return {}


@pytest.fixture
def cast(database: Database, database_url: str, tmp_path: Path, rosters: dict[str, Roster]) -> Iterator[Cast]:
    """A database with the cast in it (`is_filled`); the test runs on both databases."""
    made = make_cast(Cast, database, database_url, tmp_path, _known(rosters, database))
    yield made
    made.open.close()


@pytest.fixture
def house(
    database: Database, database_url: str, tmp_path: Path, rosters: dict[str, Roster], built: BuiltApp
) -> Iterator[House]:
    """The same with the web application."""
    made = make_cast(House, database, database_url, tmp_path, _known(rosters, database))
    made.app = built.wired(made.settings, database)
    yield made
    made.open.close()


def is_filled(request: pytest.FixtureRequest) -> bool:
    """Whether the test asks for a database with the cast in it."""
    return not {"cast", "house"}.isdisjoint(request.fixturenames)


def fill_with_cast(urls: DatabaseUrls) -> None:
    """Put the two districts and the cast into a migrated database."""
    database = Database(urls.app)
    for slug in ("maplewood", "riverton"):
        new = NewDistrict(
            slug=slug,
            name=f"{slug.capitalize()} School District",
            place=f"{slug.capitalize()}, Massachusetts",
            zone="America/New_York",
            schools=(f"{slug.capitalize()} North", f"{slug.capitalize()} South"),
            policies=(_attendance_only(slug),),
        )
        create_district(database, new, secret=SECRET, at=NOW - timedelta(days=60))
    for name in CAST:
        _add(database, name)
    database.dispose()


def _attendance_only(slug: str) -> rules.CreditPolicy:
    """Rules that count what was attended and nothing else."""
    return rules.CreditPolicy(
        name=f"{slug.capitalize()} School District hours", edition="2014-1", effective_from=date(2014, 7, 1)
    )


def an_event(scope: Scope, **more: Any) -> int:
    """An hour of webinar that ended an hour ago, in the scope's own calendar; `more` sets columns."""
    organization = Organization(id=new_id(), name=f"Society {secrets.token_hex(4)}")
    event = Event(
        **{
            "id": new_id(),
            "programme_id": None,
            "organization_id": organization.id,
            "title": "Closing the gap with open resources",
            "summary": "How three schools share what they make.",
            "kind": EventKind.WEBINAR,
            "category": CreditCategory.PEDAGOGY,
            "state": EventState.PUBLISHED,
            "starts_at": scope.at - timedelta(hours=2),
            "ends_at": scope.at - timedelta(hours=1),
            "zone": scope.district.zone,
            "has_hours": True,
            "platform": "",
            "link": "https://events.example/gap",
            "hashtag": "#gap",
            "source": None,
            "is_example": False,
            "search_text": "closing the gap with open resources",
            "created_at": scope.at,
            **more,
        }
    )
    with scope.session.writing():
        scope.session.add(organization)
        scope.session.flush()
        scope.session.add(event)
    return int(event.id)


def a_claim(scope: Scope, state: ClaimState = ClaimState.DRAFT, **more: Any) -> int:
    """The acting person's claim of an hour that ended an hour ago, a draft or (with its step) submitted."""
    assert state in {ClaimState.DRAFT, ClaimState.SUBMITTED}
    sent_at = scope.at if state is ClaimState.SUBMITTED else None
    claim = Claim(
        **{
            "id": new_id(),
            "person_id": scope.me.id,
            "school_id": scope.me.school_id,
            "event_id": None,
            "state": state,
            "version": 1,
            "title": "Reading circle",
            "host": "Society of Readers",
            "kind": EventKind.WEBINAR,
            "category": CreditCategory.PEDAGOGY,
            "link": "https://events.example/circle",
            "hashtag": None,
            "session_starts_at": None,
            "session_ends_at": None,
            "starts_at": scope.at - timedelta(hours=2),
            "ends_at": scope.at - timedelta(hours=1),
            "zone": scope.district.zone,
            "claimed_minutes": 60,
            "longer_reason": "",
            "reflection_words": 0,
            "reflection_digest": None,
            "created_at": scope.at,
            "updated_at": scope.at,
            "submitted_at": sent_at,
            "waiting_since": scope.at,
            "decided_at": None,
            **more,
        }
    )
    with scope.session.writing():
        scope.session.add(claim)
        scope.session.flush()
        if state is ClaimState.SUBMITTED:
            scope.session.add(_submission(scope, claim))
    return int(claim.id)


def a_link(scope: Scope, claim_id: int) -> int:
    """A link as evidence of a claim."""
    evidence = Evidence(
        id=new_id(),
        claim_id=claim_id,
        kind=EvidenceKind.LINK,
        link="https://notes.example/circle",
        note="",
        file_sha256=None,
        file_name=None,
        media_type=None,
        size_bytes=None,
        added_at=scope.at,
        removed_at=None,
    )
    with scope.session.writing():
        scope.session.add(evidence)
    return int(evidence.id)


def a_follow_up(scope: Scope, claim_id: int, **more: Any) -> int:
    """A follow-up of one's own claim that can be answered now; `more` sets columns."""
    today = scope.at.date()
    found = FollowUp(
        **{
            "id": new_id(),
            "claim_id": claim_id,
            "person_id": scope.me.id,
            "kind": FollowUpKind.APPLICATION,
            "due_on": today - timedelta(days=1),
            "closes_on": today + timedelta(days=30),
            "percent": 50,
            "asked_at": None,
            "follow_claim_id": None,
            **more,
        }
    )
    with scope.session.writing():
        scope.session.add(found)
    return int(found.id)


def a_colleague(cast: Cast, district: DistrictFacts) -> int:
    """Somebody without a part in the play."""
    person = NewPerson(
        name="Gus Peters",
        email=f"gus@{district.slug}.example",
        title="",
        school_id=None,
        roles=Roles(roles=frozenset({Role.TEACHER})),
    )
    return add_person(cast.operator(district), person, password=PASSWORD).person_id


def a_certificate(teacher: Scope, reviewer: Scope, **more: Any) -> str:
    """The serial of the certificate that the reviewer's approval of a claim of the teacher leads to."""
    # An hour of its own, since nobody is credited twice for one.
    earlier = (
        teacher.session.scalar(sa.select(sa.func.count(Claim.id)).where(Claim.person_id == teacher.me.id))
        or 0
    )
    ended_at = teacher.at - timedelta(hours=1 + 2 * earlier)
    hour = {"starts_at": ended_at - timedelta(hours=1), "ends_at": ended_at}
    claim_id = a_claim(teacher, ClaimState.SUBMITTED, **(hour | more))
    approve_claims(reviewer, [Wish(claim_id, 1)], AN_ISSUER, key=secrets.token_hex(16))
    serial = reviewer.session.scalar(sa.select(Certificate.serial).where(Certificate.claim_id == claim_id))
    assert serial is not None
    return serial


CYCLE = (date(2012, 7, 1), date(2017, 6, 30))
"""The cycle of a licence that names none; `NOW` lies in it."""


def a_licence(scope: Scope, **more: Any) -> int:
    """A licence of the acting person under New York's rules; `more` sets columns."""
    licence = Licence(
        **{
            "id": new_id(),
            "person_id": scope.me.id,
            "regime": "new-york-ctle",
            "name": "Professional certificate, grades 5 to 9",
            "starts_on": CYCLE[0],
            "ends_on": CYCLE[1],
            "facts": [],
            "fte": Fraction(1),
            "years_practised": None,
            "target": None,
            "carry_in": Fraction(0),
            "created_at": scope.at,
            "updated_at": scope.at,
            "closed_at": None,
            **more,
        }
    )
    with scope.session.writing():
        scope.session.add(licence)
    return int(licence.id)


def an_approval(scope: Scope, **more: Any) -> int:
    """A host of the calendar that New York approved since a while."""
    name = f"Approved {secrets.token_hex(4)}"
    with scope.session.writing():
        scope.session.add(Organization(id=new_id(), name=name))
    told: dict[str, Any] = {
        "organization": name,
        "regime": "new-york-ctle",
        "number": "23114",
        "approved_from": date(2014, 1, 1),
        "approved_until": None,
    }
    return approve_provider(scope, **(told | more))


def a_participant(scope: Scope) -> int:
    """An organization that the acting person speaks for, in a programme of their own district."""
    programme = Programme(
        id=new_id(),
        slug=f"own-{secrets.token_hex(4)}",
        name="A season of our own",
        goals="",
        starts_on=scope.at.date(),
        ends_on=scope.at.date(),
        source=None,
        note="",
    )
    with scope.session.writing():
        scope.session.add(programme)
    joining = Joining(ParticipantKind.ORGANIZATION, "Readers of Oak Street", "")
    return propose_participant(scope, programme.id, joining)


def a_contribution(scope: Scope, event_id: int, words: str = "What did you try?") -> int:
    """What the acting person says about an event."""
    return contribute(scope, event_id, words, address="http://localhost/")


def an_archive_link(scope: Scope, event_id: int, **more: Any) -> int:
    """A link that the acting person gives to an event's archive."""
    told = {"kind": ArchiveKind.RECORDING, "title": "Recording", "link": "https://video.example/1"}
    return give_archive_link(scope, event_id, ArchiveEntry(**(told | more)))


def a_letter(scope: Scope, to: PersonFacts, kind: LetterKind = LetterKind.OTHER) -> int:
    """A letter to somebody, which waits."""
    row = queued(
        scope,
        Reader(to.id, to.email, to.name),
        Letter("A letter", "Dear reader.", kind),
        key=f"letter:{new_id()}",
        not_before=scope.at,
    )
    with scope.session.writing():
        scope.session.insert_rows(OutboxMail, [row])
    return int(row["id"])


def an_attested_fact(scope: Scope, licence_id: int) -> int:
    """That somebody signed that a licence's holder has New York's certificate for English language learners."""
    fact = LicenceAttestation(
        id=new_id(),
        licence_id=licence_id,
        fact="esol_certificate",
        note="",
        signed_on=scope.at.date(),
        by_person_id=scope.me.id,
        by_name=scope.me.name,
        by_title=scope.me.title,
        signed_at=scope.at,
    )
    with scope.session.writing():
        scope.session.add(fact)
    return int(fact.id)


def a_bounce(scope: Scope) -> int:
    """An address that takes no letters."""
    bounce_id = new_id()
    with scope.session.writing():
        scope.session.add(
            BouncedAddress(
                id=bounce_id,
                email_key=f"{bounce_id}@gone.example",
                why="550 No such user here",
                at=scope.at,
                by_name="",
                lifted_by="",
            )
        )
    return bounce_id


def path_values(cast: Cast, teacher: str, reviewer: str, shared_slug: str) -> dict[str, object]:
    """For every argument that stands in an address of ours, a value of the teacher's district.

    An argument that isn't here makes the door test fail: whoever brings a new one adds what it leads to.
    """
    mine, theirs = cast.scope(teacher), cast.scope(reviewer)
    event_id = an_event(mine)
    claim_id = a_claim(mine, ClaimState.SUBMITTED, event_id=event_id)
    serial = a_certificate(mine, theirs)
    certificate = theirs.session.execute(
        sa.select(Certificate.id, Certificate.code, Certificate.step_id, Certificate.claim_id).where(
            Certificate.serial == serial
        )
    ).one()
    batch_id = theirs.session.scalar(
        sa.select(IdempotencyKey.id).where(IdempotencyKey.action == "approve_claims")
    )
    theirs.session.rollback()
    with cast.database.session(None, installation=True) as doors, doors.writing():
        sign_in = _a_sign_in(cast.account_ids[teacher], secrets.token_urlsafe(32))
        doors.add(sign_in)
        sign_in_id = sign_in.id
        passkey = Passkey(
            id=new_id(),
            account_id=cast.account_ids[teacher],
            credential_id=secrets.token_bytes(16),
            public_key=b"",
            sign_count=0,
            name="My phone",
            made_at=NOW,
            used_at=None,
        )
        doors.add(passkey)
        passkey_id = passkey.id
    licence_id = a_licence(mine)
    return {
        "claim_id": claim_id,
        "event_id": event_id,
        "licence_id": licence_id,
        "attestation_id": an_attested_fact(theirs, licence_id),
        "evidence_id": a_link(mine, claim_id),
        "person_id": a_colleague(cast, mine.district),
        "school_id": next(iter(_schools(cast.database, cast.district_of(teacher)).values())),
        "step_id": certificate.step_id,
        "certificate_id": certificate.id,
        "serial": serial,
        "code": certificate.code,
        "batch_id": batch_id,
        "sign_in_id": sign_in_id,
        "passkey_id": passkey_id,
        "follow_up_id": a_follow_up(mine, certificate.claim_id),
        "participant_id": a_participant(mine),
        "contribution_id": a_contribution(mine, event_id),
        "link_id": an_archive_link(mine, event_id),
        "job_id": decide_all(theirs, Step.APPROVE, [Part(claim_id, 1)], "", key=f"job:{claim_id}"),
        "sample": "shortest",
        "letter_kind": LetterKind.DECISION.value,
        "letter_id": a_letter(cast.operator(mine.district), mine.me),
        "bounce_id": a_bounce(cast.operator(mine.district)),
        "stop": StopLink(mine.district.slug, mine.me.id, LetterKind.EVENT).token(cast.settings.secret_key),
        "theme_id": new_id(),
        "policy_id": mine.session.scalar(sa.select(CreditPolicy.id)),
        "approval_id": an_approval(cast.operator(mine.district)),
        "of": mine.district.slug,
        "regime": "new-york-ctle",
        "programme": shared_slug,
        "slug": shared_slug,
        "digest_asked": "0" * 16,
        "filename": "style.css",
        "part_id": _a_part(mine, claim_id),
        **_imports(mine, event_id),
        **_a_desk(mine, event_id),
        **a_calendar_address(mine),
        **a_share_link(mine),
        **ways_in(cast.operator(mine.district)),
    }


def ways_in(scope: Scope, link_secret: str = "", letter_secret: str = "") -> dict[str, object]:
    """A joining link and an invitation that waits, with the secrets that their addresses have."""
    link_secret = link_secret or secrets.token_urlsafe(32)
    letter_secret = letter_secret or secrets.token_urlsafe(32)
    by_id = scope.session.scalar(sa.select(sa.func.min(Membership.person_id)))
    name = f"New Comer {link_secret[:4]}"
    made = {"made_at": scope.at, "ends_at": scope.at + timedelta(days=7)}
    link = JoiningLink(
        id=new_id(),
        token_hash=secret_hash(link_secret),
        name=name,
        domains=[f"{scope.district.slug}.example"],
        most=50,
        used=3,
        by_person_id=by_id,
        **made,
    )
    letter = JoiningLetter(
        id=new_id(),
        name=name,
        email=f"{link_secret}@{scope.district.slug}.example",
        email_key=f"{link_secret}@{scope.district.slug}.example".casefold(),
        mail_id=new_id(),
        letters=1,
        by_name="",
        token_hash=secret_hash(letter_secret),
        link_ends_at=scope.at + timedelta(days=7),
        **made,
    )
    with scope.session.writing():
        scope.session.add_all([link, letter])
    return {
        "invitation_id": letter.id,
        "joining_link_id": link.id,
        "link_secret": link_secret,
        "letter_secret": letter_secret,
    }


def _a_part(scope: Scope, claim_id: int) -> int:
    """A short session of a claim."""
    part_id = new_id()
    with scope.session.writing():
        scope.session.add(
            ClaimPart(
                id=part_id,
                claim_id=claim_id,
                person_id=scope.me.id,
                event_id=None,
                title="A short chat",
                host="Edcamp",
                starts_at=scope.at - timedelta(hours=2),
                ends_at=scope.at - timedelta(hours=1),
                zone=scope.district.zone,
                minutes=20,
                longer_reason="",
                note="I was there.",
                added_at=scope.at,
            )
        )
    return part_id


def _imports(scope: Scope, event_id: int) -> dict[str, object]:
    """A report that waits, with one line and one decision that is remembered; and a calendar that was imported."""
    import_id, line_id, alias_id, calendar_import_id, roster_id = (new_id() for _ in range(5))
    report = AttendanceImport(
        id=import_id,
        event_id=event_id,
        by_person_id=scope.me.id,
        by_name=scope.me.name,
        file_sha256="0" * 64,
        file_name="participants.csv",
        size_bytes=1,
        format="zoom",
        strength=Strength.INTERVALS,
        encoding="utf-8",
        zone=scope.district.zone,
        refused=[],
        refused_count=0,
        absent_count=0,
        state=ImportState.PENDING,
        created_at=scope.at,
        undone_by="",
    )
    line = AttendanceLine(
        id=line_id,
        import_id=import_id,
        position=1,
        name="iPad",
        email="",
        account="",
        number="",
        flags=[],
        stays=[],
        file_lines=[2],
        standing=Standing.UNKNOWN,
        suggested=[],
        remembers=False,
        decided_by="",
    )
    alias = AttendanceAlias(
        id=alias_id, kind=AliasKind.NAME, key="ipad", decided_by=scope.me.name, decided_at=scope.at
    )
    calendar = CalendarImport(id=calendar_import_id, name="edcamp.ics", at=scope.at, by_person_id=scope.me.id)
    with scope.session.writing():
        scope.session.add_all((report, alias, calendar, _a_roster(scope, roster_id)))
        scope.session.flush()
        scope.session.add(line)
    return {
        "import_id": import_id,
        "line_id": line_id,
        "alias_id": alias_id,
        "calendar_import_id": calendar_import_id,
        "roster_id": roster_id,
    }


def a_share_link(scope: Scope, secret: str = "") -> dict[str, object]:
    """An address under which the acting person shows their certificates, and the secret in it."""
    link_id, secret = new_id(), secret or f"only for tests {secrets.token_hex(8)}"
    with scope.session.writing():
        scope.session.add(
            ShareLink(
                id=link_id,
                token_hash=secret_hash(secret),
                person_id=scope.me.id,
                name="the licensing office",
                made_at=scope.at,
                expires_at=scope.at + timedelta(days=30),
            )
        )
    return {"share_link_id": link_id, "share": secret}


def _a_roster(scope: Scope, roster_id: int) -> RosterImport:
    """A list that waits for its columns."""
    return RosterImport(
        id=roster_id,
        source=RosterFormat.HR,
        version=None,
        mode=RosterMode.BULK,
        state=RosterState.WAITING,
        file_name="staff.csv",
        file_sha256="0" * 64,
        by_person_id=scope.me.id,
        by_name=scope.me.name,
        created_at=scope.at,
        undone_by="",
        columns={"headings": ["Who"], "samples": [], "guess": {}},
        counts=dict.fromkeys(
            ("create", "update", "deactivate", "unchanged", "refused", "present", "schools"), 0
        ),
        refused=[],
        warnings=[],
        needs_second_yes=False,
    )


def a_calendar_address(scope: Scope) -> dict[str, object]:
    """An address of the acting person's calendar, and the secret in it."""
    address_id, secret = new_id(), f"only for tests {secrets.token_hex(8)}"
    with scope.session.writing():
        scope.session.add(
            CalendarAddress(
                id=address_id,
                token_hash=secret_hash(secret),
                person_id=scope.me.id,
                name="my phone",
                made_at=scope.at,
            )
        )
    return {"address_id": address_id, "secret": secret}


def _a_desk(scope: Scope, event_id: int) -> dict[str, object]:
    """A desk of the event with somebody noted, and what its screen leads to."""
    desk_id, entry_id, secret = new_id(), new_id(), b"only for tests, not to be guessed"
    with scope.session.writing():
        scope.session.add(
            CheckInDesk(
                id=desk_id,
                event_id=event_id,
                session_id=None,
                place_id=event_id,
                secret=secret,
                opens_before=15,
                closes_after=30,
                set_up_by_id=scope.me.id,
                set_up_at=scope.at,
            )
        )
        scope.session.flush()
        scope.session.add(
            CheckIn(
                id=entry_id,
                desk_id=desk_id,
                person_id=scope.me.id,
                name="",
                mark=Mark.IN,
                means=Means.SCREEN,
                clock=Clock.SERVER,
                at=scope.at,
                received_at=scope.at,
                nonce="of the factory",
                by_person_id=scope.me.id,
                by_name=scope.me.name,
                reason="",
            )
        )
    return {"desk_id": desk_id, "entry_id": entry_id, "token": screen_token(desk_id, secret, scope.at)}


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What somebody's phone and drawer hold: the app's secret, and the recovery codes."""

    secret: str
    codes: Sequence[str]


def a_second_factor(cast: Cast, name: str) -> SecondFactor:
    """An authenticator app of somebody, confirmed long before any moment of a test."""
    scope, account_id = cast.scope(name, NOW - timedelta(days=1)), cast.account_ids[name]
    begin_app(scope, cast.database, account_id, password=PASSWORD, keys=(SECRET,))
    with cast.database.session(None, installation=True) as session:
        facts = app_facts(session, account_id)
    assert facts is not None
    secret = enrolment(facts.locked_secret, account_id, email_of(name), (SECRET,)).secret
    owner = Owner(account_id, 0)
    codes = confirm_app(scope, cast.database, owner, typed=code_at(secret, scope.at), keys=(SECRET,))
    return SecondFactor(secret, codes)


def _a_sign_in(account_id: int, secret: str) -> SignIn:
    """A sign-in of this moment; the web has the clock's."""
    now = datetime.now(UTC)
    return SignIn(
        id=new_id(),
        secret_hash=secret_hash(secret),
        account_id=account_id,
        created_at=now,
        seen_at=now,
        expires_at=now + timedelta(hours=12),
        ended_at=None,
        browser="the suite",
    )


def _submission(scope: Scope, claim: Claim) -> ClaimStep:
    return ClaimStep(
        id=new_id(),
        claim_id=claim.id,
        claimant_id=claim.person_id,
        step=Step.SUBMIT,
        from_state=ClaimState.DRAFT,
        to_state=ClaimState.SUBMITTED,
        by_person_id=scope.me.id,
        by_name=scope.me.name,
        by_title=scope.me.title,
        at=scope.at,
        seen_version=claim.version,
        comment="",
        granted_minutes=None,
        adjust_reason="",
        release_at=None,
        undoes_step_id=None,
    )


def settings_for(database_url: str, folder: Path, **values: str) -> Settings:
    """Settings of an installation in a folder."""
    return read_settings(
        {"DATABASE_URL": database_url, "SECRET_KEY": SECRET, "BASE_URL": "http://localhost", **values}, folder
    )


def make_cast(
    kind: type[AnyCast], database: Database, database_url: str, folder: Path, roster: Roster
) -> AnyCast:
    """The cast of a database that was filled with it; `kind` is `Cast` or `House`."""
    return kind(
        database,
        settings_for(database_url, folder),
        roster.maplewood,
        roster.riverton,
        roster.person_ids,
        roster.account_ids,
        roster.school_ids,
    )


def roster_of(database: Database) -> Roster:
    """Who is in a database that was filled with the cast."""
    with database.session(None, installation=True) as doors:
        maplewood = district_by_slug(doors, "maplewood")
        riverton = district_by_slug(doors, "riverton")
        assert maplewood is not None
        assert riverton is not None
        rows = doors.execute(
            sa.select(Account.email, Account.id, AccountDistrict.person_id).join(
                AccountDistrict, AccountDistrict.account_id == Account.id
            )
        ).all()
    names = {email_of(name): name for name in CAST}
    return Roster(
        maplewood,
        riverton,
        person_ids={names[row.email]: row.person_id for row in rows},
        account_ids={names[row.email]: row.id for row in rows},
        school_ids=_schools(database, maplewood) | _schools(database, riverton),
    )


def email_of(name: str) -> str:
    """The address with which somebody of the cast signs in."""
    return f"{name}@{CAST[name][0]}.example"


def _known(rosters: dict[str, Roster], database: Database) -> Roster:
    kind = database.url.get_backend_name()
    if kind not in rosters:
        rosters[kind] = roster_of(database)
    return rosters[kind]


def _schools(database: Database, district: DistrictFacts) -> dict[str, int]:
    with database.session(district.id) as session:
        return {row.name: row.id for row in session.execute(sa.select(School.name, School.id))}


def _add(database: Database, name: str) -> None:
    (slug, full_name, roles), email, at = CAST[name], email_of(name), NOW - timedelta(days=30)
    with database.session(None, installation=True) as doors:
        district = district_by_slug(doors, slug)
        assert district is not None
    account = Account(
        id=new_id(),
        email=email,
        email_key=email,
        password_hash=_hash_of_password(),
        created_at=at,
        disabled_at=None,
    )
    person = Person(
        id=new_id(),
        name=full_name,
        email=email,
        email_key=email,
        title="",
        licence_ending=None,
        school_id=_schools(database, district)[f"{slug.capitalize()} North"],
        left_at=None,
        created_at=at,
    )
    with database.session(district.id, installation=True) as session, session.writing():
        session.add_all([account, person])
        # What leads from one to the other points at both.
        session.flush()
        session.add(AccountDistrict(account_id=account.id, person_id=person.id))
        session.add_all(
            Membership(person_id=person.id, role=role, school_id=None, created_at=at) for role in roles
        )


@cache
def _hash_of_password() -> str:
    return passwords.hash_password(PASSWORD)
