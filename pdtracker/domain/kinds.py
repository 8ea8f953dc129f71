"""Kinds of event, and the categories in which their hours count: the two closed sets of the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class CreditCategory(StrEnum):
    """What the hours are about, as licensing bodies ask for it."""

    CONTENT = "content"
    PEDAGOGY = "pedagogy"
    ELL = "ell"
    SWD = "swd"
    LITERACY = "literacy"
    STEM = "stem"
    EQUITY = "equity"
    LEADERSHIP = "leadership"
    TECHNOLOGY = "technology"

    @property
    def label(self) -> str:
        """The category's name on pages and certificates."""
        return _CATEGORY_LABELS[self]


class EventKind(StrEnum):
    """How people come together at an event."""

    WEBINAR = "webinar"
    PANEL = "panel"
    HASHTAG_CHAT = "hashtag_chat"
    FORUM = "forum"
    BOOK_CLUB = "book_club"
    UNCONFERENCE = "unconference"
    OPEN_HOUSE = "open_house"
    TOUR = "tour"
    CONTEST = "contest"
    RADIO_SHOW = "radio_show"
    CONFERENCE = "conference"
    SELF_PACED = "self_paced"
    COURSE = "course"
    WORKSHOP = "workshop"
    OTHER = "other"

    @property
    def label(self) -> str:
        """The kind's name in lists and filters: "Hashtag chat"."""
        return KINDS[self].label

    @property
    def plural(self) -> str:
        """The kind's name at the beginning of a rule: "Hashtag chats count up to ..."."""
        return KINDS[self].plural

    @property
    def noun(self) -> str:
        """The short word within a sentence: "The chat ended at 8:00 pm"."""
        return KINDS[self].noun

    @property
    def is_live(self) -> bool:
        """Whether it has fixed hours. The others are open for days, and people log the minutes they spent."""
        return KINDS[self].is_live

    @property
    def default_category(self) -> CreditCategory:
        """The category that a claim begins with; claimant and reviewer can choose another."""
        return KINDS[self].default_category


@dataclass(frozen=True, slots=True)
class KindFacts:
    """The words and ways of one kind of event."""

    label: str
    plural: str
    noun: str
    is_live: bool
    default_category: CreditCategory


KINDS: Mapping[EventKind, KindFacts] = MappingProxyType(
    {
        EventKind.WEBINAR: KindFacts("Webinar", "Webinars", "webinar", True, CreditCategory.PEDAGOGY),
        EventKind.PANEL: KindFacts("Panel", "Panels", "panel", True, CreditCategory.PEDAGOGY),
        EventKind.HASHTAG_CHAT: KindFacts(
            "Hashtag chat", "Hashtag chats", "chat", True, CreditCategory.PEDAGOGY
        ),
        EventKind.FORUM: KindFacts("Forum", "Forums", "forum", False, CreditCategory.PEDAGOGY),
        EventKind.BOOK_CLUB: KindFacts("Book club", "Book clubs", "book club", False, CreditCategory.CONTENT),
        EventKind.UNCONFERENCE: KindFacts(
            "Un-conference", "Un-conferences", "un-conference", True, CreditCategory.PEDAGOGY
        ),
        EventKind.OPEN_HOUSE: KindFacts(
            "Open house", "Open houses", "open house", True, CreditCategory.LEADERSHIP
        ),
        EventKind.TOUR: KindFacts("Tour", "Tours", "tour", True, CreditCategory.CONTENT),
        EventKind.CONTEST: KindFacts("Contest", "Contests", "contest", False, CreditCategory.CONTENT),
        EventKind.RADIO_SHOW: KindFacts("Radio show", "Radio shows", "show", True, CreditCategory.PEDAGOGY),
        EventKind.CONFERENCE: KindFacts(
            "Conference", "Conferences", "conference", True, CreditCategory.PEDAGOGY
        ),
        EventKind.SELF_PACED: KindFacts(
            "Self-paced study", "Self-paced studies", "study", False, CreditCategory.TECHNOLOGY
        ),
        # Its meetings are spread over weeks, with work in between.
        EventKind.COURSE: KindFacts("Course", "Courses", "course", False, CreditCategory.CONTENT),
        EventKind.WORKSHOP: KindFacts("Workshop", "Workshops", "workshop", True, CreditCategory.PEDAGOGY),
        # Nobody knows what it is like, so nothing is asked that it may not have: days and hours in all.
        EventKind.OTHER: KindFacts("Other", "Other sessions", "session", False, CreditCategory.PEDAGOGY),
    }
)

_CATEGORY_LABELS: Mapping[CreditCategory, str] = MappingProxyType(
    {
        CreditCategory.CONTENT: "Content",
        CreditCategory.PEDAGOGY: "Pedagogy",
        CreditCategory.ELL: "English language learners",
        CreditCategory.SWD: "Students with disabilities",
        CreditCategory.LITERACY: "Literacy",
        CreditCategory.STEM: "STEM",
        CreditCategory.EQUITY: "Equity",
        CreditCategory.LEADERSHIP: "Leadership",
        CreditCategory.TECHNOLOGY: "Technology",
    }
)
