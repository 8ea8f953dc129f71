"""Audit packs written: lists in batches, files piece by piece, so that a thousand claims take the memory of a few."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from pdtracker.actions.audit_packs import keep_pack
from pdtracker.actions.collecting import begin_again, note_parts
from pdtracker.blobs import BlobStore
from pdtracker.collecting import Ended, Hand
from pdtracker.domain.access import Permission
from pdtracker.domain.audit_pack import COVER, SCHEMA, Cover, PackOf, PackSubject, Table
from pdtracker.domain.hours import hours_phrase
from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import date_text, local
from pdtracker.exchange.csv_out import CsvLines
from pdtracker.exchange.pack_zip import PackZip
from pdtracker.pdf.audit_cover import render
from pdtracker.queries import audit_packs as packs
from pdtracker.queries.audit_packs import Cells, PackEvidence
from pdtracker.queries.checkpoints import checkpoints_document, written_checkpoints
from pdtracker.queries.jobs import ItemRow, is_cancel_asked, next_items
from pdtracker.queries.trail import end_of_trail
from pdtracker.scope import Scope

AT_ONCE: Final = 100
"""So many claims are read at once, between two looks at whether somebody wants it to stop."""

_POLICIES: Final = "policies.json"
_CHECKPOINT: Final = "checkpoint.json"
_HEADERS: Final = {
    Table.CLAIMS: packs.CLAIMS_HEADER,
    Table.REFLECTIONS: packs.REFLECTIONS_HEADER,
    Table.EVIDENCE: packs.EVIDENCE_HEADER,
    Table.DECISIONS: packs.DECISIONS_HEADER,
    Table.CREDIT: packs.CREDIT_HEADER,
}
"""The lists that grow with each batch of claims; they wait on the disk until the last."""


@dataclass(slots=True)
class _List:
    path: Path
    out: IO[bytes]
    lines: CsvLines


@dataclass(slots=True)
class Pack:
    """A pack while it is written: `begin`, batches of claims, `close`."""

    scope: Scope
    store: BlobStore
    subject: PackSubject
    zip: PackZip
    room: Path
    claims: int = 0
    minutes: int = 0
    files: int = 0
    rows: int = 0
    missing: list[str] = field(default_factory=list)
    _lists: dict[Table, _List] = field(default_factory=dict)

    def begin(self) -> None:
        """What doesn't hang on claims: who was there."""
        counted = self._counted(packs.roster_rows(self.scope, self.subject))
        self.zip.table(Table.ROSTER, Table.ROSTER.says, packs.ROSTER_HEADER, counted)
        reports = packs.report_rows(self.scope, self.subject)
        self.zip.table(Table.REPORTS, Table.REPORTS.says, packs.REPORTS_HEADER, reports)
        for table, header in _HEADERS.items():
            path = self.room / table.value
            out = path.open("w+b")
            self._lists[table] = _List(path, out, CsvLines(out, header))

    def add(self, claim_ids: Sequence[int]) -> None:
        """Some claims, with everything that belongs to them."""
        scope = self.scope
        self._write(Table.CLAIMS, packs.claim_rows(scope, claim_ids))
        self._write(Table.REFLECTIONS, packs.reflection_rows(scope, claim_ids))
        self._write(Table.DECISIONS, packs.decision_rows(scope, claim_ids))
        self._write(Table.CREDIT, self._summed(packs.credit_rows(scope, claim_ids)))
        self._write(Table.EVIDENCE, map(self._evidence, packs.pack_evidence(scope, claim_ids)))
        self.claims += len(claim_ids)

    def close(self) -> None:
        """The lists, rules, trail, cover, index and manifest."""
        scope = self.scope
        for table, one in self._lists.items():
            one.lines.end()
            one.out.seek(0)
            self.zip.copy(table.value, table.says, one.out)
            one.out.close()
        self.zip.table(
            Table.TRAIL, Table.TRAIL.says, packs.TRAIL_HEADER, packs.trail_rows(scope, self.subject)
        )
        policies = json.dumps(packs.policies_of(scope, self.subject), ensure_ascii=False, indent=1)
        self.zip.content(
            _POLICIES, "the rules by which credit was given, edition by edition", policies.encode()
        )
        kept = checkpoints_document(list(written_checkpoints(scope.session, scope.district.slug, 1)))
        self.zip.content(
            _CHECKPOINT,
            "the last signed checkpoint of the audit trail",
            json.dumps(kept, ensure_ascii=False, indent=1).encode(),
        )
        self.zip.content(COVER, "what this pack is, for people", render(self._cover()))
        self.zip.close(self._about())

    def give_up(self) -> None:
        """Nothing of it stays."""
        for one in self._lists.values():
            one.out.close()
        self.zip.give_up()

    def _write(self, table: Table, rows: Iterable[Cells]) -> None:
        for row in rows:
            self._lists[table].lines.write(row)

    def _counted(self, rows: Iterable[Cells]) -> Iterator[Cells]:
        for row in rows:
            self.rows += 1
            yield row

    def _summed(self, rows: Iterable[Cells]) -> Iterator[Cells]:
        place = packs.CREDIT_HEADER.index("minutes")
        for row in rows:
            self.minutes += int(row[place] or 0)
            yield row

    def _evidence(self, one: PackEvidence) -> Cells:
        if one.sha256 is None or one.file_name is None:
            return packs.evidence_cells(one, "")
        district_id = self.scope.district.id
        if not self.store.is_whole(district_id, one.sha256):
            # What was taken back is let go of; what wasn't should be here.
            if one.removed_at is None:
                self.missing.append(f"{one.file_name}, evidence of {one.person_name}: missing or altered")
            return packs.evidence_cells(one, "not in this pack")
        name = f"evidence/{ref_of(one.claim_id)}/{ref_of(one.id)}-{_plain(one.file_name)}"
        with self.store.path(district_id, one.sha256).open("rb") as source:
            self.zip.copy(name, f"evidence of {one.person_name}", source)
        self.files += 1
        return packs.evidence_cells(one, name)

    def _cover(self) -> Cover:
        scope, end = self.scope, end_of_trail(self.scope)
        tables = {table.value for table in Table} | {_POLICIES}
        return Cover(
            district=scope.district.name,
            place=scope.district.place,
            subject=self.subject,
            made_at=scope.at,
            made_on=date_text(local(scope.at, scope.district.zone)),
            made_by=_made_by(scope),
            counts=(
                ("Lines of check-in", f"{self.rows:,}"),
                ("Claims", f"{self.claims:,}"),
                ("Credit", hours_phrase(self.minutes) if self.minutes else "none"),
                ("Files of evidence", f"{self.files:,}"),
            ),
            files=tuple(one for one in self.zip.files if one.name in tables),
            evidence_files=self.files,
            missing=tuple(self.missing),
            trail=f"The audit trail ended with entry {end.seq:,} then, with the hash {end.hash}.",
        )

    def _about(self) -> dict[str, object]:
        end = end_of_trail(self.scope)
        return {
            "schema": SCHEMA,
            "district": self.scope.district.slug,
            "of": self.subject.of.value,
            "id": ref_of(self.subject.id),
            "name": self.subject.name,
            "about": self.subject.about,
            "made_at": self.scope.at.isoformat(timespec="seconds"),
            "made_by": _made_by(self.scope),
            "trail": {"entry": end.seq, "hash": end.hash},
        }


def pack(hand: Hand) -> Ended:
    """Make the file of a job and keep it. Raises NotPermitted for who has left or lost the role, and LeaseLost."""
    taken, scope = hand.taken, hand.scope()
    scope.require(Permission.SEE_AUDIT)
    begin_again(scope.session, taken, hand.clock())
    subject = packs.pack_subject(scope, PackOf(taken.payload["of"]), taken.payload["id"])
    with hand.store.workroom() as room:
        path = room / "pack"
        with path.open("wb") as out:
            made = Pack(scope, hand.store, subject, PackZip(out, scope.at), room)
            ended = _filled(hand, made, lambda: next_items(scope.session, taken.id, AT_ONCE))
            if ended is not Ended.WHOLE:
                made.give_up()
                return ended
            made.close()
        keep_pack(hand.scope(), taken, subject, hand.store.keep(scope.district.id, path), made.claims)
    return Ended.WHOLE


def _filled(hand: Hand, made: Pack, batch: Callable[[], Sequence[ItemRow]]) -> Ended:
    made.begin()
    while items := batch():
        if is_cancel_asked(made.scope.session, hand.taken.id):
            return Ended.CANCELLED
        if hand.is_stopping():
            return Ended.STOPPED
        made.add([item.subject_id for item in items])
        note_parts(made.scope.session, hand.taken, hand.clock(), [item.id for item in items], {})
    return Ended.WHOLE


def write_pack(scope: Scope, store: BlobStore, subject: PackSubject, out: IO[bytes], most: int) -> Pack:
    """The same at once, to a file of the operator's own; `most` claims at most."""
    with store.workroom() as room:
        made = Pack(scope, store, subject, PackZip(out, scope.at), room)
        made.begin()
        ids = [one.id for one in packs.pack_claims(scope, subject, most)]
        for place in range(0, len(ids), AT_ONCE):
            made.add(ids[place : place + AT_ONCE])
        made.close()
    return made


def _plain(name: str) -> str:
    """A file's name without anything that leads elsewhere."""
    letters = "".join(each if each.isalnum() or each in "-_." else "-" for each in name)
    return letters.strip(".-")[-80:] or "file"


def _made_by(scope: Scope) -> str:
    return scope.person.name if scope.person else "an operator"
