"""The pages on which a district words its letters, and the letters that leave so."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
import sqlalchemy as sa

from pdtracker.actions.letter_templates import change_template
from pdtracker.domain.letter_template import ORIGINAL, LetterTemplate
from pdtracker.domain.mailing import LetterKind
from pdtracker.domain.refusals import NotHere, NotPermitted
from pdtracker.jobs import deliver_due_mail
from pdtracker.mail import FolderPost
from pdtracker.models.records import AuditEntry
from tests.factories import NOW, Cast, House, a_letter
from tests.reviewing_client import texts

PATH = "/maplewood/mail/templates"
DECISIONS = f"{PATH}/decision"
OWN = {"subject": "[Maplewood] {subject}", "body": "{letter}\n\nAsk Pat, {name}."}


def sent(cast: Cast, folder: Path) -> EmailMessage:
    """The one letter that leaves now."""
    deliver_due_mail(cast.database, FolderPost(folder), base_url="http://localhost", clock=lambda: NOW)
    (file,) = folder.glob("*.eml")
    message = message_from_bytes(file.read_bytes(), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("kind", [LetterKind.DECISION, LetterKind.OTHER])
def test_letters_of_the_kind_alone_leave_in_these_words(cast: Cast, tmp_path: Path, kind: LetterKind) -> None:
    change_template(cast.scope("cam"), LetterKind.DECISION, LetterTemplate(**OWN))
    a_letter(cast.operator(), cast.scope("ada").me, kind=kind)
    message = sent(cast, tmp_path / "mail")
    plain, markup = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert markup is not None
    is_own = kind is LetterKind.DECISION
    assert message["Subject"].startswith("[Maplewood] ") is is_own
    assert ("Ask Pat, Ada Lindqvist." in plain.get_content()) is is_own
    assert ("Ask Pat, Ada Lindqvist." in markup.get_content()) is is_own


def test_it_is_looked_at_saved_and_taken_back(house: House) -> None:
    cam = house.client_of("cam")
    assert "As pdtracker writes them" in texts(cam.get(PATH))
    tried = texts(cam.post(DECISIONS, data=OWN | {"step": "look"}))
    assert "An example, not saved yet" in tried
    assert "Ask Pat, Cam Okafor." in tried
    assert "As pdtracker writes them" in texts(cam.get(DECISIONS))
    assert "Saved." in texts(cam.post(DECISIONS, data=OWN, follow_redirects=True))
    assert "In your own words, by Cam Okafor" in texts(cam.get(PATH))
    assert "pdtracker writes them again" in texts(cam.post(f"{DECISIONS}/original", follow_redirects=True))
    entries = house.operator().session.scalars(
        sa.select(AuditEntry.action).where(AuditEntry.subject == "letter_template").order_by(AuditEntry.seq)
    )
    assert list(entries) == ["letter_template.changed", "letter_template.reset"]


def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(house: House) -> None:
    answer = house.client_of("cam").post(DECISIONS, data=OWN | {"body": "Ask Pat."})
    assert answer.status_code == 422
    assert "Put {letter} where it belongs" in texts(answer)
    assert "Ask Pat." in texts(answer)


def test_kinds_without_a_template_are_not_here(house: House) -> None:
    cam = house.client_of("cam")
    for kind in ("account", "other", "nothing"):
        assert cam.get(f"{PATH}/{kind}").status_code == 404
        assert cam.post(f"{PATH}/{kind}", data=OWN).status_code == 404
    with pytest.raises(NotHere):
        change_template(house.scope("cam"), LetterKind.ACCOUNT, ORIGINAL)


def test_nobody_else_words_letters(house: House) -> None:
    assert house.client_of("bo").get(PATH).status_code == 403
    with pytest.raises(NotPermitted):
        change_template(house.scope("bo"), LetterKind.DECISION, LetterTemplate(**OWN))
