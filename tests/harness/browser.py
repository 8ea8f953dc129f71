"""A real browser for tests, steps that wait for what they cause, and axe's verdict on what is shown.

A click only begins to lead on: what is read right behind it (axe's verdict, a width, a list of elements) may still be
the page that is left. So whatever leads to another page goes through `follow`, `follow_key` or `leaving`, and a page
that comes while nothing waits for it is a fault that `watched` tells. That nothing happens is shown by `staying`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Route,
    expect,
    sync_playwright,
)

from tests.harness.parts import chromium_path

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
)
# How long something that is expected may take: as long as playwright waits for everything else. Machines are slow.
PATIENCE_MILLISECONDS = 30_000
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """
axe.run(document, {runOnly: %s, resultTypes: ["violations"]}).then(results =>
    results.violations.map(({id, impact, help, nodes}) =>
        `${id} (${impact}): ${help}: ${nodes.map(node => node.target.join(" ")).join(" | ")}`))
"""
# Longer than a page puts anything off, by its own clock; the request comes behind all that it has begun to send.
NOTHING_MORE = """
async milliseconds => {
    await new Promise(done => setTimeout(done, milliseconds));
    await (await fetch(location.href)).text();
}
"""
# Pages at which a step of a test waits for another page.
_WAITING: set[Page] = set()


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """The installed Chromium, without a window."""
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def follow(way: Locator) -> None:
    """Click a link or button that leads to another page, and wait until that has loaded and its scripts have run."""
    with leaving(way.page):
        way.click()


def follow_key(page: Page, key: str) -> None:
    """The same with a key."""
    with leaving(page):
        page.keyboard.press(key)


@contextmanager
def leaving(page: Page) -> Iterator[Any]:  # playwright doesn't publish the type
    """The same with whatever is done meanwhile; afterwards `.value` is the answer that brought the other page."""
    with _waiting_at(page), page.expect_navigation() as answer:
        yield answer


@contextmanager
def staying(page: Page, milliseconds: int = 200) -> Iterator[None]:
    """What is done meanwhile neither leads to another page nor sends anything, also not within these milliseconds."""
    asked: list[str] = []

    def heard(request: Request) -> None:
        if request.is_navigation_request() or request.resource_type in {"fetch", "xhr", "ping"}:
            asked.append(f"{request.method} {request.url}")

    page.on("request", heard)
    yield
    page.evaluate(NOTHING_MORE, milliseconds)
    page.remove_listener("request", heard)
    assert asked[:-1] == [], asked[:-1]


def held(page: Page, addresses: str) -> list[Route]:
    """What the page asks of these addresses from now on, kept under way until the test continues or fulfils it."""
    under_way: list[Route] = []

    def keep(route: Route) -> None:
        under_way.append(route)

    page.route(addresses, keep)
    return under_way


def axe(page: Page, *rules: str) -> list[str]:
    """One line for each rule of WCAG 2.0 to 2.2 A and AA or axe's best practices that the page breaks.

    `rules` narrows it to some of axe's rules: colours are all that another colour scheme changes.

    axe runs in a world of its own that shares only the document: the page's Content-Security-Policy and Trusted
    Types stay in force, and its scripts never meet axe.
    """
    session = page.context.new_cdp_session(page)
    try:
        frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
        world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})
        context = world["executionContextId"]
        # The world is the same one for as long as the page isn't left.
        if _evaluate(session, context, "typeof axe") == "undefined":
            _evaluate(session, context, AXE_SCRIPT + "; undefined")
        wanted = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": AXE_TAGS}
        lines: list[str] = _evaluate(session, context, RUN_AXE % json.dumps(wanted))
        return lines
    finally:
        session.detach()


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than its window; axe does not see that."""
    width: int = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    return max(width, 0)


def watched(page: Page) -> list[str]:
    """Collects what goes wrong in the page from now on.

    Errors of scripts, refusals by the page's security policy, and pages for which no step of the test waited.
    """
    complaints: list[str] = []

    def came(there: Page) -> None:
        if there not in _WAITING:
            complaints.append(f"{there.url} came while nothing waited for it: follow() and leaving() wait")

    def heard(message: ConsoleMessage) -> None:
        # The browser also logs each answer of 400 and above, which tests ask for on purpose.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    for name in ("goto", "reload", "set_content"):
        setattr(page, name, _waiting(page, getattr(page, name)))
    page.on("domcontentloaded", came)
    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


@contextmanager
def _waiting_at(page: Page) -> Iterator[None]:
    _WAITING.add(page)
    try:
        yield
    finally:
        _WAITING.discard(page)


def _waiting(page: Page, step: Callable[..., Any]) -> Callable[..., Any]:
    """A step of playwright's that itself waits for the page that it brings."""

    def taken(*arguments: Any, **options: Any) -> Any:
        with _waiting_at(page):
            return step(*arguments, **options)

    return taken


def _evaluate(session: Any, context: int, expression: str) -> Any:
    answer = session.send(
        "Runtime.evaluate",
        {"expression": expression, "contextId": context, "awaitPromise": True, "returnByValue": True},
    )
    if "exceptionDetails" in answer:
        details = answer["exceptionDetails"]
        raise RuntimeError(details.get("exception", {}).get("description") or details["text"])
    return answer["result"].get("value")
