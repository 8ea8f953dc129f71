"""What is signed: nothing that can't be printed, nothing that isn't proved, and by whom it may be asked for."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

import pytest
import sqlalchemy as sa

from pdtracker.actions.certificates import reissue_certificate, revoke_certificate
from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.domain.access import Role
from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.refusals import NotNow, NotPermitted, NotValid
from pdtracker.installation import issuer_of
from pdtracker.models.certificates import Certificate
from pdtracker.models.claims import ClaimStep
from pdtracker.models.credit import Award, EntryKind
from pdtracker.models.ids import new_id
from pdtracker.models.people import Person
from pdtracker.queries.certificates import certificate
from pdtracker.queries.reviewing import OTHER_SCHOOL
from pdtracker.queries.verification import pdf_of
from tests.certifying import LATER, Numbers, certified, reissue, tamper, text_of
from tests.factories import AN_ISSUER, Cast, a_claim
from tests.harness.databases import DatabaseUrls
from tests.waiting import give_roles


def rename(cast: Cast, name: str) -> None:
    """Ada's name changes."""
    scope = cast.scope("ada")
    with scope.session.writing():
        scope.session.execute(sa.update(Person).where(Person.id == scope.me.id).values(name=name))


def test_a_letter_that_the_typefaces_lack_leaves_one_claim_out_and_names_it(cast: Cast) -> None:
    rename(cast, "Ada 雷")
    hers, plain = cast.scope("ada"), cast.scope("hal")
    missing, fine = a_claim(hers, ClaimState.SUBMITTED), a_claim(plain, ClaimState.SUBMITTED)
    outcomes = approve_claims(
        cast.scope("bo"),
        [Wish(missing, 1), Wish(fine, 1)],
        issuer_of(cast.settings),
        key=secrets.token_hex(16),
    )
    refusals = {outcome.claim_id: outcome.refusal for outcome in outcomes}
    assert refusals[fine] is None
    refused = refusals[missing]
    assert refused is not None
    assert "Ada 雷" in refused.sentence
    assert "U+96F7" in refused.sentence
    scope = cast.scope("bo")
    assert scope.session.scalar(sa.select(sa.func.count()).select_from(Certificate)) == 1
    assert scope.session.scalars(sa.select(Award.claim_id)).all() == [fine]


def test_issuing_again_under_a_name_that_can_t_be_printed_changes_nothing(cast: Cast) -> None:
    numbers = certified(cast)
    rename(cast, "Ada 雷")
    with pytest.raises(NotValid) as refused:
        reissue_certificate(
            cast.scope("cam", LATER), numbers.serial, reason="A new name.", issuer=issuer_of(cast.settings)
        )
    assert "雷" in " ".join(refused.value.errors.values())
    assert certificate(cast.scope("cam"), numbers.serial).news is None


def test_names_in_any_latin_greek_or_cyrillic_letters_are_printed_as_they_are(cast: Cast) -> None:
    for name in ("Nguyễn Thị Ánh Nguyệt", "Ελένη Παπαδοπούλου", "Анастасія Ґонта", "Þórunn Łukasz-Żółć"):
        numbers = certified(cast)
        rename(cast, name)
        serial = reissue_certificate(
            cast.scope("cam", LATER), numbers.serial, reason="A new name.", issuer=issuer_of(cast.settings)
        )
        told = text_of(pdf_of(certificate(cast.scope("cam"), serial)))
        assert "".join(name.split()) in "".join(told.split())


def count_of_certificates(cast: Cast) -> int:
    """How many there are."""
    return cast.scope("bo").session.scalar(sa.select(sa.func.count()).select_from(Certificate)) or 0


def forged(cast: Cast, numbers: Numbers) -> dict[str, Any]:
    """The columns of the certificate with ten times its minutes, as a forger would fit them to each other."""
    frozen = certificate(cast.scope("cam"), numbers.serial).frozen.replace(b'"minutes":60', b'"minutes":600')
    frozen = frozen.replace(b'"total_minutes":60', b'"total_minutes":600').replace(
        b'"many":"hours","minutes":600', b'"many":"hours","minutes":60'
    )
    assert Snapshot.from_bytes(frozen).total_minutes == 600
    return {"snapshot": frozen, "minutes": 600, "sha256": hashlib.sha256(frozen).hexdigest()}


def test_nothing_is_signed_that_its_own_signature_doesn_t_prove(
    cast: Cast, database_urls: DatabaseUrls
) -> None:
    numbers = certified(cast)
    tamper(cast, database_urls.owner, numbers, **forged(cast, numbers))
    with pytest.raises(NotNow) as refused:
        reissue(cast, numbers)
    assert refused.value.code == "not_sound"
    assert count_of_certificates(cast) == 1


def test_nothing_is_signed_whose_fingerprint_was_changed(cast: Cast, database_urls: DatabaseUrls) -> None:
    numbers = certified(cast)
    tamper(cast, database_urls.owner, numbers, sha256="0" * 64)
    with pytest.raises(NotNow) as refused:
        reissue(cast, numbers)
    assert refused.value.code == "not_sound"


def test_nothing_is_signed_that_the_ledger_doesn_t_hold(cast: Cast) -> None:
    numbers = certified(cast)
    scope = cast.scope("bo")
    given = scope.session.scalars(sa.select(Award)).one()
    sent = scope.session.scalar(sa.select(ClaimStep.id).where(ClaimStep.step == Step.SUBMIT))
    columns = {column.key: getattr(given, column.key) for column in sa.inspect(Award).columns}
    scope.session.rollback()
    taken = {"id": new_id(), "step_id": sent, "entry": EntryKind.REVERSAL, "minutes": -15}
    with scope.session.writing():
        scope.session.insert_rows(Award, [columns | taken])
    with pytest.raises(NotNow) as refused:
        reissue(cast, numbers)
    assert refused.value.code == "other_credit"
    assert count_of_certificates(cast) == 1


def test_nobody_reissues_or_revokes_their_own(cast: Cast) -> None:
    numbers = certified(cast)
    give_roles(cast, "ada", Role.TEACHER, Role.REVIEWER, Role.ADMINISTRATOR)
    for act in (reissue_certificate, revoke_certificate):
        with pytest.raises(NotPermitted) as refused:
            act(cast.scope("ada", LATER), numbers.serial, reason="Because.", issuer=AN_ISSUER)
        assert refused.value.code == "own_claim"
    assert certificate(cast.scope("cam"), numbers.serial).news is None


def test_a_reviewer_reissues_in_their_schools_and_an_administrator_in_all(cast: Cast) -> None:
    numbers = certified(cast)
    give_roles(cast, "bo", Role.REVIEWER, schools=["Maplewood South"])
    with pytest.raises(NotPermitted) as refused:
        reissue_certificate(cast.scope("bo", LATER), numbers.serial, reason="Because.", issuer=AN_ISSUER)
    assert refused.value.code == OTHER_SCHOOL
    give_roles(cast, "bo", Role.REVIEWER, schools=["Maplewood North"])
    serial = reissue_certificate(cast.scope("bo", LATER), numbers.serial, reason="Because.", issuer=AN_ISSUER)
    give_roles(cast, "cam", Role.REVIEWER, Role.ADMINISTRATOR, schools=["Maplewood South"])
    assert reissue_certificate(cast.scope("cam", LATER), serial, reason="Because.", issuer=AN_ISSUER)
