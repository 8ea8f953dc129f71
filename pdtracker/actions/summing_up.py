"""Certificates that sum up others: issued when a programme, year or cycle is over or its holder asks, and kept true."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa

from pdtracker.actions import posting
from pdtracker.actions.issuing import Issue, Issuer, Press, open_press, write_certificates
from pdtracker.actions.posting import Reader
from pdtracker.domain import letters
from pdtracker.domain.access import Permission
from pdtracker.domain.certificate import Holder, Snapshot
from pdtracker.domain.hours import hours_phrase
from pdtracker.domain.letters import Letter
from pdtracker.domain.refusals import NotHere, NotNow, Refusal
from pdtracker.domain.summary import MOST_PARTS, Change, Span, SummaryKind
from pdtracker.domain.summing_up import summary_of
from pdtracker.models.certificates import (
    CertificateNews,
    CertificateStatus,
    Summary,
    SummaryPart,
)
from pdtracker.models.ids import new_id
from pdtracker.models.people import Person
from pdtracker.queries.collecting import printable
from pdtracker.queries.summaries import Decider, Gathered, SummaryLine, due_people, gathered
from pdtracker.queries.verification import sound_snapshot
from pdtracker.scope import Scope, action

AT_ONCE = 50
"""So many people's certificates are summed up in one transaction."""

_TAKEN_BACK: Final = "What it summed up was taken back, all of it or in part."


@dataclass(frozen=True, slots=True)
class _Told:
    """Whose summary it is, as the district knows them today, and the one before."""

    reader: Reader
    licence_ending: str | None
    before: SummaryLine | None


def sum_up_due(scope: Scope, issuer: Issuer) -> int:
    """Bring everybody's summaries up to date, some people in a transaction; gives how many certificates were issued."""
    issued, last = 0, 0
    while people := due_people(scope, last, AT_ONCE):
        scope.session.rollback()
        issued += sum_up_people(scope, issuer, people)
        last = people[-1]
    scope.session.rollback()
    return issued


@action(Permission.MANAGE_DISTRICT)
def sum_up_people(scope: Scope, issuer: Issuer, person_ids: Sequence[int]) -> int:
    """Bring the summaries of these people up to date; gives how many certificates were issued."""
    return len(settle(scope, issuer, gathered(scope, person_ids)))


@action(Permission.LOG_CLAIM)
def sum_up_mine(scope: Scope, issuer: Issuer, kind: SummaryKind, subject_id: int) -> str:
    """Sum up one's own certificates of a programme, year or cycle now; gives the serial. Twice it is one.

    Refuses with NotNow what is too little or too much for one certificate, and what was revoked as it is.
    """
    found = [one for one in gathered(scope, [scope.me.id]) if one.span.key == (kind, subject_id)]
    if not found or not found[0].parts:
        raise NotHere
    issued = settle(scope, issuer, found, is_asked=True)
    if found[0].span.key in issued:
        return issued[found[0].span.key]
    if found[0].line is None or found[0].earlier is None or not found[0].earlier.stands:
        raise NotNow(
            "not_summed_up",
            "There is one certificate of two activities or more, "
            f"and of {MOST_PARTS} at most. One that was revoked comes again only of others.",
        )
    return found[0].line.serial


def settle(
    scope: Scope, issuer: Issuer, found: Collection[Gathered], *, is_asked: bool = False
) -> Mapping[tuple[SummaryKind, int], str]:
    """Issue, replace and revoke what these gathered certificates make of their summaries.

    Gives the serials of those issued; of several people those of the last one of each programme, year or cycle. What
    can't be proved or printed is left out. No action by itself: those that take a certificate back call it, too.
    """
    changes = [
        (one, made) for one in found if (made := one.change(scope.today, is_asked=is_asked)) is not None
    ]
    if not changes:
        return {}
    told = _told(scope, [one for one, _ in changes])
    for one, _ in (pair for pair in changes if pair[1] is Change.REVOKE):
        _revoke(scope, issuer, one, told[one.person_id, one.span.key])
    return _issue(scope, issuer, [one for one, made in changes if made is not Change.REVOKE], told)


def settle_after(scope: Scope, issuer: Issuer, person_id: int) -> None:
    """Keep somebody's summaries true after a certificate of theirs was taken back within the running action."""
    scope.session.flush()  # what was just said of the certificate is read with the others
    settle(scope, issuer, [one for one in gathered(scope, [person_id]) if one.earlier is not None])


def keep_summary(scope: Scope, before: Summary, certificate_id: int, edition: int) -> None:
    """That a certificate is the next edition of a summary, of the same certificates."""
    parts = scope.session.scalars(
        sa.select(SummaryPart.certificate_id).where(SummaryPart.summary_id == before.certificate_id)
    ).all()
    span = Span(before.kind, before.subject_id, before.first_on, before.last_on, "")
    _write(scope, [(certificate_id, before.person_id, span, edition, parts)])


def _told(scope: Scope, found: Sequence[Gathered]) -> Mapping[tuple[int, tuple[SummaryKind, int]], _Told]:
    """One statement."""
    people = {
        row.id: row
        for row in scope.session.execute(
            sa.select(Person.id, Person.name, Person.email, Person.licence_ending).where(
                Person.id.in_({one.person_id for one in found})
            )
        )
    }
    return {
        (one.person_id, one.span.key): _Told(
            Reader(one.person_id, person.email, person.name),
            person.licence_ending,
            one.line,
        )
        for one in found
        for person in (people[one.person_id],)
    }


def _issue(
    scope: Scope,
    issuer: Issuer,
    found: Sequence[Gathered],
    told: Mapping[tuple[int, tuple[SummaryKind, int]], _Told],
) -> Mapping[tuple[SummaryKind, int], str]:
    if not found:
        return {}
    press = open_press(scope, issuer, len(found))
    proved = {
        id_: snapshot
        for id_, issued in printable(
            scope, [part.certificate_id for one in found for part in one.parts]
        ).items()
        if (snapshot := sound_snapshot(issued)) is not None
    }
    made: list[tuple[Gathered, Snapshot]] = []
    for one in found:
        try:
            made.append(
                (one, _snapshot(scope, issuer, press, one, told[one.person_id, one.span.key], proved))
            )
        except Refusal:
            # A letter that can't be printed, or a record that doesn't fit its signature: the others don't wait for it.
            continue
    ids = write_certificates(
        scope,
        press,
        [Issue(snapshot, None, one.person_id, None, _edition(one), scope.at) for one, snapshot in made],
    )
    _write(
        scope,
        [
            (
                ids[snapshot.serial],
                one.person_id,
                one.span,
                _edition(one),
                [part.certificate_id for part in one.parts],
            )
            for one, snapshot in made
        ],
    )
    for one, snapshot in made:
        _tell(scope, one, snapshot, ids[snapshot.serial], told[one.person_id, one.span.key])
    return {one.span.key: snapshot.serial for one, snapshot in made}


def _edition(one: Gathered) -> int:
    return one.earlier.edition + 1 if one.earlier is not None else 1


def _snapshot(
    scope: Scope,
    issuer: Issuer,
    press: Press,
    one: Gathered,
    told: _Told,
    proved: Mapping[int, Snapshot],
) -> Snapshot:
    if any(part.certificate_id not in proved for part in one.parts):
        raise NotNow("not_sound", "A record doesn't fit its signature. Nothing is signed that isn't proved.")
    serial, code = press.numbers()
    replaces = one.earlier is not None and one.earlier.stands
    summed = summary_of(one.span, [proved[part.certificate_id] for part in one.parts])
    snapshot = replace(
        summed,
        template=press.template,
        serial=serial,
        code=code,
        issued_at=scope.at,
        issued_on=scope.today,
        district=press.district,
        holder=Holder(
            told.reader.name,
            f"Licence number ending {told.licence_ending}" if told.licence_ending else None,
        ),
        verify_address=issuer.verify_address,
        key=press.kid,
        retention=f"{scope.district.name} keeps the record of this credit permanently. "
        f"These hours stand on {len(one.parts)} certificates of their own, too, and count once.",
        supersedes=told.before.serial if replaces and told.before else None,
        appearance=press.appearance,
    )
    issuer.check_letters(snapshot)
    return snapshot


def _write(scope: Scope, rows: Sequence[tuple[int, int, Span, int, Sequence[int]]]) -> None:
    """Over what certificates sum up which others."""
    summaries: list[dict[str, Any]] = []
    parts: list[dict[str, Any]] = []
    for certificate_id, person_id, span, edition, part_ids in rows:
        summaries.append(
            {
                "certificate_id": certificate_id,
                "person_id": person_id,
                "kind": span.kind,
                "subject_id": span.subject_id,
                "first_on": span.first_on,
                "last_on": span.last_on,
                "edition": edition,
            }
        )
        parts += [{"summary_id": certificate_id, "certificate_id": part_id} for part_id in part_ids]
    scope.session.insert_rows(Summary, summaries)
    scope.session.insert_rows(SummaryPart, parts)


def _tell(scope: Scope, one: Gathered, snapshot: Snapshot, certificate_id: int, told: _Told) -> None:
    """Say it of the one before, in the audit trail, and to the holder unless they asked for it."""
    superseded = told.before.code if snapshot.supersedes and told.before else None
    if superseded is not None and one.earlier is not None:
        reason = (
            f"It sums up other certificates now: {len(one.parts)}, of {hours_phrase(snapshot.total_minutes)}."
        )
        _say(scope, one, CertificateNews.SUPERSEDED, reason, certificate_id)
    scope.record(
        "certificate.summed_up",
        "certificate",
        certificate_id,
        serial=snapshot.serial,
        supersedes=snapshot.supersedes,
        of=one.span.kind.value,
    )
    if scope.person is None or scope.person.id != one.person_id:
        letter = letters.summed_up_letter(
            told.reader.name,
            snapshot.title,
            snapshot.total_minutes,
            len(one.parts),
            snapshot.address,
            superseded,
        )
        _post(scope, told.reader, letter, f"summed_up:{certificate_id}")


def _revoke(scope: Scope, issuer: Issuer, one: Gathered, told: _Told) -> None:
    if one.earlier is None or told.before is None:
        return
    _say(scope, one, CertificateNews.REVOKED, _TAKEN_BACK, None)
    scope.record("certificate.revoked", "certificate", one.earlier.certificate_id, reason=_TAKEN_BACK)
    title, code = told.before.title, told.before.code
    letter = letters.summary_revoked_letter(
        told.reader.name, title, code, _TAKEN_BACK, issuer.verify_address + code
    )
    _post(scope, told.reader, letter, f"revoked:{one.earlier.certificate_id}")


def _say(scope: Scope, one: Gathered, news: CertificateNews, reason: str, successor_id: int | None) -> None:
    """Said by who acts, and where the worker does, by whose decision it came to that."""
    if one.earlier is None:
        return
    by = Decider(scope.person.id, scope.person.name) if scope.person else one.decider or _taker(scope, one)
    scope.session.add(
        CertificateStatus(
            id=new_id(),
            certificate_id=one.earlier.certificate_id,
            news=news,
            at=scope.at,
            by_person_id=by.person_id,
            by_name=by.name,
            reason=reason,
            successor_id=successor_id,
        )
    )


def _taker(scope: Scope, one: Gathered) -> Decider:
    """Who took back the last of what was summed up. One statement."""
    row = scope.session.execute(
        sa.select(CertificateStatus.by_person_id, CertificateStatus.by_name)
        .where(CertificateStatus.certificate_id.in_(one.earlier.part_ids if one.earlier else ()))
        .order_by(CertificateStatus.at.desc())
        .limit(1)
    ).one()
    return Decider(*row)


def _post(scope: Scope, reader: Reader, letter: Letter, key: str) -> None:
    posting.queue_new(scope, [posting.queued(scope, reader, letter, key=key, not_before=scope.at)])
