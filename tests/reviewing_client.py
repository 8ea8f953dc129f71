"""A test client that reviews every page it receives, as STYLE asks: nobody has to remember to look.

A page has to parse as HTML without an error, have one `h1`, a title, a language, unique ids, a label for every
control, targets for every reference between elements, nothing inline that the security policy would stop, and no id of
another district. Every answer has to carry the security headers.
"""

from __future__ import annotations

import re
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any
from xml.etree import ElementTree

from flask.testing import FlaskClient
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from pdtracker.web.headers import CONTENT_SECURITY_POLICY, WORKER_POLICY
from tests.harness.markup import parsed

HTML = "{http://www.w3.org/1999/xhtml}"
_SILENT = {"hidden", "submit", "button", "reset", "image"}
_POINTERS = ("aria-describedby", "aria-labelledby", "aria-controls", "for")
# They change nothing that is anybody's, and need neither cookie nor token.
PUBLIC_QUESTIONS = {"/verify"}
SIGNED_LINKS = "/letters/stop/"
_MUTATING = {"POST", "PUT", "PATCH", "DELETE"}


class ReviewingClient(FlaskClient):
    """A browser without scripts. `foreign` are texts that must never reach it: the other district's ids and names."""

    foreign: frozenset[str] = frozenset()
    token: bool = True

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Send a request, with the form's token when it changes something, and review the answer."""
        token = kwargs.pop("token", self.token)
        if token and kwargs.get("method") in _MUTATING:
            kwargs["headers"] = {"X-CSRFToken": self.csrf_token(), **dict(kwargs.get("headers") or {})}
        # Read to the end, so that no file stays open behind an answer.
        answer = super().open(*args, **{"buffered": True, **kwargs})
        # A large body was sent from a file.
        answer.request.environ["wsgi.input"].close()
        review(answer, self.foreign)
        return answer

    def csrf_token(self) -> str:
        """The token that belongs to this browser's cookie."""
        with self.session_transaction() as session:
            raw = session.setdefault("csrf_token", secrets.token_hex(20))
        key = self.application.secret_key
        return str(URLSafeTimedSerializer(str(key), salt="wtf-csrf-token").dumps(raw))


def review(answer: TestResponse, foreign: Iterable[str] = ()) -> None:
    """Fail with every fault of the answer, one on a line."""
    if answer.history:
        return
    faults = list(_header_faults(answer))
    if answer.mimetype == "text/html" and not 300 <= answer.status_code < 400:
        faults += page_faults(answer.get_data(as_text=True), foreign)
    told = "\n".join(faults)
    assert not faults, f"{answer.request.method} {answer.request.path} ({answer.status_code}):\n{told}"


def page_faults(text: str, foreign: Iterable[str] = ()) -> list[str]:
    """What is wrong with a page."""
    document, errors = _parsed(text)
    faults = [*errors, *_outline_faults(document)]
    faults += _reference_faults(document)
    faults += _control_faults(document)
    faults += _inline_faults(document)
    faults += [f"another district's {word} is on the page" for word in foreign if word in text]
    return faults


def document_of(answer: Response) -> ElementTree.Element:
    """The page of an answer, to be read only: it is parsed once for everybody who asks."""
    return _parsed(answer.get_data(as_text=True))[0]


def texts(answer: TestResponse) -> str:
    """What a page says, without its markup and with plain spaces."""
    document = document_of(answer)
    return re.sub(r"\s+", " ", " ".join(document.find(f"{HTML}body").itertext())).strip()


def fields(answer: TestResponse, action: str | None = None) -> dict[str, str]:
    """What a browser would send from the page's form (the one with this action), without files and pressed buttons.

    Of a name that is sent more than once the last value.
    """
    return {name: values[-1] for name, values in all_fields(answer, action).items()}


def all_fields(answer: TestResponse, action: str | None = None) -> dict[str, list[str]]:
    """The same with every value of each name: several boxes of one name can be ticked."""
    document = document_of(answer)
    forms = [form for form in document.iter(f"{HTML}form") if action is None or form.get("action") == action]
    assert forms, f"no form posts to {action}"
    sent: dict[str, list[str]] = {}
    for control in forms[-1].iter():
        name = control.get("name")
        if not name:
            continue
        if control.tag == f"{HTML}textarea":
            sent.setdefault(name, []).append(control.text or "")
        elif control.tag == f"{HTML}select":
            options = (o.get("value", "") for o in control.iter(f"{HTML}option") if "selected" in o.attrib)
            sent.setdefault(name, []).append(next(options, ""))
        elif control.tag == f"{HTML}input" and _is_sent(control):
            sent.setdefault(name, []).append(control.get("value", ""))
    return sent


@lru_cache(maxsize=8)
def _parsed(text: str) -> tuple[ElementTree.Element, list[str]]:
    """A page and what is wrong with its markup."""
    parser = parsed(text)
    document: ElementTree.Element = parser.tree.getDocument()
    return document, [f"line {place[0]}: {kind} {more}" for place, kind, more in parser.errors]


def _is_sent(control: ElementTree.Element) -> bool:
    kind = control.get("type", "")
    return kind not in {"submit", "button", "file"} and (
        kind not in {"checkbox", "radio"} or "checked" in control.attrib
    )


def _header_faults(answer: TestResponse) -> Iterator[str]:
    is_of_check_in = re.search(r"/check-in|/desks/", answer.request.path)
    if answer.mimetype == "text/html" and answer.headers.get("Content-Security-Policy", "") not in (
        {CONTENT_SECURITY_POLICY, WORKER_POLICY} if is_of_check_in else {CONTENT_SECURITY_POLICY}
    ):
        yield "the security policy is not ours"
    for name in (
        "Content-Security-Policy",
        "Referrer-Policy",
        "Permissions-Policy",
        "Cross-Origin-Opener-Policy",
    ):
        if name not in answer.headers:
            yield f"no {name}"
    if answer.headers.get("X-Content-Type-Options") != "nosniff":
        yield "no nosniff"
    if answer.headers.get("X-Frame-Options") != "DENY":
        yield "can be framed"
    for cookie in answer.headers.getlist("Set-Cookie"):
        if "HttpOnly" not in cookie or "SameSite=Lax" not in cookie:
            yield f"a careless cookie: {cookie.partition('=')[0]}"


def _outline_faults(document: ElementTree.Element) -> Iterator[str]:
    headings = list(document.iter(f"{HTML}h1"))
    if len(headings) != 1:
        yield f"{len(headings)} h1"
    title = document.find(f"{HTML}head/{HTML}title")
    if title is None or not (title.text or "").strip(" ·").removesuffix("pdtracker").strip(" ·"):
        yield "no title"
    if not document.get("lang"):
        yield "no language"
    if len(list(document.iter(f"{HTML}main"))) != 1:
        yield "not one main"
    for link in document.iter(f"{HTML}a"):
        if "href" in link.attrib and not _name_of(link):
            yield f"a link without words: {link.get('href')}"
    for button in document.iter(f"{HTML}button"):
        if not _name_of(button):
            yield "a button without words"


def _reference_faults(document: ElementTree.Element) -> Iterator[str]:
    counted = Counter(element.get("id") for element in document.iter() if element.get("id"))
    yield from (f"id {name!r} occurs {count} times" for name, count in counted.items() if count > 1)
    for element in document.iter():
        for pointer in _POINTERS:
            for name in element.get(pointer, "").split():
                if name not in counted:
                    yield f"{pointer} points to {name!r}, which isn't there"
        target = element.get("href", "")
        if element.tag == f"{HTML}a" and target.startswith("#") and target[1:] not in counted:
            yield f"a link leads to {target!r}, which isn't there"


def _control_faults(document: ElementTree.Element) -> Iterator[str]:
    labelled = {label.get("for") for label in document.iter(f"{HTML}label")}
    within = {
        id(control) for label in document.iter(f"{HTML}label") for control in label.iter() if _name_of(label)
    }
    for control in document.iter():
        if control.tag not in {f"{HTML}input", f"{HTML}select", f"{HTML}textarea"}:
            continue
        if control.get("type") in _SILENT:
            continue
        named = control.get("aria-label") or control.get("aria-labelledby")
        if not named and control.get("id") not in labelled and id(control) not in within:
            yield f"no label for {control.get('name')!r}"
    for form in document.iter(f"{HTML}form"):
        names = {control.get("name") for control in form.iter()}
        action = form.get("action") or ""
        is_question = action in PUBLIC_QUESTIONS or action.startswith(SIGNED_LINKS)
        if form.get("method", "get").lower() == "post" and "csrf_token" not in names and not is_question:
            yield f"the form to {form.get('action')!r} has no token"


def _inline_faults(document: ElementTree.Element) -> Iterator[str]:
    for element in document.iter():
        for name in element.attrib:
            if name == "style" or (isinstance(name, str) and name.startswith("on")):
                yield f"inline {name} at {element.tag}"
        if element.tag == f"{HTML}style" or (element.tag == f"{HTML}script" and not element.get("src")):
            yield f"inline {element.tag}"


def _name_of(element: ElementTree.Element) -> str:
    own = "".join(element.itertext()) + element.get("aria-label", "") + element.get("aria-labelledby", "")
    return (
        own + "".join(part.get("aria-label", "") + part.get("alt", "") for part in element.iter())
    ).strip()
