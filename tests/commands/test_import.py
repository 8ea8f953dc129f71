"""`import attendance` and `import events` in words and as JSON, with and without an installation."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pdtracker.cli import main
from pdtracker.domain.refs import ref_of
from pdtracker.models.claims import Claim
from tests.claiming import today
from tests.exchange.attendance.reports import ADA, SAMPLES, ZOOM_HEADING, text
from tests.exchange.ics.test_calendar import MOVED, SERIES, calendar, event
from tests.factories import SECRET, House, an_event
from tests.importing import zoom

SHARED = Path(__file__).parents[3] / "shared" / "samples" / "attendance"
SESSION = "2026-10-14T16:00/2026-10-14T17:30/America/New_York"


@pytest.fixture(autouse=True)
def _nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with nothing installed."""
    for name in ("DATABASE_URL", "SECRET_KEY", "PDTRACKER_INSTANCE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def kept(name: str, data: bytes) -> str:
    Path(name).write_bytes(data)
    return name


def test_attendance_as_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    file = kept(
        "zoom.csv", text(ZOOM_HEADING, ADA, "iPad (2),,10/14/2026 04:00 PM,,30,Yes", "Bo,,x,y,1,No").encode()
    )
    assert main(["import", "attendance", SESSION, file, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "format": "zoom-meeting",
        "encoding": "utf-8",
        "zone": "America/New_York",
        "session": {"start": "2026-10-14T16:00:00-04:00", "end": "2026-10-14T17:30:00-04:00"},
        "people": [
            {
                "name": "Ada Lindqvist",
                "email": "ada@maplewood.example",
                "minutes": 40.0,
                "strength": "intervals",
                "flags": [],
                "match": None,
            },
            {
                "name": "iPad (2)",
                "email": None,
                "minutes": 90.0,
                "strength": "intervals",
                "flags": ["end assumed", "device"],
                "match": None,
            },
        ],
        "refused": [{"line": 4, "why": "The time of joining can’t be read: “x”."}],
    }


def test_attendance_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    file = kept("attendees.csv", SAMPLES["eventbrite"].data)
    assert main(["import", "attendance", SESSION, file]) == 0
    told = capsys.readouterr().out
    assert "there  Ada L  ada@maplewood.example  (shared e-mail)" in told
    assert "Listed as not there: 2." in told
    file = kept("zoom.csv", text(ZOOM_HEADING, ADA, "Bo,,x,y,1,No").encode())
    assert main(["import", "attendance", SESSION, file]) == 0
    told = capsys.readouterr().out
    assert "40.0 min  Ada Lindqvist  ada@maplewood.example\n" in told
    assert told.endswith("Line 3: The time of joining can’t be read: “x”.\n")


def test_the_zone_of_the_files_clock_can_be_told(capsys: pytest.CaptureFixture[str]) -> None:
    file = kept("zoom.csv", text(ZOOM_HEADING, "Ada,,10/14/2026 01:00 PM,10/14/2026 02:00 PM,60,No").encode())
    assert main(["import", "attendance", SESSION, file]) == 0
    assert "Are the file's times those of America/New_York?" in capsys.readouterr().err
    assert main(["import", "attendance", SESSION, file, "--zone", "America/Los_Angeles", "--json"]) == 0
    out, said = capsys.readouterr()
    assert said == ""
    told = json.loads(out)
    assert (told["zone"], told["people"][0]["minutes"]) == ("America/Los_Angeles", 60.0)


def test_events_as_json_are_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    chat = event("SUMMARY:Chat", "DTSTART:20261016T190000", "URL:https://x.example/1", uid="chat")
    file = kept("pd.ics", calendar(SERIES, MOVED, chat, event(uid="broken")))
    assert main(["import", "events", file, "--json", "--from", "2026-10-15", "--to", "2026-10-28"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told == {
        "events": [
            {
                "uid": "chat",
                "recurrence_id": None,
                "title": "Chat",
                "start": "2026-10-16T19:00:00-04:00",
                "end": None,
                "all_day": False,
                "zone": "America/New_York",
                "url": "https://x.example/1",
                "status": "confirmed",
            },
            *(
                {
                    "uid": "1",
                    "recurrence_id": f"2026-10-{day}T16:00:00-04:00",
                    "title": "Book club",
                    "start": f"2026-10-{day}T16:00:00-04:00",
                    "end": f"2026-10-{day}T17:30:00-04:00",
                    "all_day": False,
                    "zone": "America/New_York",
                    "url": None,
                    "status": "confirmed",
                }
                for day in (23, 28)
            ),
        ],
        "refused": [{"line": 26, "why": "It has no DTSTART, so nobody knows when it begins."}],
    }


def test_events_in_words_and_without_days(capsys: pytest.CaptureFixture[str]) -> None:
    file = kept("pd.ics", calendar(event("SUMMARY:Chat", "DTSTART:20141016T190000"), zone=None))
    assert main(["import", "events", file]) == 1
    assert "No event on these days" in capsys.readouterr().err
    assert main(["import", "events", file, "--zone", "America/Chicago"]) == 0
    assert capsys.readouterr().out == "2014-10-16T19:00:00-05:00  hours unknown  confirmed  Chat\n"


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (["attendance", SESSION, "nothing.csv"], "nothing.csv can’t be read: No such file or directory."),
        (["attendance", SESSION, "."], ". can’t be read: Is a directory."),
        (["attendance", SESSION, "prose.txt"], "no attendance report that we know"),
        (["attendance", "tomorrow", "prose.txt"], "tomorrow is no session. Write START/END/ZONE"),
        (["attendance", "2026-10-14T16:00/2026-10-14T15:00/UTC", "prose.txt"], "is no session"),
        (["attendance", "2026-10-14T16:00/2026-10-14T17:00/Nowhere/Land", "prose.txt"], "time zone"),
        (
            ["attendance", "2026-03-08T02:30/2026-03-08T04:00/America/New_York", "prose.txt"],
            "clocks were put forward",
        ),
        (["attendance", SESSION, "prose.txt", "--zone", "EDT"], "There is no time zone EDT."),
        (["events", "prose.txt"], "This is no calendar"),
        (["events", "prose.txt", "--from", "soon"], "soon is no day."),
        (["events", "prose.txt", "--from", "2026-10-02", "--to", "2026-10-01"], "--from is after --to."),
    ],
)
def test_what_cannot_be_read_ends_with_one_sentence(
    capsys: pytest.CaptureFixture[str], told: list[str], sentence: str
) -> None:
    kept("prose.txt", b"Dear Ada,\nyou were there.\n")
    assert main(["import", *told]) == 1
    out, complaint = capsys.readouterr()
    assert out == ""
    assert sentence in complaint
    assert complaint.count("\n") == 1


def test_a_report_of_which_no_line_can_be_read_says_why_and_is_no_success(
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = kept("zoom.csv", text(ZOOM_HEADING, "Bo,,x,y,1,No").encode())
    assert main(["import", "attendance", SESSION, file, "--json"]) == 1
    out, complaint = capsys.readouterr()
    assert [told["line"] for told in json.loads(out)["refused"]] == [2]
    assert complaint == "pdtracker: Nobody could be read from this file.\n"


@pytest.fixture
def installed(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.setenv("DATABASE_URL", house.settings.database_url)
    monkeypatch.setenv("PDTRACKER_INSTANCE", str(house.settings.instance))
    monkeypatch.setenv("SECRET_KEY", SECRET)
    monkeypatch.setenv("BASE_URL", "http://localhost")
    return house


def test_a_report_of_an_event_here_is_matched_and_kept_only_when_asked(
    installed: House, capsys: pytest.CaptureFixture[str]
) -> None:
    cam = today(installed, "cam")
    event_id = an_event(cam)
    data = zoom(
        cam, ("Ada Lindqvist", "ada@maplewood.example", 0, 50), ("Zoe", "zoe@elsewhere.example", 0, 60)
    )
    file, event = kept("zoom.csv", data), f"maplewood:{ref_of(event_id)}"
    claims = sa.select(sa.func.count()).select_from(Claim).where(Claim.event_id == event_id)
    for told, count in (([], 0), (["--commit"], 1), (["--commit"], 1)):
        assert main(["import", "attendance", event, file, "--json", *told]) == 0
        out, said = capsys.readouterr()
        matches = {person["name"]: person["match"] for person in json.loads(out)["people"]}
        assert matches == {"Ada Lindqvist": ref_of(installed.person_ids["ada"]), "Zoe": None}
        assert ("It counts now" in said) is bool(told)
        cam.session.rollback()
        assert cam.session.scalar(claims) == count
    address = f"http://localhost/maplewood/events/{ref_of(event_id)}/attendance"
    assert main(["import", "attendance", address, file]) == 0
    assert "50.0 min  Ada Lindqvist" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("event", "sentence"),
    [
        ("nowhere:0000000000001", "There is no district 'nowhere' here."),
        ("maplewood:0000000000001", "no such event or session"),
        ("https://pd.example/events/0000000000001", "which district"),
        (SESSION, "Only what is of an event of this installation"),
    ],
)
def test_what_is_no_event_here_keeps_nothing(
    installed: House, capsys: pytest.CaptureFixture[str], event: str, sentence: str
) -> None:
    file = kept("zoom.csv", text(ZOOM_HEADING).encode())
    assert main(["import", "attendance", event, file, "--commit"]) == 1
    assert sentence in capsys.readouterr().err


def shared_files() -> list[str]:
    expected = SHARED / "expected.json"
    return list(json.loads(expected.read_text(encoding="utf-8"))["files"]) if expected.exists() else []


@pytest.mark.skipif(not SHARED.exists(), reason="the shared samples are not here")
@pytest.mark.parametrize("name", shared_files())
def test_the_shared_samples_give_what_they_should_as_json(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    expected: Any = json.loads((SHARED / "expected.json").read_text(encoding="utf-8"))["files"][name]
    assert main(["import", "attendance", SESSION, str(SHARED / name), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["format"], told["refused"]) == (expected["format"], [])
    found = {one["name"]: one for one in told["people"]} | {one["email"]: one for one in told["people"]}
    assert len(told["people"]) == len(expected["people"])
    for person, minutes in expected["people"].items():
        if isinstance(minutes, dict):
            # The marks of two sessions; ours is the first.
            assert (found[person]["minutes"] is None) is (minutes["2026-10-14"] in {"P", "L"})
        else:
            assert found[person]["minutes"] == minutes
