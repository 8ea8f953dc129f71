"""What a certificate that sums up others states of them: over what it sums up, and which certificates those are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from pdtracker.domain.canonical import Json, day_of, items, members, text_of, whole_of
from pdtracker.domain.codes import CODE_LETTERS, SERIAL_LETTERS, is_spelled
from pdtracker.domain.summary import SummaryKind

_NAMES: Final = "of first_on last_on certificates"


@dataclass(frozen=True, slots=True)
class SummedCertificate:
    """One of the certificates whose minutes are summed up; they are the same minutes, not more."""

    serial: str
    code: str
    minutes: int


@dataclass(frozen=True, slots=True)
class CertifiedSummary:
    """Over what is summed up, its first and last day, and the certificates by the days of what they certify."""

    kind: SummaryKind
    first_on: date
    last_on: date
    certificates: tuple[SummedCertificate, ...]

    @property
    def minutes(self) -> int:
        """The minutes of all of them."""
        return sum(one.minutes for one in self.certificates)


def summary_fault(summary: CertifiedSummary, total_minutes: int) -> str:
    """Which rule of a certificate of so many minutes the summary breaks; empty when none."""
    if summary.first_on > summary.last_on:
        return "what is summed up ends after it begins"
    serials = [one.serial for one in summary.certificates]
    if not serials or len(set(serials)) < len(serials):
        return "each certificate is summed up once"
    if not all(
        is_spelled(one.serial, SERIAL_LETTERS) and is_spelled(one.code, CODE_LETTERS)
        for one in summary.certificates
    ):
        return "what is summed up has serials and codes"
    if any(one.minutes < 1 for one in summary.certificates) or summary.minutes != total_minutes:
        return "the certificates that are summed up add up to the total"
    return ""


def summary_document(x: CertifiedSummary) -> Json:
    """The summary as JSON values."""
    return {
        "of": x.kind.value,
        "first_on": x.first_on.isoformat(),
        "last_on": x.last_on.isoformat(),
        "certificates": [
            {"serial": one.serial, "code": one.code, "minutes": one.minutes} for one in x.certificates
        ],
    }


def read_summary(value: object) -> CertifiedSummary:
    """The summary that the document states."""
    d = members(value, _NAMES)
    told = [members(one, "serial code minutes") for one in items(d["certificates"])]
    return CertifiedSummary(
        SummaryKind(text_of(d["of"])),
        day_of(d["first_on"]),
        day_of(d["last_on"]),
        tuple(
            SummedCertificate(text_of(one["serial"]), text_of(one["code"]), whole_of(one["minutes"]))
            for one in told
        ),
    )
