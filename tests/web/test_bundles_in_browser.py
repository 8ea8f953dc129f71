"""Gathering short sessions in Chromium: from the first one to the certificate, on a phone, looked at by axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import local
from tests.bundling import TOPIC, a_chat, publish_bundles
from tests.claiming import ON_ONE_DATABASE, today
from tests.factories import PASSWORD, House
from tests.harness.browser import axe, follow, sideways
from tests.harness.server import serving

pytestmark = ON_ONE_DATABASE

NewPage = Callable[..., Page]
PHONE = {"viewport": {"width": 320, "height": 700}}
ANSWERS = (
    "One caption is enough for a whole lesson if everybody looks at the same words first.",
    "A film without sound as they come in, and one question about what is said in it.",
    "They argue about what they see, not about what they are supposed to say.",
)


@pytest.fixture
def site(house: House) -> Iterator[str]:
    publish_bundles(house, step_minutes=15)
    with serving(house.app) as address:
        yield address


def signed_in(page: Page, site: str, house: House, name: str) -> Page:
    page.goto(f"{site}/sign-in")
    page.get_by_label("E-mail").fill(house.email_of(name))
    page.locator("input[type=password]").fill(PASSWORD)
    follow(page.get_by_role("main").get_by_role("button", name="Sign in"))
    return page


def sound(page: Page) -> None:
    """Nothing that axe finds, and nothing wider than the phone."""
    assert (axe(page), sideways(page)) == ([], 0), page.url


def add_one_of_my_own(page: Page, house: House, title: str, days_ago: int, minutes: int) -> None:
    starts = local(today(house).at, "America/New_York").replace(hour=9, minute=0) - timedelta(days=days_ago)
    follow(page.get_by_role("link", name="Add one of my own"))
    page.get_by_label("What was it called?").fill(title)
    page.get_by_label("Who hosted it?").fill("Captions group")
    page.get_by_label("From", exact=True).fill(f"{starts:%Y-%m-%dT%H:%M}")
    page.get_by_label("Until", exact=True).fill(f"{starts + timedelta(minutes=minutes):%Y-%m-%dT%H:%M}")
    page.get_by_label("Or your word").fill("I told how my grade seven reads captions aloud.")
    sound(page)
    follow(page.get_by_role("button", name="Add to the bundle"))


def test_short_sessions_become_one_certificate(house: House, new_page: NewPage, site: str) -> None:
    event_id = a_chat(today(house), 9)
    page = signed_in(new_page(**PHONE), site, house, "ada")
    page.goto(f"{site}/events/{ref_of(event_id)}")
    follow(page.get_by_role("link", name="Add to a bundle"))
    sound(page)
    page.get_by_label("Topic").fill(TOPIC)
    follow(page.get_by_role("button", name="Go on"))
    page.get_by_label("Address of one of your posts").fill("https://posts.example/1")
    sound(page)
    follow(page.get_by_role("button", name="Add to the bundle"))
    expect(page.get_by_text("20 of 60 minutes; 40 to go", exact=True)).to_be_visible()
    for title, days_ago, minutes in (("Captions", 7, 20), ("By mistake", 6, 15), ("More captions", 5, 25)):
        add_one_of_my_own(page, house, title, days_ago, minutes)
    expect(page.get_by_role("link", name="Change By mistake")).to_be_visible()
    mistake = page.get_by_role("listitem").filter(has_text="By mistake")
    follow(mistake.get_by_role("button", name="Take out"))
    expect(page.get_by_text("By mistake")).to_have_count(0)
    expect(page.get_by_text("65 minutes, enough to count", exact=True)).to_be_visible()
    sound(page)
    follow(page.get_by_role("button", name="Save and go on"))
    for number, answer in enumerate(ANSWERS, 1):
        if page.locator(f"#answer_{number}").count():
            page.locator(f"#answer_{number}").fill(answer)
    follow(page.get_by_role("button", name="Go on to check answers"))
    sound(page)
    page.get_by_label("This is true").check()
    follow(page.get_by_role("button", name="Send"))
    expect(page.get_by_text("Waiting for a decision")).to_be_visible()
    claim = page.url

    desk = signed_in(new_page(), site, house, "bo")
    desk.goto(f"{site}/maplewood/reviews")
    follow(desk.get_by_role("row").filter(has_text=TOPIC).get_by_role("link").first)
    sound(desk)
    follow(desk.get_by_role("button", name="Approve"))
    follow(desk.get_by_role("button", name="Release now"))

    page.goto(claim)
    follow(page.get_by_role("link", name="Certificate", exact=True))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Valid.")
    for minutes in (20, 20, 25):
        expect(page.get_by_text(f"{minutes} minutes attended").first).to_be_visible()
    told = "65 minutes attended; rounded down to quarter hours, 5 fewer; 60 minutes certified"
    expect(page.get_by_text(told)).to_be_visible()
    sound(page)
    public = new_page(**PHONE)
    code = (page.get_by_role("link", name="/verify/").first.get_attribute("href") or "").rsplit("/", 1)[1]
    public.goto(f"{site}/verify/{code}")
    expect(public.get_by_text(told)).to_be_visible()
    sound(public)
