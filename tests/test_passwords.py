"""Passwords: hashed as told, checked alike for everybody, and refused when they are among the first to be guessed."""

from __future__ import annotations

import argon2
import pytest

from pdtracker.passwords import check_password, hash_password, weakness

ABOUT = ("ada@maplewood.example", "Ada Lindqvist")


def test_the_hash_is_argon2id_with_nineteen_mebibytes() -> None:
    made = hash_password("four words that differ")
    assert made.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert made != hash_password("four words that differ")


def test_a_password_fits_its_hash_and_no_other_does() -> None:
    made = hash_password("four words that differ")
    assert check_password(made, "four words that differ").is_right
    assert not check_password(made, "four words that differ ").is_right
    assert not check_password(None, "four words that differ").is_right


def test_the_same_letters_typed_on_another_keyboard_fit() -> None:
    assert check_password(hash_password("caf\u00e9 au lait"), "cafe\u0301 au lait").is_right


def test_an_older_hash_asks_to_be_made_anew() -> None:
    older = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("four words that differ")
    verdict = check_password(older, "four words that differ")
    assert verdict.is_right
    assert verdict.is_outdated


def test_a_damaged_hash_lets_nobody_in() -> None:
    assert not check_password("$argon2id$nonsense", "four words that differ").is_right


@pytest.mark.parametrize(
    "password",
    [
        "short",
        "elevenchars",
        "password1234",
        "Password2024!",
        "passwordpassword",
        "P@ssw0rd12345",
        "qwertyuiop123",
        "123456789012",
        "aaaaaaaaaaaaaaa",
        "abcabcabcabc",
        "iloveyou12345",
        "connected-educator",
        "correct horse battery staple",
        "ada.lindqvist",
        "AdaLindqvist1",
        "ada@maplewood.example",
        "x" * 201,
    ],
)
def test_weak_ones_are_refused_with_a_sentence(password: str) -> None:
    said = weakness(password, ABOUT)
    assert said is not None
    assert said.endswith(".")


@pytest.mark.parametrize(
    "password",
    [
        "four words that differ",
        "k3mw-8dpt-x04r-nv7c",
        "Маленький зелёный чайник",
        "zwölf Boxkämpfer jagen",
        " leading and trailing ",
        "🦊🐢🦉🐝🦋 and a fence",
    ],
)
def test_long_ones_are_taken_whatever_they_are_made_of(password: str) -> None:
    assert weakness(password, ABOUT) is None
