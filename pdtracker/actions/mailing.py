"""How somebody has their letters: chosen by themselves, stopped by a link, and the digests that come of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import sqlalchemy as sa

from pdtracker.actions import posting
from pdtracker.actions.posting import Reader
from pdtracker.actions.sorting import SWITCHED_OFF
from pdtracker.domain.access import Permission
from pdtracker.domain.digest_letters import digest_letter
from pdtracker.domain.mailing import LetterKind, Pace, QuietHours, digest_at
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.models.ids import new_id
from pdtracker.models.mailing import MailChoice, QuietHoursRow
from pdtracker.models.people import Person
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.queries.mailing import DigestReader, digest_readers, gathered
from pdtracker.scope import Scope, action

DIGESTS_AT_ONCE = 50


@action(Permission.SEE_EVENTS)
def choose_letters(scope: Scope, paces: Mapping[LetterKind, Pace], quiet: QuietHours | None) -> None:
    """Choose how one has one's letters. Refuses with NotValid a pace that a kind doesn't have.

    What was gathered goes the way that is chosen now: nothing is lost by changing one's mind.
    """
    wrong = {kind.value: "Choose from the list." for kind, pace in paces.items() if pace not in kind.paces}
    if wrong:
        raise NotValid(wrong)
    for kind, pace in paces.items():
        _choose(scope, scope.me.id, kind, pace)
    row = scope.session.scalar(sa.select(QuietHoursRow).where(QuietHoursRow.person_id == scope.me.id))
    if row is not None and quiet is None:
        scope.session.delete(row)
    elif quiet is not None:
        if row is None:
            row = QuietHoursRow(id=new_id(), person_id=scope.me.id)
            scope.session.add(row)
        row.from_minute, row.until_minute = quiet.from_minute, quiet.until_minute
    scope.record("mail.chosen", "person", scope.me.id)


@action(Permission.SEE_MAIL)
def stop_letters(scope: Scope, person_id: int, kind: LetterKind) -> None:
    """Let somebody do without letters of a kind, as a signed link asks for. Raises NotHere, NotNow."""
    if not kind.may_stop:
        raise NotNow("kind_stays", "Letters of this kind can't be stopped.")
    if scope.session.scalar(sa.select(Person.id).where(Person.id == person_id)) is None:
        raise NotHere
    _choose(scope, person_id, kind, Pace.NEVER)
    scope.record("mail.stopped", "person", person_id, kind=kind.value)


@action(Permission.SEE_MAIL, installation=True)
def write_digests(scope: Scope, choices: str) -> int:
    """Write the digests that are due; gives how many. `choices` is where one chooses how to have one's letters.

    A digest and what it says of its letters are one transaction: no letter is in two, and none in none.
    """
    due = [one for one in digest_readers(scope) if digest_at(one.pace, one.since, one.zone) <= scope.at]
    written = sum(_write_digest(scope, one, choices) for one in due[:DIGESTS_AT_ONCE])
    if written:
        scope.record("mail.digests_written", "district", scope.district.id, digests=written)
    return written


def _write_digest(scope: Scope, one: DigestReader, choices: str) -> bool:
    letters = gathered(scope, one.person_id, one.pace)
    if not letters:
        return False
    letter = digest_letter(one.name, scope.district.name, [told for _, told in letters], choices)
    row = posting.queued(
        scope,
        Reader(one.person_id, one.email, one.name),
        letter,
        key=f"digest:{letters[0][0]}:{scope.at.isoformat()}",
        not_before=scope.at,
    )
    scope.session.insert_rows(OutboxMail, [row])
    _move(
        scope,
        OutboxMail.id.in_([letter_id for letter_id, _ in letters]),
        {"state": MailState.DIGESTED, "digest_id": row["id"]},
    )
    return True


def _choose(scope: Scope, person_id: int, kind: LetterKind, pace: Pace) -> None:
    row = scope.session.scalar(
        sa.select(MailChoice).where(MailChoice.person_id == person_id, MailChoice.kind == kind)
    )
    if row is None:
        if pace is Pace.AT_ONCE:
            return
        row = MailChoice(id=new_id(), person_id=person_id, kind=kind)
        scope.session.add(row)
    row.pace, row.chosen_at = pace, scope.at
    theirs = sa.and_(
        OutboxMail.to_person_id == person_id,
        OutboxMail.kind == kind,
        OutboxMail.state == MailState.GATHERED,
    )
    match pace:
        case Pace.AT_ONCE:
            _move(scope, theirs, {"state": MailState.QUEUED, "not_before": scope.at})
        case Pace.NEVER:
            _move(scope, theirs, {"state": MailState.WITHHELD, "last_error": SWITCHED_OFF})
        case _:
            # The next digest of the new pace has them.
            pass


def _move(scope: Scope, which: sa.ColumnElement[bool], values: dict[str, MailState | datetime | str]) -> None:
    scope.session.execute(
        sa.update(OutboxMail).where(which).values(**values).execution_options(synchronize_session=False)
    )
