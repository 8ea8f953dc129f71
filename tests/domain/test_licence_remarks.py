"""What of a licence nobody's record shows is said, and by which sentence."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from pdtracker.domain.hours import NBSP
from pdtracker.domain.licence_progress import progress_of
from pdtracker.domain.licence_remarks import Stated, remarks_on
from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.evaluation import Evaluation, evaluate
from pdtracker.domain.regimes.facts import Person
from tests.domain.regimes.records import CYCLE, activity, facts, version

RULES = version("[target]\nunits = 10\n[carry_over]\nat_most = 8\n")


def counted(person: Person, minutes: int = 60) -> Evaluation:
    return evaluate([RULES], facts(activity(minutes), person=person))


def said(person: Person, asked: Fraction | None = None, before: Cycle | None = None) -> list[str]:
    found = remarks_on(Stated(person, asked, before), counted(person))
    return [one.replace(NBSP, " ") for one in found]


def test_what_the_record_shows_needs_no_remark() -> None:
    assert said(Person()) == []
    shown = Person(carry_in=Fraction(5), left_before=Fraction(6))
    assert said(shown, before=Cycle(date(2015, 1, 1), date(2019, 12, 31))) == []
    assert counted(shown).earned == 6


def test_what_somebody_entered_is_called_so_wherever_the_sum_stands() -> None:
    entered = Person(carry_in=Fraction(9))
    (remark,) = said(entered)
    assert "8 hours of what is earned were entered by hand" in remark
    found = counted(entered)
    assert any("entered by hand" in note for note in found.notes)
    progress = progress_of(found, found, CYCLE.end)
    assert "9 of 10 hours earned, 8 of them entered by hand" in progress.sentence.replace(NBSP, " ")


def test_no_more_counts_than_the_cycle_before_leaves_by_now() -> None:
    taken_back = Person(carry_in=Fraction(5), left_before=Fraction(2))
    (remark,) = said(taken_back)
    assert "5 hours were brought from the last cycle. By now it leaves 2 hours" in remark
    found = counted(taken_back)
    assert (found.earned, found.brought) == (3, 2)
    assert any("by now it leaves no more" in note for note in found.notes)
    assert progress_of(found, found, CYCLE.end).entered == 0


def test_a_day_in_both_cycles_is_told() -> None:
    brought = Person(carry_in=Fraction(5), left_before=Fraction(5))
    (remark,) = said(brought, before=Cycle(date(2015, 1, 1), CYCLE.start))
    assert "count twice" in remark


def test_a_target_below_what_is_asked_for_is_told_unless_somebody_signed_another() -> None:
    lower = Person(target=Fraction(4))
    (remark,) = said(lower, asked=Fraction(10))
    assert "A target of 4 hours was entered, where 10 hours are asked for" in remark
    assert said(lower, asked=None) == said(lower, asked=Fraction(4)) == []
