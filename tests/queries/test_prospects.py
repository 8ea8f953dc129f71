"""What events would count for one's licences, and which would fill what is missing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.claim import ClaimState
from pdtracker.domain.kinds import CreditCategory
from pdtracker.models.events import Event, EventCategory
from pdtracker.models.licences import ProviderApproval
from pdtracker.queries.licence_record import records
from pdtracker.queries.licensing import licences_of
from pdtracker.queries.one_event import event
from pdtracker.queries.prospects import CANDIDATES, Gap, event_prospects, gaps
from tests.calendars import statements
from tests.factories import NOW, Cast, a_claim, a_licence, an_approval, an_event
from tests.licensing import an_adjustment

SIX_MONTHS = {"starts_on": date(2014, 7, 1), "ends_on": date(2014, 12, 31)}


def an_approved_event(cast: Cast, in_hours: int = 24, **more: Any) -> int:
    """An hour of webinar that comes, by a host whom New York approved."""
    ada = cast.scope("ada")
    cam = cast.scope("cam")
    approval_id = an_approval(cam)
    organization_id = cam.session.scalar(
        sa.select(ProviderApproval.organization_id).where(ProviderApproval.id == approval_id)
    )
    cam.session.rollback()
    event_id = an_event(
        ada,
        **{
            "starts_at": NOW + timedelta(hours=in_hours),
            "ends_at": NOW + timedelta(hours=in_hours + 1),
            **more,
        },
    )
    with ada.session.writing():
        ada.session.execute(
            sa.update(Event).where(Event.id == event_id).values(organization_id=organization_id)
        )
    return event_id


def prospects_of(cast: Cast, event_id: int) -> list[str]:
    ada = cast.scope("ada")
    found = event_prospects(ada, event(ada, event_id))
    return [one.sentence.replace("\N{NO-BREAK SPACE}", " ") for one in found]


def gaps_of(cast: Cast) -> tuple[Gap, ...]:
    ada = cast.scope("ada")
    (held,) = licences_of(ada, [ada.me.id])
    return gaps(ada, held, records(ada, [ada.me.id]))


def test_events_are_sought_for_a_cycle_of_any_length(cast: Cast) -> None:
    """Of a cycle behind the last year of the calendar the moment of its end couldn't be told: its page failed."""
    an_approved_event(cast, category=CreditCategory.ELL)
    a_licence(cast.scope("ada"), starts_on=date(2014, 7, 1), ends_on=date(2115, 12, 31))
    assert any(gap.events for gap in gaps_of(cast))


def test_events_are_sought_until_the_end_that_was_signed(cast: Cast) -> None:
    an_approved_event(cast, in_hours=48, category=CreditCategory.ELL)
    licence_id = a_licence(cast.scope("ada"), starts_on=SIX_MONTHS["starts_on"], ends_on=NOW.date())
    assert not any(gap.events for gap in gaps_of(cast))
    an_adjustment(cast.scope("cam"), licence_id, units=None, ends_on=date(2015, 6, 30))
    assert any(gap.events for gap in gaps_of(cast))


def test_an_event_says_what_it_would_count_for_each_licence(cast: Cast) -> None:
    event_id = an_approved_event(cast, category=CreditCategory.ELL)
    assert prospects_of(cast, event_id) == []
    a_licence(cast.scope("ada"))
    a_licence(cast.scope("ada"), regime="massachusetts-pdp", name="Teacher")
    assert prospects_of(cast, event_id) == [
        "Would count 1 clock hour for New York CTLE, towards English language learners",
        "Not for Massachusetts PDP yet",
    ]


def test_an_unapproved_host_counts_for_nothing_in_new_york(cast: Cast) -> None:
    a_licence(cast.scope("ada"))
    event_id = an_event(
        cast.scope("ada"), starts_at=NOW + timedelta(hours=1), ends_at=NOW + timedelta(hours=2)
    )
    assert prospects_of(cast, event_id) == ["Not for New York CTLE yet"]


def test_an_open_window_is_told_by_the_hour(cast: Cast) -> None:
    a_licence(cast.scope("ada"))
    event_id = an_approved_event(cast, has_hours=False, ends_at=NOW + timedelta(days=20))
    assert prospects_of(cast, event_id) == ["Would count 1 clock hour for New York CTLE, by the hour"]


def test_the_events_split_decides_what_goes_where(cast: Cast) -> None:
    a_licence(cast.scope("ada"))
    event_id = an_approved_event(cast, category=CreditCategory.PEDAGOGY)
    ada = cast.scope("ada")
    with ada.session.writing():
        ada.session.add_all(
            EventCategory(event_id=event_id, category=category, minutes=30)
            for category in (CreditCategory.PEDAGOGY, CreditCategory.ELL)
        )
    assert "0.5 of it towards English language learners" in prospects_of(cast, event_id)[0]


def test_the_statements_do_not_grow_with_licences_or_the_record(cast: Cast) -> None:
    event_id = an_approved_event(cast)
    counts = []
    for round_ in range(2):
        for number in range(1 + 3 * round_):
            a_licence(cast.scope("ada"), name=f"Licence {round_} {number}")
            a_claim(cast.scope("ada"), ClaimState.SUBMITTED)
        ada = cast.scope("ada")
        facts = event(ada, event_id)
        with statements(cast.database) as asked:
            event_prospects(ada, facts)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 11


def test_a_gap_names_the_next_events_that_fill_it(cast: Cast) -> None:
    a_licence(cast.scope("ada"), **SIX_MONTHS)
    late = an_approved_event(cast, 240, category=CreditCategory.ELL, title="Late")
    soon = an_approved_event(cast, 24, category=CreditCategory.ELL, title="Soon")
    elsewhere = an_approved_event(cast, 2, category=CreditCategory.TECHNOLOGY, title="Something else")
    an_approved_event(cast, 24 * 80, category=CreditCategory.ELL, title="After the cycle")
    an_event(
        cast.scope("ada"),
        category=CreditCategory.ELL,
        starts_at=NOW + timedelta(hours=3),
        ends_at=NOW + timedelta(hours=4),
        title="Unapproved",
    )
    gap, general = gaps_of(cast)
    assert (gap.missing.what, gap.missing.amount) == ("ell", 15)
    assert gap.categories == (CreditCategory.ELL,)
    assert [one.id for one in gap.events] == [soon, late]
    assert [one.id for one in general.events] == [elsewhere]
    assert gap.events[0].prospect.words == (
        "1\N{NO-BREAK SPACE}clock hour, towards English language learners"
    )


def test_what_is_claimed_already_fills_no_gap_a_second_time(cast: Cast) -> None:
    a_licence(cast.scope("ada"), **SIX_MONTHS)
    event_id = an_approved_event(cast, category=CreditCategory.ELL)
    a_claim(cast.scope("ada"), event_id=event_id)
    gap, _ = gaps_of(cast)
    assert gap.events == ()


def test_where_only_the_total_is_short_every_event_that_counts_helps(cast: Cast) -> None:
    a_licence(cast.scope("ada"), regime="new-jersey", name="Teacher", **SIX_MONTHS)
    event_id = an_approved_event(cast)
    (gap,) = gaps_of(cast)
    assert gap.missing.what == "total"
    assert gap.categories == ()
    assert [one.id for one in gap.events] == [event_id]


def test_a_cycle_that_is_over_has_no_gaps_to_fill(cast: Cast) -> None:
    a_licence(cast.scope("ada"), starts_on=date(2012, 7, 1), ends_on=date(2014, 6, 30))
    an_approved_event(cast, category=CreditCategory.ELL)
    assert gaps_of(cast) == ()


def test_only_so_many_events_are_tried_those_that_fit_first(cast: Cast) -> None:
    a_licence(cast.scope("ada"), **SIX_MONTHS)
    teacher = cast.scope("ada")
    for hours in range(CANDIDATES + 2):
        an_event(
            teacher,
            starts_at=NOW + timedelta(hours=hours + 1),
            ends_at=NOW + timedelta(hours=hours + 2),
            category=CreditCategory.TECHNOLOGY,
        )
    fits = an_approved_event(cast, 900, category=CreditCategory.ELL)
    ada = cast.scope("ada")
    (held,) = licences_of(ada, [ada.me.id])
    record = records(ada, [ada.me.id])
    with statements(cast.database) as asked:
        language, total = gaps(ada, held, record)
    assert [one.id for one in language.events] == [fits]
    assert (total.missing.what, total.events, total.is_besides) == ("total", (), True)
    assert len(asked) == 3
