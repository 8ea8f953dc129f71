"""Samples by which a district looks at a design: the longest name, the shortest, eight sessions, and a state form.

They are certificates of nobody: their title says so, their code is all zeros and no key signed them.
"""

from __future__ import annotations

from dataclasses import replace
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
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.state_forms import ASSESSED, ActivityWords, StateForm, chosen_form, stated_form

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
    FORM = "form"

    @property
    def label(self) -> str:
        """Its words on a button."""
        return _LABELS[self]


_LABELS: Final = {
    Sample.EIGHT: "Eight sessions",
    Sample.LONGEST: "The longest name",
    Sample.SHORTEST: "The shortest name",
    Sample.FORM: "A state form",
}
_NAMES: Final = {Sample.LONGEST: _LONGEST, Sample.SHORTEST: "Bo"}
_WORDS: Final = ActivityWords(
    "Connected learning",
    "What a month of learning in the open brings into a classroom. Teachers leave with a plan for one unit.",
    frozenset({ASSESSED}),
)


def sample_of(district: str, place: str, design: CertificateDesign, sample: Sample, at: datetime) -> Snapshot:
    """A certificate of nobody in this design; as a state form where all are one, or where that is to be seen."""
    count = 1 if sample in _NAMES else len(_SESSIONS)
    sessions = tuple(_session(number, at) for number in range(count))
    total = sum(each.total_minutes for each in sessions)
    on = at.date()
    made = Snapshot(
        template=design.template,
        serial="0" * 26,
        code="0" * 16,
        issued_at=at,
        issued_on=on,
        district=IssuingDistrict(district, place, "sample", mark=design.mark),
        holder=Holder(_NAMES.get(sample, "Ada Lindqvist"), "Licence number ending 4417"),
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
    form = chosen_form(design.form, (), on)
    if form is None and sample is Sample.FORM:
        form = StateForm.NEW_YORK
    if form is None:
        return made
    stated = stated_form(form, {CreditCategory.PEDAGOGY: total}, "0000", _WORDS)
    return replace(made, template=design.form_template, unit=form.unit, form=stated)


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
