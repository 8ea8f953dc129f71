"""Keys sign what was signed, and nothing else."""

from __future__ import annotations

import pytest

from pdtracker.domain.codes import kid_of
from pdtracker.signing import KeyLocked, lock, new_key, sign, unlock, verify


def test_the_second_vector_of_rfc_8032_is_met() -> None:
    private = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    expected = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert sign(private, b"\x72") == expected
    assert verify(public, b"\x72", expected)


def test_a_signature_fits_only_its_own_data_and_key() -> None:
    key, other = new_key(), new_key()
    signature = sign(key.private, b"90 minutes")
    assert verify(key.public, b"90 minutes", signature)
    assert not verify(key.public, b"91 minutes", signature)
    assert not verify(other.public, b"90 minutes", signature)


def test_none_of_1024_single_bit_changes_is_accepted() -> None:
    key = new_key()
    data = bytes(range(128))
    signature = sign(key.private, data)
    accepted = 0
    for bit in range(1024):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        accepted += verify(key.public, bytes(changed), signature)
    for bit in range(512):
        wrong = bytearray(signature)
        wrong[bit // 8] ^= 1 << bit % 8
        accepted += verify(key.public, data, bytes(wrong))
    assert accepted == 0


@pytest.mark.parametrize("public", [b"", b"\0" * 31, b"\xff" * 33])
def test_a_key_of_the_wrong_length_verifies_nothing(public: bytes) -> None:
    assert not verify(public, b"data", b"\0" * 64)
    assert not verify(new_key().public, b"data", b"short")


def test_a_key_is_named_by_its_public_half() -> None:
    key = new_key()
    assert key.kid == kid_of(key.public)
    assert len(key.kid) == 16
    assert repr(key.private) not in repr(key)


def test_a_locked_key_opens_with_the_current_or_a_former_secret() -> None:
    key = new_key()
    locked = lock(key.private, key.kid, "former")
    assert key.private not in locked
    assert unlock(locked, key.kid, ["current", "former"]) == key.private
    assert lock(key.private, key.kid, "former") != locked


@pytest.mark.parametrize(
    "damage",
    [
        lambda b: b[:-1],
        lambda b: b"\x02" + b[1:],
        lambda b: b[:1],
        lambda b: b"",
        lambda b: b[:20] + b"\0" + b[21:],
    ],
)
def test_a_damaged_or_foreign_lock_stays_shut(damage: object) -> None:
    key = new_key()
    locked = lock(key.private, key.kid, "secret")
    assert callable(damage)
    with pytest.raises(KeyLocked, match="SECRET_KEY_FALLBACKS"):
        unlock(damage(locked), key.kid, ["secret"])
    with pytest.raises(KeyLocked):
        unlock(locked, "0" * 16, ["secret"])
    with pytest.raises(KeyLocked):
        unlock(locked, key.kid, ["another"])


def test_an_empty_secret_locks_nothing() -> None:
    key = new_key()
    with pytest.raises(ValueError, match="no secret"):
        lock(key.private, key.kid, "")
