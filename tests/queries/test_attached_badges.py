"""The badge inside a certificate's PDF: its own, the same each time, and no other is taken for it."""

from __future__ import annotations

import io
from contextlib import ExitStack
from datetime import timedelta

import pikepdf
import pytest

from pdtracker import signing
from pdtracker.domain.canonical import instant_text
from pdtracker.exchange.open_badges import sealing
from pdtracker.exchange.open_badges.attached import NAME, is_badge_of, packed, unpacked
from pdtracker.pdf.record import BADGE_NAME
from pdtracker.queries.badge_verification import of_any_file
from pdtracker.queries.badges import badge_of
from pdtracker.queries.certificates import certificate
from pdtracker.queries.verification import Answer, Verdict
from tests.certifying import LATER, certified, pdf, reissue
from tests.factories import AN_ISSUER, NOW, Cast

LARGEST_BYTES = 65_536


def checked(cast: Cast, data: bytes) -> Answer:
    with ExitStack() as sessions:
        doors = sessions.enter_context(cast.database.session(None, installation=True))
        return of_any_file(
            doors,
            lambda id_: sessions.enter_context(cast.database.session(id_)),
            data,
            LATER + timedelta(days=1),
        )


def attached(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as document:
        return document.attachments[BADGE_NAME].get_file().read_bytes()


def with_badge(data: bytes, badge: bytes | None) -> bytes:
    """The same file with another badge in it, or with none."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        if badge is None:
            del document.attachments[BADGE_NAME]
        else:
            document.Root.AF[1].EF.F.write(badge)
        document.save(out, fix_metadata_version=False)
    return out.getvalue()


def test_the_file_carries_its_badge_as_another_form_of_the_same(cast: Cast) -> None:
    numbers = certified(cast)
    data = pdf(cast, numbers)
    assert BADGE_NAME == NAME
    assert len(data) <= LARGEST_BYTES
    with pikepdf.open(io.BytesIO(data)) as document:
        told = {str(file.UF): str(file.AFRelationship) for file in document.Root.AF}
    assert told == {"certificate.json": "/Source", BADGE_NAME: "/Alternative"}
    answer = checked(cast, attached(data))
    assert answer.verdict is Verdict.GENUINE
    assert answer.credential is not None
    assert answer.credential["id"] == certificate(cast.scope("cam"), numbers.serial).snapshot.address
    assert checked(cast, data).verdict is Verdict.GENUINE


def test_it_is_the_badge_that_one_can_download_and_the_same_each_time(cast: Cast) -> None:
    numbers = certified(cast)
    scope = cast.scope("cam")
    assert pdf(cast, numbers) == pdf(cast, numbers)
    downloaded = badge_of(scope.session, certificate(scope, numbers.serial), AN_ISSUER.secrets).token()
    assert attached(pdf(cast, numbers)) == downloaded.encode()


def test_another_badge_or_none_or_a_changed_one_makes_the_file_an_altered_one(cast: Cast) -> None:
    numbers, other = certified(cast), certified(cast)
    data = pdf(cast, numbers)
    own, others = attached(data), attached(pdf(cast, other))
    head = own.rpartition(b".")[0]
    for badge in (others, own[:-4] + b"AAAA", head + b"." + others.rpartition(b".")[2], b"", b"{}", None):
        answer = checked(cast, with_badge(data, badge))
        assert answer.verdict is Verdict.ALTERED, badge


def test_the_badge_of_the_earlier_edition_is_not_the_one_of_the_next(cast: Cast) -> None:
    numbers = certified(cast)
    first = attached(pdf(cast, numbers))
    again = reissue(cast, numbers)
    assert attached(pdf(cast, again)) != first
    assert checked(cast, with_badge(pdf(cast, again), first)).verdict is Verdict.ALTERED


def test_what_is_kept_of_it_gives_it_back_letter_for_letter(cast: Cast) -> None:
    numbers = certified(cast)
    scope = cast.scope("cam")
    issued = certificate(scope, numbers.serial)
    assert issued.badge is not None
    token = unpacked(issued.badge)
    assert packed(token.decode()) == issued.badge
    assert 2 * len(issued.badge) < len(token)


@pytest.mark.parametrize("how", ["another key", "another name", "another day"])
def test_a_token_that_says_something_else_is_no_badge_of_it(cast: Cast, how: str) -> None:
    numbers = certified(cast)
    scope = cast.scope("cam")
    issued = certificate(scope, numbers.serial)
    made = badge_of(scope.session, issued, AN_ISSUER.secrets)
    key = signing.new_key()
    changed = {
        "another key": {},
        "another name": {"name": "A doctorate"},
        "another day": {"validFrom": instant_text(NOW - timedelta(days=1))},
    }[how]
    forged = sealing.token(
        made.document | changed, key.public, lambda data: signing.sign(key.private, data), "urn:uuid:none"
    ).encode()
    own = key.public if changed else issued.public_key
    assert not is_badge_of(issued.snapshot, own, forged, signing)
    assert is_badge_of(issued.snapshot, issued.public_key, made.token().encode(), signing)
