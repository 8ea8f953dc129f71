"""What waits counts as far as it could still be approved, at home and for the next event."""

from __future__ import annotations

from datetime import timedelta

from pdtracker.domain.credit import KindCap
from pdtracker.domain.kinds import EventKind
from pdtracker.queries.one_event import event, event_outlook
from pdtracker.queries.standing import standing, waiting
from tests.equivalences import publish
from tests.factories import NOW, Cast, an_event
from tests.licensing import a_credited_claim, a_waiting_claim


def hoped(cast: Cast) -> int:
    ada = cast.scope("ada")
    found = standing(ada, ada.me.id, waiting(ada, ada.me.id), NOW.date())
    assert found is not None
    return found.progress.waiting_minutes


def test_a_waiting_claim_whose_time_is_credited_by_now_brings_nothing(cast: Cast) -> None:
    ada, bo = cast.scope("ada"), cast.scope("bo")
    end = NOW - timedelta(days=2)
    a_waiting_claim(ada, end, title="The same evening")
    assert hoped(cast) == 60
    a_credited_claim(ada, bo, end - timedelta(minutes=30), title="Credited")
    assert hoped(cast) == 0
    a_waiting_claim(cast.scope("ada"), NOW - timedelta(days=3), title="Another evening")
    assert hoped(cast) == 60


def test_of_two_waiting_claims_for_one_hour_one_counts(cast: Cast) -> None:
    end = NOW - timedelta(days=2)
    for title in ("First", "Second"):
        a_waiting_claim(cast.scope("ada"), end, title=title)
    assert hoped(cast) == 60


def test_the_next_event_counts_behind_what_waits(cast: Cast) -> None:
    publish(cast, caps=(KindCap(EventKind.WEBINAR, 90),))
    event_id = an_event(
        cast.scope("cam"), starts_at=NOW + timedelta(days=1), ends_at=NOW + timedelta(days=1, hours=1)
    )

    def told() -> tuple[str, str]:
        ada = cast.scope("ada")
        found = event_outlook(ada, event(ada, event_id))
        return found.answer, found.why[-1]

    assert told()[0].startswith("Yes, 1")
    a_waiting_claim(cast.scope("ada"), NOW - timedelta(days=2), kind=EventKind.WEBINAR)
    answer, why = told()
    assert answer.startswith("Yes, up to 0.5")
    assert why == "Your one claim that waits for a decision is counted in, as if approved."
