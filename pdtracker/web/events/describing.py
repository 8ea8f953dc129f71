"""The form in which somebody says what an event is: to add it, and to change it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from functools import lru_cache
from typing import Any

from flask import request
from wtforms import HiddenField, RadioField

from pdtracker.domain.agenda import NO_AGENDA, Agenda
from pdtracker.domain.calendar import (
    HOST_CHARACTERS,
    PLATFORM_CHARACTERS,
    SUMMARY_CHARACTERS,
    TITLE_CHARACTERS,
    EventTime,
)
from pdtracker.domain.event_facts import LANGUAGES, Audience, Cost, ForWhom, GradeBand, in_order
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.proposal import MOST_CO_HOSTS, Proposal, co_hosts_of
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import Mistyped, NotValid
from pdtracker.domain.when import instant, local
from pdtracker.queries.programmes import ProgrammeRow, ThemeChoice
from pdtracker.web.events.agenda_fields import (
    AgendaFields,
    agenda_fields,
    entered_agenda,
    rows_for,
    rows_sent,
)
from pdtracker.web.events.asked import FIXED, OPEN, HashtagField
from pdtracker.web.forms import (
    ChooseField,
    ChooseSomeField,
    DayField,
    Form,
    HoursField,
    KeyField,
    LineField,
    LinkField,
    LocalTimeField,
    ParagraphsField,
    RefsField,
    ZoneField,
    needed,
)
from pdtracker.web.split_fields import SPLIT, SplitFields

_OF_ITS_KIND = ""
MORE_ROWS = "rows"


class DescriptionForm(SplitFields, AgendaFields, Form):
    """An event of one's own district; `version` is what an editor has seen of it."""

    title = LineField("What is it called?", [needed("Enter what it is called.")], limit=TITLE_CHARACTERS)
    host = LineField(
        "Who hosts it?",
        [needed("Enter who hosts it.")],
        limit=HOST_CHARACTERS,
        description="The school, society or group, as it calls itself.",
    )
    co_hosts = ParagraphsField(
        "Who else hosts it?",
        limit=(HOST_CHARACTERS + 1) * MOST_CO_HOSTS,
        description="One on each line.",
    )
    kind = ChooseField("What kind of event?", choices={kind.value: kind.label for kind in EventKind})
    category = ChooseField(
        "What are the hours about?",
        choices={_OF_ITS_KIND: "As usual for its kind", **{one.value: one.label for one in CreditCategory}},
        default=_OF_ITS_KIND,
    )
    hours = RadioField(
        "When is it?",
        choices={FIXED: "At fixed hours", OPEN: "Open for days or weeks, without fixed hours"},
        default=FIXED,
    )
    starts = LocalTimeField("Starts")
    ends = LocalTimeField("Ends")
    first_on = DayField("First day")
    last_on = DayField("Last day")
    zone = ZoneField()
    platform = LineField(
        "Where?", limit=PLATFORM_CHARACTERS, description="The room, or the name of the platform."
    )
    link = LinkField("Link", description="The page where people join or read more.")
    hashtag = HashtagField("Hashtag")
    grades = ChooseSomeField("Grades", choices={grade.value: grade.label for grade in GradeBand})
    audience = ChooseField(
        "Whom does it speak to?",
        choices={one.value: one.label for one in Audience},
        default=Audience.UNSAID.value,
    )
    cost = ChooseField("Cost", choices={one.value: one.label for one in Cost}, default=Cost.UNSAID.value)
    language = ChooseField("Language", choices={"": "Not said", **LANGUAGES}, default="")
    archive_link = LinkField(
        "Archive", description="The recording or the archive of the chat, if there is one."
    )
    programme = ChooseField("Part of a programme?", choices={}, default="")
    themes = ChooseSomeField("Themes", choices={}, description="Those of the programme that it is part of.")
    summary = ParagraphsField("What is it about?", limit=SUMMARY_CHARACTERS)
    idempotency_key = KeyField()
    version = HiddenField(default="0")
    shown = RefsField(default=())

    def take(self, refusal: NotValid) -> Form:
        """What is said of the whole split is said at its first field with hours, and of a session at its row."""
        return super().take(
            NotValid(
                {
                    self.at_fault if name == "split" else self.field_of_place(name): said
                    for name, said in refusal.errors.items()
                }
            )
        )

    def offer(self, every: Sequence[ProgrammeRow], themes: Sequence[ThemeChoice]) -> DescriptionForm:
        """Fill in the programmes that there are, and their themes."""
        self.themes.choices = {ref_of(one.id): f"{one.name} · {one.programme}" for one in themes}
        self.programme.choices = {"": "No programme", **{ref_of(row.id): row.name for row in every}}
        return self

    def validate(self, extra_validators: Any = None) -> bool:
        """What is taken out of the agenda needs no second look."""
        is_valid: bool = super().validate(extra_validators)
        if is_valid:
            return True
        self.forget_rows_out()
        return not any(field.errors for field in self)

    def told(self) -> Proposal | None:
        """What the form says, as long as every field can be read; else `None`, with sentences at the fields."""
        is_valid, time = self.validate(), self.time()
        agenda = self.agenda(self.zone.data) if not self.zone.errors else None
        if not is_valid or time is None or agenda is None:
            return None
        return _proposal_of(self, time, agenda)

    def time(self) -> EventTime | None:
        """When it is; `None` with a sentence at each field that doesn't say so."""
        if self.hours.data == OPEN:
            return self._window()
        _ask_for(self.starts, "Enter when it starts.")
        _ask_for(self.ends, "Enter when it ends.")
        starts_at, ends_at = self.starts.at_zone(self.zone.data), self.ends.at_zone(self.zone.data)
        if starts_at is None or ends_at is None:
            return None
        return EventTime(starts_at, ends_at, self.zone.data, has_hours=True)

    def _window(self) -> EventTime | None:
        _ask_for(self.first_on, "Enter the first day.")
        _ask_for(self.last_on, "Enter the last day.")
        first, last = self.first_on.data, self.last_on.data
        if first is None or last is None or self.first_on.errors or self.last_on.errors:
            return None
        if last < first:
            self.last_on.errors = ["Enter a last day on or after the first."]
            return None
        try:
            begins = instant(datetime.combine(first, time()), self.zone.data)
            ends = instant(datetime.combine(last + timedelta(days=1), time()), self.zone.data)
        except Mistyped as error:
            self.first_on.errors = [error.sentence]
            return None
        return EventTime(begins, ends, self.zone.data, has_hours=False)


@lru_cache(maxsize=64)
def _form_of(sessions: int, breaks: int) -> type[DescriptionForm]:
    """The form with so many rows of sessions and breaks."""
    fields: dict[str, Any] = {
        SPLIT + category.value: HoursField(category.label) for category in CreditCategory
    }
    return type("DescriptionForm", (DescriptionForm,), fields | agenda_fields(sessions, breaks))


def blank(**values: Any) -> DescriptionForm:
    """The form of a new event."""
    return _form_of(*rows_for(NO_AGENDA))(**values)


def sent() -> DescriptionForm:
    """The form as a page sends it back, with the rows that it had."""
    return _form_of(*rows_sent(request.form))()


def filled(told: Proposal, version: int) -> DescriptionForm:
    """The form with what an event says now; what was sent with the request goes before it."""
    zone, time = told.time.zone, told.time
    values: dict[str, Any] = {
        "title": told.title,
        "host": told.host,
        "co_hosts": "\n".join(told.co_hosts),
        "kind": told.kind.value,
        "category": "" if told.split or told.category is told.kind.default_category else told.category.value,
        "zone": zone,
        "platform": told.platform,
        "link": told.link,
        "hashtag": told.hashtag,
        "programme": ref_of(told.programme_id) if told.programme_id else "",
        "themes": [ref_of(theme_id) for theme_id in told.theme_ids],
        "summary": told.summary,
        "grades": [grade.value for grade in told.for_whom.grades],
        "audience": told.for_whom.audience.value,
        "cost": told.for_whom.cost.value,
        "language": told.for_whom.language,
        "archive_link": told.archive_link,
        "version": str(version),
        "hours": OPEN if time.is_window else FIXED,
        **{SPLIT + category.value: minutes for category, minutes in told.split},
    }
    if time.is_window:
        values |= {"first_on": time.first_on, "last_on": time.last_on}
    else:
        values["starts"] = local(time.starts_at, zone).replace(tzinfo=None)
        values["ends"] = local(time.ends_at, zone).replace(tzinfo=None) if time.ends_at else None
    values |= entered_agenda(told.agenda, zone)
    return _form_of(*rows_for(told.agenda))(**values)


def _proposal_of(form: DescriptionForm, time: EventTime, agenda: Agenda) -> Proposal:
    kind = EventKind(form.kind.data)
    lines = (form.co_hosts.data or "").splitlines()
    category = CreditCategory(form.category.data) if form.category.data else kind.default_category
    return Proposal(
        title=form.title.data or "",
        summary=form.summary.data or "",
        kind=kind,
        category=category,
        host=form.host.data or "",
        time=time,
        platform=form.platform.data or "",
        link=form.link.data or "",
        hashtag=form.hashtag.data or "",
        programme_id=id_of(form.programme.data) if form.programme.data else None,
        split=form.entered,
        for_whom=ForWhom(
            in_order(GradeBand(value) for value in form.grades.data or ()),
            Audience(form.audience.data),
            Cost(form.cost.data),
            form.language.data or "",
        ),
        archive_link=form.archive_link.data or "",
        agenda=agenda,
        co_hosts=co_hosts_of(filter(None, map(str.strip, lines)), form.host.data or ""),
        theme_ids=tuple(id_of(ref) for ref in form.themes.data or ()),
    )


def _ask_for(field: LocalTimeField | DayField, sentence: str) -> None:
    """Ask for what was left empty; what was mistyped has its own sentence."""
    if field.data is None and not field.errors:
        field.errors = [sentence]


def seen_version(form: DescriptionForm) -> int:
    """Which version of the event the form was made from; none for what no page of ours sends."""
    sent = form.version.data or ""
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else 0


def wants_rows() -> bool:
    """Whether somebody saves to enter more sessions than the page had rows for."""
    return bool(request.form.get("then") == MORE_ROWS)
