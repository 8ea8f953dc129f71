"""Every page for everybody who may open it, in Chromium: small and large, light and dark, print, without scripts."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import pytest
from playwright.sync_api import Page

from tests.harness.browser import axe, leaving, sideways
from tests.harness.server import serving
from tests.loaded_demo import Demo
from tests.reviewing_client import HTML, document_of
from tests.web.every_page import ACTORS, BETWEEN_STEPS, Asked, heading, rules
from tests.web.furnished import EveryPage, Furnished

NewPage = Callable[..., Page]
SMALL, LARGE = {"width": 320, "height": 700}, {"width": 1280, "height": 900}
# Month, day, year, hour, minute, half of the day, and the button that opens the calendar.
PARTS_OF_DATES = 7
ONLY_COLOURS = ("color-contrast", "link-in-text-block")
# In how many parts all pages are gone through, so that workers can divide them among themselves.
PARTS_OF_LOOKS, PARTS_WITHOUT_SCRIPTS, PARTS_OF_KEYS = 12, 2, 3
# What begins a file of this type.
BEGINNINGS = {
    "application/pdf": b"%PDF-",
    "application/vc+jwt": b"eyJ",
    "application/zip": b"PK",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": b"PK",
    "image/png": b"\x89PNG",
    "image/svg+xml": b"<",
    "text/calendar": b"BEGIN:VCALENDAR\r\n",
}

# At the end of a page nothing lies beneath what floats; axe takes a half covered link for a small one.
TO_THE_END = "scrollTo(0, document.body.scrollHeight)"
TEXT_SIZE = "size => document.documentElement.style.setProperty('font-size', size, 'important')"
_NUMBER = re.compile(r"\d[\d,.]*")
HEADING = "document.querySelector('h1')?.textContent ?? ''"
ONLY_ON_SCREENS = """
[...document.querySelectorAll('nav, .skip, footer, button, .btn')]
    .filter(part => part.checkVisibility()).map(part => part.className || part.localName)
"""
LANDMARKS_AMISS = """
Object.entries({banner: 'body > header', main: 'main', contentinfo: 'body > footer'})
    .filter(([_, part]) => document.querySelectorAll(part).length !== 1).map(([name]) => name)
"""
FORMS_WITHOUT_A_BUTTON = """
[...document.forms].filter(form => !form.closest('[hidden]') && ![...form.elements].some(
    // What is folded away opens without scripts as well.
    part => part.type === 'submit' && !part.disabled && (part.checkVisibility() || part.closest('details:not([open])'))
)).map(form => form.action)
"""
REACHABLE = """
() => {
    const groups = new Set();
    const parts = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex="0"]')];
    return parts.filter(part => {
        if (part.disabled || part.type === 'hidden' || part.tabIndex < 0) return false;
        if (!part.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true})) return false;
        if (part.type !== 'radio') return true;
        // The arrow keys go on from the chosen one, or from the first.
        const name = `${part.form?.action} ${part.name}`;
        const chosen = part.form?.querySelector(`[type=radio][name="${part.name}"]:checked`) ?? part;
        if (groups.has(name) || chosen !== part) return false;
        groups.add(name);
        return true;
    }).map((part, index) => (part.dataset.stop = index));
}
"""
STOPPED_AT = """
() => {
    const part = document.activeElement, shown = part.type === 'radio' || part.type === 'checkbox'
        ? [part, part.closest('label')] : [part, part.parentElement];
    const ring = shown.some(one => one && getComputedStyle(one).outlineStyle !== 'none'
        && parseFloat(getComputedStyle(one).outlineWidth) >= 2);
    const box = part.getBoundingClientRect();
    const covered = document.elementFromPoint(
        Math.min(Math.max(box.left + box.width / 2, 0), innerWidth - 1),
        Math.min(Math.max(box.top + box.height / 2, 0), innerHeight - 1));
    return {
        stop: part === document.body ? -1 : Number(part.dataset.stop ?? -2),
        what: `${part.localName} ${part.getAttribute('name') ?? part.innerText?.trim().slice(0, 40)}`,
        ring,
        covered: Boolean(covered?.closest('.bulk, .nav')) && !part.closest('.bulk, .nav, .top'),
    };
}
"""


SEND_EMPTY = """
number => {
    const form = document.forms[number];
    form.noValidate = true;
    const others = '[type=hidden], [type=radio], [type=checkbox], [type=file]';
    for (const part of form.elements) if (part.matches(`textarea, input:not(${others})`)) part.value = '';
    form.requestSubmit([...form.elements].find(part => part.type === 'submit'));
}
"""
# The scanner's script sends what it reads by itself and stays: it leads nowhere.
LEADS_TO = """
number => {
    const form = document.forms[number];
    return form && !form.closest('[data-scanner]') ? form.action : '';
}
"""
# What bears `autofocus` is given the focus when the page is first drawn, which may be after it was loaded.
FOCUSED_WHEN_DRAWN = """
new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(
    () => drawn(document.activeElement.matches('.errors'))
)))
"""
FEWEST_REFUSING_FORMS = 8


@pytest.fixture(scope="module")
def site(furnished: Furnished, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The furnished demo, served; these tests only read it."""
    with furnished.copy(tmp_path_factory.mktemp("every-page")) as made, serving(made.app) as address:
        made.address = address
        yield made


@pytest.fixture(scope="module")
def every_page(furnished: Furnished) -> EveryPage:
    """Every page with the actor who opens it; of those that look alike one."""
    return furnished.every_page


@pytest.fixture
def page_of(site: Demo, new_page: NewPage) -> Callable[..., Page]:
    """Gives an actor's page, in a browser that is made when the actor first comes."""
    known: dict[str, Page] = {}

    def page_of(actor: str, **options: object) -> Page:
        if actor not in known:
            known[actor] = new_page(viewport=LARGE, **options)
            if ACTORS[actor]:
                site.sign_in(known[actor], ACTORS[actor])
        return known[actor]

    return page_of


def test_the_parts_are_all_pages_and_each_is_in_one(every_page: EveryPage) -> None:
    for parts in (PARTS_OF_LOOKS, PARTS_WITHOUT_SCRIPTS, PARTS_OF_KEYS):
        together = [each for part in range(parts) for each in _part(every_page, part, parts)]
        assert together == every_page


def test_every_address_answers_somebody(site: Demo, furnished: Furnished) -> None:
    answered: defaultdict[str, set[int]] = defaultdict(set)
    faults = []
    for actor in ACTORS:
        for each in furnished.walk[actor]:
            answered[each.endpoint].add(each.status)
            told = (*_type_faults(each), *_origin_faults(each))
            faults += [f"{each.path} for {actor}: {fault}" for fault in told]
            if each.status >= 500:
                faults.append(f"{each.path} breaks for {actor}")
    for rule, _ in rules(site):
        if 200 not in answered[rule.endpoint] and rule.endpoint not in BETWEEN_STEPS:
            faults.append(f"{rule.rule} answered with {sorted(answered[rule.endpoint])} only")
    assert faults == []


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS_OF_LOOKS))
def test_every_page_is_for_everybody(
    site: Demo, every_page: EveryPage, page_of: Callable[..., Page], part: int
) -> None:
    pages = _part(every_page, part, PARTS_OF_LOOKS)
    _told({f"{each.path} for {who}": _faults(page_of(who), site, each) for who, each in pages})


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS_WITHOUT_SCRIPTS))
def test_every_page_works_without_scripts(
    site: Demo, every_page: EveryPage, page_of: Callable[..., Page], part: int
) -> None:
    _told(
        {
            f"{each.path} for {who}": _bare_faults(page_of(who, java_script_enabled=False), site, each)
            for who, each in _part(every_page, part, PARTS_WITHOUT_SCRIPTS)
        }
    )


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS_OF_KEYS))
def test_the_keyboard_reaches_everything_in_order(
    site: Demo, every_page: EveryPage, page_of: Callable[..., Page], part: int
) -> None:
    of_each = {each.endpoint: (who, each) for who, each in reversed(every_page) if each.status == 200}
    pages = _part(list(of_each.values()), part, PARTS_OF_KEYS)
    _told({f"{each.path} for {who}": _keyboard_faults(page_of(who), site, each) for who, each in pages})


@pytest.mark.slow
def test_a_refused_form_is_for_everybody(
    furnished: Furnished, every_page: EveryPage, tmp_path: Path, new_page: NewPage
) -> None:
    with furnished.copy(tmp_path) as made, serving(made.app) as address:
        made.address = address
        tried, found = _refused_forms(made, every_page, new_page)
    assert found == {}
    assert len(tried) >= FEWEST_REFUSING_FORMS, sorted(tried)


def _part(pages: EveryPage, part: int, of: int) -> EveryPage:
    """One of as many equal parts of the pages; an actor's pages stay together, and so need few browsers."""
    return pages[len(pages) * part // of : len(pages) * (part + 1) // of]


def _refused_forms(
    demo: Demo, every_page: EveryPage, new_page: NewPage
) -> tuple[set[str], dict[str, list[str]]]:
    """The forms that were refused when they were sent empty, and what is wrong with the answers."""
    tried: set[str] = set()
    found = {}
    browsers = {actor: new_page(viewport=SMALL) for actor in ACTORS}
    for actor, email in ACTORS.items():
        if email:
            demo.sign_in(browsers[actor], email)
    for actor, each in every_page:
        page = browsers[actor]
        for number, sent_to in _posted_forms(each):
            if _without_ids(sent_to) in tried:
                continue
            page.goto(demo.address + each.path)
            # What was taken before may have changed the page.
            action = _without_ids(page.evaluate(LEADS_TO, number))
            if not action or action in tried:
                continue
            with leaving(page) as sent:
                page.evaluate(SEND_EMPTY, number)
            if sent.value.status == 422:
                tried.add(action)
                if faults := [*_refused_faults(page), *axe(page)]:
                    found[action] = faults
    return tried, found


def _posted_forms(each: Asked) -> list[tuple[int, str]]:
    """Number and address of those forms of a page that one writes into."""
    page = document_of(each.answer)
    return [
        (number, form.get("action") or each.path)
        for number, form in enumerate(page.iter(f"{HTML}form"))
        if each.status == 200 and form.get("method") == "post" and any(map(_is_written_into, form.iter()))
    ]


def _is_written_into(control: Element) -> bool:
    return control.tag == f"{HTML}textarea" or control.get("type") in {"text", "email", "password"}


def _without_ids(address: str) -> str:
    """An address as its rule: ids left out."""
    return "/".join(part for part in urlsplit(address).path.split("/") if not any(map(str.isdigit, part)))


def _refused_faults(page: Page) -> Iterator[str]:
    if not page.title().startswith("Error: "):
        yield f"its title is {page.title()!r}"
    if not page.evaluate(FOCUSED_WHEN_DRAWN):
        yield "the summary has no focus"
    if wider := sideways(page):
        yield f"{wider} px wider than a small screen"


def _told(found: Mapping[str, Iterator[str]]) -> None:
    faults = {where: list(what) for where, what in found.items()}
    assert {where: what for where, what in faults.items() if what} == {}


def _faults(page: Page, site: Demo, asked_before: Asked) -> Iterator[str]:
    """What is wrong with a page; it is loaded once, and looked at from all sides."""
    answer = page.goto(site.address + asked_before.path)
    assert answer is not None
    if answer.status != asked_before.status:
        yield f"answers a browser with {answer.status}, not {asked_before.status}"
    if not page.title().removesuffix("pdtracker").strip(" ·"):
        yield "no title"
    shown = " ".join(page.evaluate(HEADING).split())
    # Certificates leave the house while the pages are walked through: how many there are may have changed.
    if _NUMBER.sub("#", shown) != _NUMBER.sub("#", heading(asked_before)):
        yield f"headed {shown!r} once its scripts ran"
    yield from (f"not one {name}" for name in page.evaluate(LANDMARKS_AMISS))
    for size in (LARGE, SMALL):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, media="screen")
            page.evaluate(TO_THE_END)
            rules_of_scheme = () if scheme == "light" else ONLY_COLOURS
            yield from (f"{size['width']} px, {scheme}: {fault}" for fault in axe(page, *rules_of_scheme))
    if wider := sideways(page):
        yield f"{wider} px wider than a small screen"
    page.evaluate(TEXT_SIZE, "200%")
    if wider := sideways(page):
        yield f"{wider} px wider than a small screen when text is twice its size"
    page.evaluate(TEXT_SIZE, "")
    page.emulate_media(media="print", color_scheme="light")
    if shown := page.evaluate(ONLY_ON_SCREENS):
        yield f"prints {', '.join(shown)}"


def _bare_faults(page: Page, site: Demo, asked_before: Asked) -> Iterator[str]:
    """What a person without scripts misses."""
    page.goto(site.address + asked_before.path)
    if not page.locator("h1").is_visible():
        yield "shows no heading"
    yield from (f"no button for {action}" for action in page.evaluate(FORMS_WITHOUT_A_BUTTON))


def _keyboard_faults(page: Page, site: Demo, asked_before: Asked) -> Iterator[str]:
    """Tab goes once through everything that can be used, in the order of the page, and one sees where one is."""
    page.goto(site.address + asked_before.path)
    stops = page.evaluate(REACHABLE)
    page.evaluate("document.activeElement.blur()")
    reached: list[int] = []
    for _ in range(
        len(stops) + 1 + PARTS_OF_DATES * page.locator("input[type^=date], input[type=time]").count()
    ):
        page.keyboard.press("Tab")
        at = page.evaluate(STOPPED_AT)
        if at["stop"] == -1:
            break
        if at["stop"] in reached[-1:]:
            # The next part of a date.
            continue
        reached.append(at["stop"])
        if not at["ring"]:
            yield f"no ring around {at['what']}"
        if at["covered"]:
            yield f"{at['what']} is covered while it has the focus"
    if reached[: len(stops)] != stops:
        missed = [stop for stop in stops if stop not in reached]
        yield f"Tab went {reached}, missed {missed} of {len(stops)}"


def _origin_faults(each: Asked) -> Iterator[str]:
    """Forms that would come from nowhere: without a referrer a browser sends `Origin: null`, which the door refuses."""
    if not each.is_page or each.answer.headers.get("Referrer-Policy") != "no-referrer":
        return
    for form in document_of(each.answer).iter(f"{HTML}form"):
        if any(control.get("name") == "csrf_token" for control in form.iter()):
            yield f"a form to {form.get('action')} of a page without a referrer"


def _type_faults(each: Asked) -> Iterator[str]:
    """What doesn't fit the type that an answer says it has."""
    if each.is_page or each.status != 200:
        return
    body = each.answer.get_data()
    if each.media_type in {"application/json", "application/vc", "application/vc+ld+json"}:
        json.loads(body)
    elif each.media_type in {"text/csv", "text/css", "text/javascript"}:
        body.decode("utf-8")
    elif not body.startswith(BEGINNINGS[each.media_type]):
        yield f"is no {each.media_type}: {body[:20]!r}"
    if each.media_type == "text/csv" and "attachment" not in each.answer.headers["Content-Disposition"]:
        yield "a table that a browser would show instead of keeping it"
