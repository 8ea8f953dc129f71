"""The days between which a record or a report looks, as an address asks for them."""

from __future__ import annotations

from datetime import date

from pdtracker.domain.refusals import NotValid
from pdtracker.web.forms import DayField, Form

FIRST_YEAR, LAST_YEAR = 2000, 2099


class PeriodForm(Form):
    """A first and a last day, both or neither."""

    first = DayField("From", name="from")
    last = DayField("To", name="to")

    def period(self) -> tuple[date, date] | None:
        """Both days, or `None` when none was chosen. Raises NotValid with a sentence at the field."""
        if not self.validate():
            raise NotValid({name: str(errors[0]) for name, errors in self.errors.items() if errors})
        first, last = self.first.data, self.last.data
        if first is None and last is None:
            return None
        if first is None:
            raise NotValid({"first": "Choose the first day as well."})
        if last is None:
            raise NotValid({"last": "Choose the last day as well."})
        if not FIRST_YEAR <= first.year <= last.year <= LAST_YEAR or last < first:
            raise NotValid(
                {"last": "Choose a last day that is not before the first, both from 2000 to 2099."}
            )
        return first, last
