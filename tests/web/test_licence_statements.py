"""The statement of progress as PDF: whose it is, what it counts, and who may read it."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import sqlalchemy as sa

from pdtracker.domain.codes import code_text
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.refs import ref_of
from pdtracker.models.certificates import Certificate
from pdtracker.models.claims import Claim
from tests.calendars import statements
from tests.certifying import text_of
from tests.factories import NOW, House, a_certificate, a_licence, an_event
from tests.licensing import (
    a_credited_claim,
    a_layer,
    a_waiting_claim,
    an_adjustment,
    an_adoption,
    an_approval,
    an_attestation,
)
from tests.reviewing_client import texts


def path(licence_id: int, query: str = "?on=2014-10-20") -> str:
    return f"/maplewood/licences/{ref_of(licence_id)}.pdf{query}"


def plain(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def test_a_statement_tells_what_is_asked_what_is_there_and_what_lies_behind_it(house: House) -> None:
    ada, bo, cam = house.scope("ada"), house.scope("bo"), house.scope("cam")
    licence_id = a_licence(ada)
    claim_id = a_credited_claim(ada, bo, title="Book club", category=CreditCategory.ELL)
    a_waiting_claim(ada, title="Edcamp")
    an_adjustment(cam, licence_id, units=Fraction(5), signed_on=NOW.date())
    an_attestation(cam, licence_id, "esol_certificate", signed_on=NOW.date())
    assert claim_id
    answer = house.client_of("ada").get(path(licence_id))
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    words = plain(text_of(answer.get_data()))
    for told in (
        "Ada Lindqvist",
        "Professional certificate, grades 5 to 9",
        "Cycle July 1, 2012 to June 30, 2017 · as of October 20, 2014",
        "New York CTLE, version current",
        "Confidence: fair",
        "Book club",
        "English language learners",
        "Cam Okafor changed the credit by +5 clock hours",
        "Cam Okafor attested on October 20, 2014: holds a",
        "Edcamp",
        "waiting",
        "This is not a licence",
    ):
        assert told in words, told


def test_it_looks_at_the_day_in_the_address(house: House) -> None:
    ada, bo = house.scope("ada"), house.scope("bo")
    licence_id = a_licence(ada)
    a_credited_claim(ada, bo, title="Book club")
    client = house.client_of("ada")
    before = plain(text_of(client.get(path(licence_id, "?on=2013-01-01")).get_data()))
    assert "as of January 1, 2013" in before
    assert "so it doesn't count yet" in before.replace("’", "'")
    assert client.get(path(licence_id, "?on=yesterday")).status_code == 422


def test_the_same_day_gives_the_same_bytes(house: House) -> None:
    licence_id = a_licence(house.scope("ada"))
    client = house.client_of("ada")
    assert client.get(path(licence_id)).get_data() == client.get(path(licence_id)).get_data()


def test_who_sees_a_persons_credit_sees_the_statement_and_nobody_else(house: House) -> None:
    ada = house.scope("ada")
    mine, his = a_licence(ada), a_licence(house.scope("bo"))
    for name, licence_id, status in (
        ("bo", mine, 200),
        ("cam", mine, 200),
        ("hal", mine, 404),
        ("ada", his, 404),
    ):
        assert house.client_of(name).get(path(licence_id)).status_code == status, name


def test_the_number_of_statements_does_not_grow_with_the_record(house: House) -> None:
    ada, bo = house.scope("ada"), house.scope("bo")
    licence_id = a_licence(ada, starts_on=date(2012, 1, 1))
    client = house.client_of("ada")

    def count() -> int:
        with statements(house.database) as told:
            assert client.get(path(licence_id)).status_code == 200
        return len(told)

    a_credited_claim(ada, bo, title="One")
    first = count()
    for title in ("Two", "Three", "Four"):
        a_credited_claim(ada, bo, title=title)
    assert count() == first <= 18


def test_what_the_district_asks_on_top_stands_in_its_own_name(house: House) -> None:
    ada = house.scope("ada")
    licence_id = a_licence(ada)
    a_layer(house.scope("cam"), "[target]\nunits = 110\n")
    client = house.client_of("ada")
    words = plain(text_of(client.get(path(licence_id)).get_data()))
    assert "Maplewood asks for more on top: A cycle asks for 110 clock hours." in words
    assert "Maplewood asks for 110 clock hours in a cycle; New York CTLE alone asks for 100" in words
    shown = plain(texts(client.get(f"/maplewood/licences/{ref_of(licence_id)}")))
    assert "What Maplewood asks for on top" in shown
    assert "by what Maplewood asks on top of it" in shown


def test_each_activity_tells_its_host_its_provider_and_its_certificate(house: House) -> None:
    ada, cam = house.scope("ada"), house.scope("cam")
    licence_id = a_licence(ada)
    event_id = an_event(ada)
    a_certificate(ada, house.scope("bo"), event_id=event_id)
    an_approval(cam, event_id, date(2010, 1, 1), number="23187")
    an_adoption(cam, sponsor_number="9911")
    with house.database.session(house.maplewood.id) as session:
        code, host = session.execute(
            sa.select(Certificate.code, Claim.host).join(Claim, Claim.id == Certificate.claim_id)
        ).one()
    words = plain(text_of(house.client_of("ada").get(path(licence_id, "")).get_data()))
    assert f"{host}, provider 23187, certificate" in words
    assert code_text(code) in words
    assert "is a sponsor under the number 9911" in words
