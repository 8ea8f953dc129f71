"""How a district words its letters, kind by kind."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.mailing import LetterKind
from pdtracker.models.base import Base, DistrictOwned, in_district
from pdtracker.models.mailing import LETTER_KINDS


class LetterTemplateRow(DistrictOwned, Base):
    """A template of a kind of letters from a moment on; the newest row holds. Append-only."""

    __tablename__ = "letter_template"

    kind: Mapped[LetterKind] = mapped_column(LETTER_KINDS)
    subject: Mapped[str]
    body: Mapped[str]
    changed_at: Mapped[datetime]
    by_person_id: Mapped[int]

    __table_args__ = (
        in_district("by_person_id", to="person"),
        sa.Index("ix_letter_template_kind", "district_id", "kind", "id"),
    )
