"""Letters in the district's own words: a template for each kind, an example in it, and the way back."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, request

from pdtracker.actions.letter_templates import change_template
from pdtracker.domain.access import Permission
from pdtracker.domain.letter_template import (
    BODY_CHARACTERS,
    ORIGINAL,
    PLACES,
    SUBJECT_CHARACTERS,
    TEMPLATED,
    LetterTemplate,
    example,
    filled,
    require_sound,
)
from pdtracker.domain.mailing import LetterKind
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.when import moment_text
from pdtracker.queries.letter_templates import KeptTemplate, letter_templates
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import Form, LineField, ParagraphsField, needed
from pdtracker.web.requests import scope

templates = Blueprint("templates", __name__)


class TemplateForm(Form):
    """Subject and text of a kind of letters."""

    subject = LineField(
        "Subject",
        [needed("Enter the subject. {subject} is what pdtracker writes.")],
        limit=SUBJECT_CHARACTERS,
        description="One line, with {subject} where it says what the letter is about.",
    )
    body = ParagraphsField(
        "Text",
        [needed("Enter the text. {letter} is what pdtracker writes.")],
        limit=BODY_CHARACTERS,
        description="Your words before and after {letter}, which is all that the letter says.",
    )

    @property
    def template(self) -> LetterTemplate:
        """What was entered."""
        return LetterTemplate(self.subject.data or "", self.body.data or "")


@templates.get("/<slug:district>/mail/templates")
@permitted(Permission.MANAGE_DISTRICT)
def index() -> Answer:
    """The kinds of letters, and which of them are in the district's own words."""
    kept = letter_templates(scope())
    return answers.page(
        "mail/templates.html",
        rows=[(kind, *_stands(kept.get(kind, KeptTemplate()))) for kind in TEMPLATED],
    )


@templates.get("/<slug:district>/mail/templates/<letter_kind>")
@permitted(Permission.MANAGE_DISTRICT)
def show(letter_kind: str) -> Answer:
    """The template as it holds, with an example in it."""
    kind = _kind(letter_kind)
    kept = letter_templates(scope()).get(kind, KeptTemplate())
    told = {"subject": kept.template.subject, "body": kept.template.body}
    return _page(kind, TemplateForm(formdata=None, data=told), kept.template)


@templates.post("/<slug:district>/mail/templates/<letter_kind>")
@permitted(Permission.MANAGE_DISTRICT)
def change(letter_kind: str) -> Answer:
    """Other words from now on; or an example in them, and nothing is changed yet."""
    kind, form = _kind(letter_kind), TemplateForm()
    if form.validate():
        try:
            if request.form.get("step") == "look":
                require_sound(form.template)
                return _page(kind, form, form.template, is_tried=True)
            change_template(scope(), kind, form.template)
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see(
                "templates.show", letter_kind=kind.value, saying="Saved. Letters leave in these words now."
            )
    return _page(kind, form, None, HTTPStatus.UNPROCESSABLE_ENTITY)


@templates.post("/<slug:district>/mail/templates/<letter_kind>/original")
@permitted(Permission.MANAGE_DISTRICT)
def reset(letter_kind: str) -> Answer:
    """Back to what pdtracker writes."""
    kind = _kind(letter_kind)
    change_template(scope(), kind, ORIGINAL)
    return answers.see(
        "templates.show", letter_kind=kind.value, saying="Letters leave as pdtracker writes them again."
    )


def _page(
    kind: LetterKind,
    form: TemplateForm,
    template: LetterTemplate | None,
    status: int = HTTPStatus.OK,
    *,
    is_tried: bool = False,
) -> Answer:
    who = scope()
    kept = letter_templates(who).get(kind, KeptTemplate())
    shown = None
    if template is not None:
        letter = example(kind, who.me.name, who.district.name)
        shown = filled(template, letter.subject, letter.body, name=who.me.name, district=who.district.name)
    return answers.page(
        "mail/template.html",
        status,
        kind=kind,
        form=form,
        places=[(f"{{{name}}}", says) for name, says in PLACES.items()],
        shown=shown,
        is_tried=is_tried,
        is_original=kept.template.is_original,
        stands=_stands(kept)[0],
    )


def _stands(kept: KeptTemplate) -> tuple[str, bool]:
    """Since when it holds, in words; and whether it is the original."""
    if kept.changed_at is None:
        return "As pdtracker writes them", True
    who = scope()
    when = moment_text(kept.changed_at, who.at, who.zone)
    if kept.template.is_original:
        return f"As pdtracker writes them again, by {kept.by_name}, {when}", True
    return f"In your own words, by {kept.by_name}, {when}", False


def _kind(word: str) -> LetterKind:
    try:
        kind = LetterKind(word)
    except ValueError as error:
        raise NotHere from error
    if kind not in TEMPLATED:
        raise NotHere
    return kind
