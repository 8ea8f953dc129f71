"""What all forms share: clean text, strict hours, moments, zones and links, and refusals at their fields.

A form describes and cleans one submission; it neither queries nor decides. What it understood stands in each field's
`data`; what was typed stays in the field for the page that asks again.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any, NoReturn

from email_validator import EmailNotValidError, validate_email
from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import CombinedMultiDict, MultiDict
from wtforms import (
    DateField,
    EmailField,
    Field,
    HiddenField,
    IntegerField,
    PasswordField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    ValidationError,
)
from wtforms.validators import InputRequired, Length, StopValidation

from pdtracker.domain.hours import hours_text, parse_minutes
from pdtracker.domain.licence_terms import read_amount
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import Mistyped, NotValid
from pdtracker.domain.regimes.quantities import amount_text
from pdtracker.domain.text import REFLECTION_CHARACTERS, clean_line, clean_link, clean_name, clean_paragraphs
from pdtracker.domain.when import ZONE_WORDS, instant, known_zone, zone_words

LINE_CHARACTERS = 200
# `fromisoformat` alone would read weeks, compact forms and offsets as well.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SITE = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}(?::[0-9]+)?(?:[/?#]|$)")
_MOMENT = re.compile(_DAY.pattern + r"T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
NOT_IN_LIST = "Choose from the list."
MOST_CHOSEN = 1000


def between(least: int, most: int, message: str) -> Callable[[FlaskForm, IntegerField], None]:
    """A check that a whole number is neither less nor more, however many digits somebody sends."""

    def check(_form: FlaskForm, field: IntegerField) -> None:
        if field.data is None or not least <= field.data <= most:
            raise ValidationError(message)

    return check


class Form(FlaskForm):  # type: ignore[misc]
    """The base of every form, with a place for refusals that come from an action.

    The door checks the token before any view runs, and the macros print it where a form is shown. A form that drew
    one for itself would set a cookie for visitors who only read.
    """

    class Meta:
        """What Flask-WTF is not to do."""

        csrf = False

        def wrap_formdata(self, _form: Any, formdata: Any) -> Any:
            """A form reads what forms send; Flask-WTF would read JSON of any shape and depth as well."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            if request.method in {"GET", "HEAD"}:
                return None
            return CombinedMultiDict((request.files, request.form)) if request.files else request.form or None

    def take(self, refusal: NotValid) -> Form:
        """Put an action's sentences at the fields that they name; the others stand in the summary alone."""
        for name, sentence in refusal.errors.items():
            field = self._fields.get(name)
            if field is None:
                self.form_errors.append(sentence)
            else:
                field.errors = [*field.errors, sentence]
        return self

    def populate_obj(self, _obj: object) -> NoReturn:
        """Refused: it would write every field that was sent. An action takes values by name."""
        raise TypeError("A form never writes into an object.")


class needed(InputRequired):  # noqa: N801
    """The field has to be filled; the sentence says what to enter ("Enter the title of the session")."""

    def __init__(self, sentence: str) -> None:
        super().__init__(message=sentence)
        self.sentence = sentence

    def __call__(self, _form: Any, field: Field) -> None:
        """White space alone is nothing."""
        raw: Sequence[Any] = field.raw_data or ()
        if not raw or not raw[0] or (isinstance(raw[0], str) and not raw[0].strip()):
            field.errors = []
            raise StopValidation(self.sentence)


class _Cleaned(StringField):
    """Text that a function of the domain cleans or refuses."""

    def _clean(self, text: str) -> str:
        raise NotImplementedError

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Clean what came in. What is refused stays as it was typed."""
        if not valuelist:
            # Not sent at all: an empty field, not the page's default.
            self.data = ""
            return
        typed = str(valuelist[0])
        # What is refused is shown again, and no page can hold a NUL.
        self.data = typed.replace("\0", "\N{REPLACEMENT CHARACTER}")
        self.data = self._clean(typed)


class LineField(_Cleaned):
    """One line of text, cleaned; `data` is "" when nothing was typed."""

    def __init__(
        self, label: str, validators: Sequence[Any] = (), *, limit: int = LINE_CHARACTERS, **more: Any
    ) -> None:
        super().__init__(label, list(validators), **more)
        self.limit = limit

    def _clean(self, text: str) -> str:
        return clean_line(text, self.limit)


class NameField(_Cleaned):
    """The name of a person, school or district, as it will stand on certificates."""

    def _clean(self, text: str) -> str:
        return clean_name(text) if text.strip() else ""


class ParagraphsField(TextAreaField, _Cleaned):
    """Text of several paragraphs, cleaned."""

    def __init__(
        self, label: str, validators: Sequence[Any] = (), *, limit: int = REFLECTION_CHARACTERS, **more: Any
    ) -> None:
        super().__init__(label, list(validators), **more)
        self.limit = limit

    process_formdata = _Cleaned.process_formdata

    def _clean(self, text: str) -> str:
        return clean_paragraphs(text, self.limit)


class LinesField(TextAreaField):
    """A pasted list, taken as it is: who reads it counts its lines and cleans each."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """No page can hold a NUL."""
        self.data = str(valuelist[0]).replace("\0", "\N{REPLACEMENT CHARACTER}") if valuelist else ""


class LinkField(_Cleaned):
    """An address on the web; `www.site.org/x`, as people say it, is taken for https."""

    def _clean(self, text: str) -> str:
        said = text.strip()
        return clean_link(f"https://{said}" if _SITE.match(said) else text)


def clean_address(text: str) -> str:
    """An e-mail address in the form by which letters go; "" for nothing. Raises Mistyped."""
    typed = clean_line(text, LINE_CHARACTERS)
    if not typed:
        return ""
    try:
        # Districts try things out with names such as maplewood.example.
        found = validate_email(typed, check_deliverability=False, test_environment=True, allow_smtputf8=False)
    except EmailNotValidError as error:
        raise Mistyped("Enter an e-mail address such as ada@maplewood.example.") from error
    # Letters go by the ASCII form, also to a domain with other letters.
    return found.ascii_email or found.normalized


class AddressField(EmailField, _Cleaned):
    """An e-mail address, checked for its form only: nothing is asked over the network."""

    process_formdata = _Cleaned.process_formdata

    def _clean(self, text: str) -> str:
        return clean_address(text)


class SecretField(PasswordField):
    """A password: taken as it is, never shown again."""


class HoursField(StringField):
    """Hours as people write them; `data` is whole minutes, or `None` when nothing was typed."""

    data: int | None  # type: ignore[assignment]  # text comes in, minutes come out

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else hours_text(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the hours strictly; see `parse_minutes`."""
        self.data = None
        if valuelist and str(valuelist[0]).strip(" "):
            self.data = parse_minutes(str(valuelist[0]).strip(" "))


class AmountField(StringField):
    """An amount of a licence's unit, or an FTE; `data` is an exact fraction, or `None` when nothing was typed."""

    data: Fraction | None  # type: ignore[assignment]  # text comes in, an amount comes out

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else amount_text(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the amount strictly; see `read_amount`."""
        self.data = None
        typed = str(valuelist[0]).strip() if valuelist else ""
        if typed:
            self.data = read_amount(typed)


class DayField(DateField):
    """A day of the calendar; `data` is a date or `None`."""

    data: date | None

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Four digits, two, two: nothing else is a day."""
        self.data = None
        typed = str(valuelist[0]).strip() if valuelist else ""
        if not typed:
            return
        try:
            if not _DAY.fullmatch(typed):
                raise ValueError(typed)
            self.data = date.fromisoformat(typed)
        except ValueError:
            raise Mistyped("Enter a day such as 2014-10-15.") from None

    def at_zone(self, zone: str, *, is_over: bool = False) -> datetime | None:
        """The midnight with which the day begins in `zone`, or is over; `None` without one, with the reason here."""
        if self.data is None or self.errors:
            return None
        try:
            midnight = instant(datetime.combine(self.data, time()), zone)
            # Not 24 hours later: the clocks may change on that day.
            return (
                instant(datetime.combine(self.data + timedelta(days=1), time()), zone)
                if is_over
                else midnight
            )
        except Mistyped as error:
            self.errors = [*self.errors, error.sentence]
            return None


class LocalTimeField(StringField):
    """A moment on the wall clock, `2014-10-15T19:00`; `data` is a naive datetime or `None`.

    `at_zone(zone)` makes it an instant, and puts the sentence at this field when the clocks skipped that hour.
    """

    widget_type = "datetime-local"
    data: datetime | None  # type: ignore[assignment]  # text comes in, a moment comes out

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.data.isoformat(timespec="minutes")

    def __call__(self, **more: Any) -> Any:
        """A control of the browser's own kind for moments."""
        return super().__call__(**{"type": "datetime-local", **more})

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Day and time of day, to the minute; no zone, no seconds but zero ones."""
        self.data = None
        typed = str(valuelist[0]).strip() if valuelist else ""
        if not typed:
            return
        try:
            if not _MOMENT.fullmatch(typed):
                raise ValueError(typed)
            self.data = datetime.fromisoformat(typed)
        except ValueError:
            raise Mistyped("Enter day and time such as 2014-10-15T19:00.") from None

    def at_zone(self, zone: str) -> datetime | None:
        """The instant that is meant in `zone`; `None` when there is none, with the reason at the field."""
        if self.data is None or self.errors:
            return None
        try:
            return instant(self.data, zone)
        except Mistyped as error:
            self.errors = [*self.errors, error.sentence]
            return None


class ChooseField(SelectField):
    """One of a list; `choices` maps each value to its words."""

    def __init__(self, label: str, validators: Sequence[Any] = (), **more: Any) -> None:
        # WTForms knows the message, its type stubs don't.
        super().__init__(label, list(validators), **{"invalid_choice_message": NOT_IN_LIST, **more})


class ChooseSomeField(SelectMultipleField):
    """Some of a list, as checkboxes; `choices` maps each value to its words."""

    def __init__(self, label: str, validators: Sequence[Any] = (), **more: Any) -> None:
        message = NOT_IN_LIST + "%(value).0s"
        super().__init__(label, list(validators), **{"invalid_choice_message": message, **more})


class ZoneField(SelectField):
    """A time zone: those of the United States first, in words; the one that is set is always among them."""

    def __init__(self, label: str = "Time zone", validators: Sequence[Any] = (), **more: Any) -> None:
        super().__init__(label, list(validators), choices=dict(ZONE_WORDS), validate_choice=False, **more)

    def iter_choices(self) -> Any:
        """The known ones by their words, and the set one when it is not among them."""
        first = {
            zone: f"{words} ({zone.rpartition('/')[2].replace('_', ' ')})"
            for zone, words in ZONE_WORDS.items()
        }
        if self.data and self.data not in first and known_zone(self.data):
            first[self.data] = zone_words(self.data)
        self.choices = first
        return super().iter_choices()

    def pre_validate(self, _form: Any) -> None:
        """A zone of the IANA database."""
        if not self.data or not known_zone(self.data):
            raise ValidationError("Choose a time zone from the list.")


class RefsField(Field):
    """Chosen rows (checkboxes of one name); `data` is the list of their ids, each once, in the order of the page."""

    data: list[int]

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Ids as references."""
        if len(valuelist) > MOST_CHOSEN:
            raise Mistyped(f"Choose at most {MOST_CHOSEN:,} at once.")
        try:
            self.data = list(dict.fromkeys(id_of(str(value)) for value in valuelist))
        except ValueError:
            self.data = []
            raise Mistyped("Load the page again and choose from its list.") from None

    def refs(self) -> list[str]:
        """The same as references, for hidden fields."""
        return [ref_of(number) for number in self.data or ()]


class KeyField(HiddenField):
    """The hidden `idempotency_key`: a page makes one, and pressing its button twice is pressing it once.

    See `actions.idempotency`. `data` is "" when none was sent.
    """

    def __init__(self, label: str = "", validators: Sequence[Any] = (), **more: Any) -> None:
        super().__init__(label, list(validators), **{"default": new_key, **more})

    def process_formdata(self, valuelist: list[Any]) -> None:
        """A key as `new_key` makes them."""
        typed = str(valuelist[0]) if valuelist else ""
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,64}", typed):
            raise Mistyped("Load the page again, then press the button once more.")
        self.data = typed


class SignInForm(Form):
    """E-mail address and password: on the sign-in page, and where a sign-in ended while somebody was writing."""

    email = LineField("Work e-mail", [needed("Enter your e-mail address.")])
    password = SecretField(
        "Password",
        [needed("Enter your password."), Length(max=1000, message="This is longer than any password here.")],
    )


class ProofForm(Form):
    """The password again, before what an open browser alone must not do."""

    password = SecretField(
        "Your password",
        [
            needed("Enter the password that you signed in with."),
            Length(max=1000, message="This is too long."),
        ],
    )


class CodeForm(Form):
    """A code of the authenticator app; where somebody signs in, a recovery code as well."""

    code = LineField("Code", [needed("Enter the code.")], limit=40)


def new_key() -> str:
    """128 random bits for one showing of a form."""
    return secrets.token_urlsafe(16)


def within(values: Mapping[str, str] | Sequence[str], sentence: str) -> Callable[[Any, Field], None]:
    """A validator: the value is one of these."""

    def check(_form: Any, field: Field) -> None:
        if field.data not in values:
            raise ValidationError(sentence)

    return check
