"""One import of a roster: whom it concerns and how, the yes and the second one, and undo."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Final

from flask import Blueprint, request, url_for

from pdtracker.actions.roster_undoing import undo_roster
from pdtracker.actions.rosters import commit_roster, discard_roster
from pdtracker.domain.access import Permission
from pdtracker.domain.roster import RosterAction, RosterState
from pdtracker.domain.telling import count_of
from pdtracker.domain.when import moment_text
from pdtracker.queries import rosters as queries
from pdtracker.queries.rosters import LINES_PER_PAGE, RosterRow
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.requests import scope, wiring
from pdtracker.web.rosters.forms import YesForm

roster = Blueprint("roster", __name__)

_TABS: Final = {
    "new": ("New", RosterAction.CREATE),
    "changed": ("Changed", RosterAction.UPDATE),
    "leaving": ("Leaving", RosterAction.DEACTIVATE),
}
_REFUSED: Final = "refused"


@roster.get("/<slug:district>/rosters/<ref:roster_id>")
@permitted(Permission.MANAGE_PEOPLE)
def show(roster_id: int) -> Answer:
    """Whom it would add, change and let leave, or did; and the lines that were refused."""
    return _shown(queries.one_roster(scope(), roster_id), YesForm(formdata=None))


@roster.post("/<slug:district>/rosters/<ref:roster_id>/confirmation")
@permitted(Permission.MANAGE_PEOPLE)
def commit(roster_id: int) -> Answer:
    """Let it hold."""
    one = queries.one_roster(scope(), roster_id)
    form = YesForm()
    form.validate()
    if one.needs_second_yes and not form.all_of_them.data:
        form.all_of_them.errors = ["Say that they leave, or bring the whole roster."]
        return _shown(one, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    may_leave = one.leaving if form.all_of_them.data else 0
    commit_roster(scope(), wiring().database, roster_id, may_leave=may_leave)
    done = queries.one_roster(scope(), roster_id)
    return answers.see("roster.show", roster_id=roster_id, saying=f"Imported: {_told(done)}.")


@roster.post("/<slug:district>/rosters/<ref:roster_id>/removal")
@permitted(Permission.MANAGE_PEOPLE)
def discard(roster_id: int) -> Answer:
    """Throw a waiting import away."""
    discard_roster(scope(), roster_id)
    return answers.see("rosters.ask", saying="Thrown away. Nothing of it was written.")


@roster.post("/<slug:district>/rosters/<ref:roster_id>/undo")
@permitted(Permission.MANAGE_PEOPLE)
def undo(roster_id: int) -> Answer:
    """Take it back."""
    done = undo_roster(scope(), roster_id)
    saying = f"Taken back: {count_of(done.gone + done.restored, 'person', 'people')}."
    if done.stayed:
        saying += f" {count_of(done.stayed, 'stays', 'stay').capitalize()}, each with its reason below."
    return answers.see("roster.show", roster_id=roster_id, saying=saying)


def _shown(one: RosterRow, form: YesForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    shown = request.args.get("show", "")
    if shown not in (*_TABS, _REFUSED):
        shown = _first(one)
    after = _after()
    found = queries.lines(who, one, _TABS[shown][1], after) if shown in _TABS else None
    refused = one.refused[after : after + LINES_PER_PAGE] if shown == _REFUSED else ()
    last = found.last if found else None
    if shown == _REFUSED and after + LINES_PER_PAGE < len(one.refused):
        last = after + LINES_PER_PAGE
    return answers.page(
        "rosters/show.html",
        status,
        one=one,
        form=form,
        shown=shown,
        tabs=_tabs(one, shown),
        rows=found.rows if found else (),
        refused=refused,
        older=url_for("roster.show", roster_id=one.id, show=shown, after=last) if last else None,
        is_first=not after,
        told=_told(one),
        is_waiting=one.state is RosterState.WAITING,
        created=moment_text(one.created_at, who.at, who.zone),
        committed=moment_text(one.committed_at, who.at, who.zone) if one.committed_at else "",
        undone=moment_text(one.undone_at, who.at, who.zone) if one.undone_at else "",
    )


def _tabs(one: RosterRow, shown: str) -> Sequence[tuple[str, str, int, bool]]:
    told = [(key, words, one.counts.get(kind.value, 0)) for key, (words, kind) in _TABS.items()]
    told.append((_REFUSED, "Refused", one.counts.get("refused", 0)))
    return [
        (words, url_for("roster.show", roster_id=one.id, show=key), count, key == shown)
        for key, words, count in told
    ]


def _first(one: RosterRow) -> str:
    """The first tab in which somebody stands."""
    return next((key for key, (_, kind) in _TABS.items() if one.counts.get(kind.value)), _REFUSED)


def _told(one: RosterRow) -> str:
    """`24 new, 3 changed, 1 leaving, 200 as they were`."""
    words = {
        **{kind: words.lower() for words, kind in _TABS.values()},
        RosterAction.UNCHANGED: "as they were",
    }
    return ", ".join(f"{one.counts.get(kind.value, 0):,} {words[kind]}" for kind in RosterAction)


def _after() -> int:
    typed = request.args.get("after", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else 0
