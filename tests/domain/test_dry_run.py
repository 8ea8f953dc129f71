"""A dry run: the same credit counted by two sets of rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.credit import CreditFacts
from pdtracker.domain.dry_run import DryRun, StandingAward, dry_run, recount, years_of
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.policy import CreditPolicy, KindCap

YEAR = (date(2013, 7, 1), date(2014, 6, 30))
POLICY = CreditPolicy(
    name="Maplewood hours",
    edition="2013-1",
    effective_from=date(2012, 7, 1),
    minimum_session_minutes=0,
    caps=(KindCap(EventKind.HASHTAG_CHAT, 120),),
    required_minutes=180,
)
NEXT = replace(POLICY, edition="2014-1", effective_from=date(2014, 7, 1))
CHAT, WEBINAR = EventKind.HASHTAG_CHAT, EventKind.WEBINAR


def an_award(
    place: int,
    minutes: int = 60,
    *,
    kind: EventKind = CHAT,
    on: date = date(2013, 10, 15),
    person: int = 1,
    category: CreditCategory = CreditCategory.PEDAGOGY,
) -> StandingAward:
    facts = CreditFacts(
        claimed_minutes=minutes, session_minutes=minutes, kind=kind, category=category, activity_on=on
    )
    decided_at = datetime(2013, 11, 1, tzinfo=UTC) + timedelta(hours=place)
    return StandingAward(place, person, f"Person {person}", f"Session {place}", decided_at, place, facts)


def run(awards: list[StandingAward], new: CreditPolicy, period: tuple[date, date] = YEAR) -> DryRun:
    return dry_run(awards, [POLICY], new, period)


def test_a_lower_cap_cuts_what_was_decided_last() -> None:
    awards = [an_award(place, on=date(2014, 1, 5 - place)) for place in range(1, 4)]
    found = run(awards, replace(NEXT, caps=(KindCap(CHAT, 90),)))
    assert [(one.award.claim_id, one.before, one.after) for one in found.changes] == [(2, 60, 30)]
    assert "Hashtag chats count up to 1.5" in found.changes[0].why
    assert (found.awards, found.people, found.before_minutes, found.after_minutes) == (3, 1, 120, 90)


def test_a_cap_counts_what_lies_before_the_period_in_its_school_year() -> None:
    awards = [an_award(1, on=date(2013, 9, 1)), an_award(2, on=date(2014, 3, 1))]
    found = run(awards, replace(NEXT, caps=(KindCap(CHAT, 60),)), (date(2014, 1, 1), date(2014, 6, 30)))
    assert [(one.award.claim_id, one.after) for one in found.changes] == [(2, 0)]
    assert found.awards == 1


def test_each_school_year_has_room_of_its_own() -> None:
    awards = [an_award(1, on=date(2014, 6, 30)), an_award(2, on=date(2014, 7, 1))]
    new = replace(NEXT, caps=(KindCap(CHAT, 60),))
    assert run(awards, new, (date(2014, 6, 1), date(2014, 7, 31))).changes == ()
    by_calendar = replace(new, year_starts=(1, 1))
    assert len(run(awards, by_calendar, (date(2014, 6, 1), date(2014, 7, 31))).changes) == 1


def test_who_reached_the_hours_and_would_not_is_named() -> None:
    awards = [
        an_award(place, kind=WEBINAR, person=person) for person, place in ((1, 1), (1, 2), (1, 3), (2, 4))
    ]
    found = run(awards, replace(NEXT, required_minutes=240))
    assert found.changes == ()
    assert [(one.person_name, one.minutes, one.required_minutes) for one in found.short] == [
        ("Person 1", 180, 240)
    ]
    assert run(awards, NEXT).short == ()


def test_a_category_without_credit_comes_to_nothing_with_its_reason() -> None:
    new = replace(NEXT, categories=(CreditCategory.STEM,))
    (change,) = run([an_award(1)], new).changes
    assert (change.after, change.why) == (0, "Choose a category in which your district gives credit.")


def test_editions_before_are_those_of_their_days() -> None:
    older = replace(POLICY, edition="2012-1", effective_until=date(2013, 12, 31), step_minutes=30)
    newer = replace(POLICY, edition="2014-0", effective_from=date(2014, 1, 1), step_minutes=60)
    awards = [an_award(1, 45, on=date(2013, 12, 31)), an_award(2, 45, on=date(2014, 1, 1))]
    counted = recount(awards, [older, newer])
    assert [counted[1].minutes, counted[2].minutes] == [30, 0]


def test_the_school_years_of_a_period_are_whole_by_whatever_edition() -> None:
    calendar = replace(NEXT, year_starts=(1, 1))
    assert years_of((date(2014, 3, 1), date(2014, 8, 1)), [POLICY, calendar]) == (
        date(2013, 7, 1),
        date(2015, 6, 30),
    )


AWARDS = st.lists(
    st.tuples(
        st.integers(1, 600),
        st.sampled_from([CHAT, WEBINAR, EventKind.FORUM]),
        st.dates(date(2013, 1, 1), date(2014, 12, 31)),
        st.integers(1, 3),
    ),
    max_size=25,
).map(
    lambda rows: [
        an_award(place, minutes, kind=kind, on=on, person=person)
        for place, (minutes, kind, on, person) in enumerate(rows, 1)
    ]
)
CAP = st.none() | st.integers(0, 900)
POLICIES = st.builds(
    lambda step, least, chats, everything: replace(
        POLICY,
        step_minutes=step,
        minimum_session_minutes=least,
        caps=(
            *([] if chats is None else [KindCap(CHAT, chats)]),
            *([] if everything is None else [KindCap(None, everything)]),
        ),
    ),
    st.sampled_from([1, 5, 15, 30]),
    st.integers(0, 90),
    CAP,
    CAP,
)
LONG = (date(2013, 1, 1), date(2014, 12, 31))


@given(AWARDS, POLICIES)
def test_the_same_rules_change_nothing(awards: list[StandingAward], policy: CreditPolicy) -> None:
    found = dry_run(awards, [policy], replace(policy, edition="again", effective_from=date(2020, 1, 1)), LONG)
    assert (found.changes, found.short) == ((), ())
    assert found.before_minutes == found.after_minutes


@given(AWARDS, POLICIES, st.sampled_from([1, 2, 4]), st.integers(0, 60), st.integers(0, 100))
def test_tighter_rules_never_raise_a_sum(
    awards: list[StandingAward], policy: CreditPolicy, coarser: int, longer: int, percent: int
) -> None:
    steps = policy.step_minutes * coarser
    tighter = replace(
        policy,
        step_minutes=steps if 60 % steps == 0 else policy.step_minutes,
        minimum_session_minutes=policy.minimum_session_minutes + longer,
        caps=tuple(KindCap(cap.kind, cap.minutes_per_year * percent // 100) for cap in policy.caps),
    )
    found = dry_run(awards, [policy], tighter, LONG)
    assert found.after_minutes <= found.before_minutes
    for person in (1, 2, 3):
        own = [award for award in awards if award.person_id == person]
        alone = dry_run(own, [policy], tighter, LONG)
        assert alone.after_minutes <= alone.before_minutes


@given(AWARDS, POLICIES, st.randoms())
def test_the_order_in_which_awards_are_listed_is_nothing(
    awards: list[StandingAward], policy: CreditPolicy, chance: object
) -> None:
    shuffled = list(awards)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert run(shuffled, policy, LONG) == run(awards, policy, LONG)
