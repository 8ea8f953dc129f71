"""What can be said of a PDF without the service: genuine, altered, of an unknown key, or no certificate.

Two questions must both be answered with yes. Does the signature fit the attached record, by a key that the asker
trusts? And does the page show what was signed? The second is answered by drawing the record again and comparing: a
sound record inside any other file is *altered*, also when another program only saved it again, for nobody can tell what
every reader makes of a file that we did not lay out. Whether a genuine certificate is still in force is a third
question, for whoever holds the status.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.codes import kid_of
from pdtracker.domain.glyphs import MissingGlyph
from pdtracker.pdf.certificate import UnknownTemplate, render
from pdtracker.pdf.comparison import same_document
from pdtracker.pdf.reading import BrokenCertificate, NotACertificate, ReadCertificate, read_certificate

Verify = Callable[[bytes, bytes, bytes], bool]
"""(public key, data, signature) -> whether they fit; `signing.verify`."""
BadgeOf = Callable[[Snapshot, bytes, bytes], bool]
"""(snapshot, public key, attached badge) -> whether it is this certificate's, by this key."""


def no_badge(_snapshot: Snapshot, _public_key: bytes, _badge: bytes) -> bool:
    """What whoever can't check badges says of one: it isn't proved."""
    return False


class Finding(StrEnum):
    """The verdict on a file, before its status."""

    GENUINE = "genuine"
    ALTERED = "altered"
    UNKNOWN_KEY = "unknown_key"
    NOT_A_CERTIFICATE = "not_a_certificate"


class FileMatch(StrEnum):
    """Whether the file is byte for byte what we would issue, or only compressed otherwise."""

    IDENTICAL = "identical"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The finding, the snapshot if one could be read (trusted only when genuine), and the reasons in sentences."""

    finding: Finding
    reasons: tuple[str, ...]
    snapshot: Snapshot | None = None
    file: FileMatch | None = None


def examine(
    data: bytes, public_keys: Mapping[str, bytes], verify: Verify, is_badge: BadgeOf = no_badge
) -> Verdict:
    """The verdict on the file's bytes, by the public keys (by their ids) that the asker trusts. Never raises."""
    match read_certificate(data):
        case NotACertificate(reason):
            return Verdict(Finding.NOT_A_CERTIFICATE, (reason,))
        case BrokenCertificate(reason):
            return Verdict(Finding.ALTERED, (reason,))
        case ReadCertificate() as read:
            return _judged(data, read, public_keys, verify, is_badge)


def _judged(
    data: bytes,
    read: ReadCertificate,
    public_keys: Mapping[str, bytes],
    verify: Verify,
    is_badge: BadgeOf,
) -> Verdict:
    record, snapshot = read.record, read.record.snapshot
    trusted = public_keys.get(snapshot.key)
    key = trusted or record.public_key
    if kid_of(key) != snapshot.key or not verify(key, record.canonical, record.signature):
        return Verdict(
            Finding.ALTERED,
            (
                "The signature does not fit the attached record: something in it was changed after it was signed.",
            ),
            snapshot,
        )
    if read.badge is not None and not is_badge(snapshot, key, read.badge):
        return Verdict(Finding.ALTERED, ("The badge inside is not the one of this certificate.",), snapshot)
    # The logo stands first where there is one; what is too many then is no picture that the snapshot names.
    begin = 1 if snapshot.district.mark and read.pictures else 0
    logo = read.pictures[0] if begin else None
    try:
        expected = render(snapshot, record.signature, key, logo, read.pictures[begin:], read.badge)
    except UnknownTemplate:
        return Verdict(
            Finding.NOT_A_CERTIFICATE,
            (
                "The certificate has a design that this version does not know. Use a newer version to check it.",
            ),
            snapshot,
        )
    except (ValueError, MissingGlyph):
        return Verdict(Finding.ALTERED, ("The page does not show what was signed.",), snapshot)
    if data != expected and not same_document(expected, data):
        return Verdict(
            Finding.ALTERED,
            (
                "The attached record is sound, but the file is not as it was issued: it was changed, or it was saved"
                " again by another program.",
                "Download the original from its address, or check the certificate by its code.",
            ),
            snapshot,
        )
    file = FileMatch.IDENTICAL if data == expected else FileMatch.DIFFERS
    if trusted is None:
        return Verdict(
            Finding.UNKNOWN_KEY,
            (f"The file is whole, but signed with key {snapshot.key}, which is not among the keys given.",),
            snapshot,
            file,
        )
    return Verdict(Finding.GENUINE, (_GENUINE[file],), snapshot, file)


_GENUINE: Final = {
    FileMatch.IDENTICAL: "The signature fits, and the file is byte for byte as it was issued.",
    FileMatch.DIFFERS: "The signature fits and the page shows what was signed; only its compression differs.",
}
