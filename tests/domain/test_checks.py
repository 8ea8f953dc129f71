"""Machine checks: one finding each, and the group that the gravest decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.checks import (
    Beside,
    Check,
    CheckCode,
    CheckFacts,
    CheckGroup,
    CheckLevel,
    Overlap,
    SameText,
    check_claim,
    group_of,
    summary_text,
)
from pdtracker.domain.days import DayLoad
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.split import Split

ELL, PEDAGOGY = CreditCategory.ELL, CreditCategory.PEDAGOGY
START = datetime(2014, 10, 8, 20, 30, tzinfo=UTC)
CHAT = Overlap("#d68chat", START, START + timedelta(minutes=30), is_credited=True)
GOOD = CheckFacts(
    kind=EventKind.HASHTAG_CHAT,
    minutes=60,
    session_minutes=60,
    longer_reason="",
    cap_left_minutes=120,
    evidence=frozenset({EvidenceKind.LINK}),
    reflection_words=128,
    zone="America/New_York",
)

CHAT_EVIDENCE = "A hashtag chat is shown by own posts, or its archive, and from when to when."
STUDY = replace(GOOD, kind=EventKind.OTHER, session_minutes=None)


def found(facts: CheckFacts, code: CheckCode) -> Check:
    return next(check for check in check_claim(facts) if check.code is code)


def plain(text: str) -> str:
    spaced = text.replace("\N{NO-BREAK SPACE}", " ").replace("\N{EN DASH}", "-")
    return spaced.replace("\N{LEFT DOUBLE QUOTATION MARK}", '"').replace(
        "\N{RIGHT DOUBLE QUOTATION MARK}", '"'
    )


def test_who_is_missing_from_a_report_that_counts_is_worth_a_glance() -> None:
    facts = replace(GOOD, missing_from="Zoom report")
    check = found(facts, CheckCode.EVIDENCE)
    assert (check.level, check.title) == (CheckLevel.GLANCE, "Missing from the report")
    assert "The Zoom report of this event counts, and they are not in it." in check.sentence
    assert group_of(check_claim(facts)) is CheckGroup.GLANCE
    # Whoever was seen at the event otherwise was there, in the room and not on the screen.
    seen = replace(facts, evidence=frozenset({EvidenceKind.CHECK_IN}), recorded_minutes=60)
    assert found(seen, CheckCode.EVIDENCE).level is CheckLevel.PASS
    none = replace(facts, evidence=frozenset[EvidenceKind]())
    assert found(none, CheckCode.EVIDENCE).level is CheckLevel.STOP


@pytest.mark.parametrize(
    ("kind", "evidence", "days", "level", "sentence"),
    [
        (
            EventKind.HASHTAG_CHAT,
            EvidenceKind.LINK,
            0,
            CheckLevel.PASS,
            f"Link. {CHAT_EVIDENCE}",
        ),
        (
            EventKind.FORUM,
            EvidenceKind.ATTESTATION,
            0,
            CheckLevel.GLANCE,
            "No link and no file. A forum is shown by own posts.",
        ),
        (
            EventKind.BOOK_CLUB,
            EvidenceKind.LINK,
            0,
            CheckLevel.PASS,
            "Link. A book club is shown by a log: which days, and how long on each.",
        ),
        (EventKind.BOOK_CLUB, EvidenceKind.FILE, 3, CheckLevel.PASS, "File. A log of three days."),
        # A word stays a word, however long its log is.
        (
            EventKind.BOOK_CLUB,
            EvidenceKind.ATTESTATION,
            1,
            CheckLevel.GLANCE,
            "No link and no file. A log of one day.",
        ),
        # What was recorded there needs no recipe.
        (EventKind.BOOK_CLUB, EvidenceKind.CHECK_IN, 0, CheckLevel.PASS, "Check-in, without minutes."),
        (EventKind.WEBINAR, EvidenceKind.LINK, 0, CheckLevel.PASS, "Link."),
    ],
)
def test_each_kind_of_event_has_its_own_evidence(
    kind: EventKind, evidence: EvidenceKind, days: int, level: CheckLevel, sentence: str
) -> None:
    facts = replace(GOOD, kind=kind, evidence=frozenset({evidence}), logged_days=days)
    check = found(facts, CheckCode.EVIDENCE)
    assert (check.level, plain(check.sentence)) == (level, sentence)


@pytest.mark.parametrize(
    ("split", "listed", "level", "sentence"),
    [
        (((ELL, 60),), (), CheckLevel.PASS, "Nothing lists it. They say: English language learners."),
        (((PEDAGOGY, 60),), ((PEDAGOGY, 60),), CheckLevel.PASS, "Pedagogy."),
        (
            ((ELL, 60),),
            ((PEDAGOGY, 60),),
            CheckLevel.GLANCE,
            "The calendar lists Pedagogy. They say: English language learners.",
        ),
        (
            ((PEDAGOGY, 30), (ELL, 30)),
            ((PEDAGOGY, 60),),
            CheckLevel.GLANCE,
            "The calendar lists Pedagogy. They say: Pedagogy 30 minutes, English language learners 30 minutes.",
        ),
        # Sessions of one's own stand beside those that the calendar lists.
        (
            ((PEDAGOGY, 20), (ELL, 40)),
            ((PEDAGOGY, 20),),
            CheckLevel.PASS,
            "Pedagogy 20 minutes, English language learners 40 minutes.",
        ),
        # A third of 100 minutes is rounded in one way or the other.
        (
            ((PEDAGOGY, 50), (ELL, 50)),
            ((PEDAGOGY, 51), (ELL, 49)),
            CheckLevel.PASS,
            "Pedagogy 50 minutes, English language learners 50 minutes.",
        ),
    ],
)
def test_categories_other_than_the_calendars_are_worth_a_glance(
    split: Split, listed: Split, level: CheckLevel, sentence: str
) -> None:
    check = found(replace(GOOD, split=split, listed=listed), CheckCode.CATEGORY)
    assert (check.level, plain(check.sentence)) == (level, sentence)


def test_a_good_claim_passes_every_check() -> None:
    checks = check_claim(GOOD)
    assert {check.level for check in checks} == {CheckLevel.PASS}
    assert group_of(checks) is CheckGroup.PASS
    assert plain(summary_text(checks)) == "All 8 pass"


@pytest.mark.parametrize(
    ("facts", "code", "level", "title", "sentence"),
    [
        (GOOD, CheckCode.OVERLAP, CheckLevel.PASS, "No overlap", "Nothing else at that time."),
        (
            replace(GOOD, overlaps=(CHAT,)),
            CheckCode.OVERLAP,
            CheckLevel.STOP,
            "Overlaps #d68chat",
            '"#d68chat" was on Oct 8, 4:30-5:00 pm, which is already credited.',
        ),
        (
            replace(GOOD, overlaps=(replace(CHAT, is_credited=False), CHAT)),
            CheckCode.OVERLAP,
            CheckLevel.STOP,
            "Overlaps #d68chat",
            '"#d68chat" was on Oct 8, 4:30-5:00 pm, which waits as well. 1 more at that time.',
        ),
        (
            replace(
                STUDY, beside=(Beside("Night seminar", START, START + timedelta(minutes=90), True, "title"),)
            ),
            CheckCode.OVERLAP,
            CheckLevel.STOP,
            "Maybe claimed twice",
            '"Night seminar" of Oct 8 has the same title, and no hours tell them apart.',
        ),
        (
            replace(STUDY, beside=(Beside("Night seminar", START, START + timedelta(minutes=90), True),)),
            CheckCode.OVERLAP,
            CheckLevel.GLANCE,
            "Same day as Night seminar",
            '"Night seminar" was that day, 4:30-6:00 pm. This one has no hours to compare.',
        ),
        (
            replace(STUDY, beside=(Beside("A book", START, START + timedelta(days=1), False),)),
            CheckCode.OVERLAP,
            CheckLevel.PASS,
            "No overlap",
            "Nothing else at that time.",
        ),
        (
            replace(STUDY, day=DayLoad(START.date(), START.date(), 1920, ("Course A",))),
            CheckCode.DAY,
            CheckLevel.STOP,
            "More hours than the day has",
            '32 hours in all on Oct 8, with "Course A".',
        ),
        (
            replace(STUDY, day=DayLoad(START.date(), START.date(), 615)),
            CheckCode.DAY,
            CheckLevel.GLANCE,
            "Over 10 hours a day",
            "10.25 hours in all on Oct 8.",
        ),
        (
            replace(STUDY, day=DayLoad(START.date(), START.date(), 600)),
            CheckCode.DAY,
            CheckLevel.PASS,
            "Within a day",
            "10 hours in all on Oct 8.",
        ),
        (GOOD, CheckCode.LENGTH, CheckLevel.PASS, "Within the session", "60 of 60 minutes."),
        (
            replace(GOOD, minutes=90),
            CheckCode.LENGTH,
            CheckLevel.STOP,
            "Longer than the session",
            "90 minutes entered, the session lasted 60.",
        ),
        (
            replace(GOOD, minutes=90, longer_reason="Questions afterwards"),
            CheckCode.LENGTH,
            CheckLevel.GLANCE,
            "Longer, with a reason",
            "90 minutes entered, the session lasted 60. They say why.",
        ),
        (
            replace(GOOD, session_minutes=None),
            CheckCode.LENGTH,
            CheckLevel.PASS,
            "No fixed hours",
            "1 hour by their own count.",
        ),
        (GOOD, CheckCode.CAP, CheckLevel.PASS, "Under the cap", "2 hours left this school year."),
        (
            replace(GOOD, cap_left_minutes=None),
            CheckCode.CAP,
            CheckLevel.PASS,
            "No cap",
            "Hashtag chats have no limit in a school year.",
        ),
        (
            replace(GOOD, cap_left_minutes=45),
            CheckCode.CAP,
            CheckLevel.GLANCE,
            "Over the cap",
            "Only 0.75 hours left this school year.",
        ),
        (
            replace(GOOD, cap_left_minutes=0),
            CheckCode.CAP,
            CheckLevel.GLANCE,
            "Cap reached",
            "Hashtag chats add up to no more this school year.",
        ),
        (GOOD, CheckCode.EVIDENCE, CheckLevel.PASS, "Evidence is there", f"Link. {CHAT_EVIDENCE}"),
        (
            replace(GOOD, evidence=GOOD.evidence | {EvidenceKind.REPORT}, recorded_minutes=55),
            CheckCode.EVIDENCE,
            CheckLevel.PASS,
            "Attendance matched",
            "Attendance report: 55 minutes, claimed 60.",
        ),
        (
            replace(GOOD, evidence=frozenset({EvidenceKind.CHECK_IN}), recorded_minutes=54),
            CheckCode.EVIDENCE,
            CheckLevel.STOP,
            "Check-in shows less",
            "Check-in: 54 minutes, claimed 60.",
        ),
        (
            replace(GOOD, evidence=frozenset({EvidenceKind.HOST_LIST})),
            CheckCode.EVIDENCE,
            CheckLevel.PASS,
            "Attendance matched",
            "Host’s list, without minutes.",
        ),
        (
            replace(GOOD, evidence=frozenset({EvidenceKind.ATTESTATION})),
            CheckCode.EVIDENCE,
            CheckLevel.GLANCE,
            "Attendance by own word",
            f"No link and no file. {CHAT_EVIDENCE}",
        ),
        (
            replace(GOOD, evidence=frozenset()),
            CheckCode.EVIDENCE,
            CheckLevel.STOP,
            "No evidence",
            "Nothing shows that they were there.",
        ),
        (GOOD, CheckCode.REFLECTION, CheckLevel.PASS, "Reflection", "128 words."),
        (
            replace(GOOD, reflection_words=22),
            CheckCode.REFLECTION,
            CheckLevel.GLANCE,
            "Short reflection, 22 words",
            "Two or three sentences are enough.",
        ),
        (
            replace(GOOD, repeated_answers=1),
            CheckCode.REFLECTION,
            CheckLevel.GLANCE,
            "The same answer to several prompts",
            "One answer repeats another, word for word. Counted once, there are 128 words.",
        ),
        (
            replace(GOOD, reflection_words=12, repeated_answers=2),
            CheckCode.REFLECTION,
            CheckLevel.GLANCE,
            "The same answer to several prompts",
            "Two answers repeat another, word for word. Counted once, there are 12 words.",
        ),
        (
            replace(GOOD, reflection_words=0),
            CheckCode.REFLECTION,
            CheckLevel.STOP,
            "No reflection",
            "No prompt was answered.",
        ),
        (
            GOOD,
            CheckCode.OWN_WORDS,
            CheckLevel.PASS,
            "Their own words",
            "Not word for word the same as a colleague’s, or as their own before.",
        ),
        (
            replace(GOOD, same_text=(SameText("Edcamp"), SameText("#edchat", "Paul Novak"))),
            CheckCode.OWN_WORDS,
            CheckLevel.STOP,
            "Same words as Paul Novak",
            'Paul Novak wrote the same for "#edchat".',
        ),
        (
            replace(GOOD, same_text=(SameText("#edchat", "Paul Novak", "denied"),)),
            CheckCode.OWN_WORDS,
            CheckLevel.STOP,
            "Same words as Paul Novak, denied",
            'Paul Novak wrote the same for "#edchat".',
        ),
        (
            replace(GOOD, same_text=(SameText("Edcamp", stands="denied"),)),
            CheckCode.OWN_WORDS,
            CheckLevel.STOP,
            "Same words as before, denied",
            'They wrote the same for "Edcamp".',
        ),
        (
            replace(GOOD, same_text=(SameText("Edcamp"),)),
            CheckCode.OWN_WORDS,
            CheckLevel.STOP,
            "Same words as before",
            'They wrote the same for "Edcamp".',
        ),
    ],
)
def test_a_check_says_what_was_found(
    facts: CheckFacts, code: CheckCode, level: CheckLevel, title: str, sentence: str
) -> None:
    check = found(facts, code)
    assert (check.level, plain(check.title), plain(check.sentence)) == (level, title, sentence)


def test_the_gravest_finding_decides_the_group() -> None:
    glance = replace(GOOD, reflection_words=22)
    assert group_of(check_claim(glance)) is CheckGroup.GLANCE
    assert group_of(check_claim(replace(glance, overlaps=(CHAT,)))) is CheckGroup.LOOK_FIRST


def test_the_summary_names_the_gravest_and_counts_the_rest() -> None:
    glance = replace(GOOD, reflection_words=22)
    assert plain(summary_text(check_claim(glance))) == "Short reflection, 22 words"
    assert (
        plain(summary_text(check_claim(replace(glance, overlaps=(CHAT,))))) == "Overlaps #d68chat, and 1 more"
    )


def test_the_groups_stand_in_the_order_in_which_they_are_read() -> None:
    assert [group.label for group in CheckGroup] == ["Look first", "Worth a glance", "Every check passes"]


@given(
    st.builds(
        CheckFacts,
        kind=st.sampled_from(EventKind),
        minutes=st.integers(1, 1440),
        session_minutes=st.none() | st.integers(0, 1440),
        longer_reason=st.text(max_size=3),
        cap_left_minutes=st.none() | st.integers(0, 2000),
        evidence=st.frozensets(st.sampled_from(EvidenceKind)),
        split=st.sampled_from([(), ((ELL, 60),)]),
        listed=st.sampled_from([(), ((PEDAGOGY, 60),)]),
        reflection_words=st.integers(0, 4000),
        overlaps=st.lists(st.just(CHAT), max_size=3).map(tuple),
        same_text=st.lists(st.builds(SameText, st.text(max_size=3), st.text(max_size=3)), max_size=2).map(
            tuple
        ),
        zone=st.just("America/New_York"),
    )
)
def test_every_claim_gets_every_check_once_in_order(facts: CheckFacts) -> None:
    checks = check_claim(facts)
    assert [check.code for check in checks] == list(CheckCode)
    assert all(check.title and check.sentence.endswith(".") for check in checks)
    assert (group_of(checks) is CheckGroup.PASS) == summary_text(checks).startswith("All")
