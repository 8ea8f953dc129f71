"""Reflections: the district's prompts, and a claim's answers to them."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa

from pdtracker.models.claims import ReflectionAnswer
from pdtracker.models.districts import Prompt
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class PromptRow:
    """A question that the district asks now."""

    position: int
    question: str
    hint: str
    wished_words: int


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """An answer as it stands; `other_answer` is what another device wrote meanwhile, until one of them is chosen."""

    position: int
    question: str
    answer: str
    version: int
    saved_at: datetime
    other_answer: str | None
    other_saved_at: datetime | None

    @property
    def field(self) -> str:
        """Its name in forms and in a reviewer's comments."""
        return f"answer_{self.position}"

    @property
    def token(self) -> str:
        """What somebody has seen of it who knows both texts where there are two."""
        return str(Seen.of(self))

    @property
    def page_token(self) -> str:
        """The same without the other text: a page that shows both settles nothing until one is chosen there."""
        return str(replace(Seen.of(self), other=""))


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page has seen of an answer: its version, its text, and which other text stood beside it.

    As text: `3-9f86d081`, or `3-9f86d081+1413392400000000` while another text waits beside version 3.
    """

    version: int
    digest: str
    other: str = ""

    @classmethod
    def of(cls, row: AnswerRow | ReflectionAnswer) -> Seen:
        """What somebody sees who looks now."""
        at = row.other_saved_at
        return cls(row.version, text_digest(row.answer), str(int(at.timestamp() * 1_000_000)) if at else "")

    @classmethod
    def read(cls, token: str) -> Seen:
        """The token of a page; of a damaged one nothing was seen."""
        found = _TOKEN.fullmatch(token)
        return cls(int(found[1]), found[2], found[3] or "") if found else cls(0, "")

    def __str__(self) -> str:
        return f"{self.version}-{self.digest}" + (f"+{self.other}" if self.other else "")


_TOKEN = re.compile(r"([0-9]{1,18})-([0-9a-f]{8})(?:\+([0-9]{1,20}))?")


def text_digest(text: str) -> str:
    """Tells whether a text is the one that a page was loaded with."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]


def prompts(scope: Scope) -> tuple[PromptRow, ...]:
    """The questions that the district asks now, in order."""
    rows = scope.session.execute(
        sa.select(Prompt.position, Prompt.question, Prompt.hint, Prompt.wished_words)
        .where(Prompt.retired_at.is_(None))
        .order_by(Prompt.position, Prompt.id)
    )
    return tuple(PromptRow(*row) for row in rows)


def answers(scope: Scope, claim_id: int) -> tuple[AnswerRow, ...]:
    """The answers of a claim that the caller has found readable, in the order of the questions."""
    rows = scope.session.execute(
        sa.select(
            ReflectionAnswer.position,
            ReflectionAnswer.question,
            ReflectionAnswer.answer,
            ReflectionAnswer.version,
            ReflectionAnswer.saved_at,
            ReflectionAnswer.other_answer,
            ReflectionAnswer.other_saved_at,
        )
        .where(ReflectionAnswer.claim_id == claim_id)
        .order_by(ReflectionAnswer.position)
    )
    return tuple(AnswerRow(*row) for row in rows)


def to_write(scope: Scope, claim_id: int) -> dict[int, ReflectionAnswer]:
    """The answers of a locked claim as entities, by position."""
    found = scope.session.scalars(sa.select(ReflectionAnswer).where(ReflectionAnswer.claim_id == claim_id))
    return {answer.position: answer for answer in found}
