"""Who opens another person's record is noted once a day, and the person is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from pdtracker.actions.looks import note_look
from pdtracker.domain.look import Record
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotHere, NotPermitted
from pdtracker.models.records import AuditEntry
from pdtracker.queries.looks import looks_at
from tests.factories import Cast, House, a_licence
from tests.reviewing_client import texts

TODAY = datetime.now(UTC).date()
FIVE_YEARS = {"starts_on": TODAY - timedelta(days=900), "ends_on": TODAY + timedelta(days=926)}
MINE = "/maplewood/licences"


def page(answer: Any) -> str:
    return texts(answer).replace("\N{NO-BREAK SPACE}", " ")


def trail(house: House) -> list[tuple[str, str]]:
    """The looks of the audit trail: who, and at what."""
    wanted = sa.select(AuditEntry.by_name, AuditEntry.action).where(AuditEntry.action.like("%looked_at"))
    rows = house.operator().session.execute(wanted.order_by(AuditEntry.seq))
    return [(name, action) for name, action in rows]


def test_the_holder_is_told_who_opened_their_licence_once_a_day(house: House) -> None:
    ref = ref_of(a_licence(house.scope("ada", datetime.now(UTC)), **FIVE_YEARS))
    ada, cam = house.client_of("ada"), house.client_of("cam")
    assert "Nobody but you has opened your licences or your transcript." in page(ada.get(MINE))
    person = ref_of(house.person_ids["ada"])
    for path in (
        f"{MINE}/{ref}",
        f"{MINE}/{ref}",
        f"{MINE}/{ref}.pdf",
        f"/maplewood/people/{person}/licences",
    ):
        assert cam.get(path).status_code == 200
    assert trail(house) == [("Cam Okafor", "licences.looked_at")]
    told = page(ada.get(MINE))
    assert "Cam Okafor" in told
    assert "Nobody but you" not in told


def test_a_transcript_is_noted_in_each_of_its_forms(house: House) -> None:
    person = ref_of(house.person_ids["ada"])
    bo = house.client_of("bo")
    for ending in ("", ".pdf", ".csv"):
        assert bo.get(f"/maplewood/transcript{ending}?person={person}").status_code == 200
    ((_, action),) = trail(house)
    assert action == "transcript.looked_at"
    assert "Transcript" in page(house.client_of("ada").get(MINE))


def test_ones_own_record_and_one_that_was_not_given_are_not_noted(house: House) -> None:
    ref = ref_of(a_licence(house.scope("ada", datetime.now(UTC)), **FIVE_YEARS))
    ada, dee = house.client_of("ada"), house.client_of("dee")
    for path in (MINE, f"{MINE}/{ref}", f"{MINE}/{ref}.pdf", "/maplewood/transcript"):
        assert ada.get(path).status_code == 200
    assert dee.get(f"{MINE}/{ref}").status_code == 404
    assert house.client_of("hal").get(f"{MINE}/{ref}").status_code == 404
    assert trail(house) == []


def test_another_day_is_another_look(cast: Cast) -> None:
    ada = cast.person_ids["ada"]
    at = cast.scope("cam").at
    for later in (timedelta(), timedelta(hours=1), timedelta(days=1)):
        note_look(cast.scope("cam", at + later), ada, Record.LICENCES)
    looks = looks_at(cast.scope("ada"), ada)
    assert [one.on for one in looks] == sorted({one.on for one in looks}, reverse=True)
    assert len(looks) == 2


def test_who_may_not_look_leaves_no_note(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        note_look(cast.scope("ada"), cast.person_ids["bo"], Record.TRANSCRIPT)
    with pytest.raises(NotHere):
        note_look(cast.scope("cam"), cast.person_ids["dee"], Record.TRANSCRIPT)
