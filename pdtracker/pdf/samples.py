"""Samples by which a district looks at a design: the longest name, the shortest, and eight sessions.

They are certificates of nobody: their title says so, their code is all zeros and no key signed them.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pdtracker.domain.certificate import (
    AppliedPolicy,
    Approval,
    CertifiedCategory,
    CreditUnit,
    Holder,
    IssuingDistrict,
    Snapshot,
)
from pdtracker.domain.certificate_design import CertificateDesign
from pdtracker.domain.certified_sessions import CertifiedSession

_LONGEST: Final = "Maria-Alexandrina Featherstonehaugh-Cholmondeley Wolfeschlegel"
_TITLE: Final = "Sample, not issued: Connected Educator Month"
_SESSIONS: Final = (
    ("Kick-off: what will we try this month?", "Educator Innovator", "Webinar", 90),
    ("Questions and answers with literacy leaders", "NCTE", "Forum", 60),
    ("Blended learning: what moves online, and what stays in the room", "CUE", "Hashtag chat", 60),
    ("A Twitter chat on connected education", "U.S. Department of Education", "Hashtag chat", 60),
    ("Student voice and the maker movement: an open studio", "Our middle school", "Open house", 90),
    ("Teaching writing to newcomers", "National Writing Project", "Webinar", 60),
    ("Un-conference on whole community engagement", "Edcamp", "Un-conference", 180),
    ("Leadership for change: closing panel", "Powerful Learning Practice", "Panel", 90),
)


class Sample(StrEnum):
    """What a sample shows."""

    EIGHT = "eight"
    LONGEST = "longest"
    SHORTEST = "shortest"

    @property
    def label(self) -> str:
        """Its words on a button."""
        return {"eight": "Eight sessions", "longest": "The longest name", "shortest": "The shortest name"}[
            self
        ]


def sample_of(district: str, place: str, design: CertificateDesign, sample: Sample, at: datetime) -> Snapshot:
    """A certificate of nobody in this design."""
    count = len(_SESSIONS) if sample is Sample.EIGHT else 1
    sessions = tuple(_session(number, at) for number in range(count))
    total = sum(each.total_minutes for each in sessions)
    name = {Sample.EIGHT: "Ada Lindqvist", Sample.LONGEST: _LONGEST, Sample.SHORTEST: "Bo"}[sample]
    on = at.date()
    return Snapshot(
        template=design.template,
        serial="0" * 26,
        code="0" * 16,
        issued_at=at,
        issued_on=on,
        district=IssuingDistrict(district, place, "sample", mark=design.mark),
        holder=Holder(name, "Licence number ending 4417"),
        title=_TITLE,
        programme=None,
        theme=None,
        sessions=sessions,
        categories=(CertifiedCategory("Pedagogy", "Pedagogy", total),),
        unit=CreditUnit("hour", "hours"),
        policy=AppliedPolicy("the district’s credit policy", "1"),
        reflection="Written reflection, reviewed",
        approval=Approval("Cam Okafor", "Director of Professional Learning", on),
        verify_address="https://verify.example/",
        key="0" * 16,
        retention=f"{district} keeps the record of this credit permanently.",
        appearance=design.appearance,
    )


def _session(number: int, at: datetime) -> CertifiedSession:
    title, host, kind, minutes = _SESSIONS[number]
    starts_at = at.replace(hour=23, minute=0, second=0, microsecond=0) - timedelta(days=40 - 3 * number)
    return CertifiedSession.held(
        title=title,
        host=host,
        kind=kind,
        delivery="Online, live",
        place=None,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        zone="America/New_York",
        attendance="Check-in and check-out",
        minutes={"Pedagogy": minutes},
    )
