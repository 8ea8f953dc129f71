"""How somebody has their letters: quiet hours by the wall clock, digests at seven, links that only we can sign."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.digest_letters import GatheredLetter, digest_letter
from pdtracker.domain.letter_markup import letter_html
from pdtracker.domain.mailing import LetterKind, Pace, QuietHours, digest_at
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.stop_links import StopLink

EASTERN = "America/New_York"
NIGHT = QuietHours(22 * 60, 7 * 60)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2014-10-20T21:59-04:00", None),
        ("2014-10-20T22:00-04:00", "2014-10-21T07:00-04:00"),
        ("2014-10-21T06:59-04:00", "2014-10-21T07:00-04:00"),
        ("2014-10-21T07:00-04:00", None),
        # The clocks go back, and forward: the end is seven by the clock on both mornings.
        ("2014-11-01T23:00-04:00", "2014-11-02T07:00-05:00"),
        ("2014-03-08T23:00-05:00", "2014-03-09T07:00-04:00"),
    ],
)
def test_a_night_ends_by_the_clock(now: str, end: str | None) -> None:
    assert NIGHT.end(at(now), EASTERN) == (at(end) if end else None)


def test_an_end_that_the_clocks_skip_or_show_twice() -> None:
    early = QuietHours(60, 150)
    assert early.end(at("2014-03-09T01:30-05:00"), EASTERN) == at("2014-03-09T03:30-04:00")
    half_past = QuietHours(0, 90)
    assert half_past.end(at("2014-11-02T01:15-04:00"), EASTERN) == at("2014-11-02T01:30-04:00")
    assert half_past.end(at("2014-11-02T01:15-05:00"), EASTERN) is None


@given(
    st.integers(0, 1439),
    st.integers(0, 1439),
    st.integers(0, 3 * 365 * 24 * 60).map(
        lambda minutes: at("2013-01-01T00:00Z") + timedelta(minutes=minutes)
    ),
)
def test_the_end_of_quiet_hours_is_outside_of_them_and_within_a_day(
    first: int, last: int, now: datetime
) -> None:
    if first == last:
        with pytest.raises(NotValid):
            QuietHours(first, last)
        return
    end = QuietHours(first, last).end(now, EASTERN)
    assert end is None or now < end <= now + timedelta(hours=26)


@pytest.mark.parametrize(
    ("pace", "gathered", "written"),
    [
        (Pace.DAILY, "2014-10-20T06:59-04:00", "2014-10-20T07:00-04:00"),
        (Pace.DAILY, "2014-10-20T07:00-04:00", "2014-10-21T07:00-04:00"),
        (Pace.DAILY, "2014-11-01T12:00-04:00", "2014-11-02T07:00-05:00"),
        # A Monday, and the days around it.
        (Pace.WEEKLY, "2014-10-20T06:00-04:00", "2014-10-20T07:00-04:00"),
        (Pace.WEEKLY, "2014-10-20T08:00-04:00", "2014-10-27T07:00-04:00"),
        (Pace.WEEKLY, "2014-10-26T08:00-04:00", "2014-10-27T07:00-04:00"),
    ],
)
def test_a_digest_is_written_at_seven_on_its_readers_clock(pace: Pace, gathered: str, written: str) -> None:
    assert digest_at(pace, at(gathered), EASTERN) == at(written)


def test_decisions_reviews_and_the_account_cannot_be_stopped() -> None:
    stay = {kind for kind in LetterKind if not kind.may_stop}
    assert stay >= {LetterKind.DECISION, LetterKind.REVIEW, LetterKind.ACCOUNT}
    assert LetterKind.ACCOUNT.paces == (Pace.AT_ONCE,)


def test_a_stop_link_is_good_for_what_it_says_and_nothing_else() -> None:
    link = StopLink("maplewood", 42, LetterKind.REMINDER)
    token = link.token("new")
    assert StopLink.read(token, ["new"]) == link
    assert StopLink.read(link.token("old"), ["new", "old"]) == link
    assert StopLink.read(token, ["other"]) is None
    for forged in (
        "",
        "x",
        token.replace("reminder", "event"),
        token.replace("maplewood", "riverton"),
        token[:-1],
    ):
        assert StopLink.read(forged, ["new"]) is None


@given(st.text(alphabet="<>&\"'/:- \nabchtps.é=", max_size=80))
def test_nothing_of_a_letter_becomes_markup(words: str) -> None:
    told = letter_html(f"Dear Ada,\n\n{words}\n- <script>alert(1)</script>: https://pd.example/x?a=1&b=2\n")
    assert "<script" not in told
    assert '<a href="https://pd.example/x?a=1&amp;b=2">' in told
    assert set(_tags(told)) <= {
        "!doctype",
        "html",
        "head",
        "meta",
        "title",
        "body",
        "p",
        "ul",
        "li",
        "br",
        "a",
    }


def _tags(markup: str) -> list[str]:
    return [part.split(">")[0].split(" ")[0].lstrip("/") for part in markup.split("<")[1:]]


def test_a_digest_lists_by_kind_what_happened_with_its_address() -> None:
    letter = digest_letter(
        "Ada",
        "Maplewood",
        [
            GatheredLetter("Soon: A talk", "https://pd.example/events/1", LetterKind.EVENT),
            GatheredLetter("Returned to you: Circle", "https://pd.example/m/claims/2", LetterKind.DECISION),
        ],
        "https://pd.example/m/letters",
    )
    assert letter.subject == "2 things from Maplewood"
    assert "- Soon: A talk: https://pd.example/events/1" in letter.body
    assert letter.body.index("Returned to you") < letter.body.index("Soon: A talk")
