"""Nightly checkpoints: signed once a day, sent to two officers, and nobody is replaced as an officer in silence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.checkpoints import name_officers
from pdtracker.domain.checkpoint import Officer
from pdtracker.domain.refusals import NotPermitted, NotValid
from pdtracker.jobs import write_checkpoints
from pdtracker.models.records import OutboxMail
from pdtracker.queries.certificates import every_public_key
from pdtracker.queries.checkpoints import (
    departure,
    keepers,
    of_checkpoints_document,
    written_checkpoints,
)
from tests.factories import AN_ISSUER, NOW, Cast, a_certificate

PAT = Officer("Pat Superintendent", "pat@maplewood.example")
ARI = Officer("Ari Auditor", "ari@county.example")
NOBODY = Officer("", "")
WHERE = "http://localhost/maplewood/audit/checkpoints"


@pytest.fixture
def signing(cast: Cast) -> Cast:
    """Maplewood has a key: it signed a certificate."""
    a_certificate(cast.scope("ada"), cast.scope("bo"))
    return cast


def name(cast: Cast, first: Officer = PAT, second: Officer = ARI) -> None:
    name_officers(cast.scope("cam"), first, second, address=WHERE)


def letters(cast: Cast) -> Sequence[OutboxMail]:
    return cast.operator().session.scalars(
        sa.select(OutboxMail).where(OutboxMail.dedupe_key.startswith("checkpoint")).order_by(OutboxMail.id)
    )


def test_each_day_has_one_checkpoint_that_agrees_with_the_chain(signing: Cast) -> None:
    for hours in (0, 1, 24, 25):
        write_checkpoints(signing.database, AN_ISSUER.secrets, NOW + timedelta(hours=hours))
    session = signing.operator().session
    kept = written_checkpoints(session, "maplewood")
    assert [(NOW - one.at) // timedelta(days=1) for one in kept] == [-1, 0]
    keys = {key.kid: key.public_key for key in every_public_key(signing.database)}
    assert [departure(session, one, keys) for one in kept] == [None, None]


def test_both_officers_get_the_signed_file(signing: Cast) -> None:
    name(signing)
    told = {row.to_email for row in letters(signing)}
    write_checkpoints(signing.database, AN_ISSUER.secrets, NOW)
    sent = [row for row in letters(signing) if row.attachment]
    assert told == {row.to_email for row in sent} == {PAT.email, ARI.email}
    (kept,) = written_checkpoints(signing.operator().session, "maplewood")
    for row in sent:
        (one,) = of_checkpoints_document((row.attachment or "").encode())
        assert (one.seq, one.hash, one.signature) == (kept.seq, kept.hash, kept.signature)
        assert kept.hash in row.body


def test_who_kept_them_before_hears_that_somebody_else_does(cast: Cast) -> None:
    name(cast)
    name(cast, Officer("Eve", "eve@elsewhere.example"), ARI)
    to_pat = [row for row in letters(cast) if row.to_email == PAT.email]
    assert "From now on Eve and Ari Auditor get them." in to_pat[-1].body
    name(cast, NOBODY, NOBODY)
    assert keepers(cast.operator().session).officers == ()
    assert "nobody gets them" in list(letters(cast))[-1].body


def test_the_same_two_again_are_no_news(cast: Cast) -> None:
    name(cast)
    before = len(list(letters(cast)))
    name(cast)
    assert len(list(letters(cast))) == before


@pytest.mark.parametrize(
    ("first", "second", "field"),
    [
        (PAT, NOBODY, "second_name"),
        (Officer("Pat", ""), ARI, "first_email"),
        (PAT, Officer("Pat again", "PAT@maplewood.example"), "second_email"),
    ],
)
def test_it_takes_two_people(cast: Cast, first: Officer, second: Officer, field: str) -> None:
    with pytest.raises(NotValid) as refused:
        name(cast, first, second)
    assert field in refused.value.errors


def test_only_administrators_name_them(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        name_officers(cast.scope("bo"), PAT, ARI, address=WHERE)


def test_a_key_that_no_secret_opens_holds_up_no_other_district(signing: Cast) -> None:
    assert write_checkpoints(signing.database, ("another secret",), NOW) == 0
    assert written_checkpoints(signing.operator().session, "maplewood") == ()


def test_the_letter_s_file_is_json_of_its_own(signing: Cast) -> None:
    name(signing)
    write_checkpoints(signing.database, AN_ISSUER.secrets, NOW)
    row = next(row for row in letters(signing) if row.attachment)
    assert json.loads(row.attachment or "")["checkpoints"][0]["district"] == "maplewood"
