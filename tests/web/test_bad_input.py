"""Whatever comes into any field of any form, any query and any path: a page with a sentence, never a fault of ours.

The forms are those of the pages themselves, in the loaded demo, filled in so that a good value in each field would be
taken; then one field at a time gets what nobody expects. What is taken is shown as it was typed, what is refused is
still in its field.
"""

from __future__ import annotations

import re
import sqlite3
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from html import unescape
from itertools import chain
from pathlib import Path
from urllib.parse import parse_qsl, quote, quote_from_bytes, urlsplit
from xml.etree.ElementTree import Element

import pytest
from werkzeug.test import TestResponse

from pdtracker.domain.refs import ref_of
from pdtracker.models.base import Base
from tests.harness.writes import Contents, contents
from tests.loaded_demo import Demo
from tests.reviewing_client import HTML, ReviewingClient, document_of
from tests.web.every_page import ACTORS, BO, CAM, Asked, client_of, paths
from tests.web.furnished import Furnished
from tests.web.naughty import HEADERS, OTHERS, PROBE, WORST

_PARTS = 5
# The longest test of all, in pieces that workers can divide among themselves.
_SHARES = 10
_CLOSED = {"hidden", "submit", "button", "file", "checkbox", "radio", "reset"}
_GOOD = {
    "email": "new.person@maplewood.example",
    "date": "2026-01-15",
    "datetime-local": "2026-01-15T16:00",
    "time": "16:00",
    "number": "1",
    "url": "https://notes.example/mine",
}
_INTRUDER_OF = {
    "at": "1999-01-01T00:00:00",
    "on": "1999-01-01",
    "id": "7" * 18,
    "minutes": "777",
    "zone": "UTC",
}
_CROCKFORD = "[0-9A-HJKMNP-TV-Z]"
# What differs each time: moments, new ids, hashes, references, codes and keys. A hash may begin like an id: one mark.
_FLEETING = re.compile(
    rf"(?:\d{{4}}-\d\d-\d\d[ T][\d:.]+(?:\+[\d:]+)?|\d{{1,2}}:\d\d [ap]m|\d{{12,}}|[0-9a-f]{{32,}}"
    rf"|[0-9a-hjkmnp-tv-z]{{13}}|{_CROCKFORD}{{16,}}|(?:{_CROCKFORD}{{4}} ){{3}}{_CROCKFORD}{{4}}|[\w-]{{22,}})+"
)
# What a person can be told. 429: who guesses has to wait.
_TOLD = {200, 303, 400, 401, 403, 404, 409, 413, 414, 422, 429}


@dataclass(frozen=True, slots=True)
class PageForm:
    """A form as a page shows it, with good values; `open_fields` take whatever is typed."""

    actor: str
    action: str
    method: str
    fields: tuple[tuple[str, str], ...]
    open_fields: tuple[str, ...]

    @property
    def names(self) -> list[str]:
        """Every field, also those that only somebody else's program would change."""
        return [name for name, _ in self.fields if name != "csrf_token"]

    def __str__(self) -> str:
        return f"{self.method} {self.action} as {self.actor}"


@dataclass(frozen=True, slots=True)
class Changes:
    """Rows that came and went, without what differs each time: new ids, moments, hashes and codes."""

    rows: Counter[tuple[str, ...]]

    @classmethod
    def between(cls, before: Contents, after: Contents) -> Changes:
        """What happened between two looks."""
        known = {value for rows in before.values() for row in rows for value in row}
        came_and_went = [
            (sign, name, *(_lasting(str(value), known) for value in row))
            for name in before
            for sign, rows in (("+", after[name] - before[name]), ("-", before[name] - after[name]))
            for row in rows
        ]
        return cls(Counter(came_and_went))

    def beside(self, other: Changes) -> str:
        """What only one of them has."""
        return f"without {list(self.rows - other.rows)[:3]} with {list(other.rows - self.rows)[:3]}"


@dataclass
class Rewound:
    """The demo, brought back to its beginning after whatever was taken."""

    demo: Demo
    file: Path
    kept: Path
    watch: sqlite3.Connection
    seen: int = 0

    def keep(self) -> None:
        """Let this be the beginning."""
        _copy(self.file, self.kept)
        self.seen = self._version()

    def rewind(self) -> None:
        """Forget everything since the beginning, if there is anything."""
        self.demo.open.close()
        if self.is_changed:
            _copy(self.kept, self.file)
            self.seen = self._version()

    @property
    def is_changed(self) -> bool:
        """Whether anything was written since the beginning."""
        return self._version() != self.seen

    def _version(self) -> int:
        """Another number whenever another connection has written."""
        return int(self.watch.execute("PRAGMA data_version").fetchone()[0])


@pytest.fixture(scope="module")
def rewound(furnished: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rewound]:
    """The furnished demo."""
    folder = tmp_path_factory.mktemp("bad-input")
    file = folder / "pdtracker.db"
    with furnished.copy(folder) as made, closing(sqlite3.connect(file)) as watch:
        made.app.config["PROPAGATE_EXCEPTIONS"] = False
        yield Rewound(made, file, folder / "kept.db", watch)


@pytest.fixture(scope="module")
def clients(rewound: Rewound) -> Mapping[str, ReviewingClient]:
    """Everybody's browser; they stay signed in when the demo is rewound."""
    found = {actor: client_of(rewound.demo, actor) for actor in ACTORS}
    # However slow the machine: nobody is asked for the password again in the middle, where a form should be tried.
    with closing(sqlite3.connect(rewound.file)) as file, file:
        file.execute("UPDATE sign_in SET confirmed_at = datetime(created_at, '+1 day')")
    rewound.keep()
    return found


@pytest.fixture(scope="module")
def found_pages(furnished: Furnished) -> list[tuple[str, Asked]]:
    """Every page that looks different from the others."""
    return furnished.every_page


@pytest.fixture(scope="module")
def every_form(found_pages: list[tuple[str, Asked]]) -> list[PageForm]:
    """Every form, once."""
    found: dict[tuple[str, tuple[str, ...]], PageForm] = {}
    for actor, each in found_pages:
        if each.status == 200:
            for form in _forms(actor, each):
                found.setdefault((_sort(form.action), form.open_fields), form)
    return list(found.values())


@pytest.fixture(scope="module")
def forms(every_form: list[PageForm]) -> list[PageForm]:
    """Those with a field to type into."""
    return [form for form in every_form if form.open_fields]


@pytest.mark.slow
@pytest.mark.parametrize("share", range(_SHARES))
def test_no_field_of_a_form_takes_us_by_surprise(
    rewound: Rewound, clients: Mapping[str, ReviewingClient], forms: list[PageForm], share: int
) -> None:
    faults = []
    every_field = [(form, field) for form in forms for field in form.names]
    for number, (form, field) in list(enumerate(every_field))[share::_SHARES]:
        for whole in [*WORST, *OTHERS[number % _PARTS :: _PARTS]]:
            # An address has an end.
            value = whole if form.method == "post" else whole[:500]
            try:
                answer = _send(clients[form.actor], form, {field: value})
                told = list(_answer_faults(clients[form.actor], answer, form, field, value))
            except AssertionError as error:
                told = [str(error)[:500]]
            faults += [f"{form}: {field}={value[:40]!r}: {fault}" for fault in told]
            if form.method == "post":
                rewound.rewind()
    assert faults == []


@pytest.mark.slow
def test_what_was_taken_is_shown_as_it_was_typed_everywhere(
    rewound: Rewound, clients: Mapping[str, ReviewingClient], forms: list[PageForm]
) -> None:
    rewound.rewind()
    for value in WORST[:6]:
        for form in forms:
            if form.method == "post" and "password" not in form.action:
                _send(clients[form.actor], form, dict.fromkeys(form.open_fields, value))
    # The reviewing client finds whatever became an element, a handler or a script.
    answers = [
        clients[actor].get(path)
        for actor in ("teacher", "reviewer", "administrator")
        for _, path in paths(rewound.demo, actor)
    ]
    seen = [answer.get_data(as_text=True) for answer in answers if answer.mimetype == "text/html"]
    rewound.rewind()
    assert any("&lt;script&gt;alert(1)" in page for page in seen)
    assert [page for page in seen if f"<{PROBE}" in page or "49" * 3 in page] == []


@pytest.mark.slow
def test_a_form_changes_nothing_that_it_does_not_ask_for(
    rewound: Rewound, clients: Mapping[str, ReviewingClient], every_form: list[PageForm]
) -> None:
    url = f"sqlite:///{rewound.file}"
    without = frozenset(
        {
            "sign_in",
            "rate",
            "audit_head",
            "certificate.signature",
            "badge_recipient.sealed",
            "status_entry.place",
            "account.password_hash",
            "check_in_desk.secret",
        }
    )
    intruders = _a_value_for_every_column(rewound.demo)
    rewound.rewind()
    before, faults, writing = contents(url, without=without), [], 0
    for form in every_form:
        if form.method == "get" or form.action == "/sign-out":
            continue
        changes = []
        for more in ({}, {name: value for name, value in intruders.items() if name not in form.names}):
            status = _send(clients[form.actor], form, more).status_code
            after = contents(url, without=without) if rewound.is_changed else before
            changes.append((status, Changes.between(before, after)))
            rewound.rewind()
        (status, plain), (status_of_more, full) = changes
        writing += bool(plain.rows)
        if status != status_of_more or plain != full:
            faults.append(f"{form}: {status} {plain.beside(full)}, with more fields {status_of_more}")
    assert faults == []
    # Most of what can be pressed does something; else nothing was tried.
    assert writing >= 10


@pytest.mark.slow
def test_no_query_takes_us_by_surprise(
    clients: Mapping[str, ReviewingClient], found_pages: list[tuple[str, Asked]]
) -> None:
    faults = []
    for number, (path, name, actor) in enumerate(_query_names(found_pages)):
        for value in [*WORST, *OTHERS[number % _PARTS :: _PARTS]]:
            # A server takes no longer address than this.
            query = f"{path}?{name}={quote_from_bytes(value[:2_000])}"
            try:
                answer = clients[actor].get(query)
                told = [] if answer.status_code in _TOLD else [str(answer.status_code)]
            except AssertionError as error:
                told = [str(error)[:500]]
            faults += [f"{path}?{name}={value[:40]!r} as {actor}: {fault}" for fault in told]
    assert faults == []


@pytest.mark.slow
def test_no_path_takes_us_by_surprise(
    rewound: Rewound, clients: Mapping[str, ReviewingClient], found_pages: list[tuple[str, Asked]]
) -> None:
    faults = []
    for number, rule in enumerate(rewound.demo.app.url_map.iter_rules()):
        for value in [*WORST[:9], WORST[-1], *OTHERS[number % _PARTS :: _PARTS]]:
            for argument in sorted(rule.arguments):
                path = _filled(rule.rule, argument, quote_from_bytes(value[:500]))
                try:
                    status = clients["administrator"].get(path).status_code
                except AssertionError as error:
                    faults.append(f"{path[:120]}: {str(error)[:400]}")
                    continue
                if status not in _TOLD | {301, 308, 405}:
                    faults.append(f"{path[:120]}: {status}")
    assert faults == []


def test_no_header_takes_us_by_surprise(
    clients: Mapping[str, ReviewingClient], found_pages: list[tuple[str, Asked]]
) -> None:
    faults = []
    for path in ("/", "/events", "/maplewood", "/verify", "/static/0/style.css", "/nothing"):
        for name, value in HEADERS.items():
            status = clients["teacher"].get(path, headers={name: value}).status_code
            if status not in _TOLD | {206, 304, 416}:
                faults.append(f"{path} with {name}: {status}")
    assert faults == []


def _a_value_for_every_column(demo: Demo) -> dict[str, bytes]:
    """What somebody would send who knows our tables: for each column, by its name, a value to gain by."""
    cam, bo = demo.scope(CAM).me.id, demo.scope(BO).me.id
    known = {
        "district_id": str(demo.district("riverton").id),
        "role": "administrator",
        "roles": "administrator",
        "state": "credited",
        "person_id": ref_of(bo),
        "by_person_id": ref_of(cam),
        "reviewer_id": ref_of(cam),
    }
    columns = {column.name for table in Base.metadata.tables.values() for column in table.columns}
    intruders = {
        name: known.get(name) or _INTRUDER_OF.get(name.rpartition("_")[2], "777") for name in columns
    }
    return {name: value.encode() for name, value in (known | intruders).items()}


def _lasting(value: str, known: set[object]) -> str:
    return value if value in known else _FLEETING.sub("#", value)


def _copy(source: Path, target: Path) -> None:
    """Through SQLite itself, so that whoever has the target open sees the other content at once."""
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)


def _forms(actor: str, each: Asked) -> Iterator[PageForm]:
    for form in document_of(each.answer).iter(f"{HTML}form"):
        controls = [control for control in form.iter() if control.get("name")]
        filled = list(chain.from_iterable(map(_good, controls)))
        typed = tuple(dict.fromkeys(control.get("name", "") for control in controls if _is_open(control)))
        action = form.get("action") or each.path
        # The first of a group of radio buttons or checkboxes is enough.
        first = tuple({name: (name, value) for name, value in reversed(filled)}.values())
        yield PageForm(actor, action, form.get("method", "get").lower(), first, typed)


def _is_open(control: Element) -> bool:
    kind = control.get("type", "text")
    return control.tag in {f"{HTML}textarea", f"{HTML}select"} or (
        control.tag == f"{HTML}input" and kind not in _CLOSED
    )


def _good(control: Element) -> Iterator[tuple[str, str]]:
    """What a person would send from this control."""
    name, kind = control.get("name", ""), control.get("type", "text")
    if control.tag == f"{HTML}textarea":
        yield name, (control.text or "").removeprefix("\n") or "I will try it on Monday."
    elif control.tag == f"{HTML}select":
        options = [option.get("value", "") for option in control.iter(f"{HTML}option")]
        chosen = [o.get("value", "") for o in control.iter(f"{HTML}option") if "selected" in o.attrib]
        yield name, next((value for value in (*chosen, *options) if value), "")
    elif control.tag == f"{HTML}button" or kind in {"submit", "button"}:
        yield name, control.get("value", "")
    elif kind not in {"file", "reset"}:
        yield name, control.get("value") or _GOOD.get(kind, "Reading circle")


def _sort(action: str) -> str:
    """An action without the ids in it: forms of the same address are one form."""
    return "/".join(part for part in urlsplit(action).path.split("/") if not any(map(str.isdigit, part)))


def _send(client: ReviewingClient, form: PageForm, changed: Mapping[str, bytes]) -> TestResponse:
    sent = {name: value.encode() for name, value in form.fields if name != "csrf_token"} | dict(changed)
    body = "&".join(f"{quote(name)}={quote_from_bytes(value)}" for name, value in sent.items())
    if form.method == "get":
        return client.get(f"{urlsplit(form.action).path}?{body}")
    return client.post(form.action, data=body, content_type="application/x-www-form-urlencoded")


def _answer_faults(
    client: ReviewingClient, answer: TestResponse, form: PageForm, field: str, value: bytes
) -> Iterator[str]:
    if answer.status_code not in _TOLD:
        yield f"answered with {answer.status_code}"
        return
    if answer.status_code == 303:
        shown = client.get(unescape(answer.headers["Location"]).partition("#")[0])
        if shown.status_code >= 400:
            yield f"led to {answer.headers['Location']}, which answers with {shown.status_code}"
        return
    if answer.status_code == 422 and field in form.open_fields and answer.mimetype == "text/html":
        yield from _refusal_faults(answer, field, value)


def _refusal_faults(answer: TestResponse, field: str, value: bytes) -> Iterator[str]:
    """A refused form says why, and still holds what was typed."""
    page = document_of(answer)
    if not any("errors" in (part.get("class") or "").split() for part in page.iter(f"{HTML}div")):
        yield "refused without a summary"
    control = next((part for part in page.iter() if part.get("name") == field and _is_open(part)), None)
    if control is None:
        yield "refused, and its field is gone"
        return
    if control.tag == f"{HTML}select" or control.get("type") == "password" or not _is_text(value):
        return
    is_area = control.tag == f"{HTML}textarea"
    left = (control.text or "").removeprefix("\n") if is_area else control.get("value", "")
    # A hashtag gets its sign.
    if _seen(left).removeprefix("#") != _seen(value.decode()).removeprefix("#"):
        yield f"refused, and {left[:60]!r} is left of it"


def _is_text(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _seen(text: str) -> str:
    """Text as far as a browser keeps it in a field: nothing that can't be seen, one kind of line end."""
    kept = (
        letter for letter in " ".join(text.split()) if unicodedata.category(letter) not in {"Cc", "Cf", "Cs"}
    )
    return unicodedata.normalize("NFC", "".join(kept)).replace("\ufffd", "")


def _query_names(found: list[tuple[str, Asked]]) -> list[tuple[str, str, str]]:
    """Path and name of everything that stands in a query of ours, and who asks; addresses without ids count once."""
    names: dict[tuple[str, str], tuple[str, str, str]] = {}
    for actor, each in found:
        if each.status == 200:
            for path, name in _queries(each):
                names.setdefault((_sort(path), name), (path, name, actor))
    return list(names.values())


def _queries(each: Asked) -> Iterator[tuple[str, str]]:
    """What a page's own address, its links and its forms put into a query."""
    own, page = urlsplit(each.path), document_of(each.answer)
    links = [own, *(urlsplit(link.get("href", "")) for link in page.iter(f"{HTML}a"))]
    for there in links:
        if not there.netloc:
            yield from ((there.path or own.path, name) for name, _ in parse_qsl(there.query))
    for form in page.iter(f"{HTML}form"):
        if form.get("method", "get").lower() == "get":
            names = {control.get("name") for control in form.iter()} - {None}
            yield from ((form.get("action") or own.path, str(name)) for name in sorted(map(str, names)))


def _filled(rule: str, argument: str, value: str) -> str:
    """The rule's path with this value for one argument, and plain ones for the others."""

    def one(found: re.Match[str]) -> str:
        if found[1] == argument:
            return value
        return "maplewood" if found[1] == "district" else "0" * 13

    return re.sub(r"<(?:\w+:)?(\w+)>", one, rule)
