"""Inviting people: a list by letter, links for colleagues, and who may register by themselves."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from flask import Blueprint
from flask_wtf.file import FileField
from wtforms import IntegerField

from pdtracker.actions import joining_letters, joining_links
from pdtracker.actions.people import Roles
from pdtracker.domain.access import Permission, Role
from pdtracker.domain.joining import (
    LINK_DAYS,
    MOST_BY_LINK,
    MOST_LINES,
    LinesRefused,
    Newcomer,
    RefusedLine,
    read_domains,
    read_list,
)
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import Mistyped, NotValid
from pdtracker.domain.telling import count_of
from pdtracker.domain.when import date_text, local, moment_text
from pdtracker.exchange.attendance.text import decoded
from pdtracker.queries import joining as queries
from pdtracker.queries.joining import LetterRow
from pdtracker.queries.people import schools
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import TEXT_LIMIT_BYTES, accepts, permitted
from pdtracker.web.forms import (
    ChooseField,
    ChooseSomeField,
    Form,
    LineField,
    LinesField,
    between,
    clean_address,
    needed,
)
from pdtracker.web.requests import scope

invitations = Blueprint("invitations", __name__)

_LENGTHS = {1: "A day", 7: "A week", 30: "30 days", 90: "90 days"}
_ROLE_WORDS = {
    Role.TEACHER: "Teacher: logs sessions, gets credit",
    Role.REVIEWER: "Reviewer for the whole district: decides claims",
    Role.ADMINISTRATOR: "Administrator: people, rules, certificates",
    Role.HOST: "Host: proposes events",
}


class InviteForm(Form):
    """Whom to invite, and as what they come."""

    people = LinesField(
        "Names and addresses",
        description="One person on each line: Ada Lindqvist, ada@maplewood.example",
    )
    file = FileField("Or a list", description=f"A CSV or text file, up to {MOST_LINES} people.")
    roles = ChooseSomeField(
        "They come as", choices={role.value: words for role, words in _ROLE_WORDS.items()}
    )
    school = ChooseField("School", description="Where the list names none.")

    def offer(self) -> InviteForm:
        """The district's schools to choose from."""
        known = {ref_of(school.id): school.name for school in schools(scope())}
        self.school.choices = {"": "No school, the district\N{RIGHT SINGLE QUOTATION MARK}s office"} | known
        return self

    def newcomers(self) -> tuple[Newcomer, ...]:
        """The people of the list, whichever way it came. Raises NotValid."""
        file = self.file.data
        if file is None or not file.filename:
            return read_list(self.people.data or "", clean_address)
        try:
            text = "".join(decoded(file.stream.read()).lines())
        except Mistyped as error:
            raise NotValid({"file": error.sentence}) from error
        return read_list(text, clean_address)


class LinkForm(Form):
    """A link to hand round."""

    name = LineField(
        "What is it for?",
        [needed("Say what it is for.")],
        limit=60,
        description="A word for yourself, such as \N{LEFT DOUBLE QUOTATION MARK}October workshop"
        "\N{RIGHT DOUBLE QUOTATION MARK}.",
    )
    domains = LineField(
        "Mail domains",
        [needed("Enter at least one mail domain, such as maplewood.example.")],
        limit=1000,
        description="Only who reads mail at one of them comes in.",
    )
    days = ChooseField(
        "For how long?", choices={str(days): _LENGTHS[days] for days in LINK_DAYS}, default="7"
    )
    most = IntegerField(
        "For how many people?",
        [between(1, MOST_BY_LINK, f"Enter between 1 and {MOST_BY_LINK:,} people.")],
        default=50,
    )


class RegistrationForm(Form):
    """Who may come in without an invitation."""

    domains = LineField(
        "Mail domains",
        [needed("Enter at least one mail domain, such as maplewood.example.")],
        limit=1000,
        description="Whoever reads mail at one of them can register as a teacher.",
    )


@invitations.get("/<slug:district>/people/invitations")
@permitted(Permission.MANAGE_PEOPLE)
def index() -> Answer:
    """Who was invited and hasn't come in, the links, and whether registration is open."""
    return _page(LinkForm(formdata=None), RegistrationForm(formdata=None, prefix="open-"))


@invitations.get("/<slug:district>/people/invitations/new")
@permitted(Permission.MANAGE_PEOPLE)
def ask() -> Answer:
    """The form to invite people."""
    return _asking(InviteForm(formdata=None, data={"roles": [Role.TEACHER.value]}).offer(), ())


@invitations.post("/<slug:district>/people/invitations")
@permitted(Permission.MANAGE_PEOPLE)
@accepts(TEXT_LIMIT_BYTES)
def invite() -> Answer:
    """Invite everybody on the list, or nobody."""
    form = InviteForm().offer()
    refused: tuple[RefusedLine, ...] = ()
    if form.validate():
        try:
            count = joining_letters.invite_people(
                scope(),
                form.newcomers(),
                Roles(roles=frozenset(Role(value) for value in form.roles.data or ())),
                id_of(form.school.data) if form.school.data else None,
            )
        except LinesRefused as refusal:
            refused = refusal.lines
            form.take(refusal)
        except NotValid as refusal:
            form.take(refusal)
        else:
            told = count_of(count, "letter is", "letters are")
            return answers.see("invitations.index", saying=f"{told[0].upper()}{told[1:]} on the way.")
    return _asking(form, refused, HTTPStatus.UNPROCESSABLE_ENTITY)


@invitations.post("/<slug:district>/people/invitations/<ref:invitation_id>/letter")
@permitted(Permission.MANAGE_PEOPLE)
def invite_again(invitation_id: int) -> Answer:
    """A new letter; the link before it is void."""
    joining_letters.invite_again(scope(), invitation_id)
    return answers.see("invitations.index", saying="A new letter is on the way. The link before it is void.")


@invitations.post("/<slug:district>/people/invitations/<ref:invitation_id>/withdrawal")
@permitted(Permission.MANAGE_PEOPLE)
def withdraw(invitation_id: int) -> Answer:
    """Take an invitation back."""
    joining_letters.withdraw_invitation(scope(), invitation_id)
    return answers.see("invitations.index", saying="Withdrawn. Its link lets nobody in.")


@invitations.post("/<slug:district>/people/links")
@permitted(Permission.MANAGE_PEOPLE)
def make_link() -> Answer:
    """A new link, shown once on the answer itself."""
    form = LinkForm()
    if form.validate():
        try:
            new = joining_links.NewLink(
                name=form.name.data or "",
                domains=read_domains(form.domains.data or ""),
                days=int(form.days.data),
                most=form.most.data or 0,
            )
            token = joining_links.make_joining_link(scope(), new)
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.page(
                "people/link_made.html",
                link=new,
                address=requests.address_of("coming_in.ask_by_link", link_secret=token),
                until=date_text(local(requests.at() + timedelta(days=new.days), scope().zone)),
            )
    return _page(form, RegistrationForm(formdata=None, prefix="open-"), HTTPStatus.UNPROCESSABLE_ENTITY)


@invitations.post("/<slug:district>/people/links/<ref:joining_link_id>/end")
@permitted(Permission.MANAGE_PEOPLE)
def end_link(joining_link_id: int) -> Answer:
    """End a link."""
    joining_links.end_joining_link(scope(), joining_link_id)
    return answers.see("invitations.index", saying="Ended. The link lets nobody in from now on.")


@invitations.post("/<slug:district>/people/registration")
@permitted(Permission.MANAGE_PEOPLE)
def open_registration() -> Answer:
    """Let in who reads mail of these domains."""
    form = RegistrationForm(prefix="open-")
    if form.validate():
        try:
            joining_links.open_registration(scope(), read_domains(form.domains.data or ""))
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("invitations.index", saying="Registration is open.")
    return _page(LinkForm(formdata=None), form, HTTPStatus.UNPROCESSABLE_ENTITY)


@invitations.post("/<slug:district>/people/registration/end")
@permitted(Permission.MANAGE_PEOPLE)
def close_registration() -> Answer:
    """Let in only who is invited."""
    joining_links.close_registration(scope())
    return answers.see("invitations.index", saying="Registration is closed. Who is invited comes in.")


def _asking(form: InviteForm, refused: tuple[RefusedLine, ...], status: int = HTTPStatus.OK) -> Answer:
    return answers.page("people/invite.html", status, form=form, refused=refused)


def _page(link: LinkForm, registration: RegistrationForm, status: int = HTTPStatus.OK) -> Answer:
    who = scope()
    ways = queries.ways_in(who)
    if ways.open_to and not registration.errors:
        registration.process(formdata=None, domains=", ".join(ways.open_to))
    return answers.page(
        "people/invitations.html",
        status,
        link=link,
        registration=registration,
        letters=[(letter, _standing(letter)) for letter in ways.letters],
        links=[(one, date_text(local(one.ends_at, who.zone))) for one in ways.links],
        open_to=ways.open_to,
        address=requests.address_of("coming_in.ask_by_district", slug=who.district.slug),
    )


def _standing(letter: LetterRow) -> str:
    """Where an invitation stands, in a sentence."""
    who = scope()
    by = f"Invited by {letter.by_name}" if letter.by_name else "Asked by themselves"
    when = moment_text(letter.made_at, who.at, who.zone)
    if letter.ends_at <= who.at:
        return f"{by}, {when}. Over: send a new letter."
    if letter.link_ends_at is None:
        return f"{by}, {when}. The letter leaves now."
    if letter.link_ends_at > who.at:
        return f"{by}, {when}. The link works until {moment_text(letter.link_ends_at, who.at, who.zone)}."
    return f"{by}, {when}. The link is over; its page sends a new one."
