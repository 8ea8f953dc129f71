"""What forms understand, what they refuse with a sentence, and that nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms import Field

from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotValid
from pdtracker.web.forms import (
    AddressField,
    ChooseField,
    ChooseSomeField,
    DayField,
    Form,
    HoursField,
    KeyField,
    LineField,
    LinkField,
    LocalTimeField,
    NameField,
    ParagraphsField,
    RefsField,
    ZoneField,
    needed,
)


class EveryField(Form):
    """One of each."""

    class Meta:
        """Without the web's token."""

        csrf = False

    hours = HoursField("Hours")
    starts = LocalTimeField("Start")
    day = DayField("Day")
    zone = ZoneField(default="America/New_York")
    link = LinkField("Link")
    name = NameField("Name")
    email = AddressField("E-mail")
    title = LineField("Title", [needed("Enter the title of the session.")], limit=20)
    text = ParagraphsField("Text", limit=100)
    kind = ChooseField("Kind", choices={"webinar": "Webinar", "chat": "Chat"}, default="chat")
    themes = ChooseSomeField("Themes", choices={"a": "A", "b": "B"})
    claim = RefsField("Claims")
    key = KeyField()


@pytest.fixture(autouse=True)
def _application() -> Iterator[None]:
    app = Flask("forms")
    app.secret_key = "only for tests"
    with app.test_request_context("/", method="POST"):
        yield


def _sent(**values: Any) -> EveryField:
    data: list[tuple[str, str]] = []
    for name, value in ({"title": "A title", "zone": "UTC", "kind": "chat"} | values).items():
        data += [(name, each) for each in (value if isinstance(value, list) else [value])]
    form = EveryField(MultiDict(data))
    form.validate()
    return form


@pytest.mark.parametrize(
    ("typed", "minutes"), [("1.5", 90), (" 1:30 ", 90), ("0.25", 15), ("24", 1440), ("", None)]
)
def test_hours_become_minutes(typed: str, minutes: int | None) -> None:
    form = _sent(hours=typed)
    assert (form.hours.data, list(form.hours.errors)) == (minutes, [])


@pytest.mark.parametrize(
    "typed",
    [
        *"NaN nan inf -inf Infinity sNaN 1e400 1e-320 1e5000000 -0 -1 0x10 1_0 ٣ １２ 1.33 25 0 0:00 1:60 +1".split(),
        *("1,5", "1.5h", "9" * 5000, "3.999999999999999999", "1 .5", "1\u00a0", "\x00", "<b>1</b>"),
    ],
)
def test_what_is_no_number_of_hours_is_refused_and_kept(typed: str) -> None:
    form = _sent(hours=typed)
    assert form.hours.data is None
    assert form.hours.errors
    assert form.hours._value() == typed


@pytest.mark.parametrize("typed", ["2014-10-15T19:00", "2014-10-15T19:00:00"])
def test_a_moment_of_the_wall_clock_becomes_an_instant(typed: str) -> None:
    form = _sent(starts=typed)
    assert form.starts.at_zone("America/New_York") == datetime(2014, 10, 15, 23, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "typed",
    [
        "2014-10-15",
        "2014-10-15 19:00",
        "2014-13-01T00:00",
        "20141015T1900Z",
        "now",
        "2014-W42-3T19:00",
        "٢٠١٤-10-15T19:00",
        "x" * 16,
    ],
)
def test_what_is_no_moment_is_refused_and_kept(typed: str) -> None:
    form = _sent(starts=typed)
    assert form.starts.errors == ["Enter day and time such as 2014-10-15T19:00."]
    assert form.starts._value() == typed
    assert form.starts.at_zone("UTC") is None


def test_an_hour_that_the_clocks_skipped_is_told_at_its_field() -> None:
    form = _sent(starts="2014-03-09T02:30")
    assert form.starts.at_zone("America/New_York") is None
    assert "the clocks were put forward" in str(form.starts.errors[0])


@pytest.mark.parametrize(("typed", "day"), [("2014-10-15", date(2014, 10, 15)), ("", None)])
def test_a_day_is_a_day(typed: str, day: date | None) -> None:
    form = _sent(day=typed)
    assert (form.day.data, list(form.day.errors)) == (day, [])


@pytest.mark.parametrize(
    "typed", ["2014-02-30", "20141015", "2014-W42-3", "10/15/2014", "٢٠١٤-١٠-١٥", "0000-01-01"]
)
def test_what_is_no_day_is_refused(typed: str) -> None:
    assert _sent(day=typed).day.errors == ["Enter a day such as 2014-10-15."]


def test_zones_are_those_of_the_world() -> None:
    assert not _sent(zone="Asia/Ho_Chi_Minh").zone.errors
    assert "Asia/Ho_Chi_Minh" in [value for value, *_ in _sent(zone="Asia/Ho_Chi_Minh").zone.iter_choices()]
    for unknown in ("", "Mars/Olympus", "../../etc/passwd", "localtime", "A" * 500):
        assert _sent(zone=unknown).zone.errors == ["Choose a time zone from the list."]


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("link", "javascript:alert(1)"),
        ("link", "https://user:word@evil.example"),
        ("link", "ftp://files.example"),
        ("name", "Ada \u202eadA"),
        ("name", "<<<>>>"),
        ("email", "☃@maplewood.example"),
        ("email", "ada at maplewood"),
        ("title", "x" * 21),
        ("text", "x" * 101),
        ("text", "x" * 200_000),
        ("text", "a\x00b"),
        ("kind", "party"),
        ("themes", ["a", "z"]),
        ("claim", ["123"]),
        ("claim", ["0" * 13] * 1001),
        ("key", "<script>"),
        ("key", "k" * 65),
    ],
)
def test_each_field_refuses_with_a_sentence_and_keeps_what_was_typed(field: str, typed: Any) -> None:
    form = _sent(**{field: typed})
    faulty: Field = form[field]
    assert len(faulty.errors) == 1
    assert str(faulty.errors[0]).endswith((".", "https://", "now."))
    assert faulty.raw_data == (typed if isinstance(typed, list) else [typed])


@pytest.mark.parametrize("typed", ["", "   ", "\t\r\n"])
def test_a_needed_field_says_what_to_enter(typed: str) -> None:
    assert _sent(title=typed).title.errors == ["Enter the title of the session."]


def test_a_field_that_was_not_sent_is_empty_and_not_its_default() -> None:
    form = EveryField(MultiDict([("title", "A title")]), link="https://from.the.page.example")
    assert form.link.data == ""


def test_text_is_cleaned() -> None:
    form = _sent(title="  two   words ", text="one\r\n\r\n\r\n\r\ntwo  ", name="Jose\u0301")
    assert (form.title.data, form.text.data, form.name.data) == ("two words", "one\n\ntwo", "José")


def test_an_address_is_kept_as_letters_need_it() -> None:
    assert _sent(email="ada@schule-übung.example").email.data == "ada@xn--schule-bung-zhb.example"


def test_chosen_rows_are_ids_each_once() -> None:
    refs = [ref_of(7), ref_of(5), ref_of(7)]
    form = _sent(claim=refs)
    assert form.claim.data == [7, 5]
    assert form.claim.refs() == [ref_of(7), ref_of(5)]


def test_an_action_s_sentences_land_at_their_fields() -> None:
    form = _sent().take(NotValid({"hours": "Enter 1.5 or less.", "overlap": "You were elsewhere then."}))
    assert form.errors["hours"] == ["Enter 1.5 or less."]
    assert form.form_errors == ["You were elsewhere then."]


def test_a_form_never_writes_into_an_object() -> None:
    with pytest.raises(TypeError, match="never writes"):
        _sent().populate_obj(object())
