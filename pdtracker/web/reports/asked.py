"""What an address of the report on licences asks for, read from its query and written into links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import request

from pdtracker.domain.licence_standing import StandingState
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.queries.licence_report import Place, ReportFilter, Summary
from pdtracker.web.forms import ChooseField, DayField, Form

NO_SCHOOL: Final = "The district’s office"
LATE: Final = "late"
"""Who is behind or ended short, as an address says it."""

_NONE: Final = "none"
_MOST_DIGITS: Final = 18


class FilterForm(Form):
    """The filters of the report; schools, regimes and requirements are filled in for the page."""

    school = ChooseField("School", choices={"": "All schools"}, default="", validate_choice=False)
    regime = ChooseField("Regime", choices={"": "All regimes"}, default="", validate_choice=False)
    gap = ChooseField("Missing", choices={"": "Anything or nothing"}, default="", validate_choice=False)
    state = ChooseField(
        "Standing",
        choices={
            "": "Every standing",
            LATE: "Behind or ended short",
            **{state.value: state.label for state in StandingState},
        },
        default="",
        validate_choice=False,
    )
    first = DayField("Cycle ends from", name="from")
    last = DayField("Cycle ends to", name="to")

    def offer(self, schools: Mapping[int, str], regimes: Mapping[str, str], summary: Summary) -> None:
        """What there is to choose from; what is chosen is always among it."""
        gaps = sorted(summary.known_gaps, key=str.casefold)
        _offer(self.school, "All schools", {_school_text(number): name for number, name in schools.items()})
        _offer(self.regime, "All regimes", regimes)
        _offer(self.gap, "Anything or nothing", {gap: gap[:1].upper() + gap[1:] for gap in gaps})


@dataclass(frozen=True, slots=True)
class Asked:
    """The query of an address, understood."""

    chosen: ReportFilter
    after: Place | None
    errors: Mapping[str, str]

    def require_valid(self) -> None:
        """Refuses, with NotValid, days that aren't days: a file has no place to say so."""
        if self.errors:
            raise NotValid(dict(self.errors))


def asked(form: FilterForm) -> Asked:
    """What the address asks for. A day that isn't one is left out and has its sentence at the field."""
    form.validate()
    first, last = form.first.data, form.last.data
    if first and last and last < first:
        form.last.errors = [*form.last.errors, "Choose a last day that is not before the first."]
        last = None
    chosen = ReportFilter(
        school_id=_school(form.school.data),
        regime=form.regime.data or None,
        gap=form.gap.data or None,
        state=_state(form.state.data),
        is_late=form.state.data == LATE,
        ends=(first, last),
    )
    errors = {name: str(sentences[0]) for name, sentences in form.errors.items() if sentences}
    return Asked(chosen, _place(request.args.get("after", "")), errors)


def query_of(chosen: ReportFilter) -> dict[str, Any]:
    """What the address of a filter says."""
    first, last = chosen.ends
    late = LATE if chosen.is_late else None
    said = {
        "school": None if chosen.school_id is None else _school_text(chosen.school_id),
        "regime": chosen.regime,
        "gap": chosen.gap,
        "state": chosen.state.value if chosen.state else late,
        "from": first.isoformat() if first else None,
        "to": last.isoformat() if last else None,
    }
    return {name: value for name, value in said.items() if value}


def _offer(field: ChooseField, everything: str, words: Mapping[str, str]) -> None:
    chosen = {field.data: field.data} if field.data and field.data not in words else {}
    field.choices = {"": everything, **words, **chosen}


def place_text(place: Place) -> str:
    """A place as it stands in an address."""
    return f"{place.behind_minutes}.{ref_of(place.licence_id)}"


def _school_text(number: int) -> str:
    return ref_of(number) if number else _NONE


def _school(told: str | None) -> int | None:
    if not told:
        return None
    if told == _NONE:
        return 0
    try:
        return id_of(told)
    except ValueError as error:
        raise NotHere from error


def _state(told: str | None) -> StandingState | None:
    try:
        return StandingState(told) if told else None
    except ValueError:
        return None


def _place(told: str) -> Place | None:
    """`3000.0a1b...`: so many minutes behind, and the licence; anything else is the beginning."""
    minutes, _, licence = told.partition(".")
    if not minutes.removeprefix("-").isascii() or not minutes.removeprefix("-").isdigit():
        return None
    if len(minutes) > _MOST_DIGITS:
        return None
    try:
        return Place(int(minutes), id_of(licence))
    except ValueError:
        return None
