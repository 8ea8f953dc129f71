"""References: ids as 13 letters that read aloud and sort like the ids."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.refs import LENGTH, id_of, ref_of

IDS = st.integers(min_value=0, max_value=(1 << 63) - 1)


@given(IDS)
def test_a_reference_leads_back_to_its_id(number: int) -> None:
    assert id_of(ref_of(number)) == number
    assert len(ref_of(number)) == LENGTH


@given(IDS, IDS)
def test_references_sort_like_their_ids(one: int, other: int) -> None:
    assert (one < other) == (ref_of(one) < ref_of(other))


@pytest.mark.parametrize(
    "text",
    ["", "0", "00000000000a", "00000000000a5z", "z000000000000", "0000000000i00", "00000000000A5", "٣" * 13],
)
def test_only_our_own_spelling_is_a_reference(text: str) -> None:
    with pytest.raises(ValueError, match="not a reference"):
        id_of(text)


@pytest.mark.parametrize("number", [-1, 1 << 63])
def test_only_ids_have_references(number: int) -> None:
    with pytest.raises(ValueError, match="is no id"):
        ref_of(number)
