"""The templates of a district's letters, as they hold now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pdtracker.domain.letter_template import ORIGINAL, LetterTemplate
from pdtracker.domain.mailing import LetterKind
from pdtracker.models.letter_templates import LetterTemplateRow
from pdtracker.models.people import Person
from pdtracker.scope import Scope


@dataclass(frozen=True, slots=True)
class KeptTemplate:
    """A template with who put it there and when; nobody where it was never changed."""

    template: LetterTemplate = ORIGINAL
    by_name: str = ""
    changed_at: datetime | None = None


def letter_templates(scope: Scope) -> Mapping[LetterKind, KeptTemplate]:
    """What holds for each kind that was ever changed. One statement."""
    newest = sa.select(sa.func.max(LetterTemplateRow.id)).group_by(LetterTemplateRow.kind)
    rows = scope.session.execute(
        sa.select(
            LetterTemplateRow.kind,
            LetterTemplateRow.subject,
            LetterTemplateRow.body,
            LetterTemplateRow.changed_at,
            Person.name,
        )
        .join(
            Person,
            sa.and_(
                Person.district_id == LetterTemplateRow.district_id,
                Person.id == LetterTemplateRow.by_person_id,
            ),
        )
        .where(LetterTemplateRow.id.in_(newest))
    )
    return {
        row.kind: KeptTemplate(LetterTemplate(row.subject, row.body), row.name, row.changed_at)
        for row in rows
    }
