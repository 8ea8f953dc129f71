"""Every page that the application's own map of addresses leads to, for everybody who may open it, in the loaded demo.

Nobody lists pages here. For each GET rule the actors whom its door lets in ask for it with every set of values that
fits (a claim in each state, an event of each sort, certificates valid, revoked and replaced), and follow the links
on it that lead to the same page with another query: tabs, filters, months, pages. A rule that nobody got an answer
from is a fault.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import count
from urllib.parse import parse_qsl, urlsplit

import sqlalchemy as sa
from flask import Flask
from PIL import Image
from werkzeug.routing import Rule
from werkzeug.wrappers import Response

from pdtracker.actions.audit_packs import ask_pack
from pdtracker.actions.bounces import record_bounce
from pdtracker.actions.bulk import decide_all
from pdtracker.actions.calendar import propose_event
from pdtracker.actions.claims import submit_claim
from pdtracker.actions.collecting import ask_collection
from pdtracker.actions.event_imports import Choices, import_events, undo_import
from pdtracker.actions.evidence import add_file, keep_file
from pdtracker.actions.follow_ups import begin_follow_up
from pdtracker.actions.imports import Decision, HowRead, begin_import, decide_lines, keep_report, read_file
from pdtracker.actions.jobs import Part
from pdtracker.actions.joining_links import open_registration
from pdtracker.actions.outbox import MOST_ATTEMPTS, take_due_mail, tell_not_sent
from pdtracker.actions.people import NewPerson, Roles, add_person
from pdtracker.actions.recording import commit_import
from pdtracker.actions.reflections import Written, save_answers
from pdtracker.actions.regimes import adopt_regime, approve_provider
from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.actions.roster_undoing import undo_roster
from pdtracker.actions.rosters import Brought, bring_list, bring_roster, import_roster
from pdtracker.blobs import BlobStore
from pdtracker.domain.access import GRANTS, Permission, Role
from pdtracker.domain.audit_pack import PackOf
from pdtracker.domain.calendar import EventTime
from pdtracker.domain.check_in_codes import screen_token
from pdtracker.domain.check_ins import Mark
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.collecting import Collection, Form
from pdtracker.domain.event_import import Said
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.licence import FollowUpKind
from pdtracker.domain.mailing import LetterKind
from pdtracker.domain.proposal import Proposal
from pdtracker.domain.stop_links import StopLink
from pdtracker.domain.when import local
from pdtracker.installation import issuer_of
from pdtracker.models.archives import ArchiveLink
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.certificates import Certificate, CertificateStatus, ShareLink
from pdtracker.models.check_ins import CheckIn, CheckInDesk
from pdtracker.models.claims import Claim, ClaimStep, Evidence, FollowUp
from pdtracker.models.discussions import Contribution
from pdtracker.models.districts import CreditPolicy, School
from pdtracker.models.event_imports import CalendarImport
from pdtracker.models.events import Event, Organization, Programme, Theme
from pdtracker.models.imports import AttendanceAlias, AttendanceImport, AttendanceLine
from pdtracker.models.jobs import Job
from pdtracker.models.licences import Licence, LicenceAttestation, ProviderApproval
from pdtracker.models.mailing import BouncedAddress
from pdtracker.models.participation import Participant
from pdtracker.models.people import Person, SignIn
from pdtracker.models.records import IdempotencyKey, OutboxMail
from pdtracker.models.rosters import RosterImport
from pdtracker.queries import reflections
from pdtracker.queries.claims import own_claim
from pdtracker.queries.import_events import import_event
from pdtracker.scope import Scope
from pdtracker.web.doors import Door, door_of
from pdtracker.work import Shop, carry_on
from tests.exchange.roster.rosters import oneroster_11, read, teacher
from tests.factories import (
    PASSWORD,
    a_calendar_address,
    a_licence,
    a_share_link,
    an_attested_fact,
    an_event,
    ways_in,
)
from tests.loaded_demo import Demo
from tests.reviewing_client import HTML, ReviewingClient, document_of
from tests.rostering import MORE

VISITOR = ""
_PLACES = count()
SHARED = "only for tests"
"""The secret in the address under which Ada shows her certificates."""
ADA, BO, CAM = "ada@maplewood.example", "bo@maplewood.example", "cam@maplewood.example"
HUGO, HAL = "hugo@maplewood.example", "hal@maplewood.example"
ACTORS: Mapping[str, str] = {
    "visitor": VISITOR,
    "teacher": ADA,
    "reviewer": BO,
    "administrator": CAM,
    "teacher and host": HUGO,
    "host": HAL,
}
"""Who asks; the demo's own people, and a host who is nothing else."""

LONG_WORDS = "Rechtsschutzversicherungsgesellschaften and #connectededucatormonthtwothousandfourteen"
"""A title that doesn't fit on a line of a small screen, and has no place to break."""

# What the projected screen leads to is gone in a minute: its own tests look at it in a browser.
SHORT_LIVED = frozenset({"check_in.show"})
# Between a sign-in's two steps, which nobody walks through pages: its own tests look at it in a browser.
BETWEEN_STEPS = frozenset({"sign_in.ask_code"})

# Enough to see each kind of tab, filter and page that a page links to, and no walk through a whole calendar.
_MOST_VARIANTS = 6
_HREF = re.compile(r'href="([^"]+)"')
_A_LICENCE_OF_EACH_REGIME = sa.select(sa.func.min(Licence.id)).group_by(Licence.regime)
_CLASSES = re.compile(r'(?:class|type)="([^"]*)"')
_WORD = re.compile(r"[a-z_-]{1,20}")


@dataclass(frozen=True, slots=True)
class Asked:
    """One address, and what it answered to one actor."""

    endpoint: str
    path: str
    status: int
    media_type: str
    answer: Response

    @property
    def is_page(self) -> bool:
        """Whether a person reads it in a browser's window."""
        return self.media_type == "text/html" and not 300 <= self.status < 400


def client_of(demo: Demo, actor: str) -> ReviewingClient:
    """The actor's test client."""
    email = ACTORS[actor]
    return demo.client_of(email) if email else demo.visitor()


def furnish(demo: Demo) -> None:
    """Add what the demo has none of: a host who is nothing else, a file, events that wait, a batch of decisions."""
    hal = NewPerson(
        name="Hal Whitfield", email=HAL, title="", school_id=None, roles=Roles(roles=frozenset({Role.HOST}))
    )
    add_person(demo.scope(CAM), hal, password=PASSWORD)
    _a_picture(demo, demo.scope(ADA))
    an_attested_fact(demo.scope(CAM), a_licence(demo.scope(ADA)))
    a_share_link(demo.scope(ADA), SHARED)
    for email in (HUGO, HAL):
        _a_proposal(demo.scope(email))
    _a_calendar(demo.scope(CAM))
    _rosters(demo.scope(CAM))
    ways_in(demo.scope(CAM), SHARED, SHARED)
    open_registration(demo.scope(CAM), ("maplewood.example",))
    _an_answer(demo.scope(ADA), is_sent=False)
    _an_answer(demo.scope("beth.oneill@maplewood.example"), is_sent=True)
    _a_batch(demo, demo.scope(BO))
    _packs(demo, demo.scope(CAM))
    _collections(demo, demo.scope(CAM))
    _jobs(demo, demo.scope(BO))
    _rules_of_cam(demo.scope(CAM))
    _reports(demo, demo.scope(CAM))
    _letters_that_failed(demo.scope(CAM))


def rules(demo: Demo, method: str = "GET") -> list[tuple[Rule, Door]]:
    """Every address of the method with its door."""
    return [
        (rule, door)
        for rule in demo.app.url_map.iter_rules()
        if method in (rule.methods or ())
        and (door := door_of(demo.app.view_functions[rule.endpoint])) is not None
    ]


def addresses(app: Flask, given: Mapping[str, object]) -> Iterator[tuple[str, str, Door]]:
    """Method, path and door of every address, with these values for its arguments."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        door = door_of(app.view_functions[rule.endpoint])
        if door is None:
            continue
        path = adapter.build(rule.endpoint, _only(rule, given))
        yield from ((method, path, door) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))


def may_enter(demo: Demo, actor: str, door: Door) -> bool:
    """Whether the door lets the actor in."""
    email = ACTORS[actor]
    if not email:
        return door.is_public
    return door.permission is None or any(door.permission in GRANTS[role] for role in demo.scope(email).roles)


def values(demo: Demo, actor: str) -> list[Mapping[str, object]]:
    """Sets of values for the arguments of addresses; the members of a set belong together."""
    email = ACTORS[actor]
    scope = demo.scope(email or ADA)
    return [
        *_claims(scope),
        *_certificates(scope),
        *_follow_ups(scope),
        *_events(scope),
        *({"calendar_import_id": one} for one in scope.session.scalars(sa.select(CalendarImport.id))),
        *_desks(scope),
        *_letters(scope),
        *_people(demo, scope),
        *_imports(scope),
        *({"roster_id": one} for one in scope.session.scalars(sa.select(RosterImport.id))),
        a_calendar_address(scope),
        *({"share_link_id": one, "share": SHARED} for one in scope.session.scalars(sa.select(ShareLink.id))),
        *_rules(scope),
        *({"slug": slug, "programme": slug} for slug in _slugs(scope)),
        {"of": "maplewood"},
        *({"link_secret": said, "letter_secret": said} for said in (SHARED, "over")),
        {"slug": "maplewood"},
        {"letter_kind": "decision"},
        *({"bounce_id": one} for one in scope.session.scalars(sa.select(BouncedAddress.id))),
        {"stop": StopLink("maplewood", scope.me.id, LetterKind.EVENT).token(str(demo.app.secret_key))},
        *_themes(scope),
        *_said_and_kept(scope),
    ]


def paths(demo: Demo, actor: str, method: str = "GET") -> Iterator[tuple[str, str]]:
    """Endpoint and path of every address that the actor's roles open, with each set of values that fits."""
    known = values(demo, actor)
    general: dict[str, object] = {
        "district": "maplewood",
        "digest_asked": "0" * 16,
        "filename": "style.css",
    }
    adapter = demo.app.url_map.bind("localhost")
    for rule, door in rules(demo, method):
        if not may_enter(demo, actor, door):
            continue
        wanted = rule.arguments - general.keys()
        fitting = [each for each in known if wanted <= each.keys()] if wanted else [{}]
        assert fitting, f"{rule.rule}: add {sorted(wanted)} to tests.web.every_page.values"
        built = {adapter.build(rule.endpoint, _only(rule, {**general, **each})) for each in fitting}
        yield from ((rule.endpoint, path) for path in sorted(built))


def asked(demo: Demo, actor: str) -> list[Asked]:
    """What every address answers to the actor, and the variants of its pages that they link to."""
    client = client_of(demo, actor)
    found = [_ask(client, endpoint, path) for endpoint, path in paths(demo, actor)]
    return [*found, *(_ask(client, each.endpoint, path) for each, path in _variants(found))]


def distinct_pages(walk: Mapping[str, Sequence[Asked]]) -> list[tuple[str, Asked]]:
    """Every page with the first actor who gets it; of those that are made of the same parts the first one."""
    found: dict[tuple[str, int, frozenset[str]], tuple[str, Asked]] = {}
    for actor in ACTORS:
        for each in walk[actor]:
            if each.is_page and not (each.endpoint in SHORT_LIVED and each.status == 200):
                # What is refused looks the same wherever it happened.
                endpoint = each.endpoint if each.status == 200 else ""
                found.setdefault((endpoint, each.status, _parts(each)), (actor, each))
    return list(found.values())


def heading(each: Asked) -> str:
    """What the page's `h1` says as it was sent."""
    h1 = next(document_of(each.answer).iter(f"{HTML}h1"))
    return " ".join("".join(h1.itertext()).split())


def _parts(each: Asked) -> frozenset[str]:
    """The names of all classes on the page and the kinds of its controls: pages with the same look alike."""
    return frozenset(_CLASSES.findall(each.answer.get_data(as_text=True)))


def _a_picture(demo: Demo, scope: Scope) -> None:
    claim_id = scope.session.scalar(
        sa.select(Claim.id)
        .where(Claim.person_id == scope.me.id, Claim.state == ClaimState.DRAFT, ~Claim.is_bundle)
        .limit(1)
    )
    assert claim_id is not None
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, format="PNG")
    picture.seek(0)
    kept = keep_file(scope, BlobStore(demo.settings.evidence), claim_id, picture, "screen.png")
    add_file(scope, claim_id, kept, note="The last slide.")


def _a_proposal(scope: Scope) -> None:
    starts_at = scope.at + timedelta(days=3)
    propose_event(
        scope,
        Proposal(
            title=LONG_WORDS,
            summary="",
            kind=EventKind.WEBINAR,
            category=CreditCategory.PEDAGOGY,
            host="Birch Hill Middle",
            time=EventTime(starts_at, starts_at + timedelta(hours=1), scope.district.zone, has_hours=True),
            platform="",
            link="",
            hashtag="",
            programme_id=None,
        ),
    )


def _a_calendar(scope: Scope) -> None:
    """Two imports, of which the first was taken back."""
    lot = Choices(kind=EventKind.WEBINAR, category=CreditCategory.PEDAGOGY, host="Edcamp", programme_id=None)
    starts_at = scope.at + timedelta(days=9)
    said = Said(
        line=1,
        uid="furnished",
        recurrence="",
        title=LONG_WORDS,
        time=EventTime(starts_at, starts_at + timedelta(hours=1), scope.district.zone, has_hours=True),
        link="",
        platform="",
        summary="",
        is_cancelled=False,
    )
    done = import_events(scope, [said], lot, name="edcamp.ics")
    assert done.import_id is not None
    undo_import(scope, done.import_id)
    import_events(scope, [said], lot, name=f"{LONG_WORDS}.ics")


def _rosters(scope: Scope) -> None:
    """A roster that was taken back, one that waits for a second yes with refused lines, and a list without columns."""
    people = (*MORE[:8], teacher("T1", "Ada", "Newcomer"), teacher("T2", LONG_WORDS, "Elsewhere"))
    first = import_roster(scope, scope.session.database, _brought(*people), may_leave=0)
    undo_roster(scope, first.import_id)
    import_roster(scope, scope.session.database, _brought(*people), may_leave=0)
    changed = teacher("T1", "Ada", "Renamed", orgs="org-110,org-120,org-999")
    bring_roster(
        scope, _brought(changed, *MORE[:3], *MORE[:1], teacher("T9", "Some", "Body", role="principal"))
    )
    bring_roster(scope, _brought(changed, *MORE[:3]))
    columns = {
        "headings": ["Who", LONG_WORDS, ""],
        "samples": [["Ada", "ada@x.example", ""]],
        "guess": {"name": "Who"},
    }
    bring_list(scope, f"{LONG_WORDS}.csv", "0" * 64, columns)


def _brought(*users: str) -> Brought:
    return Brought("oneroster.zip", "0" * 64, read(oneroster_11(*users)))


def _an_answer(scope: Scope, *, is_sent: bool) -> None:
    """What came of a session, as if its day had come: begun, or answered and sent."""
    latest = scope.session.scalars(
        sa.select(FollowUp)
        .where(FollowUp.person_id == scope.me.id, FollowUp.kind == FollowUpKind.APPLICATION)
        .order_by(FollowUp.due_on.desc())
        .limit(1)
    ).one()
    follow_up_id = latest.id
    with scope.session.writing():
        scope.session.execute(
            sa.update(FollowUp).where(FollowUp.id == follow_up_id).values(due_on=scope.today)
        )
    claim_id = begin_follow_up(scope, follow_up_id)
    if not is_sent:
        return
    rows = reflections.answers(scope, claim_id)
    save_answers(scope, claim_id, [Written(row.position, "Each Friday.", row.token) for row in rows])
    submit_claim(scope, claim_id, seen_version=own_claim(scope, claim_id).version)


def _a_batch(demo: Demo, scope: Scope) -> None:
    waiting = scope.session.execute(
        sa.select(Claim.id, Claim.version)
        .where(Claim.state == ClaimState.SUBMITTED, Claim.person_id != scope.me.id)
        .order_by(Claim.waiting_since.desc())
        .limit(2)
    )
    wishes = [Wish(row.id, row.version) for row in waiting]
    approve_claims(scope, wishes, issuer_of(demo.settings), key="furnished")


def _collections(demo: Demo, scope: Scope) -> None:
    """A file of certificates that is made, and one that waits."""
    store = BlobStore(demo.settings.evidence)
    shop = Shop(demo.database, issuer_of(demo.settings), store, "furnished", lambda: demo.at, lambda: False)
    ask_collection(scope, Collection(), Form.ZIP, key="furnished")
    while carry_on(shop):
        pass
    ask_collection(scope, Collection(), Form.PRINT, key="furnished")


def _packs(demo: Demo, scope: Scope) -> None:
    """An audit pack that is made, and one that waits."""
    store = BlobStore(demo.settings.evidence)
    shop = Shop(demo.database, issuer_of(demo.settings), store, "furnished", lambda: demo.at, lambda: False)
    ask_pack(scope, PackOf.PERSON, scope.me.id, key="furnished")
    while carry_on(shop):
        pass
    ask_pack(scope, PackOf.PERSON, scope.me.id, key="furnished again")


def _jobs(demo: Demo, scope: Scope) -> None:
    """A decision on several claims that is over, with one left out, and one that waits."""
    shop = Shop(
        demo.database,
        issuer_of(demo.settings),
        BlobStore(demo.settings.evidence),
        "furnished",
        lambda: demo.at,
        lambda: False,
    )
    rows = scope.session.execute(
        sa.select(Claim.id, Claim.version)
        .where(Claim.state.in_((ClaimState.SUBMITTED, ClaimState.CREDITED)), Claim.person_id != scope.me.id)
        .order_by(Claim.waiting_since.desc())
        .limit(4)
    )
    parts = [Part(row.id, row.version) for row in rows]
    decide_all(scope, Step.APPROVE, parts, "", key="furnished")
    while carry_on(shop):
        pass
    decide_all(scope, Step.RETURN, parts, "Which pages did you read?", key="furnished again")


def _rules_of_cam(scope: Scope) -> None:
    """A regime that is adopted, and a provider that its body approved."""
    adopt_regime(scope, "new-york-ctle", "MAPLE-0042")
    host = scope.session.scalar(
        sa.select(Organization.name).order_by(sa.func.length(Organization.name).desc())
    )
    assert host is not None
    approve_provider(
        scope,
        organization=host,
        regime="new-york-ctle",
        number="23114",
        approved_from=scope.at.date() - timedelta(days=400),
        approved_until=None,
    )


def _reports(demo: Demo, scope: Scope) -> None:
    """A report that waits with all that one can be told of a line, and one that counts with what it remembers."""
    starts_at = scope.at - timedelta(days=200)
    event_id = an_event(scope, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1), title=LONG_WORDS)
    event = import_event(scope, event_id, None)
    joined = local(starts_at, event.hours.zone).strftime("%m/%d/%Y %I:%M:%S %p")
    heading = "Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)"
    unsure = [
        "Lindqvist Ada,",
        "iPad,",
        f"Ada Lindqvist,{ADA}",
        f"{LONG_WORDS},someone@elsewhere.example",
        "Otter.ai,",
    ]
    waiting = [f"{who},{joined},,60" for who in unsure]
    import_ids = []
    for rows in ([f"Zoe Quist,,{joined},,60"], [*waiting, "Bo,,x,y,1"]):
        data = "\r\n".join([heading, *rows]).encode()
        kept = keep_report(
            scope, BlobStore(demo.settings.evidence), io.BytesIO(data), "participants_96544781203.csv"
        )
        import_ids.append(begin_import(scope, event_id, None, kept, read_file(scope, event, data, HowRead())))
    line_id = scope.session.scalars(
        sa.select(AttendanceLine.id).where(AttendanceLine.import_id == import_ids[0])
    ).one()
    decide_lines(scope, import_ids[0], {line_id: Decision(None)}, remember=True)
    commit_import(scope, import_ids[0], replaces=False, address=str)


def _imports(scope: Scope) -> Iterator[Mapping[str, object]]:
    """One in each state, with a line of each standing; and an event that a report can be brought for."""
    sorts: dict[tuple[object, object], Mapping[str, object]] = {}
    rows = scope.session.execute(
        sa.select(AttendanceLine, AttendanceImport.state, AttendanceImport.event_id).join(
            AttendanceImport,
            sa.and_(
                AttendanceImport.district_id == AttendanceLine.district_id,
                AttendanceImport.id == AttendanceLine.import_id,
            ),
        )
    )
    for line, state, event_id in rows:
        ids = {"import_id": line.import_id, "line_id": line.id, "event_id": event_id}
        sorts.setdefault((state, line.standing), ids)
    alias = {"alias_id": scope.session.scalar(sa.select(AttendanceAlias.id).limit(1)) or 1}
    yield from ({**ids, **alias} for ids in sorts.values())


def _only(rule: Rule, given: Mapping[str, object]) -> dict[str, object]:
    return {name: given[name] for name in rule.arguments}


def _ask(client: ReviewingClient, endpoint: str, path: str) -> Asked:
    # From elsewhere each time: nobody walks through everything within a minute, and strangers may do only so much.
    place = next(_PLACES)
    answer = client.get(path, environ_base={"REMOTE_ADDR": f"10.{place >> 8 & 255}.{place & 255}.1"})
    # Without the request behind it: other workers of the run can read it as well.
    kept = Response(answer.get_data(), answer.status_code, answer.headers)
    return Asked(endpoint, path, answer.status_code, answer.mimetype or "", kept)


def _variants(found: Sequence[Asked]) -> Iterator[tuple[Asked, str]]:
    """Links from a page to itself with another query; one for each set of words and names in it."""
    seen: defaultdict[str, set[frozenset[str]]] = defaultdict(set)
    for each in found:
        if not each.is_page or each.status != 200:
            continue
        for href in map(unescape, _HREF.findall(each.answer.get_data(as_text=True))):
            parts = urlsplit(href)
            query = parse_qsl(parts.query)
            if not query or parts.netloc or parts.path not in {"", each.path}:
                continue
            sort = frozenset(f"{name}={value}" if _WORD.fullmatch(value) else name for name, value in query)
            if sort not in seen[each.endpoint] and len(seen[each.endpoint]) < _MOST_VARIANTS:
                seen[each.endpoint].add(sort)
                yield each, f"{each.path}?{parts.query}"


def _claims(scope: Scope) -> Iterator[Mapping[str, object]]:
    """One claim in each state of the actor's own; of other people's, too, for those who review them, else one."""
    reads_others = scope.may(Permission.SEE_REVIEWS)
    rows = scope.session.execute(
        sa.select(Claim.id, Claim.state, Claim.person_id, Claim.follow_up).order_by(
            Claim.updated_at.desc(), Claim.id
        )
    )
    sorts: dict[tuple[ClaimState | None, bool, bool], int] = {}
    for row in rows:
        is_own = row.person_id == scope.me.id
        follows = row.follow_up is not None and (is_own or reads_others)
        sorts.setdefault((row.state if is_own or reads_others else None, is_own, follows), row.id)
    latest = sa.select(ClaimStep.claim_id, sa.func.max(ClaimStep.id).label("id")).group_by(ClaimStep.claim_id)
    steps = {row.claim_id: row.id for row in scope.session.execute(latest)}
    for claim_id in sorts.values():
        yield {"claim_id": claim_id} | ({"step_id": steps[claim_id]} if claim_id in steps else {})
    for piece in scope.session.execute(
        sa.select(Evidence.id, Evidence.claim_id, Evidence.kind).where(Evidence.file_sha256.is_not(None))
    ):
        yield {"claim_id": piece.claim_id, "evidence_id": piece.id}
    for part in scope.session.execute(
        sa.select(ClaimPart.claim_id, sa.func.min(ClaimPart.id).label("id")).group_by(ClaimPart.claim_id)
    ):
        yield {"claim_id": part.claim_id, "part_id": part.id}
    yield from ({"job_id": job_id} for job_id in scope.session.scalars(sa.select(Job.id)))
    yield {
        "batch_id": scope.session.scalar(
            sa.select(IdempotencyKey.id).where(IdempotencyKey.key == "furnished")
        )
    }


def _letters(scope: Scope) -> Iterator[Mapping[str, object]]:
    """One letter of each state, and one that was put off."""
    asked = sa.select(sa.func.min(OutboxMail.id)).group_by(OutboxMail.state, OutboxMail.last_error == "")
    yield from ({"letter_id": one} for one in scope.session.scalars(asked))


def _letters_that_failed(scope: Scope) -> None:
    """Of the letters that wait one is put off, and one given up; one address takes no letters."""
    # Later, when what the demo decided last has left the time to undo behind it, however fast the demo was loaded.
    put_off, given_up = take_due_mail(replace(scope, at=scope.at + timedelta(hours=1)), 2)
    tell_not_sent(scope, put_off.id, attempts=put_off.attempts, error="452 The mailbox is full")
    tell_not_sent(scope, given_up.id, attempts=MOST_ATTEMPTS, error="550 No such user here")
    record_bounce(scope, ADA, "550 No such user here")


def _certificates(scope: Scope) -> Iterator[Mapping[str, object]]:
    """One that is valid and one for each piece of news about one, of the actor's own and of others.

    Of the revoked ones, one whose credit stands and one whose credit was taken back.
    """
    rows = scope.session.execute(
        sa.select(Certificate, CertificateStatus.news, Claim.state)
        .join(Claim, Claim.id == Certificate.claim_id)
        .outerjoin(CertificateStatus, CertificateStatus.certificate_id == Certificate.id)
        .where(Certificate.release_at < scope.at)
        .order_by(Certificate.issued_at.desc())
    )
    sorts: set[tuple[object, object, bool]] = set()
    for certificate, news, state in rows:
        sort = (news, state, certificate.person_id == scope.me.id)
        if sort not in sorts:
            sorts.add(sort)
            yield {
                "serial": certificate.serial,
                "code": certificate.code,
                "certificate_id": certificate.id,
                "claim_id": certificate.claim_id,
                "step_id": certificate.step_id,
            }


def _follow_ups(scope: Scope) -> Iterator[Mapping[str, object]]:
    """One that can be answered, one that can't yet and one that is answered, of the actor's own where there is one."""
    today = scope.today
    sorts: dict[tuple[bool, bool], int] = {}
    rows = scope.session.scalars(
        sa.select(FollowUp).order_by(FollowUp.person_id != scope.me.id, FollowUp.due_on, FollowUp.id)
    )
    for one in rows:
        sorts.setdefault((one.due_on <= today, one.follow_claim_id is not None), one.id)
    yield from ({"follow_up_id": follow_up_id} for follow_up_id in sorts.values())


def _events(scope: Scope) -> Iterator[Mapping[str, object]]:
    """One of each sort: with and without hours, gone and to come, of the calendar and of the district."""
    sorts: dict[tuple[bool, bool, object, bool], int] = {}
    for event in scope.session.scalars(sa.select(Event).order_by(Event.starts_at.desc())):
        is_over = event.starts_at < scope.at
        sorts.setdefault((event.has_hours, is_over, event.state, event.district_id is None), event.id)
    claimed = scope.session.scalar(sa.select(Claim.event_id).where(Claim.person_id == scope.me.id).limit(1))
    yield from ({"event_id": event_id} for event_id in {*sorts.values(), claimed} if event_id is not None)


def _desks(scope: Scope) -> Iterator[Mapping[str, object]]:
    """Each desk with its event, what its screen shows, and its latest entry; one can check in at the last one now."""
    latest = sa.select(sa.func.max(CheckIn.id)).where(
        CheckIn.desk_id == CheckInDesk.id, CheckIn.mark.in_([Mark.IN, Mark.OUT])
    )
    for row in scope.session.execute(
        sa.select(
            CheckInDesk.id, CheckInDesk.event_id, CheckInDesk.secret, latest.scalar_subquery().label("entry")
        )
    ):
        yield {
            "desk_id": row.id,
            "event_id": row.event_id,
            "entry_id": row.entry,
            "token": screen_token(row.id, row.secret, datetime.now(UTC)),
        }


def _people(demo: Demo, scope: Scope) -> Iterator[Mapping[str, object]]:
    yield from ({"licence_id": number} for number in scope.session.scalars(_A_LICENCE_OF_EACH_REGIME))
    attested = sa.select(LicenceAttestation.licence_id, LicenceAttestation.id).limit(1)
    yield dict(zip(("licence_id", "attestation_id"), scope.session.execute(attested).one(), strict=True))
    for email in (ADA, BO, CAM):
        yield {"person_id": scope.session.scalar(sa.select(Person.id).where(Person.email == email))}
    yield {"school_id": scope.session.scalar(sa.select(School.id).limit(1))}
    with demo.database.session(None, installation=True) as doors:
        # Only its removal has an address of its own, which is no page.
        yield {"passkey_id": 1}
        yield {"sign_in_id": doors.scalar(sa.select(SignIn.id).order_by(SignIn.id.desc()).limit(1)) or 1}


def _rules(scope: Scope) -> Iterator[Mapping[str, object]]:
    """A regime with a strong source and earlier versions, a weak one, a historic one; each edition; an approval."""
    yield from ({"regime": name} for name in ("texas-cpe", "new-york-ctle", "england-fe", "illinois"))
    yield from ({"policy_id": edition} for edition in scope.session.scalars(sa.select(CreditPolicy.id)))
    yield {"approval_id": scope.session.scalar(sa.select(ProviderApproval.id).limit(1))}


def _themes(scope: Scope) -> Iterator[Mapping[str, object]]:
    """The first theme of each programme, and a participant that waits."""
    for row in scope.session.execute(
        sa.select(Programme.slug, Theme.id)
        .join(Theme, Theme.programme_id == Programme.id)
        .where(Theme.position == 1)
    ):
        yield {"slug": row.slug, "theme_id": row.id}
    for row in scope.session.execute(
        sa.select(Programme.slug, Participant.id).join(Programme, Programme.id == Participant.programme_id)
    ):
        yield {"slug": row.slug, "participant_id": row.id}


def _said_and_kept(scope: Scope) -> Iterator[Mapping[str, object]]:
    """What was said about an event, shown and hidden, and links of its archive, listed and waiting."""
    for said in scope.session.scalars(sa.select(Contribution)):
        yield {"event_id": said.event_id, "contribution_id": said.id}
    links: dict[tuple[object, bool], ArchiveLink] = {}
    for link in scope.session.scalars(sa.select(ArchiveLink)):
        links.setdefault((link.state, link.given_by_id == scope.me.id), link)
    yield from ({"event_id": link.event_id, "link_id": link.id} for link in links.values())


def _slugs(scope: Scope) -> Sequence[str]:
    return scope.session.scalars(sa.select(Programme.slug).order_by(Programme.starts_on)).all()
