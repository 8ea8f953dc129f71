"""The small print of a certificate: its policy, what replaces what, how long to keep it, and what proves the record."""

from __future__ import annotations

from pdtracker.domain.certificate import Snapshot
from pdtracker.pdf.faces import Face
from pdtracker.pdf.typeset import text_width, wrap
from pdtracker.pdf.words import conversion_words, fours, tie


def small_print(
    s: Snapshot,
    fingerprint: str,
    room: float,
    face: Face,
    sizes: tuple[float, float],
    *,
    is_wide: bool = False,
) -> list[tuple[float, str]]:
    """Lines, each with its size; `sizes` are those of the sentences and of what proves the record.

    On a wide sheet what proves the record stands on one line where it has room.
    """
    sentences = [f"Issued under {s.policy.name}, edition {s.policy.edition}. {conversion_words(s.unit)}."]
    if s.supersedes:
        sentences[0] += f" Replaces certificate {s.supersedes}."
    if s.retention:
        sentences.append(s.retention)
    lines = [(sizes[0], line) for sentence in sentences for line in wrap(tie(sentence), face, sizes[0], room)]
    proof = [
        f"Serial {s.serial}\u00a0· Signing key {fours(s.key)}",
        f"Fingerprint (SHA-256) {fours(fingerprint)}",
    ]
    if is_wide and text_width(beside := "\u00a0· ".join(proof), face, sizes[1]) <= room:
        proof = [beside]
    return lines + [(sizes[1], line) for text in proof for line in wrap(text, face, sizes[1], room)]
