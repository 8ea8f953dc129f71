"""The schema: the migrations say what the models say, there and back, and the database keeps its own guards."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
import sqlalchemy as sa

from pdtracker import migrating
from pdtracker.actions.automatic import publish_automatic
from pdtracker.actions.certificates import revoke_certificate
from pdtracker.actions.check_ins import check_in_by_screen
from pdtracker.actions.checkpoints import name_officers, write_checkpoint
from pdtracker.actions.commitments import publish_commitment
from pdtracker.actions.letter_templates import change_template
from pdtracker.actions.licences import renew_licence
from pdtracker.actions.review_paths import publish_path
from pdtracker.actions.reviews import return_claim
from pdtracker.domain.automatic import AutomaticPolicy
from pdtracker.domain.checkpoint import Officer
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.commitment import Promise
from pdtracker.domain.letter_template import LetterTemplate
from pdtracker.domain.mailing import LetterKind
from pdtracker.domain.refusals import Refusal
from pdtracker.domain.review_path import Actor, PathReview, ReviewPath, Stop
from pdtracker.domain.summary import SummaryKind
from pdtracker.models import Base
from pdtracker.models.certificate_designs import CertificateDesign, CertificatePicture
from pdtracker.models.certificates import Summary, SummaryPart
from pdtracker.models.commitments import Commitment
from pdtracker.models.ids import new_id
from pdtracker.models.licences import (
    AttestationTakenBack,
    Licence,
    LicenceAdjustment,
    LicenceAttestation,
    LicenceRenewal,
    RegimeLayer,
)
from pdtracker.queries.certificates import Issued, certificate
from pdtracker.scope import Scope
from tests.checking_in import a_desk, code_at, sent
from tests.factories import AN_ISSUER, NOW, Cast, a_certificate, a_claim, a_licence
from tests.harness.databases import DatabaseUrls

BEFORE_RENEWALS = "0041"
BEFORE_PUBLIC_COMMITMENTS = "0063"
# What is written once, and the one column of two of them that may still move.
FROZEN = {
    "audit_entry": (),
    "award": (),
    "automatic_policy": (),
    "badge_recipient": (),
    "certificate": ("release_at",),
    "certificate_code": (),
    "certificate_status": (),
    "certificate_summary": (),
    "certificate_summary_part": (),
    "check_in": (),
    "checkpoint_officers": (),
    "claim_step": ("release_at",),
    "certificate_design": (),
    "certificate_picture": (),
    "commitment": (),
    "credit_policy": (),
    "field_comment": (),
    "letter_template": (),
    "licence_adjustment": (),
    "licence_attestation": (),
    "licence_attestation_taken_back": (),
    "licence_renewal": (),
    "regime_layer": (),
    "review_path": (),
    "status_entry": (),
    "trail_checkpoint": (),
}


def test_migrations_and_models_say_the_same(database_urls: DatabaseUrls) -> None:
    assert migrating.differences(database_urls.owner) == []


def test_every_migration_goes_back_and_forth(database_urls: DatabaseUrls) -> None:
    migrating.downgrade(database_urls.owner, "base")
    assert migrating.current(database_urls.owner) is None
    migrating.upgrade(database_urls.owner)
    assert migrating.current(database_urls.owner) == migrating.head()
    assert migrating.differences(database_urls.owner) == []


def test_an_upgrade_of_an_up_to_date_database_does_nothing(database_urls: DatabaseUrls) -> None:
    migrating.upgrade(database_urls.owner)
    assert migrating.current(database_urls.owner) == migrating.head()


def test_a_database_of_a_later_version_is_refused_with_a_sentence(database_urls: DatabaseUrls) -> None:
    engine = sa.create_engine(database_urls.admin)
    known = migrating.current(database_urls.admin)
    name = sa.text("UPDATE alembic_version SET version_num = :name")
    with engine.begin() as connection:
        connection.execute(name, {"name": "9999"})
    try:
        with pytest.raises(Refusal, match="later version"):
            migrating.upgrade(database_urls.admin)
    finally:
        with engine.begin() as connection:
            connection.execute(name, {"name": known})
        engine.dispose()
    migrating.upgrade(database_urls.admin)


def test_a_granted_role_may_not_change_what_is_frozen(postgres_urls: DatabaseUrls) -> None:
    admin = sa.create_engine(postgres_urls.admin)
    with admin.begin() as connection:
        connection.exec_driver_sql("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM pdtracker_app")
    migrating.grant(postgres_urls.owner, "pdtracker_app")
    with admin.connect() as connection:
        for table in Base.metadata.tables:
            rights = {
                right: connection.scalar(
                    sa.text(f"SELECT has_table_privilege('pdtracker_app', '{table}', '{right}')")
                )
                for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE")
            }
            changeable = table not in FROZEN
            assert rights == {
                "SELECT": True,
                "INSERT": True,
                "UPDATE": changeable,
                "DELETE": changeable,
                "TRUNCATE": False,
            }, table
    admin.dispose()


def test_what_is_written_once_is_never_changed(cast: Cast, database_urls: DatabaseUrls) -> None:
    _fill_every_frozen_table(cast)
    engine = sa.create_engine(database_urls.admin)
    changed = []
    for table, movable in FROZEN.items():
        columns = Base.metadata.tables[table].columns.keys()
        attempts = [f"DELETE FROM {table}"]
        attempts += [f"UPDATE {table} SET {name} = {name}" for name in columns if name not in movable]
        attempts += [f"UPDATE {table} SET {name} = NULL" for name in movable]
        for attempt in attempts:
            with engine.connect() as connection:
                assert connection.scalar(sa.text(f"SELECT count(*) FROM {table}")), f"{table} is empty"
                if not _is_refused(connection, attempt):
                    changed.append(attempt)
    engine.dispose()
    assert changed == []


def test_nothing_written_once_is_replaced_from_a_plain_shell(cast: Cast) -> None:
    """REPLACE deletes what has the same key, and `sqlite3` fires no DELETE trigger for it."""
    _fill_every_frozen_table(cast)
    cast.open.close()
    if not cast.database.is_sqlite:
        # PostgreSQL has no such statement.
        return
    with closing(sqlite3.connect(str(cast.database.url.database))) as shell:
        shell.row_factory = sqlite3.Row
        for table in FROZEN:
            keys = _keys(shell, table)
            for key in [*keys, {"rowid"}]:
                row = dict(shell.execute(f"SELECT rowid, * FROM {table}").fetchone())
                others = [other for other in keys if other != key]
                if None in (row[column] for column in key):
                    # So far nothing has this key: give it to one more row.
                    row = _another(row, others, key) | {"rowid": 1_000, "undoes_step_id": 1}
                    shell.execute(_insert("INSERT", table, row), row)
                replacing = _another(row, others, key)
                if key != {"rowid"}:
                    del replacing["rowid"]
                before = shell.execute(f"SELECT * FROM {table}").fetchall()
                with pytest.raises(sqlite3.IntegrityError, match=r"UNIQUE constraint failed|append-only"):
                    shell.execute(_insert("INSERT OR REPLACE", table, replacing), replacing)
                assert shell.execute(f"SELECT * FROM {table}").fetchall() == before, (table, key)


def _insert(verb: str, table: str, row: dict[str, Any]) -> str:
    return f"{verb} INTO {table} ({', '.join(row)}) VALUES ({', '.join(f':{name}' for name in row)})"


def _keys(shell: sqlite3.Connection, table: str) -> list[set[str]]:
    """The columns of each key of a table."""
    return [
        {part["name"] for part in shell.execute(f"PRAGMA index_info('{index['name']}')")}
        for index in shell.execute(f"PRAGMA index_list({table})").fetchall()
        if index["unique"]
    ]


def _another(row: dict[str, Any], others: list[set[str]], same: set[str]) -> dict[str, Any]:
    """A row that has the columns of one key in common with another row, and none of the other keys."""
    made = dict(row)
    for key in others:
        # Numbers first: words have to be some of a few.
        column = min(key - same - {"district_id"}, key=lambda name: (not isinstance(row[name], int), name))
        if row[column] is not None:
            made[column] = row[column] + (1 if isinstance(row[column], int) else "x")
    return made


def _is_refused(connection: sa.Connection, attempt: str) -> bool:
    try:
        connection.exec_driver_sql(attempt)
    except sa.exc.DBAPIError as error:
        return "append-only" in str(error)
    return False


def _fill_every_frozen_table(cast: Cast) -> None:
    """A certificate issued and revoked, a claim returned, a licence with what was signed, somebody checked in."""
    cam = cast.scope("cam")
    name_officers(cam, Officer("Pat", "pat@county.example"), Officer("Ari", "ari@county.example"), address="")
    write_checkpoint(cast.operator(), AN_ISSUER.secrets)
    change_template(cam, LetterKind.DECISION, LetterTemplate("{subject}", "{letter}\n\nAsk Pat."))
    later = NOW + timedelta(hours=1)
    serial = a_certificate(cast.scope("ada"), cast.scope("bo"))
    revoke_certificate(cast.scope("cam", later), serial, reason="Made by mistake.", issuer=AN_ISSUER)
    returned = a_claim(
        cast.scope("ada"),
        ClaimState.SUBMITTED,
        starts_at=NOW - timedelta(hours=5),
        ends_at=NOW - timedelta(hours=4),
    )
    return_claim(
        cast.scope("bo"),
        returned,
        seen_version=1,
        comments={"minutes": "How long was the break?"},
        labels={"minutes": "Hours"},
        note="",
        issuer=AN_ISSUER,
    )
    _sign(cast.scope("cam"), cast.scope("ada").me.id)
    office = PathReview(Stop(Actor.DISTRICT))
    publish_path(cast.scope("cam"), ReviewPath(NOW.date(), (office,)))
    publish_automatic(cast.scope("cam"), AutomaticPolicy(NOW.date(), None), AN_ISSUER)
    desk = a_desk(cast)
    check_in_by_screen(cast.scope("ada"), desk.id, code_at(desk, NOW), seen="", sent=sent())
    _sum_up(cast.scope("cam"), certificate(cast.scope("cam"), serial))


def _sum_up(cam: Scope, held: Issued) -> None:
    """As if the certificate summed up itself."""
    with cam.session.writing():
        over = {"kind": SummaryKind.YEAR, "subject_id": 1, "first_on": NOW.date(), "last_on": NOW.date()}
        cam.session.insert_rows(
            Summary, [{"certificate_id": held.id, "person_id": held.person_id, "edition": 1, **over}]
        )
        cam.session.insert_rows(SummaryPart, [{"summary_id": held.id, "certificate_id": held.id}])


def _sign(cam: Scope, holder_id: int) -> None:
    """An adjustment and an attestation of a licence, and an edition of what the district asks on top."""
    licence_id = new_id()
    signed = {"by_person_id": cam.me.id, "by_name": cam.me.name}
    with cam.session.writing():
        cam.session.insert_rows(
            Licence,
            [
                {
                    "id": licence_id,
                    "person_id": holder_id,
                    "regime": "new-york-ctle",
                    "name": "Childhood",
                    "starts_on": NOW.date(),
                    "ends_on": NOW.date(),
                    "facts": [],
                    "fte": Fraction(1),
                    "carry_in": Fraction(0),
                    "created_at": NOW,
                    "updated_at": NOW,
                }
            ],
        )
        cam.session.insert_rows(LicenceRenewal, [{"licence_id": licence_id, "before_id": licence_id}])
        about = {
            "licence_id": licence_id,
            "signed_on": NOW.date(),
            "signed_at": NOW,
            "by_title": "",
            **signed,
        }
        cam.session.insert_rows(LicenceAdjustment, [{**about, "units": Fraction(1, 2), "reason": "Counted."}])
        fact_id = new_id()
        cam.session.insert_rows(LicenceAttestation, [{**about, "id": fact_id, "fact": "mastery", "note": ""}])
        cam.session.insert_rows(
            AttestationTakenBack, [{**about, "attestation_id": fact_id, "reason": "Another's."}]
        )
        layer = {"regime": "new-york-ctle", "edition": 1, "effective_from": NOW.date(), "document": "x = 1"}
        promised = {"id": new_id(), "version": 1, "words": "", "promises": [], "published_by_id": cam.me.id}
        days = {"from_on": NOW.date(), "until_on": NOW.date(), "published_at": NOW}
        cam.session.insert_rows(Commitment, [{**promised, **days}])
        chosen = {"version": 1, "document": {}, "chosen_by_id": cam.me.id, "chosen_at": NOW}
        cam.session.insert_rows(CertificateDesign, [{"id": new_id(), **chosen}])
        cam.session.insert_rows(
            CertificatePicture, [{"id": new_id(), "digest": "ab" * 32, "png": b"", "kept_at": NOW}]
        )
        cam.session.insert_rows(RegimeLayer, [{**layer, **signed, "published_at": NOW}])


def test_new_kinds_and_categories_come_to_a_database_that_is_in_use(
    cast: Cast, database_urls: DatabaseUrls
) -> None:
    """With rows in every table that others point at, and with the guards of what is written once."""
    _fill_every_frozen_table(cast)
    # A session that still reads would keep PostgreSQL from changing its table.
    cast.open.close()
    migrating.downgrade(database_urls.owner, "0004")
    engine = sa.create_engine(database_urls.admin)
    change = sa.text("UPDATE claim SET kind = 'course'")
    with engine.connect() as connection:
        before = {table: _count(connection, table) for table in sa.inspect(connection).get_table_names()}
        with pytest.raises(sa.exc.DBAPIError, match="ck_claim_eventkind"):
            connection.execute(change)
    migrating.upgrade(database_urls.owner)
    with engine.begin() as connection:
        assert {table: _count(connection, table) for table in before} == before
        assert connection.execute(change).rowcount > 0
        assert connection.execute(sa.text("UPDATE claim SET category = 'swd'")).rowcount > 0
        if connection.dialect.name == "sqlite":
            assert connection.scalar(sa.text("PRAGMA integrity_check")) == "ok"
            assert connection.execute(sa.text("PRAGMA foreign_key_check")).all() == []
    engine.dispose()
    assert migrating.guard_faults(database_urls.owner) == []
    with pytest.raises((RuntimeError, sa.exc.IntegrityError), match=r"claim has rows whose|ck_claim_"):
        migrating.downgrade(database_urls.owner, "0004")


def test_renewals_so_far_are_tied_to_the_cycle_before(cast: Cast, database_urls: DatabaseUrls) -> None:
    """The audit trail told of them before there was a table."""
    ada = cast.scope("ada")
    old_id = a_licence(ada, regime="illinois", ends_on=NOW.date())
    new_id = renew_licence(ada, old_id)
    cast.open.close()
    migrating.downgrade(database_urls.owner, BEFORE_RENEWALS)
    migrating.upgrade(database_urls.owner)
    engine = sa.create_engine(database_urls.admin)
    with engine.connect() as connection:
        tied = connection.execute(sa.text("SELECT licence_id, before_id FROM licence_renewal")).all()
    engine.dispose()
    assert [tuple(row) for row in tied] == [(new_id, old_id)]
    assert migrating.guard_faults(database_urls.owner) == []


def test_commitments_so_far_are_found_in_the_public_lists(cast: Cast, database_urls: DatabaseUrls) -> None:
    publish_commitment(cast.scope("cam"), "", {Promise.DECISION_DAYS: "5"}, NOW.date() + timedelta(days=90))
    cast.open.close()
    migrating.downgrade(database_urls.owner, BEFORE_PUBLIC_COMMITMENTS)
    migrating.upgrade(database_urls.owner)
    engine = sa.create_engine(database_urls.admin)
    with engine.connect() as connection:
        committed = connection.execute(
            sa.text("SELECT slug FROM district WHERE committed_at IS NOT NULL")
        ).all()
    engine.dispose()
    assert [slug for (slug,) in committed] == ["maplewood"]


def _count(connection: sa.Connection, table: str) -> int:
    return connection.scalar(sa.text(f"SELECT count(*) FROM {table}")) or 0


def test_a_hollow_guard_and_a_trigger_of_somebody_else_are_found(database_urls: DatabaseUrls) -> None:
    assert migrating.guard_faults(database_urls.owner) == []
    engine = sa.create_engine(database_urls.owner)
    with engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            hollow = ["DROP TRIGGER award_no_update"]
            hollow.append("CREATE TRIGGER award_no_update BEFORE UPDATE ON award BEGIN SELECT 1; END")
            strange = "CREATE TRIGGER more AFTER INSERT ON award BEGIN DELETE FROM rate; END"
        else:
            hollow = ["ALTER TABLE award DISABLE TRIGGER award_no_update"]
            strange = (
                "CREATE TRIGGER more BEFORE INSERT ON award"
                " FOR EACH ROW EXECUTE FUNCTION pdtracker_refuse_change()"
            )
        for statement in (*hollow, "DROP TRIGGER award_no_delete" + _on(connection, "award"), strange):
            connection.exec_driver_sql(statement)
    told = migrating.guard_faults(database_urls.owner)
    assert [fault.split(":")[0] for fault in told] == [
        "the guard award_no_delete is missing",
        "the guard award_no_update was altered",
        "the trigger more is none of ours",
    ]
    with engine.begin() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if not is_sqlite:
            connection.exec_driver_sql(
                "CREATE OR REPLACE FUNCTION pdtracker_refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RETURN NEW; END $$"
            )
    engine.dispose()
    told = migrating.guard_faults(database_urls.owner)
    assert ("the guard claim_step_no_update was altered" in " ".join(told)) is not is_sqlite


def _on(connection: sa.Connection, table: str) -> str:
    return f" ON {table}" if connection.dialect.name == "postgresql" else ""
