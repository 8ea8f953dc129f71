"""Attendance imports in Chromium: from the event's page to the draft and back, on large and small screens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from pdtracker.domain.refs import ref_of
from tests.factories import an_event
from tests.harness.browser import axe, follow, leaving, sideways
from tests.importing import HEADING, zoom
from tests.loaded_demo import Demo

NewPage = Callable[..., Page]
CAM, ADA = "cam@maplewood.example", "ada@maplewood.example"
LOOKS = [
    {"viewport": {"width": 320, "height": 700}, "color_scheme": "dark"},
    {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
]
LIST = "Wer;Adresse;Dauer\nAda;ada@maplewood.example;45\nBo;;60\n"


def look(page: Page) -> None:
    """What every page has to be: nothing for axe to find, nothing to scroll to at the side."""
    assert axe(page) == []
    assert sideways(page) == 0


@pytest.mark.parametrize("looks", LOOKS, ids=["small and dark", "large and light"])
def test_a_report_goes_from_the_event_to_a_draft_and_back(
    demo_site: Demo, new_page: NewPage, looks: dict[str, object]
) -> None:
    cam = demo_site.scope(CAM)
    starts_at = cam.at - timedelta(hours=2)
    event_id = an_event(cam, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    people = zoom(
        cam,
        ("Ada Lindqvist (she/her)", ADA, 0, 58),
        ("Bo T", "", 5, 60),
        ("Marchetti Hugo", "", 5, 60),
        ("iPad (2)", "", 0, 60),
        ("read.ai meeting notes", "", 0, 60),
        ("Somebody of elsewhere", "somebody@elsewhere.example", 0, 60),
    )
    page = new_page(**looks)
    demo_site.sign_in(page, CAM)
    page.goto(f"{demo_site.address}/events/{ref_of(event_id)}")
    follow(page.get_by_role("link", name="Bring an attendance report"))
    look(page)
    page.get_by_label("The report").set_input_files(
        {
            "name": "participants_96544781203.csv",
            "mimeType": "text/csv",
            "buffer": people + b"Zoe,,x,y,1,No\r\n",
        }
    )
    follow(page.get_by_role("button", name="Read it"))
    expect(page.get_by_role("heading", level=1)).to_have_text("6 people in the Zoom report")
    look(page)
    page.get_by_label("Whose line is Marchetti Hugo?").select_option(
        label="Hugo Marchetti, Birch Hill Middle"
    )
    page.get_by_label("Remember it").check()
    follow(page.get_by_role("button", name="Save decisions"))
    follow(page.get_by_role("link", name="Everybody"))
    look(page)
    follow(page.get_by_role("link", name="iPad (2)"))
    look(page)
    with leaving(page):
        page.go_back()
    follow(page.get_by_role("button", name="Confirm"))
    expect(page.get_by_role("status").first).to_contain_text("It counts now.")
    look(page)
    follow(page.get_by_role("button", name="Undo this import"))
    expect(page.get_by_role("status").first).to_contain_text("Undone. 2 drafts removed.")
    page.goto(f"{demo_site.address}/maplewood/imports")
    look(page)


@pytest.mark.parametrize("looks", LOOKS, ids=["small and dark", "large and light"])
def test_a_list_of_any_shape_is_read_by_chosen_columns(
    demo_site: Demo, new_page: NewPage, looks: dict[str, object]
) -> None:
    cam = demo_site.scope(CAM)
    starts_at = cam.at - timedelta(hours=2)
    event_id = an_event(cam, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    assert "Wer" not in HEADING
    page = new_page(**looks)
    demo_site.sign_in(page, CAM)
    page.goto(f"{demo_site.address}/maplewood/events/{ref_of(event_id)}/attendance")
    page.get_by_text("Paste its lines instead").click()
    page.get_by_label("Or paste its lines").fill(LIST)
    follow(page.get_by_role("button", name="Read it"))
    look(page)
    page.get_by_label("Name", exact=True).select_option("Wer")
    page.get_by_label("E-mail").select_option("Adresse")
    page.get_by_label("Duration").select_option("Dauer")
    follow(page.get_by_role("button", name="Read it by these columns"))
    expect(page.get_by_role("heading", level=1)).to_have_text("2 people in the attendance list")
