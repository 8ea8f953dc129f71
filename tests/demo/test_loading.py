"""The loaded demo: what its values promise is in the database, and everything in it went the way of an action."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import sqlalchemy as sa

from pdtracker.commands.doctor import records_faults
from pdtracker.demo.claims import demo_claims
from pdtracker.demo.current import ZONE, current_programme
from pdtracker.demo.deeds import DemoClaim, Plan
from pdtracker.demo.examples import EVENTS_IN_ALL
from pdtracker.demo.loading import SEED, content
from pdtracker.demo.people import people
from pdtracker.domain.attendance_import import ImportState, LineOutcome
from pdtracker.domain.claim import UNDO_MINUTES, ClaimState
from pdtracker.domain.when import local
from pdtracker.jobs import deliver_due_mail
from pdtracker.models.base import Base, DistrictBound
from pdtracker.models.certificates import Certificate, CertificateNews, CertificateStatus
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.events import Event, Programme
from pdtracker.models.imports import AttendanceImport, AttendanceLine
from pdtracker.models.people import Person
from pdtracker.models.records import AuditEntry, MailState, OutboxMail
from pdtracker.queries.home import teacher_home
from tests.loaded_demo import Demo

ADA, BO, DEE = "ada@maplewood.example", "bo@maplewood.example", "dee@riverton.example"
REPORTED = ("leah.cohen@maplewood.example", "marcus.reed@maplewood.example")


def promised() -> tuple[DemoClaim, ...]:
    now = datetime.now(UTC)
    return demo_claims(now, current_programme(local(now, ZONE).date()).events, people(), SEED)


def of_maplewood(*plans: Plan) -> int:
    return sum(claim.plan in plans and claim.district == "maplewood" for claim in promised())


def test_one_attendance_report_counts_and_two_wait(demo: Demo) -> None:
    rows = (
        demo.scope(BO)
        .session.execute(
            sa.select(AttendanceImport.state, AttendanceLine.outcome).join(
                AttendanceLine, AttendanceLine.import_id == AttendanceImport.id
            )
        )
        .all()
    )
    counted = Counter(row.outcome for row in rows if row.state is ImportState.COMMITTED)
    assert counted == {LineOutcome.DRAFTED: len(REPORTED), None: 2}
    assert ImportState.PENDING in {row.state for row in rows}


def test_everybody_has_the_claims_that_were_told_of_them(demo: Demo) -> None:
    found: Counter[tuple[str, ClaimState]] = Counter()
    for email in (ADA, DEE):
        rows = demo.scope(email).session.execute(
            sa.select(Person.email, Claim.state).join(Person, Person.id == Claim.person_id)
        )
        found.update((row.email, row.state) for row in rows)
    # The bundles are played by deeds of their own: Ada gathers one, Beth's is credited.
    gathered = [(ADA, ClaimState.DRAFT), ("beth.oneill@maplewood.example", ClaimState.CREDITED)]
    # Who was in the report that counts has a draft, and a letter that waits until it can't be undone.
    reported = [(email, ClaimState.DRAFT) for email in REPORTED]
    assert found == Counter([*((claim.person, claim.state) for claim in promised()), *gathered, *reported])


def test_everybody_is_there_with_the_name_and_roles_of_today(demo: Demo) -> None:
    for person in people():
        me = demo.scope(person.email)
        assert (me.me.name, me.me.title, me.roles) == (person.name, person.title, frozenset(person.roles))


def test_ada_comes_home_to_seven_and_a_half_hours_and_four_things_to_do(demo: Demo) -> None:
    home = teacher_home(demo.scope(ADA))
    assert home.standing is not None
    progress = home.standing.progress
    assert (progress.approved_minutes, progress.waiting_minutes, progress.required_minutes) == (450, 120, 900)
    assert (len(home.waiting), len(home.to_do)) == (2, 4)
    assert [one.figures for one in home.gathering.values()] == ["35 of 60\N{NO-BREAK SPACE}minutes; 25 to go"]
    assert home.were_you_there


def test_the_old_programmes_hold_six_hundred_events(demo: Demo) -> None:
    rows = demo.scope(ADA).session.execute(
        sa.select(Programme.slug, sa.func.count(Event.id).label("events"))
        .join(Event, Event.programme_id == Programme.id)
        .group_by(Programme.slug)
    )
    counts = {row.slug: row.events for row in rows}
    counts.pop("connected-educators")
    assert set(counts) == {"cem-2012", "cem-2013", "cem-2014"}
    assert sum(counts.values()) == EVENTS_IN_ALL


def test_audit_chains_keys_and_every_certificate_are_whole(demo: Demo) -> None:
    assert records_faults(demo.settings) == []


def test_certificates_are_issued_revoked_and_superseded(demo: Demo) -> None:
    session = demo.scope(BO).session
    credited = (Plan.CREDITED, Plan.JUST_CREDITED, Plan.REVERSED, Plan.REVOKED, Plan.REISSUED)
    issued = session.scalar(sa.select(sa.func.count(Certificate.id)))
    bundles_credited = summed_up = 1
    of_claims = of_maplewood(*credited) + of_maplewood(Plan.REISSUED)
    assert issued == of_claims + bundles_credited + summed_up
    news = Counter(session.scalars(sa.select(CertificateStatus.news)))
    # Credit that is taken back takes its certificate with it.
    assert news == {
        CertificateNews.REVOKED: of_maplewood(Plan.REVOKED, Plan.REVERSED),
        CertificateNews.SUPERSEDED: of_maplewood(Plan.REISSUED),
    }


def test_the_last_three_decisions_can_still_be_undone(demo: Demo) -> None:
    session = demo.scope(BO).session
    # The demo was loaded some seconds or minutes before this test.
    loaded_at = session.scalar(sa.select(AuditEntry.at).where(AuditEntry.action == "demo.loaded"))
    assert loaded_at is not None
    held = session.scalar(sa.select(sa.func.count(ClaimStep.id)).where(ClaimStep.release_at > loaded_at))
    assert held == of_maplewood(Plan.JUST_CREDITED) == 3


def test_letters_left_when_their_decision_could_no_longer_be_undone(demo: Demo) -> None:
    session = demo.scope(BO).session
    rows = session.execute(
        sa.select(OutboxMail.state, OutboxMail.sent_at, OutboxMail.not_before, OutboxMail.created_at)
    ).all()
    assert Counter(row.state for row in rows)[MailState.QUEUED] == of_maplewood(Plan.JUST_CREDITED) + len(
        REPORTED
    )
    for row in rows:
        if row.state is MailState.SENT:
            waited = row.sent_at - row.created_at
            assert waited < timedelta(minutes=UNDO_MINUTES, seconds=10)


def test_a_start_sends_none_of_the_old_letters_again(demo: Demo) -> None:
    class Refusing:
        def deliver(self, message: object) -> None:
            raise AssertionError("a letter of the past left again")

    loaded_at = demo.scope(BO).session.scalar(
        sa.select(AuditEntry.at).where(AuditEntry.action == "demo.loaded")
    )
    assert loaded_at is not None
    sent = deliver_due_mail(demo.database, Refusing(), base_url="http://localhost", clock=lambda: loaded_at)
    assert sent == 0


def test_the_audit_trail_is_in_order_of_time_and_names_who_acted(demo: Demo) -> None:
    for email in (ADA, DEE):
        rows = demo.scope(email).session.execute(
            sa.select(AuditEntry.at, AuditEntry.by_name, AuditEntry.action).order_by(AuditEntry.seq)
        )
        entries = rows.all()
        assert all(earlier.at <= later.at for earlier, later in pairwise(entries))
        by_operators = {entry.action for entry in entries if entry.by_name == "operator"}
        assert by_operators <= {
            "district.made",
            "person.added",
            "mail.taken",
            "mail.sent",
            "demo.loaded",
            # Who asks to be let in is nobody of the district yet.
            "joining_letter.asked",
        }


def test_riverton_sees_nothing_of_maplewood(demo: Demo) -> None:
    dee = demo.scope(DEE)
    for mapper in Base.registry.mappers:
        if issubclass(mapper.class_, DistrictBound):
            seen = set(dee.session.scalars(sa.select(mapper.class_.district_id).distinct()))
            assert seen <= {dee.district.id}, mapper.class_.__name__
    assert all(email.endswith("@riverton.example") for email in dee.session.scalars(sa.select(Person.email)))


def test_the_database_says_that_the_demo_is_whole(demo: Demo) -> None:
    found = content(demo.database)
    assert found.slugs == {"maplewood", "riverton"}
    assert found.added_slugs == ()
    assert found.demo_on is not None
    assert abs((found.demo_on - datetime.now(UTC).date()).days) <= 1
