"""What an address of the review desk asks for: tab, filters and place, read from its query and written into links."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import url_for
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField

from pdtracker.domain.kinds import EventKind
from pdtracker.domain.refs import LENGTH, id_of, ref_of
from pdtracker.domain.refusals import NotHere
from pdtracker.queries.people import SchoolRow
from pdtracker.queries.review_filters import Place, QueueFilter, Tab
from pdtracker.web.forms import ChooseField, Form

PASSING = "passing"
"""The value of `select` with which every row that passes all checks comes selected."""

Link = Callable[[int], str]
"""From a claim's id to the address of its page."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_TAB_NAMES = {Tab.NEEDS_YOU: "", Tab.RETURNED: "returned", Tab.DECIDED: "decided"}


class FilterForm(Form):
    """The filters of the desk, as its address carries them; the schools are filled in for the page."""

    school = ChooseField("School", choices={"": "All schools"}, default="", validate_choice=False)
    kind = ChooseField(
        "Kind", choices={"": "All kinds", **{kind.value: kind.label for kind in EventKind}}, default=""
    )
    tab = HiddenField(default="")
    person = HiddenField(default="")

    def offer(self, schools: Sequence[SchoolRow]) -> None:
        """Give the form the schools that there are."""
        self.school.choices = {"": "All schools", **{ref_of(one.id): one.name for one in schools}}


@dataclass(frozen=True, slots=True)
class Asked:
    """The query of an address of the desk, understood."""

    tab: Tab = Tab.NEEDS_YOU
    school_id: int | None = None
    kind: EventKind | None = None
    person_id: int | None = None
    after: Place | None = None
    passing_selected: bool = False

    @property
    def filter(self) -> QueueFilter:
        """The same for the queries."""
        return QueueFilter(school_id=self.school_id, kind=self.kind, person_id=self.person_id)

    @property
    def is_filtered(self) -> bool:
        """Whether any filter is on."""
        return self.filter != QueueFilter()

    def query(self) -> dict[str, Any]:
        """What the address says: everything that differs from the desk's first page."""
        said = {
            "tab": _TAB_NAMES[self.tab],
            "school": ref_of(self.school_id) if self.school_id is not None else "",
            "kind": self.kind.value if self.kind else "",
            "person": ref_of(self.person_id) if self.person_id is not None else "",
            "after": place_text(self.after) if self.after else "",
            "select": PASSING if self.passing_selected else "",
        }
        return {name: value for name, value in said.items() if value}

    def trail(self) -> dict[str, Any]:
        """What the pages behind the list take along: the right claim opens next, and the way back leads here."""
        return replace(self, passing_selected=False).query()

    def back(self) -> str:
        """The address of the list itself, at the same page."""
        return url_for("reviews.queue", **self.trail())

    def link(self, **changes: Any) -> str:
        """The address of the same list with changes; the place within it and the selection stay behind."""
        fresh: dict[str, Any] = {"after": None, "passing_selected": False}
        return url_for("reviews.queue", **replace(self, **(fresh | changes)).query())


def read(values: MultiDict[str, str] | Mapping[str, str]) -> Asked:
    """What these values ask for. Raises NotHere for anything that no link of ours says."""
    try:
        return Asked(
            tab=next(tab for tab, name in _TAB_NAMES.items() if name == values.get("tab", "")),
            school_id=_id(values.get("school", "")),
            kind=EventKind(values["kind"]) if values.get("kind") else None,
            person_id=_id(values.get("person", "")),
            after=read_place(values.get("after", "")),
            passing_selected=values.get("select") == PASSING,
        )
    except (ValueError, StopIteration):
        raise NotHere from None


def claim_links(query: Mapping[str, Any]) -> Link:
    """The addresses of claims' pages with this query: one is built and the others follow it, for a list has many."""
    first = url_for("review.show", claim_id=0)
    before = first.removesuffix(ref_of(0))
    after = url_for("review.show", claim_id=0, **query).removeprefix(first)
    return lambda claim_id: f"{before}{ref_of(claim_id)}{after}"


def place_text(place: Place) -> str:
    """A place of a list as one word of an address."""
    return ref_of((place.at - _EPOCH) // _MICROSECOND) + ref_of(place.id)


def read_place(word: str) -> Place | None:
    """The place that `place_text` wrote; `None` for nothing. Raises ValueError for anything else."""
    if not word:
        return None
    try:
        at = _EPOCH + id_of(word[:LENGTH]) * _MICROSECOND
    except OverflowError:
        raise ValueError("no moment") from None
    return Place(at, id_of(word[LENGTH:]))


def _id(ref: str) -> int | None:
    return id_of(ref) if ref else None
