"""Certificates to set in tests: ordinary ones, and the hardest that we could think of.

People and numbers are invented; the events are those of Connected Educator Month 2014.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pdtracker.domain.appearance import Appearance
from pdtracker.domain.certificate import (
    AppliedPolicy,
    Approval,
    CertifiedCategory,
    CreditUnit,
    Holder,
    IssuingDistrict,
    Snapshot,
    Template,
)
from pdtracker.domain.certified_sessions import CertifiedChange, CertifiedSession
from pdtracker.domain.codes import kid_of, new_code, new_serial
from pdtracker.signing import SigningKey, sign

PRIVATE = hashlib.sha256(b"the district's key in tests").digest()

CATEGORIES = (
    ("Content", "Content"),
    ("Pedagogy", "Pedagogy"),
    ("English language learners", "ELL"),
)
LONG_DISTRICT = (
    "Upper Susquehanna and Chenango Valleys Consolidated Central School District"
    " and Board of Cooperative Educational Services"
)
LONG_TITLE = (
    "Diversity, Inclusiveness, and Global Education: Connecting Newcomer Families, Teachers and Librarians "
    "Across Eleven Time Zones, Week by Week"
)
LONG_NAME = "Maria-Alexandrina Featherstonehaugh-Cholmondeley Wolfeschl"


def session(
    day: int,
    begins: str,
    minutes: int,
    title: str,
    host: str,
    kind: str,
    delivery: str,
    place: str | None,
    credited: dict[str, int],
    attendance: str = "Check-in and check-out",
) -> CertifiedSession:
    hour, minute = map(int, begins.split(":"))
    starts_at = datetime(2014, 10, day, tzinfo=UTC) + timedelta(hours=hour + 4, minutes=minute)
    return CertifiedSession.held(
        title=title,
        host=host,
        kind=kind,
        delivery=delivery,
        place=place,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=minutes),
        zone="America/New_York",
        attendance=attendance,
        minutes={name: credited[short] for name, short in CATEGORIES if short in credited},
    )


DUNCAN = session(
    14, "19:00", 60, "Join Secretary Duncan for a Connected Educator Month Twitter Chat",
    "U.S. Department of Education", "Hashtag chat", "Online, live", "#ce14", {"Pedagogy": 60},
)  # fmt: skip
EIGHT = (
    session(1, "19:00", 90, "Educator Innovator kick-off webinar, with Edcamp Online", "Educator Innovator",
            "Webinar", "Online, live", "educatorinnovator.org", {"Pedagogy": 90}),
    session(6, "16:00", 60, "Assessment “hot seat”: questions and answers with literacy leaders", "NCTE and NCLE",
            "Forum", "Online, live", None, {"Content": 45, "ELL": 15}, "Host’s report"),
    session(8, "20:00", 60, "Blended learning: what moves online, and what stays in the room", "CUE",
            "Hashtag chat", "Online, live", "#ce14", {"Pedagogy": 60}),
    DUNCAN,
    session(16, "15:45", 90, "Student voice and the maker movement: an open studio", "Maplewood Middle School",
            "Open house", "In person", "Room 114", {"Content": 60, "Pedagogy": 30}, "Sign-in sheet"),
    session(20, "18:00", 60, "National Day on Writing: teaching writing to newcomers", "National Writing Project",
            "Webinar", "Online, live", None, {"ELL": 60}, "Code shown at the end"),
    session(25, "9:00", 180, "Edcamp Essex: un-conference on whole community engagement", "Edcamp",
            "Un-conference", "In person", "Columbia High School", {"Content": 60, "Pedagogy": 90, "ELL": 30}),
    session(30, "19:00", 90, "Leadership for change: closing panel", "Powerful Learning Practice",
            "Panel", "Online, live", None, {"Pedagogy": 90}),
)  # fmt: skip
_THEMES = (
    "Blended Learning",
    "Collaboration & Capacity Building",
    "Diversity, Inclusiveness, and Global Education",
    "Educator Professional Development & Learning",
    "Leadership for Change",
    "Student Agency, Student Voice, and the Maker Movement",
    "Whole Community Engagement",
)
_HOSTS = ("CUE", "NCTE and NCLE", "Global Classrooms", "Digital Promise", "Edcamp", "Educator Innovator")
_WAYS = ("Check-in and check-out", "Host’s report", "Code shown at the end")
TWENTY_FIVE = tuple(
    session(n + 1, "19:00", 180, LONG_TITLE, "Global Classrooms", "Webinar", "Blended",
            "Web, and Maplewood Public Library", {"Content": 60, "Pedagogy": 60, "ELL": 60})
    if n == 17
    else session(n + 1, "19:00", 75, f"{_THEMES[n % 7]}: conversation {n // 7 + 1}", _HOSTS[n % 6], "Hashtag chat",
                 "Online, live", "#ce14",
                 {"Content": (0, 15, 30, 0)[n % 4], "Pedagogy": (60, 30, 30, 45)[n % 4], "ELL": (0, 15, 0, 15)[n % 4]},
                 _WAYS[n % 3])
    for n in range(25)
)  # fmt: skip


def together(*lengths: int) -> tuple[CertifiedSession, ...]:
    """Short chats a week apart that count together."""
    return tuple(
        replace(
            session(1 + 7 * week, "20:00", minutes, f"#edtech chat {week + 1}", "Captions group", "Hashtag chat",
                    "Live", "#edtech", {}, "Link, reviewed"),
            attended_minutes=minutes,
        )
        for week, minutes in enumerate(lengths)
    )  # fmt: skip


def gathered(
    sessions: Sequence[CertifiedSession], *changes: CertifiedChange, ell: int = 0, **more: Any
) -> Snapshot:
    """A certificate of sessions that count together, with these changes; `ell` minutes are of another category."""
    total = sum(each.stated_minutes for each in sessions) + sum(change.minutes for change in changes)
    minutes = {"Pedagogy": total - ell, "ELL": ell}
    return snapshot(
        **{
            "sessions": sessions,
            "changes": changes,
            "categories": tuple(
                CertifiedCategory(name, short, minutes.get(short, 0)) for name, short in CATEGORIES
            ),
            "title": "#edtech for English learners",
            **more,
        }
    )


def key() -> SigningKey:
    """The same pair in every process."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    public = Ed25519PrivateKey.from_private_bytes(PRIVATE).public_key().public_bytes_raw()
    return SigningKey(kid_of(public), public, PRIVATE)


def snapshot(
    sessions: Sequence[CertifiedSession] = (DUNCAN,),
    *,
    holder: str = "Ada Lindqvist",
    licence: str | None = "New York State teacher ID ending 4417",
    district: str = "Maplewood Central School District",
    title: str | None = None,
    approver: str = "Bo Tran",
    role: str = "Director of Professional Learning",
    seed: str = "",
    **changes: Any,
) -> Snapshot:
    """A whole certificate of these sessions; the seed gives serial and code."""
    sums = {name: sum(each.minutes_in(name) for each in sessions) for name, _ in CATEGORIES}
    random = hashlib.sha256((seed or holder).encode()).digest()
    facts: dict[str, Any] = dict(  # noqa: C408 - the names are those of a snapshot
        template=Template(),
        serial=new_serial(random[:16]),
        code=new_code(random[16:26]),
        issued_at=datetime(2014, 11, 7, 15, 30, tzinfo=UTC),
        issued_on=date(2014, 11, 7),
        district=IssuingDistrict(
            district, "Maplewood, New York", "maplewood", "23417", "approved July 1, 2012 – June 30, 2017"
        ),
        holder=Holder(holder, licence),
        title=title or (sessions[0].title if len(sessions) == 1 else "Connected Educator Month 2014"),
        programme="Connected Educator Month 2014",
        theme="Educator Professional Development & Learning" if len(sessions) == 1 else None,
        sessions=tuple(sessions),
        categories=tuple(CertifiedCategory(name, short, sums[name]) for name, short in CATEGORIES),
        unit=CreditUnit("CTLE hour", "CTLE hours"),
        policy=AppliedPolicy("Maplewood credit policy", "2014-2"),
        reflection="Written reflection, reviewed",
        approval=Approval(approver, role, date(2014, 11, 6)),
        verify_address="https://pd.maplewood.example/verify/",
        key=key().kid,
        retention="Keep this certificate for three years after your registration period ends."
        " The provider keeps its records until November 7, 2022.",
    )
    return Snapshot(**{**facts, **changes})


def signed(made: Snapshot) -> tuple[Snapshot, bytes, bytes]:
    """What `render` takes."""
    return made, sign(PRIVATE, made.to_bytes()), key().public


DESIGNS = {"modern": 3, "classic": 1, "plain": 1}
"""Each design in its newest version, without a badge in its file."""


def designed(made: Snapshot, design: str, paper: str = "letter", **appearance: Any) -> Snapshot:
    """The certificate in this design, with what a district chose for it."""
    chosen = Appearance(**appearance) if appearance else made.appearance
    return replace(made, template=Template(design, DESIGNS[design], paper), appearance=chosen)


HARD = {
    "holder": LONG_NAME,
    "district": LONG_DISTRICT,
    "title": LONG_TITLE,
    "approver": "Dr. Konstantina-Alexandra Papadimitropoulou-Weatherington",
    "role": "Assistant Superintendent for Curriculum, Instruction, and Professional Learning",
}
CASES: dict[str, Snapshot] = {
    "one": snapshot(),
    "three": snapshot((EIGHT[0], EIGHT[3], EIGHT[5])),
    "eight": snapshot(EIGHT),
    "twentyfive": snapshot(TWENTY_FIVE),
    "shortname": snapshot(holder="Bao", licence=None),
    "longname": snapshot((EIGHT[0], EIGHT[3], EIGHT[5]), holder=LONG_NAME),
    "vietnamese": snapshot((EIGHT[5],), holder="Nguyễn Thị Phương Quỳnh", approver="Trần Vĩnh Bảo"),
    "maori": snapshot(holder="Te Ngākau Hāmiora Tūroa-Rāwiri", approver="Kaʻiulani Kūhiō"),
    "polish": snapshot(EIGHT[1:3], holder="Świętosława Brzęczyszczykiewicz-Źdźbło"),
    "greek": snapshot(
        holder="Ελευθερία Χατζηπαπαδοπούλου", template=Template("modern", 2, "a4")
    ),
    "cyrillic": snapshot(EIGHT[:5], holder="Оксана Григорівна Щербаківська-Ґалаґан"),
    "sami": snapshot(holder="Áilu Ŧuŋŋá-Bálggis", licence=None),
    "yoruba": snapshot(holder="Adébáyọ̀ Ọlátúnjí Ẹ́gbẹ́", approver="Ṣọlá Ḥāfiẓ"),
    "azeri": snapshot(holder="Əli Həsənov", title="Ǎ, ǒ and M̧ajeļ: letters that are spelled"),
    "markup": snapshot(EIGHT[:2], holder="O<Brien <img src=/etc/passwd> </para> (a\\b)"),
    "title140": snapshot((TWENTY_FIVE[17],)),
    "hard": snapshot(EIGHT, **HARD),
    "hard25": snapshot(TWENTY_FIVE, **HARD, template=Template("modern", 2, "a4")),
    "together": gathered(
        together(20, 20, 25), CertifiedChange("Rounded down to quarter hours", -5), ell=20
    ),
    "togetherwhole": gathered(together(20, 20, 20)),
    "together24": gathered(
        tuple(
            replace(each, title=LONG_TITLE if n == 3 else each.title)
            for n, each in enumerate(together(20, 25, 35, 40) * 6)
        ),
        CertifiedChange("Changed by the reviewer", -35),
        CertifiedChange("Applied in class", 90),
        CertifiedChange("Rounded down to quarter hours", -10),
        CertifiedChange("Limit of the school year", -165),
    ),
    "bare": snapshot(EIGHT[:3], licence=None, retention=None, reflection=None, programme=None),
}  # fmt: skip
