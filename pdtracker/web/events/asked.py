"""What an address of the calendar asks for: filters, view and place, read from its query and written into links."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, ValidationError

from pdtracker.domain.calendar import PLATFORM_CHARACTERS, DayPart, clean_hashtag
from pdtracker.domain.event_facts import Audience, Cost, GradeBand
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.refs import PATTERN, id_of, ref_of
from pdtracker.domain.refusals import Mistyped, NotHere
from pdtracker.domain.search import SEARCH_CHARACTERS, search_words
from pdtracker.domain.when import instant
from pdtracker.queries.event_filters import EventFilter
from pdtracker.queries.events import Place
from pdtracker.queries.programmes import ProgrammeRow
from pdtracker.web.forms import ChooseField, ChooseSomeField, DayField, Form, LineField

EVERY_PROGRAMME = "all"
FIXED, OPEN = "fixed", "open"
MONTH, RECENT = "month", "recent"
HOURS_WORDS = {"": "With or without", FIXED: "With fixed hours", OPEN: "Without fixed hours"}

_PLACE = re.compile(rf"([0-9]{{9,10}})\.({PATTERN})")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_TAG = re.compile(r"|[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")
_MOST_LANGUAGES = 20
_MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


class HashtagField(LineField):
    """One hashtag, with or without its sign."""

    def _clean(self, text: str) -> str:
        return clean_hashtag(text)


class SearchField(LineField):
    """Words to look for, at most 100 characters of them."""

    def _clean(self, text: str) -> str:
        line = super()._clean(text)
        search_words(line)
        return line


class FilterForm(Form):
    """The filters of the calendar, as its address carries them; hosts and themes are filled in for the page."""

    q = SearchField("Search", limit=SEARCH_CHARACTERS, description="Title, host or #hashtag")
    theme = ChooseSomeField("Theme", choices={}, validate_choice=False)
    kind = ChooseSomeField("Kind", choices={kind.value: kind.label for kind in EventKind})
    category = ChooseSomeField(
        "Counts as", choices={category.value: category.label for category in CreditCategory}
    )
    time = ChooseSomeField("Time of day", choices={part.value: part.label for part in DayPart})
    hours = ChooseField("Hours", choices=dict(HOURS_WORDS), default="")
    host = ChooseField("Host", choices={"": "Any host"}, default="", validate_choice=False)
    hashtag = HashtagField("Hashtag")
    grade = ChooseSomeField("Grades", choices={grade.value: grade.label for grade in GradeBand})
    audience = ChooseSomeField("For", choices={one.value: one.label for one in Audience})
    cost = ChooseSomeField("Cost", choices={cost.value: cost.label for cost in Cost})
    language = ChooseSomeField("Language", choices={}, validate_choice=False)
    platform = ChooseField("Where", choices={"": "Anywhere"}, default="", validate_choice=False)
    starts = DayField("Starts from", name="from")
    ends = DayField("Starts until", name="to")
    programme = HiddenField(default="")
    view = HiddenField(default="")

    def validate_ends(self, field: DayField) -> None:
        """Not before the first day."""
        if field.data and self.starts.data and field.data < self.starts.data:
            raise ValidationError("Enter a day on or after the first one.")


@dataclass(frozen=True, slots=True)
class Asked:
    """The query of an address of the calendar, understood. `programme` is a slug, "all", or "" for the current one."""

    q: str = ""
    programme: str = ""
    themes: tuple[str, ...] = ()
    kinds: tuple[EventKind, ...] = ()
    categories: tuple[CreditCategory, ...] = ()
    parts: tuple[DayPart, ...] = ()
    hours: str = ""
    host: str = ""
    hashtag: str = ""
    starts: date | None = None
    ends: date | None = None
    grades: tuple[GradeBand, ...] = ()
    audiences: tuple[Audience, ...] = ()
    costs: tuple[Cost, ...] = ()
    languages: tuple[str, ...] = ()
    platform: str = ""
    view: str = ""
    month: tuple[int, int] | None = None
    day: date | None = None
    after: Place | None = None
    before: Place | None = None

    @property
    def has_days(self) -> bool:
        """Whether the visitor chose the days."""
        return self.starts is not None or self.ends is not None

    @property
    def count_on(self) -> int:
        """How many filters are on beside the search box."""
        several = sum(map(len, (self.themes, self.kinds, self.categories, self.parts)))
        several += sum(map(len, (self.grades, self.audiences, self.costs, self.languages)))
        single = (self.hours, self.host, self.hashtag, self.platform, self.starts, self.ends)
        return several + sum(map(bool, single))

    def link(self, **changes: Any) -> str:
        """The address of the same search with changes; places and days of a page stay behind."""
        fresh: dict[str, Any] = {"after": None, "before": None, "day": None}
        return url_for("events.browse", **replace(self, **(fresh | changes)).query())

    def cleared(self) -> str:
        """The address with no filter on, of the same programme and view."""
        return Asked(programme=self.programme, view=self.view, month=self.month).link()

    def in_programme(self, slug: str) -> str:
        """The address of another programme: the days and themes of one mean nothing in another."""
        return self.link(programme=slug, themes=(), starts=None, ends=None, month=None)

    def query(self) -> dict[str, Any]:
        """What the address says: everything that differs from the calendar's first page."""
        said = {
            "q": self.q,
            "programme": self.programme,
            "theme": list(self.themes),
            "kind": [kind.value for kind in self.kinds],
            "category": [category.value for category in self.categories],
            "time": [part.value for part in self.parts],
            "hours": self.hours,
            "host": self.host,
            "hashtag": self.hashtag,
            "from": self.starts.isoformat() if self.starts else "",
            "to": self.ends.isoformat() if self.ends else "",
            "grade": [grade.value for grade in self.grades],
            "audience": [audience.value for audience in self.audiences],
            "cost": [cost.value for cost in self.costs],
            "language": list(self.languages),
            "platform": self.platform,
            "view": self.view,
            "month": f"{self.month[0]}-{self.month[1]:02d}" if self.month else "",
            "day": self.day.isoformat() if self.day else "",
            "after": place_text(self.after),
            "before": place_text(self.before),
        }
        return {name: value for name, value in said.items() if value}

    def filter(self, programme: ProgrammeRow | None, zone: str) -> EventFilter:
        """The same for the queries: days become the instants at which they begin and end in `zone`."""
        wanted = EventFilter(
            words=search_words(self.q),
            programme_id=programme.id if programme else None,
            theme_ids=tuple(id_of(theme) for theme in self.themes),
            kinds=self.kinds,
            categories=self.categories,
            host_id=id_of(self.host) if self.host else None,
            hashtag=self.hashtag,
            has_hours={FIXED: True, OPEN: False}.get(self.hours),
            day_parts=self.parts,
            starts_from=midnight(self.starts, zone) if self.starts else None,
            starts_until=midnight(_day_after(self.ends), zone) if self.ends else None,
            zone=zone,
            grades=self.grades,
            audiences=self.audiences,
            costs=self.costs,
            languages=self.languages,
            platform=self.platform,
        )
        if programme is None:
            return wanted
        # A day more on each side: hosts elsewhere begin before our midnight.
        day = timedelta(days=1)
        return replace(wanted, span=(programme.starts_on - day, programme.ends_on + day))


def read(args: MultiDict[str, str]) -> tuple[FilterForm, Asked | None]:
    """The filter's form for this query, and what it asks; `None` when the form has sentences at its fields.

    What no link or control of ours can say (a broken reference, view, month, day or place) is an unknown page.
    """
    refs = [ref for ref in (*args.getlist("theme"), args.get("host", "")) if ref]
    if any(_CONTROL.search(value) for value in args.values()) or not all(map(_is_ref, refs)):
        raise NotHere
    languages = args.getlist("language")
    if not all(map(_TAG.fullmatch, languages)) or len(languages) > _MOST_LANGUAGES:
        raise NotHere
    form = FilterForm(args)
    if not form.validate():
        # Nobody looked up the platforms that there are; what was asked for stays chosen.
        form.platform.choices = {name: name or "Anywhere" for name in ("", form.platform.data or "")}
        return form, None
    asked = Asked(
        q=form.q.data or "",
        programme=form.programme.data or "",
        themes=tuple(dict.fromkeys(filter(None, form.theme.data or ()))),
        kinds=tuple(EventKind(value) for value in dict.fromkeys(form.kind.data or ())),
        categories=tuple(CreditCategory(value) for value in dict.fromkeys(form.category.data or ())),
        parts=tuple(DayPart(value) for value in dict.fromkeys(form.time.data or ())),
        hours=form.hours.data or "",
        host=form.host.data or "",
        hashtag=form.hashtag.data or "",
        starts=form.starts.data,
        ends=form.ends.data,
        grades=tuple(GradeBand(value) for value in dict.fromkeys(form.grade.data or ())),
        audiences=tuple(Audience(value) for value in dict.fromkeys(form.audience.data or ())),
        costs=tuple(Cost(value) for value in dict.fromkeys(form.cost.data or ())),
        languages=tuple(dict.fromkeys(filter(None, form.language.data or ()))),
        platform=(form.platform.data or "")[:PLATFORM_CHARACTERS],
        view=_view(form.view.data or ""),
        month=_month(args.get("month", "")),
        day=_day(args.get("day", "")),
        after=place_of(args.get("after", "")),
        before=place_of(args.get("before", "")),
    )
    return form, asked


def midnight(on: date, zone: str) -> datetime:
    """The instant at which a day begins in `zone`; a day outside of 2000 to 2100 is an unknown page."""
    try:
        return instant(datetime.combine(on, time()), zone)
    except Mistyped as error:
        raise NotHere from error


def _day_after(on: date) -> date:
    """The next day; after the calendar's last one is an unknown page."""
    if on == date.max:
        raise NotHere
    return on + timedelta(days=1)


def _is_ref(text: str) -> bool:
    return re.fullmatch(PATTERN, text) is not None


def _view(text: str) -> str:
    if text not in ("", MONTH, RECENT):
        raise NotHere
    return text


def _month(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    found = _MONTH.fullmatch(text)
    if found is None:
        raise NotHere
    return int(found[1]), int(found[2])


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise NotHere from error


def place_of(text: str) -> Place | None:
    """The place that an address names; `None` without one. Raises NotHere for what no link of ours says."""
    if not text:
        return None
    found = _PLACE.fullmatch(text)
    if found is None:
        raise NotHere
    return Place(datetime.fromtimestamp(int(found[1]), UTC), id_of(found[2]))


def place_text(place: Place | None) -> str:
    """How an address names a place; empty for none."""
    return f"{int(place.starts_at.timestamp())}.{ref_of(place.id)}" if place else ""
