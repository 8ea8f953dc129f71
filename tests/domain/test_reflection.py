"""The length of a reflection: what is pasted twice is written once."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.reflection import written
from pdtracker.domain.text import likeness, words

OURS = "We asked how captions help, and my grade seven read aloud to each other."


@pytest.mark.parametrize(
    ("answers", "count", "repeated"),
    [
        ((), 0, 0),
        ((OURS,), 14, 0),
        ((OURS, "I use them on Mondays now."), 20, 0),
        ((OURS, OURS), 14, 1),
        ((OURS, OURS.upper(), f"  {OURS.replace(',', '')}\n"), 14, 2),
        ((OURS, "", OURS), 14, 1),
        (("Nothing yet", "Nothing yet", OURS), 16, 0),
        (("", "", ""), 0, 0),
        (("...", "!"), 0, 0),
    ],
)
def test_an_answer_counts_once_to_however_many_prompts(
    answers: tuple[str, ...], count: int, repeated: int
) -> None:
    found = written(answers)
    assert (found.words, found.repeated) == (count, repeated)


@given(
    st.lists(
        st.sampled_from(["", "Nothing yet", OURS, OURS.lower(), "I use them on Mondays now."]), max_size=6
    )
)
def test_no_more_is_counted_than_was_written_and_likeness_is_of_all_of_it(answers: list[str]) -> None:
    found, together = written(answers), "\n".join(answers)
    assert found.words <= words(together)
    assert found.repeated < max(1, len(answers))
    assert found.digest == likeness(together)
