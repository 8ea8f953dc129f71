"""`pdtracker doctor`: looks at configuration, database, mail, jobs, fonts and disk, and says what to do."""

from __future__ import annotations

import argparse
import shutil
import smtplib
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa

from pdtracker import audit, migrating, signing
from pdtracker.blobs import BlobStore
from pdtracker.db import Database, DistrictSession
from pdtracker.domain.certificate import NotASnapshot, Snapshot
from pdtracker.domain.checkpoint import LATE
from pdtracker.pdf import faces
from pdtracker.queries.certificates import everything_signed, sealed_keys
from pdtracker.queries.checkpoints import keepers, written_checkpoints
from pdtracker.queries.evidence import kept_files
from pdtracker.queries.jobs import job_counts, stumbled_slots
from pdtracker.queries.outbox import districts, mail_counts
from pdtracker.queries.proving import contradictions
from pdtracker.scope import DistrictFacts, Scope
from pdtracker.settings import Settings, load_settings

LEAST_FREE = 0.10
_FREE_BYTES = 500_000_000


def register(subparsers: Any) -> None:
    """Adds `doctor`."""
    subparsers.add_parser("doctor", help="check configuration, database, mail, fonts, disk").set_defaults(
        run=_run
    )


def _run(_arguments: argparse.Namespace) -> int:
    settings = load_settings()
    healthy = True
    for name, faults in _examined(settings):
        healthy = healthy and not faults
        print(f"{'ok  ' if not faults else 'look'}  {name}")
        for fault in faults:
            print(f"      {fault}")
    return 0 if healthy else 1


def _examined(settings: Settings) -> Iterator[tuple[str, list[str]]]:
    yield "configuration", _configuration_faults(settings)
    yield "disk", _disk_faults(settings)
    yield "fonts", _font_faults()
    yield "mail", _mail_faults(settings)
    database = _database_faults(settings)
    yield "database", database
    if not database:
        yield "records", records_faults(settings)
        yield "letters that wait", _letter_faults(settings)
        yield "jobs", _job_faults(settings)
        yield "checkpoints", _checkpoint_faults(settings)


def _configuration_faults(settings: Settings) -> list[str]:
    host = urlsplit(settings.base_url).hostname or ""
    on_loopback = host in ("localhost", "127.0.0.1", "::1")
    faults = []
    if not on_loopback and not settings.base_url.startswith("https://"):
        faults.append("BASE_URL begins with http://: sign-ins would travel in the open. Use https://.")
    if settings.host not in ("127.0.0.1", "localhost", "::1") and on_loopback:
        faults.append("HOST is open to the network but BASE_URL names this machine only. Set BASE_URL.")
    return faults


def _disk_faults(settings: Settings) -> list[str]:
    settings.instance.mkdir(parents=True, exist_ok=True)
    usage = shutil.disk_usage(settings.instance)
    if usage.free < _FREE_BYTES or usage.free / usage.total < LEAST_FREE:
        return [
            f"{usage.free / 1e9:.1f} GB free at {settings.instance}. Make room before writes are refused."
        ]
    return []


def _font_faults() -> list[str]:
    try:
        faces.width(faces.Face.REGULAR, "Ab")
    except (OSError, ImportError) as error:
        return [f"The certificate's fonts can't be read ({error}). Install ttf-opensans again."]
    return []


def _mail_faults(settings: Settings) -> list[str]:
    if settings.smtp_url is None:
        return []
    parts = urlsplit(settings.smtp_url)
    connect = smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    try:
        with connect(parts.hostname or "localhost", parts.port or 0, timeout=10) as server:
            server.noop()
    except (OSError, smtplib.SMTPException) as error:
        return [f"SMTP_URL: {parts.hostname} doesn't answer ({error}). Letters wait in the outbox meanwhile."]
    return []


def _database_faults(settings: Settings) -> list[str]:
    try:
        at_revision = migrating.current(settings.database_url)
    except (sa.exc.SQLAlchemyError, sqlite3.Error, OSError) as error:
        return [
            f"DATABASE_URL: the database can't be opened ({type(error).__name__}: {str(error).splitlines()[0]})."
        ]
    if at_revision != migrating.head():
        return [
            f"The schema is {at_revision or 'empty'}, the program needs {migrating.head()}. Run: pdtracker db upgrade"
        ]
    return []


def records_faults(settings: Settings) -> list[str]:
    """Everything that is promised to be whole and isn't: audit chains, certificates, keys that no secret opens."""
    faults = migrating.guard_faults(settings.database_url)
    told = (
        _broken_trail,
        contradictions,
        _forged,
        partial(_locked_keys, settings=settings),
        partial(_lost_files, store=BlobStore(settings.evidence)),
    )
    for district, session in _in_each_district(settings):
        faults.extend(f"{district.slug}: {fault}." for look in told for fault in _read(look, session))
    return faults


def _in_each_district(settings: Settings) -> Iterator[tuple[DistrictFacts, DistrictSession]]:
    """A session of each district in turn; it ends when the next one is asked for."""
    database = Database(settings.database_url)
    try:
        with database.session(None, installation=True) as session:
            everyone = districts(session)
        for district in everyone:
            with database.session(district.id) as session:
                yield district, session
    finally:
        database.dispose()


def _read(look: Callable[[DistrictSession], Iterator[str]], session: DistrictSession) -> Iterator[str]:
    """What one look at the records finds; what holds something that can't be there ends it with a fault."""
    try:
        yield from look(session)
    except (ValueError, TypeError, LookupError, AttributeError) as error:
        yield f"a record can't be read ({type(error).__name__}: {error})"


def _broken_trail(session: DistrictSession) -> Iterator[str]:
    broken = audit.first_break(session)
    if broken is not None:
        yield f"the audit chain breaks at entry {broken}"


def _forged(session: DistrictSession) -> Iterator[str]:
    for row in everything_signed(session):
        if not _is_whole(row.snapshot, row.signature, row.public_key):
            yield f"certificate {row.serial} doesn't match its signature"


def _lost_files(session: DistrictSession, store: BlobStore) -> Iterator[str]:
    for evidence_id, sha256 in kept_files(session):
        if not store.is_whole(session.district_id or 0, sha256):
            yield f"the file of evidence {evidence_id} is missing or altered ({sha256})"


def _locked_keys(session: DistrictSession, settings: Settings) -> Iterator[str]:
    for kid, locked in sealed_keys(session):
        try:
            signing.unlock(locked, kid, (settings.secret_key, *settings.secret_key_fallbacks))
        except signing.KeyLocked as error:
            yield str(error)


def _is_whole(frozen: bytes, signature: bytes, public_key: bytes) -> bool:
    try:
        Snapshot.from_bytes(frozen)
    except NotASnapshot:
        return False
    return signing.verify(public_key, frozen, signature)


def _letter_faults(settings: Settings) -> list[str]:
    at = datetime.now(UTC)
    faults = []
    for district, session in _in_each_district(settings):
        counts = mail_counts(Scope(session, district, at), at - timedelta(hours=1))
        if counts.overdue:
            faults.append(
                f"{district.slug}: {counts.overdue} letters are late by an hour. Is a worker running?"
            )
        if counts.failed:
            faults.append(f"{district.slug}: {counts.failed} letters could not be delivered.")
    return faults


def _job_faults(settings: Settings) -> list[str]:
    at = datetime.now(UTC)
    faults = _stumbled(settings)
    for district, session in _in_each_district(settings):
        counts = job_counts(Scope(session, district, at), at - timedelta(hours=1))
        if counts.late:
            faults.append(f"{district.slug}: {counts.late} jobs are late by an hour. Is a worker running?")
        if counts.dead:
            faults.append(
                f"{district.slug}: {counts.dead} jobs were given up."
                f" Look at {settings.base_url.rstrip('/')}/{district.slug}/jobs."
            )
    return faults


def _stumbled(settings: Settings) -> list[str]:
    database = Database(settings.database_url)
    try:
        with database.session(None, installation=True) as session:
            return [
                f"What comes with the time stumbled: {kind} ({error})."
                for kind, error in stumbled_slots(session)
            ]
    finally:
        database.dispose()


def _checkpoint_faults(settings: Settings) -> list[str]:
    """Districts whose checkpoints nobody keeps outside of the database, or that had none written for days."""
    at = datetime.now(UTC)
    faults = []
    for district, session in _in_each_district(settings):
        newest = written_checkpoints(session, district.slug, 1)
        if not keepers(session).officers:
            faults.append(
                f"{district.slug}: nobody outside keeps checkpoints of the audit trail. An administrator names two"
                f" people at {settings.base_url.rstrip('/')}/{district.slug}/audit/checkpoints."
            )
        elif not newest or newest[0].at < at - LATE:
            faults.append(
                f"{district.slug}: no checkpoint of the audit trail was written for two days. Is a worker running?"
            )
    return faults
