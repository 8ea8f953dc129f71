"""A district publishes what it commits to, version by version, and its figures are of its own records alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.commitments import publish_commitment, take_back_commitment
from pdtracker.actions.reviews import Wish, approve_claims, reverse_credit
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.commitment import Promise
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.refusals import NotNow, NotPermitted, NotValid
from pdtracker.models.records import AuditEntry
from pdtracker.queries.commitments import CommitmentVersion, commitment_figures, commitment_versions
from tests.calendars import statements
from tests.factories import AN_ISSUER, NOW, Cast, a_claim

UNTIL = date(2015, 6, 30)
HALF = {Promise.CONNECTED_SHARE: "50"}


def versions(cast: Cast, name: str = "cam") -> tuple[CommitmentVersion, ...]:
    return commitment_versions(cast.scope(name).session)


def test_only_an_administrator_publishes_and_takes_back(cast: Cast) -> None:
    for name in ("ada", "bo", "hal"):
        with pytest.raises(NotPermitted):
            publish_commitment(cast.scope(name), "", HALF, UNTIL)
        with pytest.raises(NotPermitted):
            take_back_commitment(cast.scope(name))
    with pytest.raises(NotNow):
        take_back_commitment(cast.scope("cam"))


def test_each_version_is_kept_and_counts_from_the_first_day(cast: Cast) -> None:
    publish_commitment(cast.scope("cam"), "Why", HALF, UNTIL)
    later = cast.scope("cam", NOW + timedelta(days=30))
    assert publish_commitment(later, "", {Promise.DECISION_DAYS: "7"}, UNTIL) == 2
    newest, first = versions(cast)
    assert (newest.version, newest.from_on) == (2, first.from_on)
    assert [pledge.sentence for pledge in first.pledges] == [
        "At least 50% of all credited hours come from connected learning"
    ]
    take_back_commitment(cast.scope("cam", NOW + timedelta(days=31)))
    take_back_commitment(cast.scope("cam", NOW + timedelta(days=32)))
    assert versions(cast)[0].pledges == ()
    assert len(versions(cast)) == 3
    again = cast.scope("cam", NOW + timedelta(days=40))
    publish_commitment(again, "", HALF, UNTIL)
    assert versions(cast)[0].from_on == again.at.date()
    actions = cast.operator().session.scalars(sa.select(AuditEntry.action)).all()
    assert actions.count("commitment.published") == 3


def test_a_form_sent_twice_is_one_version(cast: Cast) -> None:
    for _ in range(2):
        publish_commitment(cast.scope("cam"), "", HALF, UNTIL, key="k")
    assert len(versions(cast)) == 1


def test_what_is_wrong_is_said_at_its_field(cast: Cast) -> None:
    for entered, until, field in (
        ({}, UNTIL, "connected_share"),
        ({Promise.DECISION_DAYS: "61"}, UNTIL, "decision_days"),
        (HALF, NOW.date(), "until_on"),
        (HALF, None, "until_on"),
    ):
        with pytest.raises(NotValid) as caught:
            publish_commitment(cast.scope("cam"), "", entered, until)
        assert list(caught.value.errors) == [field]
    assert versions(cast) == ()


def test_another_district_has_none_of_it(cast: Cast) -> None:
    publish_commitment(cast.scope("cam"), "", HALF, UNTIL)
    assert versions(cast, "rex") == ()


def test_figures_count_what_stands_in_the_time_in_four_statements(cast: Cast) -> None:
    ada, bo = cast.scope("ada"), cast.scope("bo")

    def credited(hours_ago: int, kind: EventKind, sent_days_ago: int) -> int:
        ended_at = NOW - timedelta(hours=hours_ago)
        claim_id = a_claim(
            ada,
            ClaimState.SUBMITTED,
            kind=kind,
            starts_at=ended_at - timedelta(hours=1),
            ends_at=ended_at,
            submitted_at=NOW - timedelta(days=sent_days_ago),
        )
        approve_claims(bo, [Wish(claim_id, 1)], AN_ISSUER, key=str(hours_ago))
        return claim_id

    credited(2, EventKind.HASHTAG_CHAT, 4)
    credited(5, EventKind.COURSE, 4)
    taken_back = credited(8, EventKind.WEBINAR, 9)
    reverse_credit(
        cast.scope("bo", NOW + timedelta(hours=1)),
        taken_back,
        seen_version=2,
        reason="Not there.",
        issuer=AN_ISSUER,
    )
    session, first, last = cast.scope("cam").session, date(2014, 10, 1), date(2014, 10, 31)
    with statements(cast.database) as asked:
        figures = commitment_figures(session, first, last, "America/New_York")
    assert len(asked) == 4
    assert (figures.credited_minutes, figures.connected_minutes) == (120, 60)
    assert (figures.teachers, figures.teachers_credited, figures.credited_people) == (1, 1, 1)
    assert figures.decision_days[4] == 2
    before = commitment_figures(session, date(2014, 9, 1), date(2014, 9, 30), "America/New_York")
    assert (before.credited_minutes, before.decision_days) == (0, {})
    theirs = commitment_figures(cast.scope("rex").session, first, last, "America/New_York")
    assert (theirs.credited_minutes, theirs.teachers_credited, theirs.decision_days) == (0, 0, {})
