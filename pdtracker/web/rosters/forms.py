"""The forms of roster imports: the file, the columns of a personnel list, and the yes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flask_wtf.file import FileField
from wtforms import BooleanField, Field

from pdtracker.domain.refusals import NotValid
from pdtracker.exchange.roster.files import LIMIT_BYTES
from pdtracker.exchange.roster.hr import HrColumn
from pdtracker.queries.rosters import ProfileRow
from pdtracker.web.forms import ChooseField, Form, LineField

PROFILE_CHARACTERS: Final = 80
LABELS: Final[Mapping[HrColumn, str]] = {
    HrColumn.NUMBER: "Employee number",
    HrColumn.NAME: "Name",
    HrColumn.FIRST_NAME: "First name",
    HrColumn.LAST_NAME: "Last name",
    HrColumn.EMAIL: "E-mail",
    HrColumn.SCHOOL: "School or building",
    HrColumn.SCHOOL_KEY: "Its code",
    HrColumn.TITLE: "Title",
    HrColumn.ROLE: "Role",
    HrColumn.STATUS: "Status",
    HrColumn.ENDED: "Last day",
}
_NO_COLUMN: Final = {"": "No column"}


class RosterForm(Form):
    """A roster to look at."""

    file = FileField(
        "The roster",
        description=f"A ZIP, CSV or Excel file (.xlsx), as it was exported. Up to {LIMIT_BYTES // 1024**2} MB.",
    )
    profile = ChooseField("Its columns", choices={}, default="")

    def offer(self, profiles: Sequence[ProfileRow]) -> RosterForm:
        """The columns that were kept."""
        if profiles:
            self.profile.choices = {
                "": "Recognised by themselves",
                **{row.name: row.name for row in profiles},
            }
        else:
            del self.profile
        return self


class RosterColumnsForm(Form):
    """Which column of a personnel list says what; the file comes once more, for it wasn't kept."""

    file = FileField(
        "The list once more",
        description="It wasn\N{RIGHT SINGLE QUOTATION MARK}t kept: such lists hold more than we need.",
    )
    number = ChooseField(LABELS[HrColumn.NUMBER], choices=_NO_COLUMN, default="")
    name = ChooseField(LABELS[HrColumn.NAME], choices=_NO_COLUMN, default="")
    first_name = ChooseField(LABELS[HrColumn.FIRST_NAME], choices=_NO_COLUMN, default="")
    last_name = ChooseField(LABELS[HrColumn.LAST_NAME], choices=_NO_COLUMN, default="")
    email = ChooseField(LABELS[HrColumn.EMAIL], choices=_NO_COLUMN, default="")
    school = ChooseField(LABELS[HrColumn.SCHOOL], choices=_NO_COLUMN, default="")
    school_key = ChooseField(LABELS[HrColumn.SCHOOL_KEY], choices=_NO_COLUMN, default="")
    title = ChooseField(LABELS[HrColumn.TITLE], choices=_NO_COLUMN, default="")
    role = ChooseField(LABELS[HrColumn.ROLE], choices=_NO_COLUMN, default="")
    status = ChooseField(LABELS[HrColumn.STATUS], choices=_NO_COLUMN, default="")
    ended = ChooseField(LABELS[HrColumn.ENDED], choices=_NO_COLUMN, default="")
    save_as = LineField(
        "Keep these columns as", limit=PROFILE_CHARACTERS, description="For the next list of this kind."
    )

    def offer(self, headings: Sequence[str]) -> RosterColumnsForm:
        """The headings to choose from."""
        told = {heading: heading for heading in headings if heading}
        for column in HrColumn:
            self[column.value].choices = _NO_COLUMN | told
        return self

    @property
    def who(self) -> list[Field]:
        """The fields that say who somebody is."""
        return [self.number, self.name, self.first_name, self.last_name, self.email]

    @property
    def where(self) -> list[Field]:
        """The fields that say where and as what they work, and until when."""
        return [self.school, self.school_key, self.title, self.role, self.status, self.ended]

    @property
    def chosen(self) -> dict[HrColumn, str]:
        """The headings by what they say. Refuses with NotValid what tells nobody."""
        told = {column: str(self[column.value].data) for column in HrColumn if self[column.value].data}
        if HrColumn.NAME not in told and HrColumn.LAST_NAME not in told:
            raise NotValid({"name": "Say which column has the names."})
        if HrColumn.NUMBER not in told and HrColumn.EMAIL not in told:
            raise NotValid({"number": "Say which column has the employee numbers, or the e-mail addresses."})
        return told


class YesForm(Form):
    """The yes, and the second one where many would leave."""

    all_of_them = BooleanField("Yes, this is the whole roster: they leave")
