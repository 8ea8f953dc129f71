"""Writing a reflection: what is typed is kept, also when two devices write at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotHere
from pdtracker.models.claims import ReflectionAnswer
from pdtracker.queries import claims, reflections
from pdtracker.queries.reflections import AnswerRow, Seen, text_digest
from pdtracker.scope import Scope, action


@dataclass(frozen=True, slots=True)
class Written:
    """What a page says of one answer: its text, and `token`, what the page had seen when it was written.

    A token that names the other of two texts ends the choice between them: this text is what was chosen.
    """

    position: int
    text: str
    token: str


@dataclass(frozen=True, slots=True)
class Kept:
    """The answers as they stand now.

    `unseen`: where the page had not seen what stands. `beside`: of these, where the page's text was new as well, so
    that both are kept.
    """

    answers: tuple[AnswerRow, ...]
    unseen: frozenset[int]
    beside: frozenset[int]


@action(Permission.LOG_CLAIM)
def save_answers(scope: Scope, claim_id: int, written: Sequence[Written]) -> Kept:
    """Keep answers. A text that was written upon an older version is kept beside the one that came first."""
    claim = claims.to_edit(scope, claim_id)
    rows = reflections.to_write(scope, claim_id)
    changed, unseen, beside = [], set(), set()
    for wish in written:
        row, seen = rows.get(wish.position), Seen.read(wish.token)
        if row is None:
            raise NotHere
        if seen.version == row.version:
            if _write(scope, row, wish, seen):
                changed.append(row.position)
        elif wish.text != row.answer:
            unseen.add(row.position)
            # A text that the page only showed, and nobody touched, is no second version.
            if wish.text and text_digest(wish.text) != seen.digest:
                beside.add(row.position)
                row.other_answer = _both(row.other_answer, wish.text)
                row.other_saved_at = scope.at
    if changed or beside:
        claim.version += 1
        claim.updated_at = scope.at
        scope.record(
            "reflection.saved",
            "claim",
            claim.id,
            version=claim.version,
            answers=changed,
            beside=sorted(beside),
        )
    return Kept(
        tuple(_row(rows[position]) for position in sorted(rows)), frozenset(unseen), frozenset(beside)
    )


def _write(scope: Scope, row: ReflectionAnswer, wish: Written, seen: Seen) -> bool:
    """Take the text in; where two stood and the page showed both, the choice between them ends here."""
    chosen = row.other_answer is not None and seen.other == Seen.of(row).other
    if row.answer == wish.text and not chosen:
        return False
    if row.answer != wish.text:
        row.answer = wish.text
        row.version += 1
        row.saved_at = scope.at
    if chosen:
        row.other_answer = row.other_saved_at = None
    return True


def _both(other: str | None, text: str) -> str:
    """A third text goes below the second; one that only goes on where the second stopped takes its place."""
    if other is None or other in text:
        return text
    return other if text in other else f"{other}\n\n{text}"


def _row(row: ReflectionAnswer) -> AnswerRow:
    return AnswerRow(
        row.position,
        row.question,
        row.answer,
        row.version,
        row.saved_at,
        row.other_answer,
        row.other_saved_at,
    )
