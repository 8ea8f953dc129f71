"""The licences of the demo's people, entered and signed as people do it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from pdtracker.actions.licences import add_licence, sign_adjustment
from pdtracker.actions.regimes import adopt_regime, approve_provider
from pdtracker.demo.calendar import packaged
from pdtracker.demo.founding import Founded
from pdtracker.demo.people import people
from pdtracker.domain.access import Role
from pdtracker.domain.licence_terms import Change, LicenceTerms, cycle_on
from pdtracker.domain.regimes.shelf import shelf

_APPROVED_SINCE = date(2012, 1, 1)


def settle_licences(founded: Founded, on: date, at: Callable[[str], datetime]) -> None:
    """Adopt regimes, note approved providers, add licences and sign what changes about them.

    Cycles are those that hold the day `on`; `at` tells the moment of it in a district.
    """
    told = packaged("licences.toml")
    administrators = {
        person.district: person.email for person in reversed(people()) if Role.ADMINISTRATOR in person.roles
    }
    for row in told["adopted"]:
        with founded.scope(administrators[row["district"]], at(row["district"])) as scope:
            adopt_regime(scope, row["regime"], row["sponsor_number"])
    for row in told["approved"]:
        with founded.scope(administrators[row["district"]], at(row["district"])) as scope:
            approve_provider(
                scope,
                organization=row["organization"],
                regime=row["regime"],
                number=row["number"],
                approved_from=_APPROVED_SINCE,
                approved_until=None,
            )
    for row in told["licences"]:
        _add(founded, row, on, at)


def _add(founded: Founded, row: dict[str, Any], on: date, at: Callable[[str], datetime]) -> None:
    resident = founded.residents[row["person"]]
    moment = at(resident.district.slug)
    with founded.scope(row["person"], moment) as scope:
        licence_id = add_licence(scope, resident.person_id, _terms(row, on))
    for signed in row.get("signed", ()):
        with founded.scope(signed["by"], moment) as scope:
            change = Change(
                units=Fraction(signed["units"]) if "units" in signed else None,
                target=Fraction(signed["target"]) if "target" in signed else None,
                reason=signed["reason"],
            )
            sign_adjustment(scope, licence_id, change)


def _terms(row: dict[str, Any], on: date) -> LicenceTerms:
    facts, month = frozenset(row.get("facts", ())), row.get("month", on.month)
    issued = date(on.year - row.get("years_ago", 0), month, 1)
    if issued > on:
        issued = issued.replace(year=issued.year - 1)
    cycle = cycle_on(shelf()[row["regime"]][-1].cycle, issued, on, facts, month)
    return LicenceTerms(
        regime=row["regime"], name=row["name"], starts_on=cycle.start, ends_on=cycle.end, facts=facts
    )
