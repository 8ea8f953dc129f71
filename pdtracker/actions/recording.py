"""Confirming an attendance import, and undoing just that one: drafts, evidence and letters, in one transaction.

A report never changes what lies decided, and never sends anything for anybody: it begins drafts, and adds evidence
where a claim is open.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain

import sqlalchemy as sa

from pdtracker.actions.drafting import Attendant, AttendedSpan, Drafts, Proven, attendants
from pdtracker.actions.taking_back import Address, TakenBack, take_back
from pdtracker.domain.access import Permission
from pdtracker.domain.attendance import Flag, Stay, Strength, minutes_of, time_within
from pdtracker.domain.attendance_import import ImportState, LineOutcome
from pdtracker.domain.claim import HOLDING_STATES, RECORDABLE_STATES, undo_until
from pdtracker.domain.evidence import BROUGHT_BY
from pdtracker.domain.matching import AliasKind, MatchBy, Standing, Told, alias_keys
from pdtracker.domain.refusals import NotNow
from pdtracker.domain.report_words import attended_span, kind_of, proof_words, source_of
from pdtracker.models.claims import Claim
from pdtracker.models.ids import new_id
from pdtracker.models.imports import AttendanceAlias, AttendanceImport, AttendanceLine
from pdtracker.queries import bundles, import_events, imports
from pdtracker.queries.check_in_drafts import lock_people
from pdtracker.queries.import_events import ImportEvent
from pdtracker.queries.report_lines import stays_of
from pdtracker.scope import Scope, action

_EARLY = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class _Proof:
    """What all lines of a person come to."""

    person_id: int
    lines: tuple[AttendanceLine, ...]
    stays: tuple[Stay, ...]
    minutes: int | None
    words: str

    @property
    def is_nothing(self) -> bool:
        return self.minutes is not None and self.minutes < 1


@dataclass(slots=True)
class _Mark:
    """What became of a person's lines."""

    outcome: LineOutcome = LineOutcome.NOTHING
    evidence_id: int | None = None
    claim_id: int | None = None
    claim_version: int | None = None

    def made(self, claim_id: int, version: int) -> None:
        """The import made the draft, in this version."""
        self.outcome, self.claim_id, self.claim_version = LineOutcome.DRAFTED, claim_id, version

    def put(self, lines: Sequence[AttendanceLine]) -> None:
        """Keep it with the lines."""
        for line in lines:
            line.outcome, line.evidence_id = self.outcome, self.evidence_id
            line.claim_id, line.claim_version = self.claim_id, self.claim_version


@action(Permission.TAKE_ATTENDANCE)
def commit_import(scope: Scope, import_id: int, *, replaces: bool, address: Address) -> None:
    """Let a report count: a draft for each matched person, or its evidence with the claim that they have.

    `replaces` takes back what earlier exports of the same meeting brought. Committed twice is once. Refuses with NotNow
    before the session is over, and after an undo.
    """
    one = imports.to_change(scope, import_id)
    if one.state is ImportState.COMMITTED:
        return
    if one.state is not ImportState.PENDING:
        raise NotNow("undone", "This import was undone. Bring the file once more.")
    event = import_events.import_event(scope, one.event_id, one.session_id)
    if event.hours.ends_at > scope.at + _EARLY:
        raise NotNow("not_over", "The session is not over yet. Confirm the report once it is.")
    proofs = _proofs(scope, one, event)
    # Before their claims are read: one that is begun beside this would not be found, and its session drafted again.
    lock_people(scope, {proof.person_id for proof in proofs})
    drafts: set[int] = set()
    if replaces:
        drafts = _replace(scope, one, {proof.person_id for proof in proofs}, address)
    _Recording(scope, one, event, address).record(proofs, drafts)
    _remember(scope, one)
    one.state, one.committed_at = ImportState.COMMITTED, scope.at
    scope.record(
        "attendance.committed",
        "attendance_import",
        one.id,
        event=one.event_id,
        sha256=one.file_sha256,
        people=len(proofs),
        replaces=one.replaces_id,
    )


@action(Permission.TAKE_ATTENDANCE)
def undo_import(scope: Scope, import_id: int, *, address: Address) -> TakenBack:
    """Take back what one import brought: drafts that nobody touched go, others lose its evidence and are told.

    What is decided stands: its evidence stays. Undone twice is once.
    """
    one = imports.to_change(scope, import_id)
    if one.state is ImportState.UNDONE:
        return TakenBack(0, 0, 0)
    if one.state is not ImportState.COMMITTED:
        raise NotNow(
            "not_committed",
            "This import doesn\N{RIGHT SINGLE QUOTATION MARK}t count, so there is nothing to undo.",
        )
    taken, _ = take_back(scope, one, keep=frozenset(), address=address)
    one.state, one.undone_at = ImportState.UNDONE, scope.at
    one.undone_by = scope.person.name if scope.person else "the operator"
    scope.record(
        "attendance.undone",
        "attendance_import",
        one.id,
        drafts=taken.drafts,
        kept=taken.kept,
        decided=taken.decided,
    )
    return taken


def _proofs(scope: Scope, one: AttendanceImport, event: ImportEvent) -> list[_Proof]:
    """What the report says of each matched person, whatever number of lines they have."""
    by_person: dict[int, list[AttendanceLine]] = defaultdict(list)
    for line in scope.session.scalars(
        sa.select(AttendanceLine)
        .where(AttendanceLine.import_id == one.id, AttendanceLine.standing == Standing.MATCHED)
        .order_by(AttendanceLine.position)
    ):
        if line.person_id is not None:
            by_person[line.person_id].append(line)
    return [_proof(one, event, person_id, lines) for person_id, lines in by_person.items()]


def _proof(
    one: AttendanceImport, event: ImportEvent, person_id: int, lines: Sequence[AttendanceLine]
) -> _Proof:
    stays = tuple(chain.from_iterable(stays_of(line.stays) for line in lines))
    flags = {Flag(flag) for line in lines for flag in line.flags}
    minutes: int | None = None
    match one.strength:
        case Strength.INTERVALS:
            minutes = int(minutes_of(time_within(stays, event.hours)))
        case Strength.TOTAL:
            longest = int(minutes_of(event.hours.counted))
            minutes = min(max(line.tenths or 0 for line in lines) // 10, longest)
        case Strength.PRESENCE:
            pass
    words = f"{proof_words(one.format, stays, minutes, event.hours, flags)}{BROUGHT_BY}{one.by_name}."
    return _Proof(person_id, tuple(lines), stays, minutes, words)


class _Recording:
    """Writes what a report proves into drafts and evidence: a number of statements that doesn't grow with people."""

    def __init__(self, scope: Scope, one: AttendanceImport, event: ImportEvent, address: Address) -> None:
        self._scope, self._one, self._event = scope, one, event
        self._kind = kind_of(one.format, one.strength)
        self._drafts = Drafts(scope, event, address)

    def record(self, proofs: Sequence[_Proof], drafts: Collection[int]) -> None:
        """Write them all; `drafts` are claims of a replaced export that nobody touched."""
        people, held = attendants(self._scope, _people_of(self._one.id)), self._claims()
        marks: list[tuple[_Proof, _Mark]] = []
        for proof in proofs:
            mark = _Mark()
            if not proof.is_nothing:
                self._one_person(proof, people[proof.person_id], held.get(proof.person_id), drafts, mark)
            marks.append((proof, mark))
        self._drafts.write()
        # Only now: the lines point at rows that were not there before.
        for proof, mark in marks:
            mark.put(proof.lines)

    def _one_person(
        self,
        proof: _Proof,
        person: Attendant,
        claim: Claim | None,
        drafts: Collection[int],
        mark: _Mark,
    ) -> None:
        proven = Proven(self._kind, proof.words, proof.minutes, {"attendance": self._one.id})
        if claim is None:
            if person.may_log:
                claim_id, mark.evidence_id = self._drafts.begin(
                    person, self._span(proof), proven, not_before=undo_until(self._scope.at)
                )
                mark.made(claim_id, 1)
            return
        if claim.state not in RECORDABLE_STATES:
            mark.outcome = LineOutcome.DECIDED
            return
        claim.version += 1
        claim.updated_at = self._scope.at
        of_part = self._event.event_id if claim.is_bundle else None
        mark.outcome, mark.evidence_id = LineOutcome.ATTACHED, self._drafts.attach(claim.id, proven, of_part)
        if claim.id in drafts:
            # Begun by the export that this one replaces, and untouched: it goes by the newer times.
            self._drafts.follow(claim, self._span(proof))
            mark.made(claim.id, claim.version)

    def _span(self, proof: _Proof) -> AttendedSpan:
        hours = self._event.hours
        minutes = int(minutes_of(hours.counted)) if proof.minutes is None else proof.minutes
        return AttendedSpan(*attended_span(proof.stays, hours), minutes)

    def _claims(self) -> Mapping[int, Claim]:
        """The claim of each person for the session: by itself, of all or as a part; what holds it, else the last."""
        found: dict[int, Claim] = {}
        for claim in self._scope.session.scalars(
            sa.select(Claim)
            .where(
                bundles.of_event(self._event.event_id),
                sa.or_(Claim.session_id.is_(None), Claim.session_id == self._event.session_id),
                Claim.person_id.in_(_people_of(self._one.id)),
            )
            .order_by(Claim.id)
            .with_for_update()
        ):
            before = found.get(claim.person_id)
            if before is None or before.state not in HOLDING_STATES:
                found[claim.person_id] = claim
        return found


def _replace(scope: Scope, one: AttendanceImport, keep: Collection[int], address: Address) -> set[int]:
    """Take back the earlier exports of the same meeting; gives the untouched drafts of people who are in this one."""
    drafts: set[int] = set()
    for earlier_id in imports.of_the_same_meeting(scope, one, source_of(one.format)):
        earlier = imports.to_change(scope, earlier_id)
        _, kept = take_back(scope, earlier, keep=keep, address=address)
        drafts |= kept
        earlier.state, earlier.undone_at, earlier.undone_by = ImportState.REPLACED, scope.at, one.by_name
        one.replaces_id = earlier_id
        scope.record("attendance.replaced", "attendance_import", earlier_id, by=one.id)
    return drafts


def _remember(scope: Scope, one: AttendanceImport) -> None:
    """Keep the decisions that are to be known in the next report."""
    lines = scope.session.scalars(
        sa.select(AttendanceLine).where(
            AttendanceLine.import_id == one.id,
            AttendanceLine.remembers,
            AttendanceLine.matched_by == MatchBy.DECISION,
        )
    ).all()
    wanted: dict[tuple[AliasKind, str], AttendanceLine] = {}
    for line in lines:
        told = Told(line.name, line.email, line.number, frozenset(Flag(flag) for flag in line.flags))
        for kind, key in alias_keys(told)[:1]:
            wanted[kind, key] = line
    known = {
        (alias.kind, alias.key): alias
        for alias in scope.session.scalars(
            sa.select(AttendanceAlias).where(AttendanceAlias.key.in_([key for _, key in wanted]))
        )
    }
    for (kind, key), line in wanted.items():
        alias = known.get((kind, key))
        if alias is None:
            alias = AttendanceAlias(id=new_id(), kind=kind, key=key)
            scope.session.add(alias)
        alias.person_id, alias.decided_by, alias.decided_at = line.person_id, line.decided_by, scope.at
        scope.record("attendance.remembered", "attendance_alias", alias.id, key=key, person=line.person_id)


def _people_of(import_id: int) -> sa.Select[int | None]:
    return sa.select(AttendanceLine.person_id).where(
        AttendanceLine.import_id == import_id, AttendanceLine.person_id.is_not(None)
    )
