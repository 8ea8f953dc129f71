"""How certificates look: chosen by administrators, seen in samples, and kept with what was issued."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from PIL import Image

from pdtracker.actions.regimes import adopt_regime
from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.licence import FactAspect
from pdtracker.models.certificates import Certificate
from pdtracker.pdf.certificate import check_letters
from pdtracker.pdf.samples import Sample
from pdtracker.queries.certificate_designs import newest_design
from tests.certifying import Numbers, certified, pdf, reissue
from tests.claiming import ON_ONE_DATABASE
from tests.factories import AN_ISSUER, NOW, House, a_claim, a_licence, an_event
from tests.licensing import a_fact
from tests.pdf.looks import collisions, text_of
from tests.pdf.papers import signature_png
from tests.pdf.test_certificate import logo_png
from tests.reviewing_client import ReviewingClient, fields, texts

PAGE = "/maplewood/certificate-design"


def filled(cam: ReviewingClient, **more: Any) -> dict[str, Any]:
    """The form as it stands, with what is typed."""
    return fields(cam.get(PAGE), PAGE) | {"design": "classic", "paper": "letter"} | more


def upload(data: bytes, name: str = "picture.png") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def choose(cam: ReviewingClient, **more: Any) -> None:
    answer = cam.post(PAGE, data=filled(cam, **more), content_type="multipart/form-data")
    assert answer.status_code == 303, texts(answer)


def test_what_is_chosen_holds_for_the_next_certificate_and_not_for_the_one_before(house: House) -> None:
    before = certified(house, title="Book club")
    first = pdf(house, before)
    cam = house.client_of("cam")
    choose(
        cam,
        accent="#5B1F3D",
        statement="has taken part in {amount} of learning approved by our board in",
        logo=upload(logo_png()),
        name_1="Camille Beauregard",
        title_1="Superintendent of Schools",
        signature_1=upload(signature_png()),
    )
    after = certified(house, title="Maker studio")
    drawn = pdf(house, after)
    assert "approvedbyourboard" in text_of(drawn)
    assert "CamilleBeauregard" in text_of(drawn)
    assert pdf(house, before) == first
    assert "Valid." in texts(house.visitor().get(f"/verify/{after.code}"))


def test_a_certificate_keeps_the_pictures_that_it_was_issued_with(house: House) -> None:
    cam = house.client_of("cam")
    choose(
        cam,
        logo=upload(logo_png()),
        name_1="Cam Okafor",
        title_1="Director",
        signature_1=upload(signature_png(1)),
    )
    numbers = certified(house)
    issued = pdf(house, numbers)
    choose(cam, design="modern", logo=upload(logo_png((400, 400))), signature_1=upload(signature_png(2)))
    choose(cam, design="modern", no_logo="y", no_signature_1="y")
    assert pdf(house, numbers) == issued


def test_a_picture_stays_until_it_is_replaced_or_taken_away(house: House) -> None:
    cam = house.client_of("cam")
    choose(cam, logo=upload(logo_png()))
    choose(cam, paper="a4")
    assert "There is a seal or logo." in texts(cam.get(PAGE))
    choose(cam, no_logo="y")
    page = texts(cam.get(PAGE))
    assert "There is a seal or logo." not in page
    assert "Version 3," in page
    assert "Classic on Letter. Chosen by Cam Okafor." in page


def test_a_seal_can_be_a_drawing(house: House) -> None:
    cam = house.client_of("cam")
    seal = b'<svg xmlns="http://www.w3.org/2000/svg"><circle cx="9" cy="9" r="9" fill="teal"/></svg>'
    choose(cam, logo=upload(seal, "seal.svg"))
    drawn = pdf(house, certified(house))
    assert b"/Subtype /Form /BBox [0 0 2000 2000]" in drawn
    assert collisions(drawn) == []


def test_a_signature_stays_with_its_name(house: House) -> None:
    cam = house.client_of("cam")
    signed = {"name_1": "Cam Okafor", "title_1": "Director", "signature_1": upload(signature_png(1))}
    choose(cam, **signed)
    choose(cam, name_1="Bo Tran", title_1="Director", name_2="Cam Okafor", title_2="Retired")
    page = texts(cam.get(PAGE))
    assert page.count("There is a signature.") == 1
    newest = newest_design(house.scope("cam").session)
    assert newest is not None
    assert [one.signature is not None for one in newest.appearance.signatories] == [False, True]


def test_the_same_form_sent_twice_is_one_version(house: House) -> None:
    cam = house.client_of("cam")
    form = filled(cam)
    for _ in range(2):
        assert cam.post(PAGE, data=form).status_code == 303
    assert "Version 2," not in texts(cam.get(PAGE))


def _animated() -> bytes:
    out = io.BytesIO()
    Image.new("P", (20, 20)).save(out, "GIF")
    return out.getvalue()


@ON_ONE_DATABASE
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"accent": "#7fa39c"}, "small print needs 7 to 1"),
        ({"accent": "teal"}, "Write the colour as #"),
        ({"statement": "has completed hours in"}, "Write {amount} once"),
        ({"title_1": "Director"}, "Enter the name of who signs"),
        ({"name_2": "Bo Tran"}, "Enter the office"),
        ({"name_1": "山田 太郎", "title_1": "Principal"}, "the typeface lacks"),
        ({"logo": b"<svg onload='alert(1)'/>"}, "can’t be read as one"),
        ({"logo": _animated()}, "can’t be read as one"),
        ({"name_1": "Bo", "title_1": "Head", "signature_1": b"not a picture"}, "can’t be read as one"),
        ({"state_form": "atlantis"}, "Choose from the list"),
        ({"design": "gothic"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_printed_comes_back_with_a_sentence(
    house: House, wrong: dict[str, Any], sentence: str
) -> None:
    cam = house.client_of("cam")
    for path in (PAGE, f"{PAGE}/sample/longest"):
        sent = {name: upload(told) if isinstance(told, bytes) else told for name, told in wrong.items()}
        answer = cam.post(path, data=filled(cam, **sent), content_type="multipart/form-data")
        assert answer.status_code == 422
        assert sentence in texts(answer)
    assert "Versions" not in texts(cam.get(PAGE))


@ON_ONE_DATABASE
@pytest.mark.parametrize("design", ["modern", "classic", "plain"])
@pytest.mark.parametrize("sample", list(Sample))
def test_a_sample_shows_what_was_typed_and_keeps_nothing(house: House, design: str, sample: Sample) -> None:
    cam = house.client_of("cam")
    sent = filled(
        cam, design=design, logo=upload(logo_png()), name_1="Camille Beauregard", title_1="Superintendent",
        signature_1=upload(signature_png()), statement="has shared {amount} of learning in",
    )  # fmt: skip
    answer = cam.post(f"{PAGE}/sample/{sample.value}", data=sent, content_type="multipart/form-data")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    drawn = answer.get_data()
    assert collisions(drawn) == []
    said = text_of(drawn)
    for word in ("Sample,notissued", "CamilleBeauregard", "hasshared"):
        assert word in said
    assert "Versions" not in texts(cam.get(PAGE))


def test_each_gets_the_form_of_their_licence_with_the_number_of_its_body(house: House) -> None:
    """Without a licence it is the design as it was; with New York’s a form in its unit, with its areas."""
    cam = house.client_of("cam")
    adopt_regime(house.scope("cam"), "new-york-ctle", "CTLE 99123")
    choose(cam, design="classic", state_form="licence")
    assert "CompletionofCTLEHours" not in text_of(pdf(house, certified(house, title="Book club")))
    a_licence(house.scope("ada"))
    numbers = certified(house, title="Maker studio")
    drawn = text_of(pdf(house, numbers))
    for said in ("CompletionofCTLEHours", "Sponsor’sidentifyingnumberCTLE99123", "TotalinCTLEhours1"):
        assert said in drawn.replace(",", "")
    told = texts(house.visitor().get(f"/verify/{numbers.code}"))
    assert "1 CTLE hour" in told
    assert "CTLE 99123" in told
    choose(cam, design="classic", state_form="")
    assert "CompletionofCTLEHours" in text_of(pdf(house, reissue(house, numbers)))
    assert "State form: Each by licence" in texts(cam.get(PAGE))


@ON_ONE_DATABASE
def test_a_form_for_all_says_what_the_calendar_and_the_claim_say(house: House) -> None:
    choose(house.client_of("cam"), state_form="massachusetts-pdp", paper="a4")
    ada, bo = house.scope("ada", NOW), house.scope("bo", NOW)
    event_id = an_event(house.scope("cam", NOW), summary="What reads well aloud \N{PARTY POPPER} and why. 山")
    claim_id = a_claim(ada, ClaimState.SUBMITTED, event_id=event_id)
    for aspect, word in ((FactAspect.TOPIC, "Phonics"), (FactAspect.EVIDENCE, "assessed")):
        a_fact(ada, claim_id, aspect, word)
    issuer = replace(AN_ISSUER, check_letters=check_letters)
    approve_claims(bo, [Wish(claim_id, 1)], issuer, key="a" * 32)
    serial = bo.session.scalars(sa.select(Certificate.serial).where(Certificate.claim_id == claim_id)).one()
    drawn = text_of(pdf(house, Numbers(serial, "")))
    assert "TopicPhonics" in drawn
    assert "Anassessmentoflearningwaspassed" in drawn
    # Signs that can't be printed leave the description out, and the credit stands.
    assert "Whatreadswell" not in drawn


def test_only_administrators_of_the_district_choose(house: House) -> None:
    for name in ("ada", "bo"):
        assert house.client_of(name).get(PAGE).status_code == 403
    assert house.client_of("dee").get(PAGE).status_code == 404
    assert house.client_of("cam").post(f"{PAGE}/sample/widest").status_code == 404


def test_a_certificate_issued_again_looks_as_certificates_do_today(house: House) -> None:
    numbers = certified(house)
    choose(house.client_of("cam"), statement="has shared {amount} of learning in")
    assert "hasshared" not in text_of(pdf(house, numbers))
    assert "hasshared1hour" in text_of(pdf(house, reissue(house, numbers)))
