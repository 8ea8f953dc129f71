"""What CEDS, the Common Education Data Standards, call each kind of event: for files that states take.

Option sets of CEDS: "Professional Development Activity Type" (P001442), "... Delivery Method" (P001431) and
"... Instructional Delivery Mode" (P001458). Where CEDS know no such kind, it is their "Other".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pdtracker.domain.event_facts import ForWhom
from pdtracker.domain.kinds import EventKind


@dataclass(frozen=True, slots=True)
class CedsKind:
    """A kind of event by its codes: type of activity, delivery method, instructional delivery mode."""

    activity_type: str
    delivery_method: str
    delivery_mode: str


@dataclass(frozen=True, slots=True)
class CedsCodes:
    """What a file says of one element: its identifier and name in CEDS, and the codes of its option set."""

    element: str
    name: str
    codes: tuple[str, ...]


_ONCE, _SERIES, _OTHER = "OneTimeWorkshopTraining", "SeriesOfWorkshopsTraining", "Other"

CEDS_KINDS: Mapping[EventKind, CedsKind] = MappingProxyType(
    {
        EventKind.WEBINAR: CedsKind(_ONCE, "Virtual", "AudioVideo"),
        EventKind.PANEL: CedsKind(_ONCE, "Virtual", "AudioVideo"),
        EventKind.HASHTAG_CHAT: CedsKind("P2P", "Virtual", "Online"),
        EventKind.FORUM: CedsKind("P2P", "Virtual", "Online"),
        EventKind.BOOK_CLUB: CedsKind("P2P", "Virtual", "BlendedLearning"),
        EventKind.UNCONFERENCE: CedsKind("P2P", "Conference", "FaceToFace"),
        EventKind.OPEN_HOUSE: CedsKind(_ONCE, "Off-Site", "FaceToFace"),
        EventKind.TOUR: CedsKind(_ONCE, "Off-Site", "FaceToFace"),
        EventKind.CONTEST: CedsKind(_OTHER, "Virtual", "IndependentStudy"),
        EventKind.RADIO_SHOW: CedsKind(_OTHER, "Virtual", "Broadcast"),
        EventKind.CONFERENCE: CedsKind(_ONCE, "Conference", "Conference"),
        EventKind.SELF_PACED: CedsKind(_OTHER, "Virtual", "IndependentStudy"),
        EventKind.COURSE: CedsKind(_SERIES, "Virtual", "BlendedLearning"),
        EventKind.WORKSHOP: CedsKind(_ONCE, "Onsite", "FaceToFace"),
        EventKind.OTHER: CedsKind(_OTHER, "Virtual", _OTHER),
    }
)


def codes_of(kind: EventKind, whom: ForWhom) -> tuple[CedsCodes, ...]:
    """An event in the words of CEDS; an element of which nobody said anything has no codes."""
    of_kind = CEDS_KINDS[kind]
    levels = dict.fromkeys(code for grade in whom.grades for code in grade.ceds_codes)
    return (
        CedsCodes("P001442", "Professional Development Activity Type", (of_kind.activity_type,)),
        CedsCodes("P001431", "Professional Development Delivery Method", (of_kind.delivery_method,)),
        CedsCodes(
            "P001458", "Professional Development Instructional Delivery Mode", (of_kind.delivery_mode,)
        ),
        CedsCodes("P001279", "Professional Development Activity Education Levels Addressed", tuple(levels)),
        CedsCodes("P001492", "Professional Development Activity Target Audience", whom.audience.ceds_codes),
    )
