"""Making a series over HTTP, and changing or cancelling from one of its events on."""

from __future__ import annotations

from datetime import UTC, datetime

from pdtracker.actions.calendar import decide_proposal, propose_event
from pdtracker.domain.refs import ref_of
from tests.calendars import hours, proposal, statements
from tests.factories import House
from tests.reviewing_client import fields, texts


def published(house: House) -> str:
    """The address of an event that Ada hosts."""
    at = datetime.now(UTC)
    event_id = propose_event(house.scope("ada", at), proposal("Book talk", time=hours("2030-10-01T16:00")))
    decide_proposal(house.scope("cam", at), event_id, accept=True, reason="")
    return f"/events/{ref_of(event_id)}"


def repeated(house: House, page: str, count: int = 4) -> str:
    """Make a series of it; gives what the page says then."""
    ada = house.client_of("ada")
    asked = fields(ada.get(f"{page}/series"), f"{page}/series")
    answer = ada.post(f"{page}/series", data=asked | {"weeks": "1", "end": "count", "count": str(count)})
    assert answer.status_code == 303
    return texts(ada.get(answer.headers["Location"]))


def test_a_host_makes_a_series_and_finds_the_next_one(house: House) -> None:
    page, ada = published(house), house.client_of("ada")
    assert "Let it come again" in texts(ada.get(page))
    assert "It is a series of four events now" in repeated(house, page)
    shown = ada.get(page)
    assert "1st of 4; next: Tuesday, October 8, 2030" in texts(shown).replace("\N{NO-BREAK SPACE}", " ")
    assert "Let it come again" not in texts(shown)


def test_what_makes_no_series_is_asked_again(house: House) -> None:
    page, ada = published(house), house.client_of("ada")
    asked = fields(ada.get(f"{page}/series"), f"{page}/series")
    for told, sentence in (
        ({"end": "until", "until": "2030-10-02"}, "It would not take place again by then."),
        ({"end": "count", "count": ""}, "Enter the last day, or how many times it takes place."),
        ({"end": "count", "count": "3", "weeks": "77"}, "Choose from the list."),
    ):
        answer = ada.post(f"{page}/series", data=asked | told)
        assert answer.status_code == 422
        assert sentence in texts(answer)


def test_this_one_or_those_after_it_as_well(house: House) -> None:
    page, ada = published(house), house.client_of("ada")
    repeated(house, page)
    asked = ada.get(f"{page}/changes/new")
    assert "Save for this and the 3 after it" in texts(asked)
    sent = fields(asked, f"{page}/changes") | {"title": "Poem talk", "then": "following"}
    assert "Changed, four events in all." in texts(
        ada.get(ada.post(f"{page}/changes", data=sent).headers["Location"])
    )
    asked = ada.get(f"{page}/cancellation")
    assert "Cancel this and the 3 after it" in texts(asked)
    sent = fields(asked, f"{page}/cancellation") | {"reason": "The library closes.", "then": "following"}
    ada.post(f"{page}/cancellation", data=sent)
    assert "Cancelled, four events in all." in texts(ada.get(page))


def test_a_page_takes_as_many_statements_in_a_long_series_as_in_a_short_one(house: House) -> None:
    counts = []
    for count in (2, 20):
        page, ada = published(house), house.client_of("ada")
        repeated(house, page, count)
        ada.get(page)
        with statements(house.database) as asked:
            ada.get(page)
        counts.append(len(asked))
    assert counts[0] == counts[1]
