"""One import: whom the report lists, whose lines they are, how it is read, confirming and undoing it."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, request, url_for
from werkzeug.exceptions import BadRequest

from pdtracker.actions.imports import (
    HowRead,
    decide_lines,
    discard_import,
    kept_again,
    read_again,
    read_file,
    save_profile,
)
from pdtracker.actions.recording import commit_import, undo_import
from pdtracker.actions.taking_back import TakenBack
from pdtracker.blobs import BlobStore
from pdtracker.domain.access import Permission
from pdtracker.domain.attendance_import import ImportState
from pdtracker.domain.matching import Standing
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import Mistyped, NotHere, NotValid
from pdtracker.domain.report_words import is_meeting_report, source_of, source_words
from pdtracker.domain.when import date_text, local, moment_text, span_text, zone_words
from pdtracker.exchange.attendance.mapping import Table
from pdtracker.exchange.attendance.report import table
from pdtracker.exchange.attendance.text import ENCODINGS
from pdtracker.installation import issuer_of
from pdtracker.queries import import_events, report_lines
from pdtracker.queries import imports as queries
from pdtracker.queries.import_events import ImportEvent
from pdtracker.queries.imports import ImportRow
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import TEXT_LIMIT_BYTES, accepts, permitted
from pdtracker.web.imports.forms import (
    LINE,
    AgainForm,
    ColumnsForm,
    CommitForm,
    OneLineForm,
    WordsForm,
    choices_of,
    chosen_of,
    column_words,
    decision,
    decisions,
    decisions_form,
    is_open,
)
from pdtracker.web.imports.shown import OUTCOMES, shown, state_of
from pdtracker.web.requests import scope

reading = Blueprint("reading", __name__)

_EVERYBODY: Final = "all"
_TABS: Final = (
    (Standing.UNSURE, "Needs a decision"),
    (Standing.MATCHED, "Matched"),
    (Standing.UNKNOWN, "Not of this district"),
    (Standing.NOBODY, "Nobody"),
)


@reading.get("/<slug:district>/imports/<ref:import_id>")
@permitted(Permission.TAKE_ATTENDANCE)
def show(import_id: int) -> Answer:
    """Whom the report lists."""
    return _shown(import_id, AgainForm(formdata=None))


@reading.post("/<slug:district>/imports/<ref:import_id>/reading")
@permitted(Permission.TAKE_ATTENDANCE)
def again(import_id: int) -> Answer:
    """Read the file with another zone or other letters."""
    form = AgainForm()
    one = queries.one_import(scope(), import_id)
    if form.validate():
        how = HowRead(zone=form.zone.data, encoding=form.encoding.data or None, columns=one.columns)
        try:
            _read_again(one, how)
        except NotValid as refusal:
            form.form_errors.extend(refusal.errors.values())
        else:
            return answers.see(
                "reading.show", import_id=import_id, saying="Read again. Look at it once more."
            )
    return _shown(import_id, form, 422)


@reading.post("/<slug:district>/imports/<ref:import_id>/decisions")
@permitted(Permission.TAKE_ATTENDANCE)
@accepts(TEXT_LIMIT_BYTES)
def decide(import_id: int) -> Answer:
    """Say whose the lines of a page are."""
    try:
        told = decisions(request.form)
    except ValueError:
        raise BadRequest from None
    changed = decide_lines(scope(), import_id, told, remember=bool(request.form.get("remember")))
    where = request.form.get("show") or None
    return answers.see(
        "reading.show",
        import_id=import_id,
        show=where if where in {one.value for one in Standing} | {_EVERYBODY} else None,
        saying=f"{changed:,} {'line' if changed == 1 else 'lines'} decided."
        if changed
        else "Nothing changed.",
    )


@reading.get("/<slug:district>/imports/<ref:import_id>/lines/<ref:line_id>")
@permitted(Permission.TAKE_ATTENDANCE)
def line(import_id: int, line_id: int) -> Answer:
    """One line with all that the report says, and a search for whose it is."""
    form = WordsForm(request.args)
    words = (form.words.data or "") if form.validate() else ""
    others = import_events.candidates(scope(), words) if words and scope().may(Permission.SEE_PEOPLE) else ()
    one = queries.one_import(scope(), import_id)
    event = import_events.import_event(scope(), one.event_id, one.session_id)
    row = report_lines.line(scope(), one, event.hours, line_id)
    choosing = OneLineForm(formdata=None, person=chosen_of(row), remember=row.remembers)
    choosing.person.choices = choices_of(row, others)
    return answers.page(
        "imports/line.html",
        one=one,
        event=event,
        line=shown(scope(), event.hours, row),
        form=choosing,
        search=form,
        words=words,
        found=len(others),
        may_search=scope().may(Permission.SEE_PEOPLE),
        may_decide=one.state is ImportState.PENDING,
        may_open_claims=scope().may(Permission.SEE_REVIEWS),
    )


@reading.post("/<slug:district>/imports/<ref:import_id>/lines/<ref:line_id>")
@permitted(Permission.TAKE_ATTENDANCE)
def choose(import_id: int, line_id: int) -> Answer:
    """Say whose one line is."""
    one = queries.one_import(scope(), import_id)
    event = import_events.import_event(scope(), one.event_id, one.session_id)
    report_lines.line(scope(), one, event.hours, line_id)
    try:
        told = decision(request.form.get("person", ""))
    except ValueError:
        raise BadRequest from None
    decide_lines(scope(), import_id, {line_id: told}, remember=bool(request.form.get("remember")))
    return answers.see("reading.show", import_id=import_id, saying="Decided.")


@reading.get("/<slug:district>/imports/<ref:import_id>/columns")
@permitted(Permission.TAKE_ATTENDANCE)
def columns(import_id: int) -> Answer:
    """Which column says what."""
    one = queries.one_import(scope(), import_id)
    found = _table(one)
    chosen = one.columns or {name: getattr(found.guess, name) for name in _names(found)}
    form = ColumnsForm(formdata=None, zone=one.zone, **dict(chosen)).offer(found)
    return answers.page("imports/columns.html", one=one, form=form, table=found)


@reading.post("/<slug:district>/imports/<ref:import_id>/columns")
@permitted(Permission.TAKE_ATTENDANCE)
def use_columns(import_id: int) -> Answer:
    """Read the file by these columns, and keep them under a name where one was given."""
    one = queries.one_import(scope(), import_id)
    found = _table(one)
    form = ColumnsForm().offer(found)
    if form.validate():
        how = HowRead(zone=form.zone.data, encoding=one.chosen_encoding, columns=form.columns)
        try:
            _read_again(one, how)
            if form.save_as.data:
                save_profile(scope(), form.save_as.data, form.columns)
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("reading.show", import_id=import_id, saying="Read by these columns.")
    return answers.refused("imports/columns.html", one=one, form=form, table=found)


@reading.post("/<slug:district>/imports/<ref:import_id>/commitment")
@permitted(Permission.TAKE_ATTENDANCE)
def commit(import_id: int) -> Answer:
    """Let it count."""
    form = CommitForm()
    commit_import(scope(), import_id, replaces=bool(form.replaces.data), address=_claim_address)
    return answers.see("reading.show", import_id=import_id, saying="It counts now.")


@reading.post("/<slug:district>/imports/<ref:import_id>/undo")
@permitted(Permission.TAKE_ATTENDANCE)
def undo(import_id: int) -> Answer:
    """Take back what it brought."""
    taken = undo_import(scope(), import_id, address=_claim_address)
    return answers.see("reading.show", import_id=import_id, saying=_undone(taken))


@reading.post("/<slug:district>/imports/<ref:import_id>/removal")
@permitted(Permission.TAKE_ATTENDANCE)
def discard(import_id: int) -> Answer:
    """Throw it away before it counted."""
    one = queries.one_import(scope(), import_id)
    discard_import(scope(), import_id)
    return answers.see("imports.ask", event_id=one.event_id, saying="Thrown away. Nothing of it counted.")


def _shown(import_id: int, again_form: AgainForm, status: int = 200) -> Answer:
    one = queries.one_import(scope(), import_id)
    event = import_events.import_event(scope(), one.event_id, one.session_id)
    standing = _standing(one)
    page = report_lines.lines(scope(), one, event.hours, standing, after=_after())
    if not again_form.errors and again_form.zone.data is None:
        again_form.zone.data, again_form.encoding.data = one.zone, one.chosen_encoding or ""
    is_pending = one.state is ImportState.PENDING
    form = decisions_form(page.rows if is_pending else ())
    where = standing.value if standing else _EVERYBODY
    return answers.page(
        "imports/show.html",
        status,
        one=one,
        event=event,
        state=state_of(one),
        when=_when(event),
        lines=[shown(scope(), event.hours, row) for row in page.rows],
        form=form,
        field_of={row.id: form[LINE + ref_of(row.id)] for row in page.rows if is_pending and is_open(row)},
        again=again_form,
        committing=_commit_form(one),
        earlier=queries.of_the_same_meeting(scope(), one, source_of(one.format)) if is_pending else (),
        tabs=_tabs(one, standing),
        show=where,
        older=url_for("reading.show", import_id=one.id, show=where, after=page.last) if page.last else None,
        is_first=_after() == 0,
        outcomes=[
            (OUTCOMES[outcome], count) for outcome, count in report_lines.outcomes(scope(), one.id).items()
        ],
        told=_told(one),
        **_words(one),
    )


def _words(one: ImportRow) -> dict[str, Any]:
    at, zone = requests.at(), scope().zone
    return {
        "source": source_words(one.format),
        "letters": ENCODINGS.get(one.encoding, one.encoding),
        "zone_name": zone_words(one.zone),
        "column_words": column_words(one.columns or {}),
        "created": moment_text(one.created_at, at, zone),
        "committed": moment_text(one.committed_at, at, zone) if one.committed_at else "",
        "undone": moment_text(one.undone_at, at, zone) if one.undone_at else "",
        "purged_on": date_text(local(one.created_at + queries.PENDING_KEPT, zone)),
    }


def _told(one: ImportRow) -> str:
    """What confirming would do, in a sentence."""
    matched, unsure = one.counts[Standing.MATCHED], one.counts[Standing.UNSURE]
    if one.line_count and one.counts[Standing.NOBODY] == one.line_count:
        return (
            "It tells of nobody who was there during this session. Is it the right file, and are its clock times of"
            " the zone that stands below?"
        )
    if not matched:
        return "Nobody is matched yet, so there is nothing to record."
    people = f"{matched:,} {'line is' if matched == 1 else 'lines are'} matched"
    left = f" {unsure:,} without a decision {'is' if unsure == 1 else 'are'} left out." if unsure else ""
    return f"{people}: who has no claim for this event gets a draft and a letter, who has one gets the evidence.{left}"


def _tabs(one: ImportRow, chosen: Standing | None) -> list[tuple[str, str, int, bool]]:
    tabs = [
        (
            words,
            url_for("reading.show", import_id=one.id, show=standing.value),
            one.counts[standing],
            standing is chosen,
        )
        for standing, words in _TABS
    ]
    everybody = url_for("reading.show", import_id=one.id, show=_EVERYBODY)
    return [*tabs, ("Everybody", everybody, one.line_count, chosen is None)]


def _standing(one: ImportRow) -> Standing | None:
    """The lines that are asked for; without a wish those to decide, and when nothing is left to decide, everybody."""
    wish = request.args.get("show", "")
    if wish == _EVERYBODY:
        return None
    if wish:
        found = next((standing for standing in Standing if standing.value == wish), None)
        if found is None:
            raise NotHere
        return found
    return Standing.UNSURE if one.counts[Standing.UNSURE] and one.state is ImportState.PENDING else None


def _after() -> int:
    typed = request.args.get("after", "0")
    if not typed.isascii() or not typed.isdigit() or len(typed) > 9:
        raise NotHere
    return int(typed)


def _commit_form(one: ImportRow) -> CommitForm:
    """Of a meeting's own report a second export is a newer one; lists of two doors are two lists."""
    return CommitForm(formdata=None, replaces=is_meeting_report(one.format, one.strength))


def _when(event: ImportEvent) -> str:
    zone = event.hours.zone
    on = date_text(local(event.hours.starts_at, zone))
    return f"{on}, {span_text(event.hours.starts_at, event.hours.ends_at, zone)} {zone_words(zone)}"


def _read_again(one: ImportRow, how: HowRead) -> None:
    event = import_events.import_event(scope(), one.event_id, one.session_id)
    data = kept_again(scope(), _store(), one.id)
    read_again(scope(), one.id, read_file(scope(), event, data, how))


def _table(one: ImportRow) -> Table:
    try:
        return table(kept_again(scope(), _store(), one.id), one.chosen_encoding)
    except Mistyped:
        # JSON of GoToWebinar has no columns.
        raise NotHere from None


def _names(found: Table) -> list[str]:
    return [name for name in ColumnsForm(formdata=None)._fields if hasattr(found.guess, name)]


def _store() -> BlobStore:
    return BlobStore(requests.wiring().settings.evidence)


def _claim_address(claim_id: int) -> str:
    issuer = issuer_of(requests.wiring().settings)
    return issuer.claim_address(scope().district.slug, claim_id)


def _undone(taken: TakenBack) -> str:
    told = [f"Undone. {_count(taken.drafts, 'draft')} removed."]
    if taken.kept:
        told.append(
            f"{_count(taken.kept, 'claim')} kept what was written and lost the evidence; they get a letter."
        )
    if taken.decided:
        told.append(f"{_count(taken.decided, 'claim')} decided already and as before.")
    return " ".join(told)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
