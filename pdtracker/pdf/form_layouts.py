"""The forms of licensing bodies, version 1: what each is called, and which fields it has in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from types import MappingProxyType
from typing import Final


class Ask(Enum):
    """What a field asks for."""

    HOLDER = auto()
    LICENCE = auto()
    TITLE = auto()
    ABOUT = auto()
    DESCRIPTION = auto()
    TOPIC = auto()
    WHEN = auto()
    WHERE = auto()
    NATURE = auto()
    ATTENDANCE = auto()
    REFLECTION = auto()
    ASSESSMENT = auto()
    PROVIDER = auto()
    NUMBER = auto()
    PERIOD = auto()
    TOTAL = auto()
    MINUTES = auto()
    AREAS = auto()
    UNIT = auto()


Asked = tuple[str, float, Ask]
"""Label, share of the row, and what stands in the field. Areas are a field each, under their own names."""


@dataclass(frozen=True, slots=True)
class FormLayout:
    """What the form is called, of whom it is, and its rows."""

    heading: str
    body: str
    rows: tuple[tuple[Asked, ...], ...]


_ABOUT: Final = ("Program and theme", 2.0, Ask.ABOUT)
_WHEN: Final = ("Dates and times", 2.2, Ask.WHEN)
_ATTENDANCE: Final = ("Attendance verified by", 1.8, Ask.ATTENDANCE)
_REFLECTION: Final = ("Evaluation or reflection", 1.6, Ask.REFLECTION)
_MINUTES: Final = ("Minutes of instruction", 1.2, Ask.MINUTES)
_AREAS: Final = ("", 1.5, Ask.AREAS)
_UNIT: Final = ("Unit", 1.6, Ask.UNIT)

LAYOUTS: Final[Mapping[str, FormLayout]] = MappingProxyType(
    {
        "new-york-ctle": FormLayout(
            "Completion of CTLE Hours",
            "New York State: Continuing Teacher and Leader Education",
            (
                (
                    ("Name of trainee", 4, Ask.HOLDER),
                    ("Trainee’s identifying number (masked)", 2, Ask.LICENCE),
                ),
                (("Title of activity", 4, Ask.TITLE), _ABOUT),
                (_WHEN, ("Location and delivery", 2.2, Ask.WHERE), _ATTENDANCE, _REFLECTION),
                (
                    ("Name of CTLE sponsor", 3, Ask.PROVIDER),
                    ("Sponsor’s identifying number", 1.5, Ask.NUMBER),
                    ("Approval period of sponsor", 2.2, Ask.PERIOD),
                ),
                (("Total, in CTLE hours", 1.3, Ask.TOTAL), _MINUTES, _AREAS, _UNIT),
            ),
        ),
        "illinois": FormLayout(
            "Evidence of Completion",
            "Illinois: professional development for educator licensure",
            (
                (("Name of participant", 4, Ask.HOLDER), ("IEIN (masked)", 2, Ask.LICENCE)),
                (("Title of activity", 4, Ask.TITLE), ("Nature of event", 2, Ask.NATURE)),
                (("Description of activity", 1, Ask.DESCRIPTION),),
                (
                    ("Dates, times of beginning and end", 2.2, Ask.WHEN),
                    ("Location", 2.2, Ask.WHERE),
                    _ATTENDANCE,
                    _REFLECTION,
                ),
                (
                    ("Approved provider", 3, Ask.PROVIDER),
                    ("Region-County-District-Type code", 1.8, Ask.NUMBER),
                    ("Approval period of provider", 1.9, Ask.PERIOD),
                ),
                (("Clock hours, to the nearest quarter", 1.5, Ask.TOTAL), _MINUTES, _AREAS, _UNIT),
            ),
        ),
        "texas-cpe": FormLayout(
            "Record of Clock Hours",
            "Texas: continuing professional education (CPE)",
            (
                (("Name of educator", 4, Ask.HOLDER), ("TEA ID (masked)", 2, Ask.LICENCE)),
                (
                    ("Name of provider", 3, Ask.PROVIDER),
                    ("Provider number", 1.5, Ask.NUMBER),
                    ("Approval period of provider", 2.2, Ask.PERIOD),
                ),
                (("Title of activity", 4, Ask.TITLE), _ABOUT),
                (("Content of activity", 1, Ask.DESCRIPTION),),
                (
                    ("Dates of activity", 2.2, Ask.WHEN),
                    ("Type, delivery and place", 2.2, Ask.WHERE),
                    _ATTENDANCE,
                    _REFLECTION,
                ),
                (("Number of clock hours", 1.3, Ask.TOTAL), _MINUTES, _AREAS, _UNIT),
            ),
        ),
        "massachusetts-pdp": FormLayout(
            "Certificate of PDPs",
            "Massachusetts: professional development points",
            (
                (("Name of participant", 4, Ask.HOLDER), ("License number (masked)", 2, Ask.LICENCE)),
                (("Title of activity", 4, Ask.TITLE), ("Topic", 2, Ask.TOPIC)),
                (("Description and learning goals", 4, Ask.DESCRIPTION), _ABOUT),
                (
                    ("Dates and hours attended", 2.2, Ask.WHEN),
                    ("Type, delivery and place", 2.2, Ask.WHERE),
                    _ATTENDANCE,
                    ("Assessment of learning", 1.7, Ask.ASSESSMENT),
                    ("Product or reflection", 1.5, Ask.REFLECTION),
                ),
                (
                    ("Provider, as on the registry", 3, Ask.PROVIDER),
                    ("Registration number", 1.5, Ask.NUMBER),
                    ("Period of registration", 2.2, Ask.PERIOD),
                ),
                (("Number of PDPs", 1.2, Ask.TOTAL), ("Minutes attended", 1.2, Ask.MINUTES), _AREAS, _UNIT),
            ),
        ),
        "pennsylvania-act-48": FormLayout(
            "Record of Act 48 Hours",
            "Pennsylvania: continuing professional education",
            (
                (
                    ("Name, as in PERMS", 4, Ask.HOLDER),
                    ("Professional Personnel ID, PPID (masked)", 2, Ask.LICENCE),
                ),
                (("Title of activity", 4, Ask.TITLE), _ABOUT),
                (_WHEN, ("Nature, delivery and place", 2.2, Ask.WHERE), _ATTENDANCE, _REFLECTION),
                (
                    ("Act 48 approved provider", 3, Ask.PROVIDER),
                    ("Provider number", 1.5, Ask.NUMBER),
                    ("Approval period of provider", 2.2, Ask.PERIOD),
                ),
                (
                    ("Total, in Act 48 hours", 1.3, Ask.TOTAL),
                    ("Minutes, without breaks and meals", 1.6, Ask.MINUTES),
                    _AREAS,
                    _UNIT,
                ),
            ),
        ),
        "new-jersey": FormLayout(
            "Record of Professional Development",
            "New Jersey: hours under a professional development plan",
            (
                (("Name of teacher", 4, Ask.HOLDER), ("License or teacher ID (masked)", 2, Ask.LICENCE)),
                (("Title of activity", 4, Ask.TITLE), _ABOUT),
                (("Description of activity", 1, Ask.DESCRIPTION),),
                (_WHEN, ("Nature, delivery and place", 2.2, Ask.WHERE), _ATTENDANCE, _REFLECTION),
                (
                    ("Provider", 3, Ask.PROVIDER),
                    ("Provider number", 1.5, Ask.NUMBER),
                    ("Approval period of provider", 2.2, Ask.PERIOD),
                ),
                (("Total hours", 1.3, Ask.TOTAL), _MINUTES, _AREAS, _UNIT),
            ),
        ),
        "michigan-scech": FormLayout(
            "Certificate of SCECHs",
            "Michigan: State Continuing Education Clock Hours",
            (
                (
                    ("Name, as in MOECS", 4, Ask.HOLDER),
                    ("Personnel Identification Code, PIC (masked)", 2, Ask.LICENCE),
                ),
                (("Title of program", 4, Ask.TITLE), _ABOUT),
                (_WHEN, ("Nature, delivery and place", 2.2, Ask.WHERE), _ATTENDANCE, _REFLECTION),
                (
                    ("Name of sponsor", 3, Ask.PROVIDER),
                    ("Sponsor number", 1.5, Ask.NUMBER),
                    ("Approval period of sponsor", 2.2, Ask.PERIOD),
                ),
                (
                    ("SCECHs, in quarter hours", 1.3, Ask.TOTAL),
                    ("Minutes, without breaks and meals", 1.6, Ask.MINUTES),
                    _AREAS,
                    _UNIT,
                ),
            ),
        ),
    }
)
