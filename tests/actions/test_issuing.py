"""What a certificate can't print is refused when it would be issued, with the letter and the person."""

from __future__ import annotations

import secrets

import pytest
import sqlalchemy as sa

from pdtracker.actions.certificates import reissue_certificate
from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.refusals import NotValid
from pdtracker.installation import issuer_of
from pdtracker.models.certificates import Certificate
from pdtracker.models.credit import Award
from pdtracker.models.people import Person
from pdtracker.queries.certificates import certificate
from pdtracker.queries.verification import pdf_of
from tests.certifying import LATER, certified, text_of
from tests.factories import Cast, a_claim


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
