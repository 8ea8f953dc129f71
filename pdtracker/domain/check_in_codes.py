"""Codes of check-in: what a projected page shows, what a badge holds, and how each is told apart from a guess.

Every code is a keyed hash under the secret of one desk, so it is worth nothing at another event or session. The code
of the screen and the short one change with time; nothing is stored of them, and each tells by itself when it was shown.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from pdtracker.domain.codes import CROCKFORD
from pdtracker.domain.refs import LENGTH as REF_LETTERS
from pdtracker.domain.refs import id_of, ref_of

SCREEN_STEP: Final = timedelta(seconds=30)
SHORT_STEP: Final = timedelta(minutes=5)
"""How long each code is shown. The one before and the one after are taken as well."""

SECRET_BYTES: Final = 32
SEEN_LASTS: Final = timedelta(minutes=10)
"""For how long a scan waits for its button: long enough to sign in, too short to be passed around."""

_EPOCH: Final = datetime(2020, 1, 1, tzinfo=UTC)
_SCREEN_LETTERS: Final = 10
_BADGE_LETTERS: Final = 12
_SHORT_LETTERS: Final = 6
_SEEN_LETTERS: Final = 20
_LIKE: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})


def step_of(at: datetime, length: timedelta = SCREEN_STEP) -> int:
    """The number of the stretch of time that `at` lies in."""
    return (at - _EPOCH) // length


def step_starts_at(step: int, length: timedelta = SCREEN_STEP) -> datetime:
    """The moment from which a stretch's code is shown."""
    return _EPOCH + step * length


def screen_token(desk_id: int, secret: bytes, at: datetime) -> str:
    """What the square on the screen says at this moment: which desk, and its code."""
    return ref_of(desk_id) + _letters(secret, f"screen|{step_of(at)}", _SCREEN_LETTERS).lower()


def read_token(token: str) -> tuple[int, str] | None:
    """The desk and the code of a token; `None` for what was never one."""
    desk, code = token[:REF_LETTERS], token[REF_LETTERS:]
    if len(code) != _SCREEN_LETTERS or any(letter.upper() not in CROCKFORD for letter in code):
        return None
    try:
        return id_of(desk), code
    except ValueError:
        return None


def screen_step(secret: bytes, code: str, at: datetime) -> int | None:
    """The step whose code this is, when it is shown now, was shown just before or will be next."""
    now = step_of(at)
    return _found(secret, "screen", code, (now, now - 1, now + 1), _SCREEN_LETTERS)


def earlier_step(secret: bytes, code: str, since: datetime, until: datetime) -> int | None:
    """The step between two moments whose code this is: a code dates itself, whatever a clock said."""
    steps = range(step_of(until) + 1, step_of(since) - 2, -1)
    return _found(secret, "screen", code, steps, _SCREEN_LETTERS)


def short_code(secret: bytes, at: datetime) -> str:
    """What is read aloud or put into a chat at this moment: six letters without I, L, O, U."""
    return _letters(secret, f"short|{step_of(at, SHORT_STEP)}", _SHORT_LETTERS)


def short_code_text(code: str) -> str:
    """As it is shown: two groups of three."""
    return f"{code[:3]} {code[3:]}"


def typed_code(text: str) -> str | None:
    """The short code that somebody meant: any case, blanks and hyphens, O for 0, I or L for 1; `None` for no code."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum()).translate(_LIKE)
    return letters if len(letters) == _SHORT_LETTERS and set(letters) <= set(CROCKFORD) else None


def is_short_code(secret: bytes, code: str, at: datetime) -> bool:
    """Whether this is the short code of now, of just before, or the next one."""
    now = step_of(at, SHORT_STEP)
    return _found(secret, "short", code, (now, now - 1, now + 1), _SHORT_LETTERS) is not None


def badge_of(secret: bytes, desk_id: int, person_id: int) -> str:
    """What a person's own square says at this desk: who, and that it is no other desk's."""
    return ref_of(person_id) + _letters(secret, f"badge|{desk_id}|{person_id}", _BADGE_LETTERS).lower()


def person_of_badge(secret: bytes, desk_id: int, badge: str) -> int | None:
    """Whose badge of this desk it is; `None` for another desk's, or for none at all.

    A square holds a link that ends in the badge, so that the camera of any phone leads to the scanner: a hand-held
    reader types the whole of it.
    """
    text = "".join(badge.split()).lower()[-REF_LETTERS - _BADGE_LETTERS :]
    try:
        person_id = id_of(text[:REF_LETTERS])
    except ValueError:
        return None
    if not text.isascii() or not hmac.compare_digest(text, badge_of(secret, desk_id, person_id)):
        return None
    return person_id


def seen_proof(secret: bytes, code: str, at: datetime, whose: str) -> str:
    """Proof that a code was right when somebody opened the page; `whose` is a person, or a browser without one yet."""
    second = int(at.timestamp())
    return f"{second}.{_letters(secret, f'seen|{code}|{second}|{whose}', _SEEN_LETTERS)}"


def seen_at(secret: bytes, code: str, proof: str, whose: str, at: datetime) -> datetime | None:
    """When the code was seen, if the proof is ours, theirs and fresh."""
    second, _, _ = proof.partition(".")
    if not (second.isascii() and second.isdigit() and len(second) < 12):
        return None
    then = datetime.fromtimestamp(int(second), UTC)
    if not (proof.isascii() and hmac.compare_digest(proof, seen_proof(secret, code, then, whose))):
        return None
    return then if timedelta(0) <= at - then <= SEEN_LASTS else None


def _found(secret: bytes, what: str, code: str, steps: Iterable[int], count: int) -> int | None:
    wanted = code.upper()
    if not wanted.isascii():
        return None
    return next(
        (step for step in steps if hmac.compare_digest(wanted, _letters(secret, f"{what}|{step}", count))),
        None,
    )


def _letters(secret: bytes, told: str, count: int) -> str:
    number = int.from_bytes(hmac.digest(secret, told.encode(), hashlib.sha256)[:16])
    return "".join(CROCKFORD[number >> 5 * place & 31] for place in range(count))
