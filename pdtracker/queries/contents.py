"""What a claim says, field by field, in the words that people read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pdtracker.domain.hours import hours_phrase
from pdtracker.domain.split import Split, split_words
from pdtracker.domain.telling import session_text
from pdtracker.queries import bundles, claims, details, evidence, reflections
from pdtracker.queries.bundles import PartRow
from pdtracker.queries.claims import ClaimRow
from pdtracker.queries.evidence import EvidenceRow
from pdtracker.queries.reflections import AnswerRow
from pdtracker.scope import Scope


def contents(
    claim: ClaimRow,
    pieces: Iterable[EvidenceRow],
    answers: Iterable[AnswerRow],
    split: Split,
    parts: Iterable[PartRow],
) -> Mapping[str, str]:
    """The words of each field that a reviewer can comment on, by the names of their comments."""
    return {
        "title": claim.title,
        "host": claim.host,
        "time": session_text(claim.starts_at, claim.ends_at, claim.zone, is_live=claim.holds_time),
        "minutes": hours_phrase(claim.minutes) if claim.minutes is not None else "",
        "split": split_words(split) or claim.category.label,
        "evidence": "\n".join(_piece(piece) for piece in pieces),
        **{part.field: part.words for part in parts},
        **{row.field: row.answer for row in answers},
    }


def contents_of(scope: Scope, claim_id: int) -> Mapping[str, str]:
    """The same for a claim that the caller has found readable. Five statements."""
    return contents(
        claims.claim(scope, claim_id),
        evidence.evidence(scope, claim_id),
        reflections.answers(scope, claim_id),
        details.split_of_claim(scope, claim_id),
        bundles.parts_of(scope, claim_id),
    )


def _piece(row: EvidenceRow) -> str:
    what = " ".join(filter(None, (row.link or row.file_name, row.note)))
    return f"{row.kind.label}: {what}" if what else row.kind.label
