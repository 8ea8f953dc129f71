"""Letters that an administrator helps along: put off, given up, sent, called back; and a letter to try the mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.outbox import MOST_ATTEMPTS, take_due_mail, tell_not_sent, tell_sent
from pdtracker.actions.resending import Helped, send_again, send_trial_letter
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted
from pdtracker.models.records import MailState, OutboxMail
from pdtracker.queries.letters import Tab, letter, letters, standing_counts
from pdtracker.scope import Scope
from tests.factories import NOW, Cast

A_MINUTE = timedelta(minutes=1)


def later(cast: Cast, minutes: int = 0, who: str = "cam") -> Scope:
    return cast.scope(who, NOW + minutes * A_MINUTE)


def written(cast: Cast) -> int:
    """A letter to the administrator, taken by a worker."""
    send_trial_letter(later(cast))
    (taken,) = take_due_mail(later(cast))
    return taken.id


def kept(cast: Cast, letter_id: int) -> OutboxMail:
    scope = later(cast)
    scope.session.rollback()
    found = scope.session.scalar(sa.select(OutboxMail).where(OutboxMail.id == letter_id))
    assert found is not None
    return found


def refused(cast: Cast, letter_id: int, code: str, minutes: int = 1) -> None:
    with pytest.raises(NotNow) as refusal:
        send_again(later(cast, minutes), letter_id)
    assert refusal.value.code == code


def test_a_letter_that_is_put_off_is_tried_at_once(cast: Cast) -> None:
    letter_id = written(cast)
    tell_not_sent(later(cast), letter_id, attempts=5, error="452 mailbox full")
    assert take_due_mail(later(cast, 2)) == ()
    assert letter(later(cast), letter_id).row.tab is Tab.DELAYED
    assert send_again(later(cast, 2), letter_id) is Helped.HURRIED
    assert [mail.id for mail in take_due_mail(later(cast, 2))] == [letter_id]
    assert kept(cast, letter_id).attempts == 2


def test_a_letter_in_a_worker_s_hands_or_before_its_time_is_left_alone(cast: Cast) -> None:
    refused(cast, written(cast), "on_its_way")


def test_a_letter_that_was_given_up_begins_anew(cast: Cast) -> None:
    letter_id = written(cast)
    tell_not_sent(later(cast), letter_id, attempts=MOST_ATTEMPTS, error="550 no such user")
    assert letter(later(cast), letter_id).row.tab is Tab.FAILED
    assert send_again(later(cast, 3), letter_id) is Helped.TRIED_AGAIN
    (taken,) = take_due_mail(later(cast, 3))
    assert (taken.id, taken.attempts) == (letter_id, 1)


def test_a_letter_that_left_leaves_again_once_a_day(cast: Cast) -> None:
    letter_id = written(cast)
    tell_sent(later(cast), letter_id)
    assert send_again(later(cast, 3), letter_id) is Helped.COPIED
    refused(cast, letter_id, "sent_again_before", 4)
    assert send_again(later(cast, 24 * 60 + 3), letter_id) is Helped.COPIED
    copies = take_due_mail(later(cast, 24 * 60 + 3))
    assert [(mail.subject, mail.body, mail.to_email) for mail in copies] == [
        (kept(cast, letter_id).subject, kept(cast, letter_id).body, kept(cast, letter_id).to_email)
    ] * 2
    assert kept(cast, letter_id).state is MailState.SENT


def test_what_was_called_back_stays_so(cast: Cast) -> None:
    letter_id = written(cast)
    scope = later(cast)
    scope.session.rollback()
    with scope.session.writing():
        scope.session.execute(
            sa.update(OutboxMail).where(OutboxMail.id == letter_id).values(state=MailState.CANCELLED)
        )
    refused(cast, letter_id, "called_back")


def test_one_trial_in_a_minute_is_enough(cast: Cast) -> None:
    assert send_trial_letter(later(cast)) == later(cast).me.email
    with pytest.raises(NotNow):
        send_trial_letter(later(cast))
    send_trial_letter(later(cast, 1))
    assert standing_counts(later(cast, 2)) == {Tab.WAITING: 2, Tab.DELAYED: 0, Tab.FAILED: 0}


def test_only_who_sees_the_mail_helps_it_along_and_only_at_home(cast: Cast) -> None:
    letter_id = written(cast)
    for who in ("ada", "bo"):
        with pytest.raises(NotPermitted):
            send_again(later(cast, who=who), letter_id)
        with pytest.raises(NotPermitted):
            send_trial_letter(later(cast, who=who))
    elsewhere = cast.operator(cast.riverton, NOW)
    with pytest.raises(NotHere):
        send_again(elsewhere, letter_id)
    with pytest.raises(NotHere):
        letter(elsewhere, letter_id)
    assert letters(elsewhere, None).rows == ()


def test_letters_are_found_by_state_and_by_person_page_by_page(cast: Cast) -> None:
    for minute in range(60):
        send_trial_letter(later(cast, minute))
    scope = later(cast, 90)
    first = letters(scope, Tab.WAITING)
    second = letters(scope, Tab.WAITING, after=first.last)
    assert (len(first.rows), len(second.rows), second.last) == (50, 10, None)
    assert letters(scope, None, person_id=scope.me.id).rows == first.rows
    assert letters(scope, None, person_id=later(cast, who="ada").me.id).rows == ()
    assert letters(scope, Tab.SENT).rows == ()
