"""What a district may choose for its certificates, and how a snapshot keeps it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pdtracker.domain.appearance import (
    Appearance,
    Signatory,
    accent_fault,
    contrast_on_white,
    readable,
    statement_fault,
)
from pdtracker.domain.certificate import NotASnapshot, Snapshot
from tests.pdf.sheets import CASES

DIGEST = "ab" * 32
CHOSEN = Appearance(
    "#0d5c55", "completed {amount} in", (Signatory("Bo Tran", "Director", DIGEST), Signatory("Cam", "Head"))
)
colours = some.integers(0, 0xFFFFFF).map("#{:06x}".format)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast_on_white("#000000") == pytest.approx(21)
    assert contrast_on_white("#ffffff") == pytest.approx(1)
    assert contrast_on_white("#767676") == pytest.approx(4.54, abs=0.01)


def test_a_pale_accent_is_refused_with_a_shade_that_reads() -> None:
    fault = accent_fault("#7fa39c")
    assert fault is not None
    assert "contrast of 2.7 to 1" in fault
    assert readable("#7fa39c") in fault
    assert accent_fault("teal") == (
        "Write the colour as # and six digits or letters from a to f, such as #0d5c55."
    )


@given(colours)
def test_the_nearest_readable_shade_reads(colour: str) -> None:
    shade = readable(colour)
    assert accent_fault(shade) is None
    assert shade == colour or accent_fault(colour) is not None


@pytest.mark.parametrize("said", ["completed hours in", "{amount} and {amount}", "{amount} " + "x" * 140])
def test_a_sentence_names_the_amount_once_and_is_short(said: str) -> None:
    assert statement_fault(said) is not None
    with pytest.raises(ValueError, match="names the amount once"):
        Appearance(statement=said)


@pytest.mark.parametrize("name", ["one", "together"])
def test_a_snapshot_keeps_the_appearance_and_one_without_it_keeps_its_bytes(name: str) -> None:
    made = CASES[name]
    frozen = replace(made, appearance=CHOSEN).to_bytes()
    assert Snapshot.from_bytes(frozen).appearance == CHOSEN
    assert b"appearance" not in made.to_bytes()
    # The member belongs to its own schemas only.
    for number, other in ((b"3", b"1"), (b"4", b"2")):
        if b"certificate/" + number in frozen:
            with pytest.raises(NotASnapshot):
                Snapshot.from_bytes(frozen.replace(b"certificate/" + number, b"certificate/" + other))


def test_three_can_t_sign() -> None:
    with pytest.raises(ValueError, match="at most two"):
        Appearance(signatories=(Signatory("A", "B"),) * 3)
