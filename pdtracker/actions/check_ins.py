"""Checking oneself in and out: by the screen, by the short code, by one's own button."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pdtracker.actions.rates import Limit, count_try, give_back
from pdtracker.domain.access import Permission
from pdtracker.domain.check_in_codes import (
    SCREEN_STEP,
    earlier_step,
    is_short_code,
    screen_step,
    seen_at,
    step_of,
    step_starts_at,
    typed_code,
)
from pdtracker.domain.check_ins import (
    LATEST,
    MOST_ENTRIES,
    Clock,
    Judged,
    Mark,
    Means,
    dated,
    judged,
)
from pdtracker.domain.refusals import NotNow, NotPermitted, NotValid
from pdtracker.models.check_ins import CheckIn
from pdtracker.models.ids import new_id
from pdtracker.queries import check_in_desks, check_ins, claims
from pdtracker.queries.check_in_desks import DeskRow
from pdtracker.queries.check_ins import Standing
from pdtracker.scope import Scope, action

TRIES_BY_PERSON, TRIES_IN_DISTRICT = 5, 300
TRIES_WINDOW = timedelta(minutes=10)

_NONCE = re.compile(r"[0-9A-Za-z_-]{8,64}")


@dataclass(frozen=True, slots=True)
class Sent:
    """What a device says of its own: the same `nonce` again is the same entry; `at` is when it kept it, if it did.

    `by_person_id` is whose device it was then: what somebody else kept is not sent under another name.
    """

    nonce: str
    at: datetime | None = None
    by_person_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What is to be written about somebody at a desk."""

    person_id: int | None
    name: str
    mark: Mark
    means: Means
    judged: Judged
    step: int | None = None


@action(Permission.LOG_CLAIM)
def check_in_by_screen(scope: Scope, desk_id: int, code: str, *, seen: str, sent: Sent) -> None:
    """Check in with a code of the screen that is shown now, was seen in time, or was kept by a device.

    `seen` proves that it was right when the page was opened; a device keeps what it scanned while it had no network.
    Refuses with NotNow outside the desk's window and for codes that have changed.
    """
    desk = check_in_desks.desk(scope, desk_id)
    claims.lock_me(scope)
    standing = look_up(scope, desk, sent, scope.me.id)
    if is_repeated(desk, standing, Mark.IN):
        return
    step, moment = _by_screen(scope, desk, code, seen, sent)
    write(
        scope,
        desk,
        sent,
        Noted(person_id=scope.me.id, name="", mark=Mark.IN, means=Means.SCREEN, judged=moment, step=step),
        standing,
    )


def check_in_by_short_code(scope: Scope, typed: str, *, key: str, sent: Sent) -> int:
    """Check in with the short code of any desk of the district that is open; gives the desk's id.

    `key` is the installation's secret. Each try is counted, so that nobody guesses; a right one is given back.
    Refuses with NotValid at `code`, and with TooManyTries.
    """
    scope.require(Permission.LOG_CLAIM)
    code = typed_code(typed)
    if code is None:
        raise NotValid({"code": "Enter the six letters and figures of the code."})
    limits = (
        Limit("check-in", f"person {scope.me.id}", TRIES_WINDOW, TRIES_BY_PERSON),
        Limit("check-in", f"district {scope.district.id}", TRIES_WINDOW, TRIES_IN_DISTRICT),
    )
    scope.session.rollback()
    count_try(scope.session.database, limits, key=key, at=scope.at)
    return _by_short_code(scope, code, sent=sent, limits=limits, key=key)


@action(Permission.LOG_CLAIM)
def check_out(scope: Scope, desk_id: int, *, sent: Sent) -> None:
    """Check oneself out. Refuses with NotNow whoever isn't here, and when the desk's window is over."""
    desk = check_in_desks.desk(scope, desk_id)
    claims.lock_me(scope)
    standing = look_up(scope, desk, sent, scope.me.id)
    if is_repeated(desk, standing, Mark.OUT):
        return
    since = check_ins.mine_at(scope, desk).since
    if since is None:
        raise NotNow("not_in", "You are not checked in here, so there is nothing to check out of.")
    if sent.at is None and (refusal := desk.window.refusal(scope.at, scope.zone)):
        raise refusal
    moment = judged(scope.at, sent.at, desk.window, since=since)
    write(
        scope,
        desk,
        sent,
        Noted(person_id=scope.me.id, name="", mark=Mark.OUT, means=Means.OWN, judged=moment),
        standing,
    )


def look_up(scope: Scope, desk: DeskRow, sent: Sent, person_id: int | None, name: str = "") -> Standing:
    """What the desk's log knows of somebody, and of what is sent now. For actions that hold `lock_me`.

    Refuses with NotPermitted what another person's device kept, with NotValid what is no nonce.
    """
    if sent.by_person_id is not None and sent.by_person_id != scope.me.id:
        raise NotPermitted(
            "kept_by_another", "Somebody else kept this scan on this device. They send it when they sign in."
        )
    if not _NONCE.fullmatch(sent.nonce):
        raise NotValid({"nonce": "Load the page again."})
    return check_ins.standing_of(scope, desk.id, sent.nonce, person_id, name)


def is_repeated(desk: DeskRow, standing: Standing, mark: Mark) -> bool:
    """Whether just this was noted already: the answer was lost on its way, and the device sends again."""
    if standing.sent_to is None:
        return False
    if (standing.sent_to, standing.sent_mark) != (desk.id, mark):
        raise NotNow("nonce_taken", "This was sent for something else already. Load the page again.")
    return True


def write(scope: Scope, desk: DeskRow, sent: Sent, noted: Noted, standing: Standing) -> int:
    """Add a line to the log; gives its id. For actions, which have looked whether it may be added."""
    if desk.is_cancelled:
        raise NotNow("event_cancelled", "This event was cancelled: there is nothing to check in to.")
    if standing.lines >= MOST_ENTRIES:
        raise NotNow("enough", "This was noted often enough already.")
    line = CheckIn(
        id=new_id(),
        desk_id=desk.id,
        person_id=noted.person_id,
        name=noted.name,
        mark=noted.mark,
        means=noted.means,
        clock=noted.judged.clock,
        at=noted.judged.at,
        received_at=scope.at,
        device_at=sent.at,
        step=noted.step,
        nonce=sent.nonce,
        by_person_id=scope.me.id,
        by_name=scope.me.name,
        reason="",
    )
    scope.session.add(line)
    scope.record(
        f"check_in.{noted.mark.value}",
        "check_in",
        line.id,
        desk=desk.id,
        person=noted.person_id,
        means=noted.means.value,
        clock=noted.judged.clock.value,
    )
    return line.id


@action(Permission.LOG_CLAIM, installation=True)
def _by_short_code(scope: Scope, code: str, *, sent: Sent, limits: Sequence[Limit], key: str) -> int:
    found = [desk for desk in check_in_desks.open_desks(scope) if is_short_code(desk.secret, code, scope.at)]
    if not found:
        raise NotValid(
            {"code": "No session that is open now has this code. It changes every five minutes: look again."}
        )
    desk = found[0]
    give_back(scope.session, limits, key=key, at=scope.at)
    claims.lock_me(scope)
    standing = look_up(scope, desk, sent, scope.me.id)
    if is_repeated(desk, standing, Mark.IN):
        # Looking it up wrote nothing; giving the try back did, and is told with what was noted then.
        scope.record("check_in.repeated", "check_in_desk", desk.id)
        return desk.id
    moment = Judged(scope.at, Clock.SERVER)
    write(
        scope,
        desk,
        sent,
        Noted(person_id=scope.me.id, name="", mark=Mark.IN, means=Means.SHORT_CODE, judged=moment),
        standing,
    )
    return desk.id


def _by_screen(scope: Scope, desk: DeskRow, code: str, seen: str, sent: Sent) -> tuple[int, Judged]:
    """The step of the code and the moment that counts: now, when it was seen, or when it was shown to the device."""
    at, window = scope.at, desk.window
    seen_then = seen_at(desk.secret, code, seen, str(scope.me.id), at) if seen else None
    moment = seen_then or at
    if sent.at is None and (refusal := window.refusal(moment, scope.zone)):
        raise refusal
    if seen_then is not None and window.is_open(seen_then):
        return step_of(seen_then), Judged(seen_then, Clock.SERVER)
    step = screen_step(desk.secret, code, at)
    if step is not None and window.is_open(at):
        return step, Judged(at, Clock.SERVER)
    return _of_earlier(at, desk, code, sent)


def _of_earlier(at: datetime, desk: DeskRow, code: str, sent: Sent) -> tuple[int, Judged]:
    """A code that is shown no more counts only where a device kept it, and not for ever."""
    window = desk.window
    step = earlier_step(desk.secret, code, window.opens_at, min(at, window.closes_at))
    if step is None:
        raise NotNow(
            "code_unknown", "This code was for another session, or isn’t one of ours. Scan the screen again."
        )
    if sent.at is None:
        raise NotNow("code_changed", "It has changed since. Scan the screen again.")
    if at > window.closes_at + LATEST:
        raise NotNow("kept_too_long", "This was kept for too long. Ask the host to note it from the sheet.")
    shown_from = max(step_starts_at(step), window.opens_at)
    return step, dated(shown_from, max(shown_from, min(step_starts_at(step) + 2 * SCREEN_STEP, at)), sent.at)
