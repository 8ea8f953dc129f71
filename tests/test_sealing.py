"""What is locked opens with its secret, for its name and purpose, and else not."""

from __future__ import annotations

import pytest

from pdtracker.sealing import Locked, lock, unlock

SECRET = "only for tests " * 3


def test_it_opens_for_its_name_and_purpose_alone() -> None:
    locked = lock(b"plain", "ada", SECRET, purpose=b"one")
    assert unlock(locked, "ada", (SECRET,), purpose=b"one") == b"plain"
    assert b"plain" not in locked
    for name, key, purpose in (("bo", SECRET, b"one"), ("ada", "other", b"one"), ("ada", SECRET, b"two")):
        with pytest.raises(Locked):
            unlock(locked, name, (key,), purpose=purpose)


def test_a_secret_that_was_replaced_still_opens() -> None:
    locked = lock(b"plain", "ada", "the old one", purpose=b"one")
    assert unlock(locked, "ada", (SECRET, "the old one"), purpose=b"one") == b"plain"


def test_no_changed_bit_is_accepted() -> None:
    locked = lock(b"plain", "ada", SECRET, purpose=b"one")
    for bit in range(len(locked) * 8):
        changed = bytearray(locked)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(Locked):
            unlock(bytes(changed), "ada", (SECRET,), purpose=b"one")


def test_nothing_is_locked_without_a_secret() -> None:
    with pytest.raises(ValueError, match="no secret"):
        lock(b"plain", "ada", "", purpose=b"one")
