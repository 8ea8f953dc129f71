"""Putting a kind of letters into the district's own words, and back."""

from __future__ import annotations

from pdtracker.domain.access import Permission
from pdtracker.domain.letter_template import ORIGINAL, TEMPLATED, LetterTemplate, require_sound
from pdtracker.domain.mailing import LetterKind
from pdtracker.domain.refusals import NotHere
from pdtracker.models.ids import new_id
from pdtracker.models.letter_templates import LetterTemplateRow
from pdtracker.queries.letter_templates import KeptTemplate, letter_templates
from pdtracker.scope import Scope, action


@action(Permission.MANAGE_DISTRICT)
def change_template(scope: Scope, kind: LetterKind, template: LetterTemplate) -> None:
    """Let letters of a kind leave in these words from now on; the original is one of them.

    Refuses with NotHere a kind that has none, and with NotValid what would leave something out.
    """
    if kind not in TEMPLATED:
        raise NotHere
    require_sound(template)
    if letter_templates(scope).get(kind, KeptTemplate()).template == template:
        return
    row_id = new_id()
    scope.session.add(
        LetterTemplateRow(
            id=row_id,
            kind=kind,
            subject=template.subject,
            body=template.body,
            changed_at=scope.at,
            by_person_id=scope.me.id,
        )
    )
    done = "letter_template.reset" if template == ORIGINAL else "letter_template.changed"
    scope.record(done, "letter_template", row_id, kind=kind.value, line=template.subject, text=template.body)
