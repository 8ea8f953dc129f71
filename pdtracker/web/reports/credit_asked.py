"""What an address of the report on credit asks for, read from its query and written into links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from wtforms import BooleanField

from pdtracker.domain.credit_report import CreditLine
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere
from pdtracker.queries.credit_report import NONE, CreditFilter, Period
from pdtracker.web.forms import ChooseField
from pdtracker.web.periods import PeriodForm

LONG_DAYS: Final = (1, 2, 3, 5, 7, 10, 14, 30)
_USUAL_DAYS: Final = 5
_NO_ONE: Final = "none"


class CreditForm(PeriodForm):
    """The filters of the report; schools and themes are filled in for the page."""

    school = ChooseField("School", choices={"": "All schools"}, default="", validate_choice=False)
    theme = ChooseField("Theme", choices={"": "All themes"}, default="", validate_choice=False)
    category = ChooseField(
        "Category",
        choices={"": "All categories", **{one.value: one.label for one in CreditCategory}},
        default="",
        validate_choice=False,
    )
    days = ChooseField(
        "Long waits from",
        choices={str(days): "1 day" if days == 1 else f"{days} days" for days in LONG_DAYS},
        default=str(_USUAL_DAYS),
        validate_choice=False,
    )
    small = BooleanField("To pass on: put lines of fewer than five people together", default=False)

    def offer(self, schools: Mapping[str, str], themes: Mapping[str, str], asked: Asked) -> None:
        """What there is to choose from, by the words of an address, and the period as it was understood."""
        self.school.choices = _with("All schools", schools, self.school.data)
        self.theme.choices = _with("All themes", themes, self.theme.data)
        self.days.data = str(asked.long_days)
        if not self.errors:
            self.first.process_data(asked.chosen.period[0])
            self.last.process_data(asked.chosen.period[1])
            self.first.raw_data = self.last.raw_data = None


@dataclass(frozen=True, slots=True)
class Asked:
    """The query of an address, understood. `is_this_year` says that it named no days."""

    chosen: CreditFilter
    long_days: int
    is_to_pass_on: bool
    is_this_year: bool

    @classmethod
    def of_year(cls, year: Period) -> Asked:
        """The report of this school year, narrowed to nothing."""
        return cls(CreditFilter(period=year), _USUAL_DAYS, is_to_pass_on=False, is_this_year=True)

    def query(self, **changes: Any) -> dict[str, Any]:
        """What the address says, with other values for some of the filter."""
        chosen = replace(self.chosen, **changes)
        first, last = chosen.period
        said = {
            "school": _word(chosen.school_id),
            "theme": _word(chosen.theme_id),
            "category": chosen.category.value if chosen.category else "",
            "from": first.isoformat() if not self.is_this_year else "",
            "to": last.isoformat() if not self.is_this_year else "",
            "days": str(self.long_days) if self.long_days != _USUAL_DAYS else "",
            "small": "y" if self.is_to_pass_on else "",
        }
        return {name: value for name, value in said.items() if value}


def asked(form: CreditForm, year: Period) -> Asked:
    """What the address asks for; without days the school year that runs. Raises NotValid, with sentences by field."""
    period = form.period()
    return Asked(
        chosen=CreditFilter(
            period=period or year,
            school_id=_id(form.school.data),
            theme_id=_id(form.theme.data),
            category=_category(form.category.data),
        ),
        long_days=int(form.days.data) if form.days.data in map(str, LONG_DAYS) else _USUAL_DAYS,
        is_to_pass_on=bool(form.small.data),
        is_this_year=period is None,
    )


def word_of(line: CreditLine) -> str:
    """How a line's school or theme stands in an address."""
    return _word(int(line.key))


def _with(everything: str, words: Mapping[str, str], chosen: str | None) -> dict[str, str]:
    """The choices; what is chosen is always among them."""
    missing = {chosen: chosen} if chosen and chosen not in words else {}
    return {"": everything, **words, **missing}


def _word(number: int | None) -> str:
    if number is None:
        return ""
    return ref_of(number) if number != NONE else _NO_ONE


def _id(word: str | None) -> int | None:
    if not word:
        return None
    if word == _NO_ONE:
        return NONE
    try:
        return id_of(word)
    except ValueError as error:
        raise NotHere from error


def _category(word: str | None) -> CreditCategory | None:
    try:
        return CreditCategory(word) if word else None
    except ValueError as error:
        raise NotHere from error
