"""Checkpoints of the audit trail: what they find that the chain alone doesn't, and files that are none."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlalchemy as sa

from pdtracker import audit, signing
from pdtracker.db import Database
from pdtracker.models.records import AuditEntry, AuditHead
from pdtracker.queries.certificates import every_public_key
from pdtracker.queries.checkpoints import (
    Checkpoint,
    checkpoint,
    checkpoints_document,
    departure,
    of_checkpoints_document,
)
from tests.factories import AN_ISSUER, NOW, Cast, a_certificate
from tests.harness.databases import DatabaseUrls
from tests.test_audit import Tampered, found_school


@pytest.fixture
def kept(cast: Cast) -> Checkpoint:
    """A checkpoint of Maplewood; three schools were founded since."""
    a_certificate(cast.scope("ada"), cast.scope("bo"))
    made = checkpoint(cast.operator().session, "maplewood", AN_ISSUER.secrets, NOW)
    assert made is not None
    for number in range(3):
        found_school(cast.operator(), f"School {number}")
    return made


def keys(database: Database) -> dict[str, bytes]:
    return {key.kid: key.public_key for key in every_public_key(database)}


def told(database: Database, cast: Cast, kept: Checkpoint) -> str | None:
    with database.session(cast.maplewood.id) as session:
        return departure(session, kept, keys(database))


def test_a_chain_that_only_grew_agrees(cast: Cast, kept: Checkpoint) -> None:
    assert told(cast.database, cast, kept) is None
    head = cast.operator().session.execute(sa.select(AuditHead.seq)).scalar_one()
    assert head == kept.seq + 3


def test_an_end_that_was_cut_off_with_its_head_is_found_by_the_checkpoint_alone(
    cast: Cast, kept: Checkpoint, database_urls: DatabaseUrls
) -> None:
    scope = cast.operator()
    before = scope.session.execute(
        sa.select(AuditEntry.hash).where(AuditEntry.seq == kept.seq - 1)
    ).scalar_one()
    scope.session.rollback()
    cut = (
        f"DELETE FROM audit_entry WHERE district_id = {cast.maplewood.id} AND seq >= {kept.seq}",
        f"UPDATE audit_head SET seq = {kept.seq - 1}, hash = '{before}' WHERE district_id = {cast.maplewood.id}",
    )
    with Tampered(database_urls, *cut) as database:
        with database.session(cast.maplewood.id) as session:
            assert audit.first_break(session) is None
        assert (said := told(database, cast, kept)) is not None
        assert "cut off" in said


def test_another_entry_of_that_number_is_a_chain_written_anew(cast: Cast, kept: Checkpoint) -> None:
    with cast.database.session(cast.maplewood.id) as session:
        signer = _Signer()
        other = signer.of(replace(kept, hash="0" * 64))
        assert (said := departure(session, other, {signer.kid: signer.public})) is not None
    assert "written anew" in said


@pytest.mark.parametrize(
    "change", [{"seq": 1}, {"hash": "0" * 64}, {"district": "riverton"}, {"at": NOW.replace(year=2013)}]
)
def test_a_changed_checkpoint_doesn_t_fit_its_signature(
    cast: Cast, kept: Checkpoint, change: dict[str, object]
) -> None:
    said = told(cast.database, cast, replace(kept, **change))  # type: ignore[arg-type]
    assert said is not None
    assert "signature" in said


def test_a_key_that_nobody_knows_proves_nothing(cast: Cast, kept: Checkpoint) -> None:
    with cast.database.session(cast.maplewood.id) as session:
        assert departure(session, kept, {}) == "is signed by a key that isn’t known"


def test_a_file_reads_back_and_another_is_refused_with_a_sentence(kept: Checkpoint) -> None:
    document = checkpoints_document([kept])
    (read,) = of_checkpoints_document(json.dumps(document).encode())
    assert read == kept
    one = document["checkpoints"][0]
    for wrong in (
        b"",
        b"\xff",
        b"[]",
        b"[" * 100_000,
        json.dumps(document | {"schema": "other"}).encode(),
        json.dumps(document | {"checkpoints": [one | {"seq": "1"}]}).encode(),
        json.dumps(document | {"checkpoints": [one | {"signature": "zz"}]}).encode(),
        json.dumps(document | {"checkpoints": [one | {"more": 1}]}).encode(),
    ):
        with pytest.raises(ValueError, match="no file of checkpoints"):
            of_checkpoints_document(wrong)


class _Signer:
    """Somebody with a key of their own."""

    def __init__(self) -> None:
        self._key = signing.new_key()
        self.kid, self.public = self._key.kid, self._key.public

    def of(self, unsigned: Checkpoint) -> Checkpoint:
        named = replace(unsigned, key=self.kid)
        return replace(named, signature=signing.sign(self._key.private, named.signed_bytes))
