"""Certificates in their district: whose they are, when they leave, and how they are revoked and issued again."""

from __future__ import annotations

import pytest

from pdtracker.actions.people import edit_person
from pdtracker.domain.access import Permission, Role
from pdtracker.domain.refs import ref_of
from tests.calendars import statements
from tests.certifying import certified, certified_now, pdf, reissue, revoke, tamper
from tests.factories import NOW, House, a_certificate
from tests.harness.databases import DatabaseUrls
from tests.reviewing_client import texts
from tests.waiting import give_roles


def test_holder_and_staff_see_it_and_nobody_else(house: House) -> None:
    numbers = certified(house)
    for name, status in (("ada", 200), ("bo", 200), ("cam", 200), ("hal", 404)):
        for ending in ("", ".pdf"):
            answer = house.client_of(name).get(f"/maplewood/certificates/{numbers.serial}{ending}")
            assert (name, answer.status_code) == (name, status)
    assert house.client_of("dee").get(f"/riverton/certificates/{numbers.serial}").status_code == 404


def test_a_reviewer_of_another_school_looks_at_nobodys_credit(house: House) -> None:
    numbers = certified(house, title="Book club")
    give_roles(house, "bo", Role.REVIEWER, schools=["Maplewood South"])
    ada, bo = ref_of(house.scope("ada").me.id), house.client_of("bo")
    at = f"/maplewood/certificates/{numbers.serial}"
    transcripts = [f"/maplewood/transcript{ending}?person={ada}" for ending in ("", ".pdf", ".csv")]
    pages = [at, f"{at}.pdf", f"{at}/reissue", f"/maplewood/certificates?person={ada}", *transcripts]
    for path in pages:
        assert (path, bo.get(path).status_code) == (path, 404)
    assert bo.post(f"{at}/reissue", data={"reason": "Because."}).status_code == 404
    assert "Book club" not in texts(bo.get("/maplewood/certificates"))
    assert "Transcript" not in texts(bo.get(f"/maplewood/people/{ada}"))
    assert bo.get("/maplewood/transcript").status_code == 200
    give_roles(house, "bo", Role.REVIEWER, schools=["Maplewood North"])
    for path in pages:
        assert (path, bo.get(path).status_code) == (path, 200)
    assert "Book club" in texts(bo.get("/maplewood/certificates"))
    assert "Transcript" in texts(bo.get(f"/maplewood/people/{ada}"))


def test_whoever_moved_to_another_school_leaves_their_certificates_readable_there(house: House) -> None:
    numbers = certified(house)
    cam, ada = house.scope("cam"), house.scope("ada").me.id
    south = house.school_ids["Maplewood South"]
    edit_person(cam, ada, name="Ada Lindqvist", title="", school_id=south, employee_number="")
    for school, sees_person in (("Maplewood North", False), ("Maplewood South", True)):
        give_roles(house, "bo", Role.REVIEWER, schools=[school])
        page = house.client_of("bo").get(f"/maplewood/certificates/{numbers.serial}")
        assert page.status_code == 200
        assert (f"transcript?person={ref_of(ada)}" in page.get_data(as_text=True)) is sees_person


def test_the_pdf_is_the_public_one(house: House) -> None:
    numbers = certified(house)
    own = house.client_of("ada").get(f"/maplewood/certificates/{numbers.serial}.pdf")
    public = house.visitor().get(f"/verify/{numbers.code}.pdf")
    assert own.get_data() == public.get_data() == pdf(house, numbers)
    assert own.headers["ETag"] == public.headers["ETag"]


def test_before_it_leaves_it_says_when_and_gives_no_pdf_away(house: House) -> None:
    numbers, ada = certified_now(house), house.client_of("ada")
    words = texts(ada.get(f"/maplewood/certificates/{numbers.serial}")).replace("\u00a0", " ")
    assert "Ready. It leaves at" in words
    assert "Open the PDF" not in words
    refused = ada.get(f"/maplewood/certificates/{numbers.serial}.pdf")
    assert refused.status_code == 409
    assert "The PDF is ready at" in texts(refused)
    assert house.visitor().get(f"/verify/{numbers.code}").status_code == 404


def test_the_holder_reads_why_it_counts_as_it_does(house: House) -> None:
    numbers = certified(house)
    words = texts(house.client_of("ada").get(f"/maplewood/certificates/{numbers.serial}"))
    assert "Why 1\u00a0hour?" in words or "Why 1 hour?" in words
    assert "Revoke it" not in words
    assert "Issue it again" not in words


def test_revoking_takes_a_reason_and_is_there_for_everyone_at_once(house: House) -> None:
    numbers, cam = certified(house), house.client_of("cam")
    at = f"/maplewood/certificates/{numbers.serial}"
    assert "can’t be made valid again" in texts(cam.get(f"{at}/revocation"))
    refused = cam.post(f"{at}/revocation", data={"reason": "   "})
    assert refused.status_code == 422
    assert "Say why. Everyone who checks the certificate sees it." in texts(refused)
    answer = cam.post(f"{at}/revocation", data={"reason": "The same hour was credited twice."})
    assert (answer.status_code, answer.headers["Location"]) == (303, at)
    assert "Revoked by Cam Okafor" in texts(cam.get(at))
    assert "Revoked. Withdrawn by" in texts(house.visitor().get(f"/verify/{numbers.code}"))
    again = cam.post(f"{at}/revocation", data={"reason": "Once more."})
    assert again.status_code == 409
    assert "already revoked" in texts(again)


def test_a_reason_that_can_t_stand_there_is_kept_to_put_right(house: House) -> None:
    numbers, cam = certified(house), house.client_of("cam")
    for text in ("x" * 500, "\u202eevil", "a\x00b"):
        answer = cam.post(f"/maplewood/certificates/{numbers.serial}/revocation", data={"reason": text})
        assert answer.status_code == 422
        assert "One thing to put right" in texts(answer)
    assert "Valid." in texts(house.visitor().get(f"/verify/{numbers.code}"))


def test_issuing_again_takes_the_name_of_today_and_leads_from_old_to_new(house: House) -> None:
    numbers, bo = certified(house), house.client_of("bo")
    at = f"/maplewood/certificates/{numbers.serial}"
    assert "Name on the new one" in texts(bo.get(f"{at}/reissue"))
    answer = bo.post(f"{at}/reissue", data={"reason": "The name was put right."})
    assert answer.status_code == 303
    successor = answer.headers["Location"].rpartition("/")[2]
    assert successor != numbers.serial
    old = house.visitor().get(f"/verify/{numbers.code}")
    assert "Superseded." in texts(old)
    new = house.visitor().get(f"/verify/{successor}", follow_redirects=True)
    assert "Valid." in texts(new)
    assert bo.post(f"{at}/reissue", data={"reason": "Twice."}).status_code == 409


def test_credit_whose_certificate_was_revoked_gets_a_new_one_once(house: House) -> None:
    numbers, bo = certified(house), house.client_of("bo")
    at = f"/maplewood/certificates/{numbers.serial}"
    assert bo.get(f"{at}/successor").status_code == 409
    revoke(house, numbers)
    assert "Issue a new one" in texts(bo.get(at))
    assert "stays revoked, with its reason" in texts(bo.get(f"{at}/successor"))
    assert bo.post(f"{at}/successor", data={"reason": " "}).status_code == 422
    answer = bo.post(f"{at}/successor", data={"reason": "It was revoked by mistake."})
    assert answer.status_code == 303
    new = answer.headers["Location"].rpartition("/")[2]
    assert "Revoked." in texts(house.visitor().get(f"/verify/{numbers.code}"))
    assert "Valid." in texts(house.visitor().get(f"/verify/{new}", follow_redirects=True))
    assert "Issue a new one" not in texts(bo.get(at))
    assert bo.post(f"{at}/successor", data={"reason": "Twice."}).status_code == 409
    assert house.client_of("ada").get(f"{at}/successor").status_code == 403


def test_a_record_that_fits_no_signature_is_not_issued_again(
    house: House, database_urls: DatabaseUrls
) -> None:
    numbers = certified(house)
    tamper(house, database_urls.owner, numbers, sha256="0" * 64)
    at, bo = f"/maplewood/certificates/{numbers.serial}/reissue", house.client_of("bo")
    for answer in (bo.get(at), bo.post(at, data={"reason": "The name was put right."})):
        assert answer.status_code == 409
        assert "doesn’t fit its signature, so it can’t be issued again" in texts(answer)


def test_nobody_is_asked_to_issue_their_own_again(house: House) -> None:
    numbers = certified(house)
    give_roles(house, "ada", Role.TEACHER, Role.REVIEWER)
    at, ada = f"/maplewood/certificates/{numbers.serial}", house.client_of("ada")
    assert "Issue it again" not in texts(ada.get(at))
    for answer in (ada.get(f"{at}/reissue"), ada.post(f"{at}/reissue", data={"reason": "Because."})):
        assert answer.status_code == 403
        assert "This is your own claim. A colleague decides it." in texts(answer)


def test_who_may_not_revoke_is_not_asked(house: House) -> None:
    numbers = certified(house)
    at = f"/maplewood/certificates/{numbers.serial}"
    assert not house.scope("bo").may(Permission.REVOKE_CERTIFICATES)
    assert house.client_of("bo").get(f"{at}/revocation").status_code == 403
    assert house.client_of("ada").get(f"{at}/reissue").status_code == 403


def test_the_list_is_found_by_holder_title_and_code_page_by_page(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = certified(house, title="Book club"), certified(house, title="Open house")
    third = certified(house, title="Edcamp")
    revoke(house, second)
    reissue(house, third)
    cam = house.client_of("cam")
    words = texts(cam.get("/maplewood/certificates"))
    assert [words.count(status) for status in ("Valid", "Revoked", "Superseded")] == [2, 1, 1]
    misread = first.serial.lower().replace("0", "o").replace("1", "l")
    spellings = (first.code.lower(), first.serial, f"{first.code[:4]} {first.code[4:]}", misread)
    for asked in ("book CLUB", *spellings):
        found = texts(cam.get("/maplewood/certificates", query_string={"words": asked}))
        assert "Book club" in found
        assert "Open house" not in found
    assert "Nothing found" in texts(cam.get("/maplewood/certificates?words=100%25_"))
    assert 'placeholder="' not in cam.get("/maplewood/certificates").get_data(as_text=True)
    monkeypatch.setattr("pdtracker.queries.certificates.certificates_page.__kwdefaults__", {"limit": 2})
    shown = cam.get("/maplewood/certificates")
    older = next(
        part.split('"')[0]
        for part in shown.get_data(as_text=True).split('href="')
        if "before=" in part.split('"')[0]
    )
    assert "Book club" in texts(cam.get(older))
    assert "Book club" not in texts(shown)


def test_from_home_and_from_a_person_one_comes_to_their_certificates_and_back(house: House) -> None:
    numbers = certified(house, title="Book club")
    a_certificate(house.scope("hal", NOW), house.scope("bo", NOW), title="Somebody else’s")
    cam = house.client_of("cam")
    assert 'href="/maplewood/certificates"' in cam.get("/maplewood").get_data(as_text=True)
    ada = ref_of(house.scope("ada").me.id)
    person = cam.get(f"/maplewood/people/{ada}").get_data(as_text=True)
    for path in (f"/maplewood/certificates?person={ada}", f"/maplewood/transcript?person={ada}"):
        assert f'href="{path}"' in person
        page = cam.get(path)
        assert f'href="/maplewood/people/{ada}"' in page.get_data(as_text=True)
    theirs = texts(cam.get(f"/maplewood/certificates?person={ada}"))
    assert "Certificates of Ada Lindqvist" in theirs
    assert "Book club" in theirs
    assert "Somebody else" not in theirs
    own = cam.get(f"/maplewood/certificates/{numbers.serial}").get_data(as_text=True)
    for path in (f"/maplewood/certificates?person={ada}", f"/maplewood/transcript?person={ada}"):
        assert f'href="{path}"' in own
    nobodys = ref_of(house.scope("cam").me.id)
    assert "Cam Okafor has none here." in texts(cam.get(f"/maplewood/certificates?person={nobodys}"))
    for unknown in ("zzz", ref_of(1)):
        assert cam.get(f"/maplewood/certificates?person={unknown}").status_code == 404


def test_the_list_takes_as_many_statements_for_many_as_for_one(house: House) -> None:
    certified(house)
    cam, counts = house.client_of("cam"), []
    for _ in range(2):
        with statements(house.database) as seen:
            cam.get("/maplewood/certificates")
        counts.append(len(seen))
        for title in ("A", "B", "C"):
            certified(house, title=title)
    assert counts[0] == counts[1] <= 6


def test_an_empty_list_says_how_one_comes_about(house: House) -> None:
    assert "No certificate yet" in texts(house.client_of("cam").get("/maplewood/certificates"))
