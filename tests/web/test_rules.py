"""The rules screens: the policy in words, the shelf of regimes, adopting, and approved providers."""

from __future__ import annotations

import sqlalchemy as sa

from pdtracker.domain.refs import ref_of
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.models.credit import Award
from tests.calendars import statements
from tests.factories import House, a_certificate, a_licence, an_approval
from tests.reviewing_client import fields, texts

RULES = "/maplewood/rules"
NEW_YORK = f"{RULES}/regimes/new-york-ctle"
PROVIDERS = f"{RULES}/providers"


def test_everybody_of_the_district_reads_what_counts(house: House) -> None:
    for name in ("ada", "bo", "cam", "hal"):
        said = texts(house.client_of(name).get(RULES))
        assert "A session counts from 15 minutes on" in said
        assert "In force" in said
        assert "None is adopted yet." in said


def test_why_leads_to_the_edition_of_the_award(house: House) -> None:
    a_certificate(house.scope("ada"), house.scope("bo"))
    award = house.scope("ada").session.execute(sa.select(Award.claim_id, Award.policy_id)).one()
    ada = house.client_of("ada")
    href = f"{RULES}/policy/{ref_of(award.policy_id)}"
    for page in (f"/maplewood/claims/{ref_of(award.claim_id)}", "/maplewood/transcript?year=2014"):
        assert href in ada.get(page).get_data(as_text=True), page
    assert "Maplewood School District hours, edition" in texts(ada.get(href))


def test_the_shelf_marks_what_is_weak_and_what_is_historic(house: House) -> None:
    said = texts(house.client_of("ada").get(f"{RULES}/regimes"))
    for versions in shelf().values():
        assert versions[-1].name in said
    assert "Weak source" in said
    assert "Historic" in said


def test_every_version_of_every_regime_is_told_with_its_source_and_examples(house: House) -> None:
    ada = house.client_of("ada")
    for name, versions in shelf().items():
        for version in versions:
            answer = ada.get(f"{RULES}/regimes/{name}?version={version.version}")
            assert answer.status_code == 200
            said = texts(answer)
            assert version.source.split(";")[0].strip() in said
            assert version.examples[0].says in said
    assert ada.get(f"{RULES}/regimes/atlantis").status_code == 404
    assert ada.get(f"{NEW_YORK}?version=1").status_code == 404


def test_an_example_says_what_it_comes_to_and_why(house: House) -> None:
    said = texts(house.client_of("ada").get(NEW_YORK))
    assert "100 of 100 clock hours. 2.5 clock hours of English language learners are missing" in said
    assert "approved provider" in said


def test_rules_that_ask_for_a_provider_lead_to_those_that_are_known(house: House) -> None:
    ada = house.client_of("ada")
    told = f'href="{RULES}/providers"'
    assert told in ada.get(NEW_YORK).get_data(as_text=True)
    assert told not in ada.get(f"{RULES}/regimes/new-jersey").get_data(as_text=True)


def test_an_administrator_adopts_a_regime_and_gives_it_up(house: House) -> None:
    cam = house.client_of("cam")
    assert cam.post(f"{NEW_YORK}/adoption", data={"sponsor_number": "MAPLE-42"}).status_code == 303
    assert "MAPLE-42" in texts(house.client_of("ada").get(RULES))
    assert fields(cam.get(NEW_YORK), f"{NEW_YORK}/adoption")["sponsor_number"] == "MAPLE-42"
    assert "Adopted" in texts(cam.get(f"{RULES}/regimes"))
    a_licence(house.scope("ada"))
    # Nothing is given up by one click on its page.
    assert f'<form method="post" action="{NEW_YORK}/end"' not in cam.get(NEW_YORK).get_data(as_text=True)
    asked = cam.get(f"{NEW_YORK}/end")
    assert "One person holds a licence under it. Their licences stay" in texts(asked)
    assert f'action="{NEW_YORK}/end"' in asked.get_data(as_text=True)
    assert cam.post(f"{NEW_YORK}/end").status_code == 303
    assert "None is adopted yet." in texts(cam.get(RULES))
    assert house.client_of("bo").post(f"{NEW_YORK}/adoption", data={}).status_code == 403


def test_a_number_that_is_too_long_is_refused_at_its_field(house: House) -> None:
    answer = house.client_of("cam").post(f"{NEW_YORK}/adoption", data={"sponsor_number": "9" * 41})
    assert answer.status_code == 422
    assert fields(answer, f"{NEW_YORK}/adoption")["sponsor_number"] == "9" * 41


def test_a_provider_is_noted_by_name_and_ended_never_deleted(house: House) -> None:
    an_approval(house.operator())
    cam = house.client_of("cam")
    said = texts(cam.get(PROVIDERS))
    assert "23114" in said
    name = next(word for word in said.split("Approved ") if len(word.split()[0]) == 8).split()[0]
    data = {
        "organization": f"approved {name}",
        "regime": "illinois",
        "number": "IL-7",
        "approved_from": "2015-01-01",
        "approved_until": "",
    }
    assert cam.post(PROVIDERS, data=data).status_code == 303
    answer = cam.post(PROVIDERS, data={**data, "number": "IL-8"})
    assert answer.status_code == 422
    assert fields(answer, PROVIDERS)["number"] == "IL-8"
    assert "End that one first" in texts(answer)
    page = cam.get(PROVIDERS).get_data(as_text=True)
    end = next(
        part.partition('"')[0] for part in page.split('href="') if part.partition('"')[0].endswith("/end")
    )
    assert cam.post(end, data={"last_on": ""}).status_code == 422
    assert cam.post(end, data={"last_on": "2001-01-01"}).status_code == 422
    assert cam.post(end, data={"last_on": "2020-06-30"}).status_code == 303
    assert "Ended" in texts(house.client_of("ada").get(PROVIDERS))


def test_a_teacher_sees_approvals_without_a_form(house: House) -> None:
    an_approval(house.operator())
    page = house.client_of("ada").get(PROVIDERS).get_data(as_text=True)
    assert "23114" in page
    assert "Note an approval" not in page
    assert "End it" not in page


def test_the_rules_cost_the_same_statements_whatever_lies_there(house: House) -> None:
    cam = house.client_of("cam")
    for path in (RULES, f"{RULES}/regimes", NEW_YORK, PROVIDERS):
        with statements(house.database) as few:
            cam.get(path)
        for _ in range(3):
            an_approval(house.operator())
        cam.post(f"{NEW_YORK}/adoption", data={"sponsor_number": "1"})
        cam.post(f"{RULES}/regimes/illinois/adoption", data={"sponsor_number": "1"})
        with statements(house.database) as many:
            cam.get(path)
        assert len(few) == len(many) <= 8, "\n".join(many)
