"""`doctor`: all well is said so, and each planted fault is found with what to do."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from pdtracker.actions.certificates import reissue_certificate, revoke_certificate
from pdtracker.actions.checkpoints import name_officers
from pdtracker.actions.jobs import end_job
from pdtracker.actions.leases import take_job
from pdtracker.actions.undoing import undo_decisions
from pdtracker.commands.doctor import records_faults
from pdtracker.domain.access import Role
from pdtracker.domain.checkpoint import Officer
from pdtracker.domain.job import JobStep
from pdtracker.jobs import deliver_due_mail, write_checkpoints
from pdtracker.mail import FolderPost
from pdtracker.models.certificates import Certificate
from tests.factories import AN_ISSUER, NOW, SECRET, Cast, a_certificate
from tests.harness.databases import DatabaseUrls
from tests.waiting import many_waiting_claims
from tests.working import approve_all


@pytest.fixture
def database_urls(sqlite_urls: DatabaseUrls) -> DatabaseUrls:
    """The embedded database."""
    return sqlite_urls


def doctor(folder: Path, **values: str) -> tuple[int, str]:
    """The command's exit status and what it printed, as an operator starts it."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PDTRACKER")}
    environment |= {"PDTRACKER_INSTANCE": str(folder), "SECRET_KEY": SECRET, **values}
    done = subprocess.run(
        [sys.executable, "-m", "pdtracker", "doctor"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout


def test_a_healthy_installation_is_told_so(cast: Cast, tmp_path: Path) -> None:
    a_certificate(cast.scope("ada"), cast.scope("bo"))
    status, told = doctor(tmp_path)
    assert (status, told.count("nobody outside keeps checkpoints")) == (1, 2), told
    for who in ("cam", "rex"):
        administrator = replace(cast.scope(who), roles=frozenset({Role.ADMINISTRATOR}))
        pat, ari = Officer("Pat", "pat@county.example"), Officer("Ari", "ari@county.example")
        name_officers(administrator, pat, ari, address="http://localhost")
    assert "no checkpoint of the audit trail was written" in doctor(tmp_path)[1]
    write_checkpoints(cast.database, (SECRET,), datetime.now(UTC))
    deliver_due_mail(
        cast.database,
        FolderPost(tmp_path / "mail"),
        base_url="http://localhost",
        clock=lambda: datetime.now(UTC),
    )
    status, told = doctor(tmp_path)
    assert (status, "look" in told) == (0, False), told


def test_an_empty_database_is_told_what_to_run(tmp_path: Path) -> None:
    status, told = doctor(tmp_path)
    assert status == 1
    assert "Run: pdtracker db upgrade" in told


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"BASE_URL": "http://pd.maplewood.example"}, "Use https://."),
        ({"SMTP_URL": "smtp://127.0.0.1:9"}, "SMTP_URL"),
        ({"HOST": "0.0.0.0"}, "Set BASE_URL"),
        ({"SECRET_KEY": "another key of more than thirty-two bytes"}, "SECRET_KEY_FALLBACKS"),
    ],
)
def test_each_planted_fault_is_found(cast: Cast, tmp_path: Path, values: dict[str, str], said: str) -> None:
    a_certificate(cast.scope("ada"), cast.scope("bo"))
    status, told = doctor(tmp_path, **values)
    assert status == 1
    assert said in told


def test_a_forged_certificate_and_a_bent_trail_are_found(cast: Cast, tmp_path: Path) -> None:
    a_certificate(cast.scope("ada"), cast.scope("bo"))
    with closing(sqlite3.connect(tmp_path / "pdtracker.db")) as connection:
        for name in ("certificate_no_update", "audit_entry_no_update"):
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE certificate SET snapshot = CAST(replace(snapshot, 'Ada', 'Eve') AS BLOB)")
        connection.execute("UPDATE audit_entry SET by_name = 'Eve' WHERE seq = 2")
        connection.commit()
    status, told = doctor(tmp_path)
    assert status == 1
    assert "doesn't match its signature" in told
    assert "the audit chain breaks at entry 2" in told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE award SET minutes = 1440", "is not what was decided"),
        ("UPDATE award SET policy_name = 'Another'", "is not what was decided"),
        ("UPDATE award SET category = 'stem'", "is not what was decided"),
        ("UPDATE award SET instructional_minutes = 1440", "is not what was decided"),
        (
            "UPDATE award SET instructional_minutes = 0 WHERE entry = 'reversal'",
            "takes back what was never given",
        ),
        ("UPDATE award SET kind = 'panel'", "of another kind or day than its claim"),
        ("UPDATE award SET activity_on = '2014-10-01'", "of another kind or day than its claim"),
        (
            "UPDATE award SET person_id = (SELECT id FROM person WHERE name = 'Hal Whitfield')",
            "somebody else",
        ),
        ("UPDATE award SET minutes = -30 WHERE entry = 'reversal'", "takes back what was never given"),
        ("DELETE FROM award", "has lost its entry"),
        ("UPDATE claim SET state = 'denied' WHERE state = 'credited'", "is denied, but no step led it there"),
        ("UPDATE certificate SET minutes = 1440", "other facts than it was signed with"),
        ("UPDATE certificate SET minutes = 1440", "is not of the credit that its decision gave"),
        ("UPDATE certificate SET person_id = 7", "is not of the credit that its decision gave"),
        ("UPDATE certificate SET serial = lower(serial) WHERE edition = 1", "was never decided"),
        ("DELETE FROM certificate WHERE edition = 1", "was issued and is gone"),
        ("DELETE FROM certificate WHERE edition = 2", "was issued and is gone"),
        ("DELETE FROM certificate_code", "has lost its code"),
        ("UPDATE certificate_code SET code = lower(code)", "leads to no certificate"),
        ("DELETE FROM certificate_status WHERE news = 'revoked'", "the revocation of certificate"),
        ("DELETE FROM certificate_status WHERE news = 'recalled'", "the recall of certificate"),
        (
            "DELETE FROM certificate_status WHERE news = 'superseded'",
            "was issued again, but isn't superseded",
        ),
        (
            "UPDATE certificate_status SET news = 'revoked', successor_id = NULL WHERE news = 'superseded'",
            "was never decided",
        ),
        ("UPDATE certificate SET edition = edition + 5", "took the place of one that nobody issued again"),
        ("UPDATE certificate SET snapshot = CAST(snapshot AS TEXT)", "holds no signed facts"),
        ("UPDATE certificate SET snapshot = CAST(snapshot AS TEXT)", "doesn't match its signature"),
        ("UPDATE certificate SET signature = hex(signature)", "doesn't match its signature"),
        ("UPDATE award SET kind = 'no kind'", "a record can't be read"),
        ("SELECT 1", "the guard award_no_update is missing"),
    ],
)
def test_a_record_that_the_trail_contradicts_is_found(
    cast: Cast, tmp_path: Path, change: str, said: str
) -> None:
    serial = a_certificate(cast.scope("ada"), cast.scope("bo"))
    later = cast.scope("cam", NOW + timedelta(hours=1))
    revoke_certificate(later, serial, reason="Made by mistake.", issuer=AN_ISSUER)
    reissue_certificate(
        later, a_certificate(cast.scope("ada"), cast.scope("bo")), reason="Her new name.", issuer=AN_ISSUER
    )
    recalled = a_certificate(cast.scope("ada"), cast.scope("bo"))
    bo = cast.scope("bo")
    undo_decisions(
        bo, list(bo.session.scalars(sa.select(Certificate.step_id).where(Certificate.serial == recalled)))
    )
    assert records_faults(cast.settings) == []
    with closing(sqlite3.connect(tmp_path / "pdtracker.db")) as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in names:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        connection.execute(change)
        connection.commit()
    assert said in " ".join(records_faults(cast.settings))


def test_a_job_that_was_given_up_and_one_that_nobody_begins_are_told(cast: Cast, tmp_path: Path) -> None:
    ids = many_waiting_claims(cast.scope("ada"), 2)
    given_up, _late = (approve_all(cast, [one], key=str(one)) for one in ids)
    with cast.database.session(cast.maplewood.id) as session:
        assert take_job(session, given_up, owner="dies", at=NOW) is not None
    end_job(cast.operator(), given_up, "dies", JobStep.GIVE_UP, error="a fault", report={})
    status, told = doctor(tmp_path)
    assert status == 1
    assert "maplewood: 1 jobs were given up. Look at" in told
    assert "maplewood: 1 jobs are late by an hour. Is a worker running?" in told
