"""The district's people: the list, a person's page, adding somebody, roles, leaving and coming back."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Blueprint, request, url_for

from pdtracker.actions import people as actions
from pdtracker.actions.second_factors import reset_second_factor as reset_factor
from pdtracker.domain.access import Permission, Role
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.queries import people as queries
from pdtracker.queries.bounces import bounce_of
from pdtracker.queries.people import PersonRow, SchoolRow
from pdtracker.queries.second_factors import app_of_person
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import confirmed, permitted
from pdtracker.web.forms import AddressField, ChooseField, ChooseSomeField, Form, LineField, NameField, needed
from pdtracker.web.requests import installation_session, scope, wiring

people = Blueprint("people", __name__)

_TITLE_CHARACTERS = 120
_NUMBER_CHARACTERS = 40
_WORDS_CHARACTERS = 100
_REASON_CHARACTERS = 300
_NO_SCHOOL = {"": "No school, the district's office"}
_ROLE_WORDS = {
    Role.TEACHER: "Teacher: logs sessions, gets credit",
    Role.REVIEWER: "Reviewer: decides claims",
    Role.ADMINISTRATOR: "Administrator: people, rules, certificates",
    Role.HOST: "Host: proposes events",
}


class DetailsForm(Form):
    """Name, title, school and employee number."""

    name = NameField("Name", [needed("Enter the name.")], description="As it will stand on certificates.")
    title = LineField(
        "Title", limit=_TITLE_CHARACTERS, description="Such as Principal. It stands beside their decisions."
    )
    school = ChooseField("School")
    employee_number = LineField(
        "Employee number",
        limit=_NUMBER_CHARACTERS,
        description="As your district writes it. It finds them in attendance reports that have it.",
    )

    def offer(self, schools: Iterable[SchoolRow]) -> None:
        """The district's schools to choose from."""
        self.school.choices = _NO_SCHOOL | _choices(schools)

    @property
    def school_id(self) -> int | None:
        """The chosen school."""
        return id_of(self.school.data) if self.school.data else None


class RolesForm(Form):
    """What somebody may do here."""

    roles = ChooseSomeField("Roles", choices={role.value: words for role, words in _ROLE_WORDS.items()})
    review_schools = ChooseSomeField(
        "Reviews for", description="For reviewers. Without a choice they review for the whole district."
    )

    def offer(self, schools: Iterable[SchoolRow]) -> None:
        """The district's schools to choose from."""
        self.review_schools.choices = _choices(schools)

    @property
    def chosen(self) -> actions.Roles:
        """The roles as an action takes them."""
        schools = frozenset(id_of(ref) for ref in self.review_schools.data or ())
        return actions.Roles(
            roles=frozenset(Role(value) for value in self.roles.data or ()), review_school_ids=schools or None
        )


class PersonForm(DetailsForm, RolesForm):
    """Somebody to add."""

    email = AddressField(
        "Work e-mail", [needed("Enter the e-mail address.")], description="They sign in with it."
    )

    def offer(self, schools: Iterable[SchoolRow]) -> None:
        """The district's schools for both questions."""
        known = tuple(schools)
        DetailsForm.offer(self, known)
        RolesForm.offer(self, known)


class ResetForm(Form):
    """Why somebody's second factor is removed."""

    reason = LineField(
        "Reason",
        [needed("Enter the reason, such as: lost her phone, came to the office with her badge.")],
        limit=_REASON_CHARACTERS,
        description="They are told it, and it stands in the district's record.",
    )


class WordsForm(Form):
    """The search box of the list."""

    words = LineField("Name, e-mail or number", limit=_WORDS_CHARACTERS)


@people.get("/<slug:district>/people")
@permitted(Permission.SEE_PEOPLE)
def index() -> Answer:
    """Everybody, by name."""
    form = WordsForm(request.args)
    words = form.words.data or "" if form.validate() else ""
    found = queries.people(scope(), after=_after(), words=words)
    older = (
        url_for("people.index", after=ref_of(found.last), words=words or None)
        if found.last is not None
        else None
    )
    return answers.page(
        "people/index.html",
        form=form,
        words=words,
        people=found.rows,
        older=older,
        is_first="after" not in request.args,
        may_manage=scope().may(Permission.MANAGE_PEOPLE),
        role_words=role_words,
    )


@people.get("/<slug:district>/people/new")
@permitted(Permission.MANAGE_PEOPLE)
def ask() -> Answer:
    """The form to add somebody."""
    form = PersonForm(roles=[Role.TEACHER.value])
    form.offer(queries.schools(scope()))
    return answers.page("people/new.html", form=form)


@people.post("/<slug:district>/people")
@permitted(Permission.MANAGE_PEOPLE)
def add() -> Answer:
    """Add somebody. Their joining code is on the answer itself: it is kept nowhere and shown once."""
    form = PersonForm()
    form.offer(queries.schools(scope()))
    if form.validate():
        try:
            added = actions.add_person(
                scope(),
                actions.NewPerson(
                    name=form.name.data or "",
                    email=form.email.data or "",
                    title=form.title.data or "",
                    school_id=form.school_id,
                    roles=form.chosen,
                    employee_number=form.employee_number.data or "",
                ),
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return _handed_over(added.person_id, added.joining_code)
    return answers.refused("people/new.html", form=form)


@people.get("/<slug:district>/people/<ref:person_id>")
@permitted(Permission.SEE_PEOPLE)
def show(person_id: int) -> Answer:
    """One person, with what an administrator can change."""
    return _page(person_id, DetailsForm(formdata=None), RolesForm(formdata=None))


@people.post("/<slug:district>/people/<ref:person_id>")
@permitted(Permission.MANAGE_PEOPLE)
def edit(person_id: int) -> Answer:
    """Correct name, title, school and employee number."""
    form = DetailsForm()
    form.offer(queries.schools(scope()))
    if form.validate():
        try:
            actions.edit_person(
                scope(),
                person_id,
                name=form.name.data or "",
                title=form.title.data or "",
                school_id=form.school_id,
                employee_number=form.employee_number.data or "",
            )
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("people.show", person_id=person_id, saying="Saved.")
    return _page(person_id, form, RolesForm(formdata=None), 422)


@people.post("/<slug:district>/people/<ref:person_id>/roles")
@permitted(Permission.MANAGE_PEOPLE)
@confirmed
def change_roles(person_id: int) -> Answer:
    """Give exactly these roles."""
    form = RolesForm()
    form.offer(queries.schools(scope()))
    if form.validate():
        try:
            actions.change_roles(scope(), person_id, form.chosen)
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see(
                "people.show", person_id=person_id, saying="The roles are changed. They hold from now on."
            )
    return _page(person_id, DetailsForm(formdata=None), form, 422)


@people.post("/<slug:district>/people/<ref:person_id>/departure")
@permitted(Permission.MANAGE_PEOPLE)
def leave(person_id: int) -> Answer:
    """The person left: nothing leads them here any more, their records stay."""
    actions.let_person_leave(scope(), wiring().database, person_id)
    return answers.see(
        "people.show", person_id=person_id, saying="They can't come in any more. Records stay."
    )


@people.post("/<slug:district>/people/<ref:person_id>/return")
@permitted(Permission.MANAGE_PEOPLE)
def come_back(person_id: int) -> Answer:
    """The person is back, with the roles they had."""
    actions.welcome_person_back(scope(), person_id)
    return answers.see("people.show", person_id=person_id, saying="They can sign in again.")


@people.post("/<slug:district>/people/<ref:person_id>/code")
@permitted(Permission.MANAGE_PEOPLE)
@confirmed
def give_new_code(person_id: int) -> Answer:
    """A new joining code, shown once on the answer itself."""
    return _handed_over(person_id, actions.give_new_code(scope(), wiring().database, person_id))


@people.post("/<slug:district>/people/<ref:person_id>/second-factor-reset")
@permitted(Permission.MANAGE_PEOPLE)
@confirmed
def reset_second_factor(person_id: int) -> Answer:
    """Remove the second factor of somebody who lost theirs, with a reason that they are told."""
    form = ResetForm()
    if form.validate():
        reset_factor(scope(), wiring().database, person_id, reason=form.reason.data or "")
        return answers.see(
            "people.show",
            person_id=person_id,
            saying="Their second factor is removed, and they are told. Their password signs them in.",
        )
    return _page(person_id, DetailsForm(formdata=None), RolesForm(formdata=None), 422, reset=form)


def role_words(person: PersonRow) -> str:
    """`Teacher, Reviewer for Maplewood North`; "No role" for none."""
    words = [
        f"{held.role.label} for {held.school_name}" if held.school_name else held.role.label
        for held in person.roles
    ]
    return ", ".join(words) or "No role"


def _handed_over(person_id: int, code: str | None) -> Answer:
    return answers.page("people/handed_over.html", person=queries.person(scope(), person_id), code=code)


def _page(
    person_id: int,
    details: DetailsForm,
    roles: RolesForm,
    status: int = 200,
    *,
    reset: ResetForm | None = None,
) -> Answer:
    person = queries.person(scope(), person_id)
    has_factor = (
        scope().may(Permission.MANAGE_PEOPLE)
        # One removes one's own with the password.
        and scope().me.id != person_id
        and app_of_person(installation_session(), scope().district.id, person_id) is not None
    )
    if reset is not None and not has_factor:
        raise NotNow("second_factor_off", "There is no second factor here that you could remove.")
    schools = queries.schools(scope())
    details.offer(schools)
    roles.offer(schools)
    if not details.is_submitted() or not details.errors:
        details.process(
            formdata=None,
            name=person.name,
            title=person.title,
            school=ref_of(person.school_id) if person.school_id is not None else "",
            employee_number=person.employee_number,
        )
    if not roles.errors:
        roles.process(
            formdata=None,
            roles=[held.role.value for held in person.roles],
            review_schools=[ref_of(held.school_id) for held in person.roles if held.school_id is not None],
        )
    return answers.page(
        "people/show.html",
        status,
        person=person,
        details=details,
        roles=roles,
        reset=reset or ResetForm(formdata=None),
        has_factor=has_factor,
        person_ref=ref_of(person_id),
        may_see_credit=scope().may(Permission.SEE_ALL_TRANSCRIPTS)
        and queries.is_in_sight(scope(), person_id),
        role_words=role_words,
        may_manage=scope().may(Permission.MANAGE_PEOPLE),
        may_see_mail=scope().may(Permission.SEE_MAIL),
        bounce=bounce_of(scope(), person.email),
        may_audit=scope().may(Permission.SEE_AUDIT),
        is_me=scope().me.id == person.id,
    )


def _choices(schools: Iterable[SchoolRow]) -> dict[str, str]:
    return {ref_of(school.id): school.name for school in schools}


def _after() -> int | None:
    try:
        return id_of(request.args.get("after", ""))
    except ValueError:
        return None
