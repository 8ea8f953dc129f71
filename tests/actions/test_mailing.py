"""How people have their letters: sorted before they leave, gathered, kept over night, stopped; nothing is lost."""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from pdtracker.actions import posting
from pdtracker.actions.mailing import choose_letters, stop_letters
from pdtracker.actions.notices import read_notice, read_notices
from pdtracker.actions.outbox import MOST_ATTEMPTS
from pdtracker.actions.posting import Reader
from pdtracker.domain.access import Permission
from pdtracker.domain.letters import Letter
from pdtracker.domain.mailing import LetterKind, Pace, QuietHours
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.domain.stop_links import StopLink
from pdtracker.jobs import deliver_due_mail, write_digests
from pdtracker.mail import FolderPost, NotDelivered
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.queries.notices import notices
from pdtracker.queries.people import member
from pdtracker.scope import Scope, action
from tests.factories import NOW, Cast

SITE = "https://pd.maplewood.example"
KEY = "the installation's own key"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# Monday, October 20, 2014: noon in Maplewood. The digests of the next morning, and of the next Monday.
TUESDAY = datetime.fromisoformat("2014-10-21T11:00Z")
MONDAY = datetime.fromisoformat("2014-10-27T11:00Z")


@action(Permission.SEE_MAIL)
def queue(scope: Scope, rows: list[dict[str, object]]) -> None:
    posting.queue_new(scope, rows)
    scope.record("mail.tested", "district", scope.district.id)


def write(cast: Cast, subject: str, kind: LetterKind = LetterKind.EVENT, at: datetime = NOW) -> None:
    """A letter to Ada."""
    ada = cast.scope("ada").me
    scope = cast.operator(at=at)
    letter = Letter(subject, f"About {subject}.\n", kind, f"{SITE}/events/{subject}")
    row = posting.queued(scope, Reader(ada.id, ada.email, ada.name), letter, key=subject, not_before=at)
    queue(scope, [row])


def choose(cast: Cast, pace: Pace, kind: LetterKind = LetterKind.EVENT, at: datetime = NOW) -> None:
    choose_letters(cast.scope("ada", at), {kind: pace}, None)


@pytest.fixture
def post(tmp_path: Path) -> FolderPost:
    return FolderPost(tmp_path / "mail")


def sent(cast: Cast, post: FolderPost, at: datetime = NOW) -> list[str]:
    """The subjects that have left by then, after the worker's round."""
    write_digests(cast.database, base_url=SITE, at=at)
    deliver_due_mail(cast.database, post, base_url=SITE, clock=lambda: at, key=KEY)
    return sorted(str(message["Subject"]) for message in messages(post))


def messages(post: FolderPost) -> Iterator[email.message.EmailMessage]:
    for file in sorted(post.folder.glob("*.eml")):
        message = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        assert isinstance(message, email.message.EmailMessage)
        yield message


def states(cast: Cast) -> list[MailState]:
    scope = cast.operator()
    return list(scope.session.scalars(sa.select(OutboxMail.state).order_by(OutboxMail.id)))


def test_a_daily_digest_is_one_letter_with_everything(cast: Cast, post: FolderPost) -> None:
    choose(cast, Pace.DAILY)
    write(cast, "one")
    write(cast, "two")
    assert sent(cast, post) == []
    assert sent(cast, post, TUESDAY - timedelta(minutes=1)) == []
    assert sent(cast, post, TUESDAY) == ["2 things from Maplewood School District"]
    assert sent(cast, post, TUESDAY + DAY) == ["2 things from Maplewood School District"]
    (message,) = messages(post)
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert page is not None
    for subject in ("one", "two"):
        assert f"- {subject}: {SITE}/events/{subject}" in plain.get_content()
        assert f'<a href="{SITE}/events/{subject}">' in page.get_content()
    assert states(cast) == [MailState.DIGESTED, MailState.DIGESTED, MailState.SENT]


def test_a_weekly_digest_comes_on_monday(cast: Cast, post: FolderPost) -> None:
    choose(cast, Pace.WEEKLY)
    write(cast, "one")
    assert sent(cast, post, MONDAY - timedelta(minutes=1)) == []
    assert sent(cast, post, MONDAY) == ["1 thing from Maplewood School District"]


def test_nothing_gathered_is_lost_by_changing_ones_mind(cast: Cast, post: FolderPost) -> None:
    choose(cast, Pace.WEEKLY)
    write(cast, "one")
    assert sent(cast, post) == []
    choose(cast, Pace.DAILY)
    assert sent(cast, post, TUESDAY) == ["1 thing from Maplewood School District"]
    write(cast, "two", at=TUESDAY)
    assert sent(cast, post, TUESDAY) == ["1 thing from Maplewood School District"]
    choose(cast, Pace.AT_ONCE, at=TUESDAY)
    assert sent(cast, post, TUESDAY) == ["1 thing from Maplewood School District", "two"]
    assert sent(cast, post, MONDAY) == ["1 thing from Maplewood School District", "two"]


def test_other_kinds_come_at_once_beside_a_digest(cast: Cast, post: FolderPost) -> None:
    choose(cast, Pace.DAILY)
    write(cast, "decided", LetterKind.DECISION)
    write(cast, "event")
    assert sent(cast, post) == ["decided"]


def test_a_letter_waits_for_the_end_of_the_quiet_hours(cast: Cast, post: FolderPost) -> None:
    choose_letters(cast.scope("ada"), {}, QuietHours(22 * 60, 7 * 60))
    late = datetime.fromisoformat("2014-11-02T03:00Z")
    write(cast, "at night", at=late)
    write(cast, "code", LetterKind.ACCOUNT, at=late)
    assert sent(cast, post, late) == ["code"]
    # The clocks went back meanwhile: seven in the morning is noon in UTC.
    assert sent(cast, post, datetime.fromisoformat("2014-11-02T11:59Z")) == ["code"]
    assert sent(cast, post, datetime.fromisoformat("2014-11-02T12:00Z")) == ["at night", "code"]


def test_a_letter_says_how_to_stop_its_kind_and_then_none_comes(cast: Cast, post: FolderPost) -> None:
    write(cast, "one")
    write(cast, "decided", LetterKind.DECISION)
    sent(cast, post)
    by_subject = {str(message["Subject"]): message for message in messages(post)}
    assert by_subject["decided"]["List-Unsubscribe"] is None
    assert by_subject["one"]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    raw = next(file for file in post.folder.glob("*.eml") if b"Subject: one" in file.read_bytes())
    (line,) = [line for line in raw.read_bytes().splitlines() if line.startswith(b"List-Unsubscribe:")]
    address = line.decode().removeprefix("List-Unsubscribe: <").removesuffix(">")
    link = StopLink.read(address.removeprefix(f"{SITE}/letters/stop/"), [KEY])
    assert link == StopLink("maplewood", cast.person_ids["ada"], LetterKind.EVENT)
    stop_letters(cast.operator(), link.person_id, link.kind)
    write(cast, "two")
    assert sent(cast, post) == ["decided", "one"]
    assert states(cast)[-1] is MailState.WITHHELD


def test_what_must_be_told_cannot_be_stopped(cast: Cast) -> None:
    with pytest.raises(NotNow):
        stop_letters(cast.operator(), cast.person_ids["ada"], LetterKind.DECISION)
    with pytest.raises(NotValid):
        choose(cast, Pace.NEVER, LetterKind.DECISION)
    with pytest.raises(NotHere):
        stop_letters(cast.operator(), cast.person_ids["dee"], LetterKind.EVENT)


class Dead:
    """A mail server that is down."""

    def deliver(self, message: email.message.EmailMessage) -> None:
        raise NotDelivered("ConnectionRefusedError")


def test_a_day_without_a_mail_server_leaves_exactly_one_of_each(cast: Cast, post: FolderPost) -> None:
    choose(cast, Pace.DAILY)
    write(cast, "gathered")
    write(cast, "decided", LetterKind.DECISION)
    for hours in range(0, 24, 2):
        at = NOW + hours * HOUR
        write_digests(cast.database, base_url=SITE, at=at)
        deliver_due_mail(cast.database, Dead(), base_url=SITE, clock=lambda at=at: at, key=KEY)
    assert MOST_ATTEMPTS > 11
    for days in (1, 2, 3):
        assert sent(cast, post, NOW + days * DAY) == ["1 thing from Maplewood School District", "decided"]


def test_notices_are_of_the_letters_and_outlive_their_choice(cast: Cast, post: FolderPost) -> None:
    choose(cast, Pace.NEVER)
    for subject in ("one", "two"):
        write(cast, subject)
    write(cast, "held", LetterKind.DECISION, NOW + HOUR)
    sent(cast, post)
    ada = cast.scope("ada")
    rows = notices(ada, after=None).rows
    # What isn't due is no notice yet: it can still be undone.
    assert [(row.subject, row.is_read) for row in rows] == [("two", False), ("one", False)]
    assert unread(cast) == 2
    assert read_notice(cast.scope("ada"), rows[1].id) == f"{SITE}/events/one"
    assert unread(cast) == 1
    sent(cast, post, NOW + HOUR)
    read_notices(cast.scope("ada"), rows[0].id)
    assert unread(cast) == 1
    with pytest.raises(NotHere):
        read_notice(cast.scope("bo"), rows[0].id)


def unread(cast: Cast) -> int:
    found = member(cast.scope("ada").session, cast.person_ids["ada"])
    assert found is not None
    return found.unread
