"""The forms for when one was there: by the clock, by days, or by a log of days; with what shows it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, Field, RadioField
from wtforms.validators import Optional

from pdtracker.domain.credit import CreditPolicy
from pdtracker.domain.equivalence import ApplicationRule, RecordingRule
from pdtracker.domain.evidence import OWN_KINDS, EvidenceKind
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.log import MOST_DAYS, LogDay
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.split import Split
from pdtracker.domain.stated import AskedWord
from pdtracker.domain.when import local
from pdtracker.queries.claims import ClaimRow
from pdtracker.web import requests
from pdtracker.web.attendance.stated import fact_fields
from pdtracker.web.forms import (
    DayField,
    Form,
    HoursField,
    LinkField,
    LocalTimeField,
    ParagraphsField,
    RefsField,
    ZoneField,
    needed,
)
from pdtracker.web.split_fields import SPLIT, SplitFields

NOTHING_MORE = "none"
ENOUGH = "One is enough. The stronger it is, the fewer questions you get back."
KINDS = {
    EvidenceKind.LINK.value: "A link to something you wrote there",
    EvidenceKind.FILE.value: "A file",
    EvidenceKind.ATTESTATION.value: "My word",
}
_DAY, _SPENT = "day_", "spent_"
_BLANK_DAYS, _FEWEST_DAYS = 2, 4
_REASON_CHARACTERS = 600
_NOTE_CHARACTERS = 600


class _Clock:
    """From when to when one was there, by the clock."""

    starts = LocalTimeField("From", [needed("Enter when it started.")])
    ends = LocalTimeField("Until", [needed("Enter when it ended.")])


class _Days:
    """The days on which one took part in something without fixed hours."""

    starts = DayField("First day", [needed("Enter the first day on which you took part.")])
    ends = DayField("Last day", [needed("Enter the last day on which you took part. It can be the same.")])


class _Hours:
    """How long it was."""

    minutes = HoursField("Hours")


class _Rest(SplitFields, Form):
    """Of which categories it was, and what shows it."""

    recording = BooleanField("I watched the recording")
    zone = ZoneField()
    longer_reason = ParagraphsField(
        "Why was it longer?",
        limit=_REASON_CHARACTERS,
        description="Only if you were there for longer than the host announced.",
    )
    application = HoursField("Did you apply it? Hours of that")
    evidence = RadioField(
        "Evidence",
        [Optional()],
        choices={**KINDS, NOTHING_MORE: "Nothing more"},
        description=ENOUGH,
    )
    link = LinkField("Address of your post", description="It begins with https://")
    file = FileField("File", description="PDF, JPEG or PNG, up to 10 MB.")
    note = ParagraphsField(
        "What did you do there?",
        limit=_NOTE_CHARACTERS,
        description="One or two sentences that only somebody who was there could write.",
    )
    remove = RefsField("Take out")

    @property
    def offered(self) -> EvidenceKind | None:
        """Which form of evidence is to be added now; what was filled in counts when nothing was chosen."""
        chosen = next((kind for kind in OWN_KINDS if kind.value == self.evidence.data), None)
        if chosen is not None or self.evidence.data == NOTHING_MORE:
            return chosen
        if self.file.data:
            return EvidenceKind.FILE
        return EvidenceKind.LINK if self.link.data else None

    @property
    def evidence_fields(self) -> dict[EvidenceKind, Field]:
        """Where each form of evidence is entered."""
        return {
            EvidenceKind.LINK: self.link,
            EvidenceKind.FILE: self.file,
            EvidenceKind.ATTESTATION: self.note,
        }

    def forget_others(self) -> None:
        """A slip in a field that is folded away, because another form of evidence was chosen, keeps nobody."""
        for kind, field in self.evidence_fields.items():
            if kind is not self.offered:
                field.errors = []

    def faults_of(self, *names: str) -> bool:
        """Whether one of these fields has something to put right."""
        return any(self[name].errors for name in names if name in self)

    @property
    def log_rows(self) -> list[tuple[DayField, HoursField]]:
        """The rows of the log; none where no log is asked for."""
        return []

    @property
    def time_names(self) -> tuple[str, ...]:
        """The fields that say when and how long."""
        own = ("starts", "ends", "zone", "minutes", "longer_reason", "recording", "application")
        return (*own, *(part.name for part in self.parts), *(f.name for row in self.log_rows for f in row))

    def take(self, refusal: NotValid) -> Form:
        """What an action says of the whole split or log is said at its first field."""
        firsts = {"split": self.at_fault}
        if self.log_rows:
            firsts |= dict.fromkeys(("log", "starts", "ends", "minutes"), self.log_rows[0][0].name)
        told: dict[str, str] = {}
        for name, sentence in refusal.errors.items():
            told.setdefault(firsts.get(name, name), sentence)
        return super().take(NotValid(told))


class ClockForm(_Clock, _Hours, _Rest):
    """Time and evidence of a session with a beginning and an end."""

    def span(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """From when to when, in UTC; `None` for what was not understood, which has its sentence."""
        return self.starts.at_zone(zone), self.ends.at_zone(zone)


class DaysForm(_Days, _Hours, _Rest):
    """Time and evidence of a forum, a book club, a course: days, and how many hours in all."""

    def span(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """From the first midnight to the last; of the day that runs, as far as it has come."""
        return self.starts.at_zone(zone), _end_of(self.ends, zone)


class LogForm(_Rest):
    """The same where the district asks for a log: each day with its hours; first, last and all follow from it."""

    @property
    def log_rows(self) -> list[tuple[DayField, HoursField]]:
        """Each day with its hours."""
        return [
            (field, self[_SPENT + name.removeprefix(_DAY)])
            for name, field in self._fields.items()
            if name.startswith(_DAY)
        ]

    @property
    def log(self) -> tuple[LogDay, ...]:
        """The days that were entered, once the form is valid."""
        return tuple(
            LogDay(day.data, spent.data)
            for day, spent in self.log_rows
            if day.data and spent.data is not None
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Each row has both, or nothing."""
        is_valid: bool = super().validate(extra_validators)
        for day, spent in self.log_rows:
            if day.data and spent.data is None and not spent.errors:
                spent.errors, is_valid = ["Enter how long you spent on this day."], False
            elif spent.data is not None and day.data is None and not day.errors:
                day.errors, is_valid = ["Enter on which day that was."], False
        return is_valid

    def span(self, zone: str) -> tuple[datetime | None, datetime | None]:
        """From the first day's midnight to the last one's; `None` without a day or with a row to put right."""
        rows = sorted((day for day, _ in self.log_rows if day.data), key=lambda day: day.data or date.min)
        if not rows or any(field.errors for row in self.log_rows for field in row):
            return None, None
        return rows[0].at_zone(zone), _end_of(rows[-1], zone)


TimeForm = ClockForm | DaysForm | LogForm


def time_form(
    claim: ClaimRow,
    policy: CreditPolicy | None,
    split: Split,
    log: Collection[LogDay],
    asked: Collection[AskedWord],
    sent: Iterable[str],
) -> type[TimeForm]:
    """The form that fits a claim under the rules for its day, with what the claimant's licences ask.

    `sent` are the names of what a page sends back.
    """
    fields: dict[str, Any] = {
        SPLIT + category.value: HoursField(category.label) for category in categories_of(claim, policy, split)
    }
    fields |= fact_fields(asked)
    recordings, application = offers_of(claim, policy)
    if recordings is None and not claim.is_recording:
        fields["recording"] = None
    if application is None and not claim.application_minutes:
        fields["application"] = None
    if claim.kind.is_live:
        return type("ClockForm", (ClockForm,), fields)
    if policy is None or claim.kind not in policy.logged_kinds:
        return type("DaysForm", (DaysForm,), fields)
    kept = sum(name.startswith(_DAY) for name in sent) or max(_FEWEST_DAYS, len(log) + _BLANK_DAYS)
    for number in range(1, min(kept, MOST_DAYS + _BLANK_DAYS) + 1):
        fields[f"{_DAY}{number}"] = DayField(f"Day {number}")
        fields[f"{_SPENT}{number}"] = HoursField("Hours")
    return type("LogForm", (LogForm,), fields)


def name_questions(form: TimeForm, claim: ClaimRow, policy: CreditPolicy | None) -> TimeForm:
    """The questions as they fit the kind of event; an event's zone is not asked."""
    recordings, application = offers_of(claim, policy)
    if not isinstance(form, LogForm):
        if claim.kind.is_live:
            form.minutes.label.text = "Hours, if you were not there all the time"
            form.minutes.description = (
                "Such as 1.5 or 1:30. Leave it empty if you were there from start to end."
            )
        else:
            form.minutes.label.text = "Hours in all"
            form.minutes.description = "Such as 1.5 or 1:30. Reading, writing and watching count."
    if "recording" in form and recordings is not None:
        form.recording.description = (
            "Say below when you watched it. Your district asks for a reflection of"
            f" {recordings.summary_words:,} words or more in all."
        )
    if "application" in form and application is not None:
        most = (
            "as much as you attended"
            if application.percent == 100
            else f"{application.percent}% of the hours attended"
        )
        form.application.description = (
            f"Such as trying it in class afterwards. Your district counts up to {most} beside them,"
            " if you write about it."
        )
    if not asks_zone(claim):
        form.zone.data = claim.zone
    return form


def entered_parts(split: Split, log: Iterable[LogDay]) -> dict[str, Any]:
    """What the draft has of split and log, as the form asks it."""
    parts: dict[str, Any] = {SPLIT + category.value: minutes for category, minutes in split}
    for number, day in enumerate(log, start=1):
        parts |= {f"{_DAY}{number}": day.on, f"{_SPENT}{number}": day.minutes}
    return parts


def asks_zone(claim: ClaimRow) -> bool:
    """An event has its zone, and days need none."""
    return claim.event_id is None and claim.kind.is_live


def offers_of(
    claim: ClaimRow, policy: CreditPolicy | None
) -> tuple[RecordingRule | None, ApplicationRule | None]:
    """What the district counts beside being there, for this kind."""
    if policy is None:
        return None, None
    recordings, application = policy.recordings, policy.application
    return (
        recordings if recordings and claim.kind in recordings.kinds else None,
        application if application and claim.kind in application.kinds else None,
    )


def categories_of(claim: ClaimRow, policy: CreditPolicy | None, split: Split) -> Iterator[CreditCategory]:
    """Those in which the district gives credit, and those that stand in the claim."""
    given = tuple(CreditCategory) if policy is None else policy.categories
    kept = {claim.category, *given, *(category for category, _ in split)}
    return (category for category in CreditCategory if category in kept)


def _end_of(day: DayField, zone: str) -> datetime | None:
    ends_at = day.at_zone(zone, is_over=True)
    if day.data == local(requests.at(), zone).date():
        ends_at = requests.at().replace(second=0, microsecond=0) + timedelta(minutes=1)
    return ends_at
