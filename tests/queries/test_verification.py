"""Signature, file and status become one answer, whose facts are only ever those that a trusted key signed."""

from __future__ import annotations

import json
import random
from contextlib import ExitStack
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.undoing import undo_decisions
from pdtracker.domain.claim import UNDO_MINUTES
from pdtracker.models.certificates import Certificate
from pdtracker.queries.certificates import Successor, every_public_key
from pdtracker.queries.kept_keys import KeptKeys, keys_document, of_keys_document
from pdtracker.queries.verification import (
    UNKNOWN,
    Answer,
    Standing,
    Verdict,
    document_of,
    of_file,
    of_file_offline,
    of_number,
)
from tests.calendars import statements
from tests.certifying import (
    LATER,
    certified,
    pdf,
    reissue,
    revoke,
    tamper,
    with_a_bit_flipped,
    with_page_changed,
    with_record_of,
)
from tests.factories import NOW, Cast

AFTER = LATER + timedelta(days=1)


def by_number(cast: Cast, text: str, at: datetime = AFTER) -> Answer:
    with ExitStack() as sessions:
        doors = sessions.enter_context(cast.database.session(None, installation=True))
        return of_number(doors, lambda id_: sessions.enter_context(cast.database.session(id_)), text, at)


def by_file(cast: Cast, data: bytes, at: datetime = AFTER) -> Answer:
    with ExitStack() as sessions:
        doors = sessions.enter_context(cast.database.session(None, installation=True))
        return of_file(doors, lambda id_: sessions.enter_context(cast.database.session(id_)), data, at)


def test_code_and_serial_lead_to_the_same_valid_certificate(cast: Cast) -> None:
    numbers = certified(cast)
    for text in (numbers.code, numbers.serial, numbers.code.lower()):
        answer = by_number(cast, text)
        assert answer.verdict is Verdict.GENUINE
        assert answer.status is not None
        assert answer.status.standing is Standing.VALID
        assert answer.snapshot is not None
        assert answer.snapshot.holder.name == "Ada Lindqvist"


def test_a_revoked_one_says_when_and_why(cast: Cast) -> None:
    numbers = certified(cast)
    revoke(cast, numbers)
    answer = by_number(cast, numbers.code)
    assert answer.verdict is Verdict.REVOKED
    assert answer.status is not None
    assert (answer.status.at, answer.status.reason) == (LATER, "The same hour was credited twice.")


def test_a_superseded_one_leads_to_its_successor(cast: Cast) -> None:
    numbers = certified(cast)
    successor = reissue(cast, numbers)
    answer = by_number(cast, numbers.code)
    assert answer.verdict is Verdict.SUPERSEDED
    assert answer.status is not None
    assert answer.status.successor == Successor(successor.code, stands=True)
    assert by_number(cast, successor.code).verdict is Verdict.GENUINE


def test_however_often_it_was_issued_again_it_leads_to_what_stands(cast: Cast) -> None:
    first = certified(cast)
    second = reissue(cast, first)
    third = reissue(cast, second)
    for number in (first, second):
        status = by_number(cast, number.code).status
        assert status is not None
        assert status.successor == Successor(third.code, stands=True)
    revoke(cast, third)
    status = by_number(cast, first.code).status
    assert status is not None
    assert status.successor == Successor(third.code, stands=False)


def test_unknown_impossible_and_unreleased_codes_take_the_same_way(cast: Cast) -> None:
    numbers = certified(cast)
    early = NOW + timedelta(minutes=UNDO_MINUTES - 1)
    asked = []
    for text, at in ((numbers.code, early), ("0" * 16, AFTER), ("nonsense", AFTER), ("", AFTER)):
        with statements(cast.database) as seen:
            assert by_number(cast, text, at) is UNKNOWN
        asked.append(seen)
    assert len(asked[0]) == 2
    assert asked.count(asked[0]) == len(asked)


def test_a_certificate_that_was_called_back_was_never_issued(cast: Cast) -> None:
    numbers = certified(cast)
    bo = cast.scope("bo", NOW + timedelta(minutes=5))
    step = bo.session.scalar(sa.select(Certificate.step_id).where(Certificate.code == numbers.code))
    bo.session.rollback()
    data = pdf(cast, numbers)
    undo_decisions(bo, [step])
    assert by_number(cast, numbers.code) is UNKNOWN
    answer = by_file(cast, data)
    assert answer.verdict is Verdict.REVOKED
    assert answer.status is not None
    assert answer.status.standing is Standing.WITHHELD


def test_a_changed_record_is_not_vouched_for(cast: Cast, owner_url: str) -> None:
    numbers, other = certified(cast), certified(cast, NOW - timedelta(days=1))
    frozen = by_number(cast, numbers.code).snapshot
    assert frozen is not None
    tamper(cast, owner_url, numbers, snapshot=frozen.to_bytes().replace(b"Ada", b"Eva"))
    answer = by_number(cast, numbers.code)
    assert (answer.verdict, answer.snapshot, answer.status) == (Verdict.ALTERED, None, None)
    # A sound record of another certificate is not this one's.
    foreign = by_number(cast, other.code).issued
    assert foreign is not None
    tamper(cast, owner_url, numbers, snapshot=foreign.frozen, signature=foreign.signature)
    assert by_number(cast, numbers.code).verdict is Verdict.ALTERED


def test_the_file_of_each_status_says_it(cast: Cast) -> None:
    valid, revoked = certified(cast), certified(cast, NOW - timedelta(days=1))
    superseded = certified(cast, NOW - timedelta(days=2))
    files = [pdf(cast, numbers) for numbers in (valid, revoked, superseded)]
    revoke(cast, revoked)
    reissue(cast, superseded)
    verdicts = [by_file(cast, data).verdict for data in files]
    assert verdicts == [Verdict.GENUINE, Verdict.REVOKED, Verdict.SUPERSEDED]


def test_an_altered_file_is_told_beside_the_original(cast: Cast) -> None:
    numbers, other = certified(cast), certified(cast, NOW - timedelta(days=1), title="Another session")
    data = pdf(cast, numbers)
    for changed in (with_page_changed(data), with_record_of(pdf(cast, other), data)):
        answer = by_file(cast, changed)
        assert (answer.verdict, answer.snapshot, answer.status) == (Verdict.ALTERED, None, None)
        assert answer.original is not None
        assert answer.original.snapshot is not None
        assert answer.original.snapshot.title == "Reading circle"


def test_nothing_in_the_answer_for_an_altered_file_speaks_for_it(cast: Cast) -> None:
    """A program that looks for one word must not find it of a file that somebody changed."""
    told = document_of(by_file(cast, with_page_changed(pdf(cast, certified(cast)))))
    original = told.pop("original")
    assert told["verdict"] == "altered"
    assert (told["facts"], told["status"], told["fingerprint"]) == (None, None, None)
    assert not {"valid", "genuine"} & set(json.dumps(told).replace('"', " ").split())
    assert original["status"]["standing"] == "valid"
    assert original["facts"]["holder"]["name"] == "Ada Lindqvist"


def test_no_flipped_bit_makes_other_facts_genuine(cast: Cast) -> None:
    numbers = certified(cast)
    data, chance = pdf(cast, numbers), random.Random(7)
    original = by_file(cast, data).snapshot
    keys = {key.kid: key for key in every_public_key(cast.database)}
    for _ in range(60):
        answer = of_file_offline(with_a_bit_flipped(data, chance), KeptKeys(keys))
        assert answer.verdict is not Verdict.GENUINE or answer.snapshot == original


def test_another_districts_certificate_is_checked_with_its_own_key(cast: Cast) -> None:
    """Nobody chooses a district for the file: its serial leads there."""
    numbers = certified(cast)
    keys = {key.kid: key for key in every_public_key(cast.database) if key.district_slug == "riverton"}
    assert of_file_offline(pdf(cast, numbers), KeptKeys(keys)).verdict is Verdict.UNKNOWN_KEY
    assert by_file(cast, pdf(cast, numbers)).verdict is Verdict.GENUINE


def test_the_kept_keys_prove_a_file_without_us(cast: Cast) -> None:
    numbers = certified(cast)
    kept = json.dumps(keys_document(every_public_key(cast.database), "http://localhost")).encode()
    answer = of_file_offline(pdf(cast, numbers), of_keys_document(kept))
    assert answer.verdict is Verdict.GENUINE
    assert answer.status is not None
    assert answer.status.standing is Standing.UNTOLD


@pytest.mark.parametrize(
    "kept",
    [
        b"",
        b"{}",
        b"[1]",
        b'{"keys": 1}',
        b'{"keys": [{"kid": "00", "public_key": "zz"}]}',
        b'{"keys": [{"kid": "0000000000000000", "public_key": "' + b"00" * 32 + b'"}]}',
        b"[" * 100_000,
    ],
)
def test_a_list_that_is_none_is_refused_in_a_sentence(kept: bytes) -> None:
    with pytest.raises(ValueError, match="list"):
        of_keys_document(kept)


def test_programs_get_the_same_members_for_every_verdict(cast: Cast) -> None:
    numbers = certified(cast)
    genuine = document_of(by_file(cast, pdf(cast, numbers)))
    assert genuine["verdict"] == "genuine"
    assert genuine["file"] == "identical"
    assert genuine["facts"]["holder"]["name"] == "Ada Lindqvist"
    assert genuine["status"]["standing"] == "valid"
    none = document_of(by_file(cast, b"%PDF-1.7 nothing"))
    assert none["verdict"] == "not_a_certificate"
    assert none["facts"] is None
    assert genuine.keys() == none.keys() == document_of(UNKNOWN).keys()
