"""Whom an event is for: grades, audience, cost and language; each may be unsaid, and nobody guesses it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class GradeBand(StrEnum):
    """The grades that an event is about, in four bands and adults."""

    EARLY = "early"
    ELEMENTARY = "elementary"
    MIDDLE = "middle"
    HIGH = "high"
    ADULT = "adult"

    @property
    def label(self) -> str:
        """Its name in filters and on pages."""
        return _GRADES[self][0]

    @property
    def ceds_codes(self) -> tuple[str, ...]:
        """CEDS "Professional Development Activity Education Levels Addressed" (P001279)."""
        return _GRADES[self][1]


class Audience(StrEnum):
    """Whom an event speaks to in the first place."""

    UNSAID = "unsaid"
    EVERYONE = "everyone"
    TEACHERS = "teachers"
    LEADERS = "leaders"
    COACHES = "coaches"
    LIBRARIANS = "librarians"
    COUNSELORS = "counselors"
    SPECIAL_EDUCATORS = "special_educators"
    PARAPROFESSIONALS = "paraprofessionals"
    FAMILIES = "families"

    @property
    def label(self) -> str:
        """Its name in filters and on pages."""
        return _AUDIENCES[self][0]

    @property
    def ceds_codes(self) -> tuple[str, ...]:
        """CEDS "Professional Development Activity Target Audience" (P001492); families have no code there."""
        return _AUDIENCES[self][1]


class Cost(StrEnum):
    """What it costs to take part."""

    UNSAID = "unsaid"
    FREE = "free"
    FEE = "fee"

    @property
    def label(self) -> str:
        """Its name in filters and on pages."""
        return {"unsaid": "Not said", "free": "Free", "fee": "With a fee"}[self.value]


LANGUAGES: Mapping[str, str] = MappingProxyType(
    {
        "en": "English",
        "es": "Spanish",
        "fr": "French",
        "de": "German",
        "pt": "Portuguese",
        "zh": "Chinese",
        "vi": "Vietnamese",
        "ar": "Arabic",
        "ht": "Haitian Creole",
        "ase": "American Sign Language",
        "mi": "M\u0101ori",
    }
)
"""The languages that a form offers, by their tag (BCP 47). Another tag is shown as it is."""


@dataclass(frozen=True, slots=True)
class ForWhom:
    """Whom an event is for, as its host says. An empty language and no grades: nobody said."""

    grades: tuple[GradeBand, ...] = ()
    audience: Audience = Audience.UNSAID
    cost: Cost = Cost.UNSAID
    language: str = ""

    @property
    def language_name(self) -> str:
        """The language in words; empty where nobody said."""
        return language_name(self.language)

    @property
    def words(self) -> str:
        """All of it in one line; empty where nobody said anything."""
        audience = "" if self.audience is Audience.UNSAID else self.audience.label
        cost = "" if self.cost is Cost.UNSAID else self.cost.label
        return "; ".join(filter(None, (self.grades_words, audience, cost, self.language_name)))

    @property
    def grades_words(self) -> str:
        """The grades in words, in their order; empty where nobody said."""
        return ", ".join(grade.label for grade in in_order(self.grades))


NOBODY_SAID = ForWhom()


def language_name(tag: str) -> str:
    """The name of a language by its tag."""
    return LANGUAGES.get(tag, tag)


def in_order(grades: Iterable[GradeBand]) -> tuple[GradeBand, ...]:
    """Grades from the youngest to the oldest, each once."""
    chosen = set(grades)
    return tuple(grade for grade in GradeBand if grade in chosen)


_GRADES: Mapping[GradeBand, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        GradeBand.EARLY: ("Pre-K to grade 2", ("PK", "TK", "KG", "01", "02")),
        GradeBand.ELEMENTARY: ("Grades 3 to 5", ("03", "04", "05")),
        GradeBand.MIDDLE: ("Grades 6 to 8", ("06", "07", "08")),
        GradeBand.HIGH: ("Grades 9 to 12", ("09", "10", "11", "12")),
        GradeBand.ADULT: ("Adults", ("AE",)),
    }
)
_AUDIENCES: Mapping[Audience, tuple[str, tuple[str, ...]]] = MappingProxyType(
    {
        Audience.UNSAID: ("Not said", ()),
        Audience.EVERYONE: ("Everyone", ("Other",)),
        Audience.TEACHERS: (
            "Teachers",
            (
                "ELTeachers",
                "KindergartenTeachers",
                "ElementaryTeachers",
                "SecondaryTeachers",
                "UngradedTeachers",
            ),
        ),
        Audience.LEADERS: ("School and district leaders", ("Administrators",)),
        Audience.COACHES: ("Coaches and coordinators", ("InstructionalCoordinators",)),
        Audience.LIBRARIANS: ("Librarians", ("LibraryMediaSpecialists",)),
        Audience.COUNSELORS: ("Counselors and social workers", ("SchoolCounselors", "SocialWorkers")),
        Audience.SPECIAL_EDUCATORS: (
            "Special educators",
            ("SpecialEducationTeachers", "SpecialNeedsSpecialists"),
        ),
        Audience.PARAPROFESSIONALS: ("Paraprofessionals", ("Paraprofessionals",)),
        Audience.FAMILIES: ("Families", ()),
    }
)
