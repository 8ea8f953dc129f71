"""Every component with sample values, as pages served on loopback under the strict policy that production sends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import segno
from flask import Flask, Response, abort, current_app, render_template, request, send_from_directory
from jinja2 import ChoiceLoader, FileSystemLoader, StrictUndefined
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    Field,
    FieldList,
    FileField,
    Form,
    PasswordField,
    RadioField,
    SearchField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
    URLField,
)
from wtforms.validators import InputRequired, Length, ValidationError

from pdtracker.web.drawing import MonthDay, month_squares
from pdtracker.web.face import dress
from pdtracker.web.headers import CONTENT_SECURITY_POLICY

ROOT = Path(__file__).resolve().parents[2]
PAGES = tuple(sorted(page.stem for page in (Path(__file__).parent / "gallery_pages").glob("*.html")))
ERRORS = (400, 403, 404, 405, 409, 413, 429, 500, 503)


class SignIn(Form):
    """The shortest form."""

    email = EmailField("Work email", [InputRequired("Enter your work email.")])
    password = PasswordField("Password", [InputRequired("Enter your password.")])


class Time(Form):
    """Every kind of control that a session's time and evidence need."""

    day = DateField("Day", default=date(2014, 10, 14))
    starts = TimeField("From")
    ends = TimeField("Until")
    practice = StringField(
        "Minutes spent trying it out afterwards",
        description="Up to 60 minutes count once your reflection is accepted.",
    )
    zone = SelectField("Time zone", choices={"e": "Eastern Time", "c": "Central Time"})
    evidence = RadioField(
        "Evidence",
        choices={
            "host": "The host’s attendance report",
            "link": "A link to something you wrote there",
            "file": "A file",
            "word": "My word",
        },
        default="link",
        description="One is enough. The stronger it is, the fewer questions you get back.",
    )
    link = URLField(
        "Address of your post",
        [Length(min=9, message="Paste the address of one of your posts. It begins with https://")],
    )
    file = FileField("Choose or drop a file", description="PDF or picture, up to 10 MB.")
    true = BooleanField(
        "This is true, and I have not claimed these hours elsewhere.",
        [InputRequired("Tick the box to send the claim.")],
    )

    def validate_ends(self, field: Field) -> None:
        """The sentence of the design."""
        if str(field.data) > "20:00":
            raise ValidationError(
                "The chat ended at 8:00 pm and you entered 8:30 pm. Enter 8:00 pm or earlier, "
                "or tell us why it was longer."
            )


class Reflection(Form):
    """Three answers in a list."""

    answers = FieldList(TextAreaField("What did you not know before?"), min_entries=3)


class Filter(Form):
    """A queue's and a calendar's filters."""

    q = SearchField("Search")
    theme = SelectMultipleField(
        "Theme",
        choices={
            "b": "Blended Learning",
            "d": "Diversity, Inclusiveness, and Global Education",
            "l": "Leadership for Change",
        },
    )
    school = SelectField("School", choices={"": "All schools", "b": "Birch Hill Middle"})
    event = SelectField("Event", choices={"": "All events", "d": "Weekly #d68chat"})


@dataclass(frozen=True, slots=True)
class Claim:
    """One row of the queue."""

    person: str
    school: str
    activity: str
    day: str
    minutes: int
    level: str
    words: str
    since: str


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a trace."""

    sentence: str
    after: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of the navigation."""

    label: str
    href: str
    current: bool
    icon: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Current:
    """Who is signed in."""

    name: str = "Ada Lindqvist"
    initials: str = "AL"
    district: str = "Maplewood"
    zone: str = "Eastern Time"
    change_zone: str = "/account#zone"
    notices: str = "/notices"
    unread: str = "3"
    factor_due: str | None = None


_GROUPS = (
    (
        "Look first",
        (
            Claim("Paul Novak", "Birch Hill Middle", "Hot seat: assessment", "Oct 7", 60, "stop",
                  "Overlaps #d68chat, 4:30–5:00", "Tue"),
            Claim("Elena Petrova", "Maplewood Elementary", "Edcamp Online", "Oct 4", 180, "stop",
                  "Overlaps #edchat, 10:00–10:30", "Wed"),
        ),
    ),
    (
        "Worth a glance",
        (
            Claim("Chloe Martin", "Riverside High", "Edcamp Online", "Oct 4", 120, "glance",
                  "Left after 2 of 3 hours", "Mon"),
            Claim("Leah Cohen", "Birch Hill Middle", "Weekly #d68chat", "Oct 8", 60, "glance",
                  "Short reflection, 22 words", "Mon"),
        ),
    ),
    (
        "Every check passes",
        (
            Claim("Yusuf Demir", "Birch Hill Middle", "Educator Innovator kick-off webinar", "Oct 1", 60, "pass",
                  "All 8 pass", "Mon"),
            Claim("Beth O’Neill", "Maplewood Elementary", "PLN in your pocket, ULearn14", "Oct 9", 60, "pass",
                  "All 8 pass", "Mon"),
            Claim("Ada Lindqvist", "Birch Hill Middle", "Twitter chat with Secretary Duncan", "Oct 14", 90, "pass",
                  "All 8 pass", "today"),
        ),
    ),
)  # fmt: skip
_WORDS = (
    "That the Future Ready pledge asks superintendents for a named person for each school, not only for money for "
    "devices. Three people in the chat had already made that list and shared it.\n\n"
    "Two of the schools were smaller than ours."
)
_TRACE = (
    Step("You claimed 94 minutes.", 94),
    Step("The chat took 90 minutes, and nobody can attend longer than a session lasts.", 90),
    Step("Maplewood counts in quarter hours, rounded down: 90 minutes make 1.5 hours.", 90),
)
_REFUSED = MultiDict(
    {
        "day": "2014-10-14",
        "starts": "19:00",
        "ends": "20:30",
        "practice": "30",
        "zone": "e",
        "evidence": "link",
        "link": "",
        "true": "",
    }
)
_MONTH = {
    date(2014, 10, 1): ("Educator Innovator kick-off",),
    date(2014, 10, 4): ("Edcamp Online",),
    date(2014, 10, 9): ("Field trip to Antarctica", "PLN in your pocket"),
    date(2014, 10, 14): ("Hot seat: principals", "Chat with Secretary Duncan"),
    date(2014, 10, 15): ("Free PD every day", "#d68chat"),
}


def gallery() -> Flask:
    """A small application that knows nothing but the layout and the components."""
    app = Flask("gallery", static_folder=None)
    app.secret_key = "gallery"
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.loader = ChoiceLoader(
        [FileSystemLoader(ROOT / "templates"), FileSystemLoader(Path(__file__).parent / "gallery_pages")]
    )
    dress(app.jinja_env)
    app.jinja_env.globals.update(static_url=lambda name: f"/static/{name}", csrf_token=lambda: "token")
    app.after_request(_strict)
    app.add_url_rule("/<name>", view_func=_page)
    app.add_url_rule("/errors/<int:code>", view_func=_error)
    app.add_url_rule("/static/<name>", view_func=_static)
    app.add_url_rule("/draft", view_func=_draft, methods=["POST"])
    app.add_url_rule("/sent", view_func=_sent, methods=["POST"])
    app.config["SENT"] = []
    app.config["DRAFT"] = {"status": 200, "answer": {"version": 2, "saved_at": "10:42"}}
    return app


def _page(name: str) -> str:
    if name not in PAGES:
        abort(404)
    refused = Time(_REFUSED)
    refused.validate()
    return render_template(
        f"{name}.html",
        nav=[
            Entry("Home", "/home", name == "home", "home", None),
            Entry("Events", "/events", name == "events", "cal", None),
            Entry("Claims", "/check", name in {"check", "returned"}, "claims", 1),
            Entry("Transcript", "/transcript", name == "transcript", "doc", None),
        ],
        current=None if name in {"sign-in", "verify"} or name.startswith("certificate") else Current(),
        sign_in=SignIn(MultiDict({"email": "ada@maplewood.example"})),
        time=Time(MultiDict({"starts": "19:00", "ends": "20:00", "evidence": "link"})),
        refused=refused,
        reflection=Reflection(MultiDict({"answers-0": _WORDS, "answers-1": _WORDS, "answers-2": ""})),
        filter=Filter(MultiDict({"theme": "l"})),
        groups=_GROUPS,
        words=_WORDS,
        trace=_TRACE,
        weeks=month_squares(
            2014,
            10,
            {
                day: MonthDay(
                    f"/events?day={day}",
                    f"October {day.day}, {len(titles)} events",
                    mine=day.day == 15,
                    events=tuple((title, "/events") for title in titles),
                )
                for day, titles in _MONTH.items()
            },
            date(2014, 10, 14),
        ),
        matrix=segno.make("https://pdtracker.example/verify/K7QF-3M9D-XA2P", error="m").matrix,
    )


def _error(code: int) -> tuple[str, int]:
    if code in {500, 503}:  # without context: neither person nor navigation can be had
        from_environment = gallery().jinja_env.get_template(f"errors/{code}.html")
        return from_environment.render(reference="7F3K-22QD"), code
    return render_template(f"errors/{code}.html", nav=[], current=Current()), code


def _static(name: str) -> Response:
    return send_from_directory(ROOT / "pdtracker" / "web" / "static", name)


def _draft() -> tuple[dict[str, object], int]:
    current_app.config["SENT"].append(request.form.to_dict())
    draft = current_app.config["DRAFT"]
    return draft["answer"], draft["status"]


def _sent() -> tuple[str, int]:
    current_app.config["SENT"].append(request.form.to_dict())
    return "", 204


def _strict(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response
