"""The kit's page in a browser, opened as a file: right verdicts without a network, for everybody who reads it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, Request, expect

from pdtracker.commands._kit import write_archive
from tests.archiving import PUBLISHER, SHUT
from tests.certifying import certified, pdf, reissue, revoke, with_page_changed, with_record_of
from tests.factories import NOW, Cast
from tests.harness.browser import axe, sideways


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
def test_files_get_the_right_verdict_in_a_page_without_a_network(
    cast: Cast, page: Page, tmp_path: Path
) -> None:
    stands, revoked, replaced = (certified(cast, NOW.replace(day=day)) for day in (1, 2, 3))
    files = {
        "genuine": pdf(cast, stands),
        "revoked": pdf(cast, revoked),
        "superseded": pdf(cast, replaced),
        "page-changed": with_page_changed(pdf(cast, stands)),
        "record-swapped": with_record_of(pdf(cast, revoked), pdf(cast, stands)),
        "letter": b"no",
    }
    revoke(cast, revoked)
    reissue(cast, replaced)
    write_archive(cast.database, PUBLISHER, tmp_path / "kit", SHUT)
    for name, data in files.items():
        (tmp_path / f"{name}.pdf").write_bytes(data)
    asked: list[str] = []

    def note(request: Request) -> None:
        asked.append(request.url)

    page.on("request", note)
    page.goto((tmp_path / "kit/verify.html").as_uri())
    expect(page.get_by_role("status")).to_contain_text("Ready.")
    page.get_by_label("Choose the certificate’s PDF").set_input_files(
        [tmp_path / f"{name}.pdf" for name in files]
    )
    expect(page.get_by_role("heading", level=2)).to_have_count(len(files) + 1)
    told = page.locator("#answers h2").all_inner_texts()
    assert told == [
        "Genuine: genuine.pdf",
        "Revoked: revoked.pdf",
        "Superseded: superseded.pdf",
        "Altered: page-changed.pdf",
        "Altered: record-swapped.pdf",
        "Not a certificate: letter.pdf",
    ]
    expect(page.locator("#answers")).to_contain_text("Ada Lindqvist")
    assert axe(page) == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert sideways(page) == 0
    assert asked == [(tmp_path / "kit/verify.html").as_uri()]


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"pdtracker.pages/1", "district": "maplewood"', '"pdtracker.pages/1", "district": "riverton"'),
        ('"rows":"', '"rows":"0'),
        ('"lists": [', '"lists": [], "none": ['),
        ('"statusPurpose": "revocation"', '"statusPurpose": "refresh"'),
        (
            '"name": "Maplewood School District", "valid_from": "2',
            '"name": "M", "kid": "0", "valid_from": "1',
        ),
    ],
)
def test_a_page_whose_lists_somebody_changed_says_nothing(
    cast: Cast, page: Page, tmp_path: Path, old: str, new: str
) -> None:
    certified(cast)
    write_archive(cast.database, PUBLISHER, tmp_path / "kit", SHUT)
    file = tmp_path / "kit/verify.html"
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    page.goto(file.as_uri())
    expect(page.get_by_role("status")).to_contain_text("can’t be relied on")
    expect(page.get_by_label("Choose the certificate’s PDF")).to_be_disabled()


@pytest.mark.parametrize("database_urls", ["sqlite"], indirect=True)
def test_a_browser_without_such_signatures_is_told_so(cast: Cast, page: Page, tmp_path: Path) -> None:
    write_archive(cast.database, PUBLISHER, tmp_path / "kit", SHUT)
    page.add_init_script("crypto.subtle.importKey = async () => { throw new Error('none'); };")
    page.goto((tmp_path / "kit/verify.html").as_uri())
    expect(page.get_by_role("status")).to_contain_text("can’t check signatures of this kind")
    expect(page.get_by_label("Choose the certificate’s PDF")).to_be_disabled()
