"""The closed sets: each member has its words."""

from __future__ import annotations

from pdtracker.domain.evidence import OWN_KINDS, EvidenceKind, strongest
from pdtracker.domain.kinds import KINDS, CreditCategory, EventKind


def test_every_kind_has_its_words_and_ways() -> None:
    assert set(KINDS) == set(EventKind)
    for kind in EventKind:
        assert kind.label[0].isupper()
        assert kind.plural[0].isupper()
        assert kind.noun.islower()
        assert kind.default_category in CreditCategory


def test_open_windows_are_not_live() -> None:
    windows = {
        EventKind.FORUM,
        EventKind.BOOK_CLUB,
        EventKind.CONTEST,
        EventKind.SELF_PACED,
        EventKind.COURSE,
        EventKind.OTHER,
    }
    assert {kind for kind in EventKind if not kind.is_live} == windows


def test_every_category_has_its_name() -> None:
    assert len({category.label for category in CreditCategory}) == len(CreditCategory)


def test_the_strongest_evidence_speaks_for_all() -> None:
    assert strongest({EvidenceKind.ATTESTATION, EvidenceKind.FILE}) is EvidenceKind.FILE
    assert strongest(list(EvidenceKind)) is EvidenceKind.REPORT
    assert strongest(()) is None
    assert all(kind.label for kind in EvidenceKind)


def test_what_was_recorded_at_the_event_is_stronger_than_what_a_claimant_adds() -> None:
    assert [kind for kind in EvidenceKind if not kind.is_recorded] == list(OWN_KINDS)
    assert list(EvidenceKind)[-len(OWN_KINDS) :] == list(OWN_KINDS)
