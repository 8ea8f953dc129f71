"""Adding an event to the district's calendar, and deciding about what others added."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from http import HTTPStatus

from flask import Blueprint
from wtforms import RadioField

from pdtracker.actions.calendar import decide_proposal, propose_event
from pdtracker.domain.access import Permission
from pdtracker.domain.calendar import (
    HOST_CHARACTERS,
    PLATFORM_CHARACTERS,
    SUMMARY_CHARACTERS,
    TITLE_CHARACTERS,
    EventTime,
    current_season,
)
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.proposal import Proposal
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import Mistyped, NotValid
from pdtracker.domain.split import Split
from pdtracker.domain.when import day_text, instant, local, moment_text
from pdtracker.queries.events import WaitingProposal, waiting_proposals
from pdtracker.queries.programmes import ProgrammeRow, programmes
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.events import DecisionForm, event_page
from pdtracker.web.events.asked import FIXED, OPEN, HashtagField
from pdtracker.web.forms import (
    ChooseField,
    DayField,
    Form,
    HoursField,
    KeyField,
    LineField,
    LinkField,
    LocalTimeField,
    ParagraphsField,
    ZoneField,
    needed,
)
from pdtracker.web.requests import scope

ACCEPT, REFUSE = "accept", "refuse"
_OF_ITS_KIND = ""

proposals = Blueprint("proposals", __name__)


SPLIT = "split_"
"""What the name of the field for a category's hours begins with."""


class _ProposalForm(Form):
    """An event of one's own district."""

    title = LineField("What is it called?", [needed("Enter what it is called.")], limit=TITLE_CHARACTERS)
    host = LineField(
        "Who hosts it?",
        [needed("Enter who hosts it.")],
        limit=HOST_CHARACTERS,
        description="The school, society or group, as it calls itself.",
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
    programme = ChooseField("Part of a programme?", choices={}, default="")
    summary = ParagraphsField("What is it about?", limit=SUMMARY_CHARACTERS)
    idempotency_key = KeyField()

    @property
    def parts(self) -> list[HoursField]:
        """The fields of the categories."""
        return [field for name, field in self._fields.items() if name.startswith(SPLIT)]

    @property
    def split(self) -> Split:
        """The minutes by category; empty where nothing was entered."""
        entered = {CreditCategory(part.name.removeprefix(SPLIT)): part.data for part in self.parts}
        return tuple((category, minutes) for category in CreditCategory if (minutes := entered.get(category)))

    def take(self, refusal: NotValid) -> Form:
        """What is said of the whole split is said at its first field."""
        first = self.parts[0].name
        return super().take(
            NotValid({first if name == "split" else name: said for name, said in refusal.errors.items()})
        )

    def offer(self, every: tuple[ProgrammeRow, ...]) -> _ProposalForm:
        """Fill in the programmes that there are."""
        self.programme.choices = {"": "No programme", **{ref_of(row.id): row.name for row in every}}
        return self

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


ProposalForm: type[_ProposalForm] = type(
    "ProposalForm",
    (_ProposalForm,),
    {SPLIT + category.value: HoursField(category.label) for category in CreditCategory},
)


@proposals.get("/events/new")
@permitted(Permission.PROPOSE_EVENT)
def ask() -> Answer:
    """The form for an event of one's own district."""
    every, zone = programmes(scope()), scope().zone
    now = current_season(every, local(scope().at, zone).date())
    form = ProposalForm(zone=zone, programme=ref_of(now.id) if now else "")
    return answers.page("events/new.html", form=form.offer(every), **_allowed())


@proposals.post("/events")
@permitted(Permission.PROPOSE_EVENT)
def add() -> Answer:
    """Add it: at once for an administrator, as a proposal for others."""
    form = ProposalForm().offer(programmes(scope()))
    is_valid, time = form.validate(), form.time()
    if is_valid and time is not None:
        try:
            event_id = propose_event(scope(), _proposal(form, time), key=form.idempotency_key.data or "")
        except NotValid as refusal:
            form.take(refusal)
        else:
            published = scope().may(Permission.MANAGE_EVENTS)
            saying = "It is in the calendar." if published else "Sent to your administrators."
            return answers.see("events.show", event_id=event_id, saying=saying)
    return answers.refused("events/new.html", form=form, **_allowed())


def _allowed() -> dict[str, bool]:
    """What the page says depends on what its reader may do."""
    return {"decides": scope().may(Permission.MANAGE_EVENTS), "logs": scope().may(Permission.LOG_CLAIM)}


@proposals.get("/events/proposals")
@permitted(Permission.MANAGE_EVENTS)
def waiting() -> Answer:
    """What waits for an administrator."""
    who = scope()
    rows = [(proposed, *_when(proposed, who.at, who.zone)) for proposed in waiting_proposals(who)]
    return answers.page("events/proposals.html", rows=rows)


def _when(proposed: WaitingProposal, now: datetime, zone: str) -> tuple[str, str]:
    """When it is, and when it was proposed, in words."""
    time = proposed.event.time
    words = (
        time.days_words() if time.is_window else f"{day_text(time.day_in(zone))}, {time.hours_words(zone)}"
    )
    return words, moment_text(proposed.at, now, zone)


@proposals.post("/events/<ref:event_id>/decision")
@permitted(Permission.MANAGE_EVENTS)
def decide(event_id: int) -> Answer:
    """Accept a proposal, or refuse it with a reason."""
    form = DecisionForm()
    if form.validate() and form.decision.data in (ACCEPT, REFUSE):
        accept = form.decision.data == ACCEPT
        try:
            decide_proposal(scope(), event_id, accept=accept, reason=form.reason.data or "")
        except NotValid as refusal:
            form.take(refusal)
        else:
            saying = (
                "It is in your district's calendar." if accept else "Refused. Whoever proposed it sees why."
            )
            return answers.see("events.show", event_id=event_id, saying=saying)
    return event_page(event_id, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _proposal(form: _ProposalForm, time: EventTime) -> Proposal:
    kind = EventKind(form.kind.data)
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
        split=form.split,
    )


def _ask_for(field: LocalTimeField | DayField, sentence: str) -> None:
    """Ask for what was left empty; what was mistyped has its own sentence."""
    if field.data is None and not field.errors:
        field.errors = [sentence]
