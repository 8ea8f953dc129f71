"""The link in a letter with which its reader stops letters of its kind, without signing in.

It is signed, says whose letters of which kind, and is good for nothing else: RFC 8058 lets a mail program follow it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

from pdtracker.domain.mailing import LetterKind
from pdtracker.domain.refs import id_of, ref_of


@dataclass(frozen=True, slots=True)
class StopLink:
    """Whose letters, of which kind: of a person of the district with this short name."""

    slug: str
    person_id: int
    kind: LetterKind

    def token(self, key: str) -> str:
        """What stands in the address, signed."""
        told = f"{self.slug}.{ref_of(self.person_id)}.{self.kind.value}"
        return f"{told}.{_signature(told, key)}"

    @classmethod
    def read(cls, token: str, keys: Sequence[str]) -> StopLink | None:
        """What a token says that one of the keys signed; `None` for any other."""
        told, _, signature = token.rpartition(".")
        if not any(hmac.compare_digest(_signature(told, key).encode(), signature.encode()) for key in keys):
            return None
        slug, ref, kind = told.split(".")
        return cls(slug, id_of(ref), LetterKind(kind))


def _signature(told: str, key: str) -> str:
    # Its own beginning: what the key signs elsewhere is no signature here.
    return hmac.new(key.encode(), f"stop-letters:{told}".encode(), hashlib.sha256).hexdigest()[:32]
