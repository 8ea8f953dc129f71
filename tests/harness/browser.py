"""A real browser for tests, and axe's verdict on what it shows."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

from tests.harness.parts import chromium_path

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN_AXE = """
axe.run(document, {runOnly: %s, resultTypes: ["violations"]}).then(results =>
    results.violations.map(({id, impact, help, nodes}) =>
        `${id} (${impact}): ${help}: ${nodes.map(node => node.target.join(" ")).join(" | ")}`))
"""


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """The installed Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


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
    """Collects what went wrong in the page from now on: script errors and refusals by its security policy."""
    complaints: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        # The browser also logs each answer of 400 and above, which tests ask for on purpose.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def _evaluate(session: Any, context: int, expression: str) -> Any:
    answer = session.send(
        "Runtime.evaluate",
        {"expression": expression, "contextId": context, "awaitPromise": True, "returnByValue": True},
    )
    if "exceptionDetails" in answer:
        details = answer["exceptionDetails"]
        raise RuntimeError(details.get("exception", {}).get("description") or details["text"])
    return answer["result"].get("value")
