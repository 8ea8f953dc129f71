"""Whom an event is for, and what CEDS call it: every code is one of theirs."""

from __future__ import annotations

from pdtracker.domain.ceds import CEDS_KINDS
from pdtracker.domain.event_facts import Audience, Cost, ForWhom, GradeBand, language_name
from pdtracker.domain.kinds import EventKind

# The option sets of CEDS, as far as they can be meant here.
TYPES = {
    "Advisement", "Coaching", "CollegeCourse", "Consultation", "Mentoring", "OneTimeWorkshopTraining", "Other", "P2P",
    "SeriesOfWorkshopsTraining", "TechnicalAssistance",
}  # fmt: skip
METHODS = {"Onsite", "Virtual", "Off-Site", "Conference"}
MODES = {
    "AudioVideo", "BlendedLearning", "Broadcast", "Conference", "Correspondence", "EarlyCollege", "FaceToFace",
    "IndependentStudy", "Online", "Other",
}  # fmt: skip
LEVELS = {"PK", "TK", "KG", "AE", *(f"{grade:02d}" for grade in range(1, 13))}
AUDIENCES = {
    "ELTeachers", "KindergartenTeachers", "ElementaryTeachers", "SecondaryTeachers", "UngradedTeachers", "Other",
    "Administrators", "InstructionalCoordinators", "LibraryMediaSpecialists", "SchoolCounselors", "SocialWorkers",
    "SpecialEducationTeachers", "SpecialNeedsSpecialists", "Paraprofessionals",
}  # fmt: skip


def test_every_kind_has_its_codes_in_ceds() -> None:
    assert set(CEDS_KINDS) == set(EventKind)
    for kind in CEDS_KINDS.values():
        assert (
            kind.activity_type in TYPES,
            kind.delivery_method in METHODS,
            kind.delivery_mode in MODES,
        ) == (
            True,
            True,
            True,
        ), kind


def test_every_grade_is_in_one_band_only() -> None:
    codes = [code for grade in GradeBand for code in grade.ceds_codes]
    assert sorted(codes) == sorted(LEVELS)


def test_every_audience_has_words_and_codes_of_ceds() -> None:
    assert {code for audience in Audience for code in audience.ceds_codes} == AUDIENCES
    assert len({audience.label for audience in Audience}) == len(Audience)


def test_what_nobody_said_is_empty() -> None:
    whom = ForWhom()
    assert (whom.grades_words, whom.language_name, whom.cost, whom.audience) == (
        "",
        "",
        Cost.UNSAID,
        Audience.UNSAID,
    )


def test_grades_are_told_from_the_youngest_on() -> None:
    assert ForWhom((GradeBand.HIGH, GradeBand.EARLY)).grades_words == "Pre-K to grade 2, Grades 9 to 12"
    assert language_name("es") == "Spanish"
    assert language_name("tlh") == "tlh"
