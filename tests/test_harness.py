"""The tools of the suite do what their descriptions say."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import html5lib
import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Browser, Page, expect

from pdtracker.db import Database
from pdtracker.migrating import current, head
from tests.harness.browser import axe, follow, sideways, staying, watched
from tests.harness.databases import DatabaseUrls
from tests.harness.markup import parsed
from tests.harness.server import serving

STRICT = "default-src 'none'; script-src 'self'; require-trusted-types-for 'script'; trusted-types 'none'"
# The second page comes slowly, and its script too; the button sends something a little later than it is pressed.
SLOW_SITE = {
    "/": """<!doctype html><title>First</title><script type=module src=/later.js></script>
        <button>Send</button> <a href=/next>Next</a>""",
    "/later.js": """document.querySelector("button").addEventListener("click",
        () => setTimeout(() => fetch("/", {method: "POST"}), 100));""",
    "/next": "<!doctype html><title>Second</title><script type=module src=/ready.js></script>",
    "/ready.js": "document.title = 'Ready';",
}
SLOW = {"/next", "/ready.js"}

# Tags that are plainly such and others that nearly are, put together in every way.
SHREDS = (
    "<", "</", ">", "/>", " />", "p", "svg", "textarea", "script", "table", "option", "select", "br", "foreignObject",
    " ", "\n", "\t", "\r\n", " id", " ID", ' id="a"', ' id=""', " id=a", " id='a'", ' viewBox="0 0 1 1"', ' a="&amp;"',
    ' a="<b>"', ' a="b"c="d"', ' a = "b"', ' xlink:href="#a"', ' é="b"', "=", '"', "&lt;", "&", "\0", "é", "words",
    "<!-- ", "-->", "<!doctype html>", "<p>", '<p class="a b">', "</p>", "<svg>", "</svg>", "<li>", "<b>", "</b>",
)  # fmt: skip


def test_a_fresh_database_is_migrated(database_url: str) -> None:
    assert current(database_url) == head()


@pytest.mark.parametrize("turn", [1, 2])
def test_nothing_is_left_from_the_test_before(owner_url: str, turn: int) -> None:
    engine = sa.create_engine(owner_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE left_over (turn INTEGER)"))
    engine.dispose()


def test_the_application_is_neither_superuser_nor_owner(postgres_urls: DatabaseUrls) -> None:
    engine = sa.create_engine(postgres_urls.app)
    with engine.connect() as connection:
        role = connection.execute(
            sa.text(
                "SELECT rolsuper OR rolbypassrls OR rolcreatedb FROM pg_roles WHERE rolname = current_user"
            )
        ).scalar_one()
        owned = connection.execute(
            sa.text("SELECT count(*) FROM pg_tables WHERE tableowner = current_user")
        ).scalar_one()
    engine.dispose()
    assert (role, owned) == (False, 0)


def test_a_database_is_open(database: Database) -> None:
    with database.session(None) as session:
        assert session.district_id is None


def answering(body: str) -> Callable[..., list[bytes]]:
    """A site of one page under a strict policy."""

    def application(environ: object, start_response: Callable[..., object]) -> list[bytes]:
        start_response(
            "200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Security-Policy", STRICT)]
        )
        return [body.encode()]

    return application


def test_axe_passes_a_good_page_under_a_strict_policy(page: Page) -> None:
    body = "<!doctype html><html lang=en><title>Hours</title><main><h1>Hours</h1></main></html>"
    with serving(answering(body)) as address:
        page.goto(address)
        assert axe(page) == []
        assert page.evaluate("typeof window.axe") == "undefined"


def test_axe_names_what_a_bad_page_breaks(page: Page) -> None:
    body = "<!doctype html><html><title>Hours</title><main><h1>Hours</h1><button></button></main></html>"
    with serving(answering(body)) as address:
        page.goto(address)
        rules = [line.split()[0] for line in axe(page)]
    assert rules == ["button-name", "html-has-lang"]


def test_a_page_wider_than_its_window_is_told(new_page: Callable[..., Page]) -> None:
    page = new_page(viewport={"width": 320, "height": 600})
    page.set_content("<pre>" + "wide " * 200 + "</pre>")
    assert sideways(page) > 0


def slow_site(environ: dict[str, str], start_response: Callable[..., object]) -> list[bytes]:
    """The answers of a slow machine."""
    path = environ["PATH_INFO"]
    if path in SLOW:
        time.sleep(0.4)
    kind = "text/javascript" if path.endswith(".js") else "text/html"
    start_response("200 OK" if path in SLOW_SITE else "404 Not Found", [("Content-Type", kind)])
    return [SLOW_SITE.get(path, "").encode()]


@pytest.fixture
def unwatched(chromium: Browser) -> Iterator[Page]:
    """A page at whose end nobody asks what went wrong."""
    with chromium.new_context() as context, serving(slow_site) as address:
        page = context.new_page()
        page.goto(address)
        yield page


def test_behind_a_followed_link_stands_the_other_page_and_its_scripts_have_run(page: Page) -> None:
    with serving(slow_site) as address:
        page.goto(address)
        follow(page.get_by_role("link"))
        assert page.title() == "Ready"


def test_a_page_that_no_step_waited_for_is_told(unwatched: Page) -> None:
    complaints = watched(unwatched)
    unwatched.reload()
    assert complaints == []
    unwatched.get_by_role("link").click()
    expect(unwatched).to_have_title("Ready")
    assert [line.split()[0] for line in complaints] == [unwatched.url]


@pytest.mark.parametrize(("role", "asked"), [("link", "GET http.*/next"), ("button", "POST http.*/")])
def test_what_stays_sends_nothing_also_not_a_little_later(unwatched: Page, role: str, asked: str) -> None:
    with staying(unwatched):
        unwatched.get_by_role("button").focus()
    with pytest.raises(AssertionError, match=asked), staying(unwatched):
        unwatched.get_by_role(role).click()  # type: ignore[arg-type]


@settings(max_examples=500)
@given(st.lists(st.sampled_from(SHREDS), max_size=40).map("".join))
def test_markup_is_read_as_html5lib_reads_it(text: str) -> None:
    assert _read(parsed(text)) == _read(_slowly(text))


def test_a_page_longer_than_what_is_read_at_once_is_read_as_html5lib_reads_it() -> None:
    pages = [
        page.read_text(encoding="utf-8") for page in (Path(__file__).parent / "web/gallery_pages").iterdir()
    ]
    assert pages
    for page in pages:
        # At each distance to the border between two pieces.
        for before in range(0, 10_240, 1_999):
            text = f"<!doctype html><!--{'x' * before}--><title>Long</title>{page * 3}"
            assert _read(parsed(text)) == _read(_slowly(text))


def _slowly(text: str) -> html5lib.HTMLParser:
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(text)
    return parser


def _read(parser: html5lib.HTMLParser) -> tuple[str, list[object]]:
    return _written(parser.tree.getDocument()), list(parser.errors)


def _written(part: ElementTree.Element) -> str:
    """An element with everything in it, also what XML could not hold."""
    inner = "".join(map(_written, part))
    return repr((str(part.tag), sorted(part.attrib.items()), part.text, part.tail)) + f"[{inner}]"
