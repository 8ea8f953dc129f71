"""Setting a district up: the five steps, each with its default, and what is still missing."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, url_for

from pdtracker.actions import setting_up as actions
from pdtracker.domain.access import Permission
from pdtracker.domain.policy_words import sentences
from pdtracker.domain.refusals import Mistyped, NotHere, NotNow, NotValid
from pdtracker.domain.set_up import SetUpStep, missing, next_of, place_in_order
from pdtracker.domain.telling import count_of
from pdtracker.domain.text import clean_name
from pdtracker.queries import rulebook
from pdtracker.queries.people import SchoolRow, schools
from pdtracker.queries.set_up import SetUp, set_up
from pdtracker.web import answers
from pdtracker.web.answers import Answer
from pdtracker.web.doors import permitted
from pdtracker.web.forms import ChooseField, Form, LineField, LinesField, NameField, ZoneField, needed
from pdtracker.web.requests import scope

setting_up = Blueprint("set_up", __name__)

_PLACE_CHARACTERS, _NUMBER_CHARACTERS = 120, 40


class DistrictForm(Form):
    """What the district says of itself."""

    name = NameField("Name", [needed("Enter the name.")], description="As it stands on certificates.")
    place = LineField(
        "Place and state", limit=_PLACE_CHARACTERS, description="Such as Maplewood, Massachusetts."
    )
    zone = ZoneField("Time zone")
    sponsor_number = LineField(
        "Sponsor number",
        limit=_NUMBER_CHARACTERS,
        description="Your number with the state, where it has one.",
    )


class SchoolsForm(Form):
    """Schools to add."""

    names = LinesField("Names", description="One school on each line. Those that are there already stay.")

    def cleaned(self) -> tuple[str, ...]:
        """The names, each once as it was typed. Raises NotValid at `names`."""
        found = []
        for number, line in enumerate((self.names.data or "").splitlines(), 1):
            if not line.strip():
                continue
            try:
                found.append(clean_name(line))
            except Mistyped as error:
                raise NotValid({"names": f"Line {number}: {error.sentence}"}) from error
        return tuple(dict.fromkeys(found))


class SchoolForm(Form):
    """A school's name."""

    name = NameField("Name", [needed("Enter the name of the school.")])


class KeepForm(Form):
    """Which step is right as it is."""

    step = ChooseField("Step", choices={step.value: step.label for step in SetUpStep})


@setting_up.get("/<slug:district>/set-up")
@permitted(Permission.MANAGE_DISTRICT)
def index() -> Answer:
    """The five steps, and which of them still lack something."""
    known = set_up(scope())
    lacking = missing(known.facts)
    return answers.page(
        "set_up/index.html",
        steps=[(step, _address(step), step not in lacking, _standing(known, step)) for step in SetUpStep],
        lacking=[step.label for step in lacking],
        is_over=known.is_over,
        begin=_address(lacking[0]) if lacking else None,
    )


@setting_up.get("/<slug:district>/set-up/district")
@permitted(Permission.MANAGE_DISTRICT)
def district() -> Answer:
    """Name, place, zone."""
    there = scope().district
    form = DistrictForm(
        formdata=None,
        data={
            "name": there.name,
            "place": there.place,
            "zone": there.zone,
            "sponsor_number": there.sponsor_number or "",
        },
    )
    return _step(SetUpStep.DISTRICT, form)


@setting_up.post("/<slug:district>/set-up/district")
@permitted(Permission.MANAGE_DISTRICT)
def describe() -> Answer:
    """Change them."""
    form = DistrictForm()
    if form.validate():
        try:
            actions.describe_district(
                scope(),
                actions.DistrictDetails(
                    name=form.name.data or "",
                    place=form.place.data or "",
                    zone=form.zone.data,
                    sponsor_number=form.sponsor_number.data or "",
                ),
            )
        except NotValid as refusal:
            form.take(refusal)
        except NotNow as refusal:
            form.take(NotValid({"zone": refusal.sentence}))
        else:
            return _onward(SetUpStep.DISTRICT, "Saved.")
    return _step(SetUpStep.DISTRICT, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@setting_up.get("/<slug:district>/set-up/schools")
@permitted(Permission.MANAGE_DISTRICT)
def schools_step() -> Answer:
    """The schools, and more of them."""
    return _step(SetUpStep.SCHOOLS, SchoolsForm(formdata=None), schools=schools(scope()))


@setting_up.post("/<slug:district>/set-up/schools")
@permitted(Permission.MANAGE_DISTRICT)
def add_schools() -> Answer:
    """Add them."""
    form = SchoolsForm()
    if form.validate():
        try:
            count = actions.add_schools(scope(), form.cleaned())
        except NotValid as refusal:
            form.take(refusal)
        else:
            return _onward(SetUpStep.SCHOOLS, f"{count_of(count, 'school', 'schools').capitalize()} added.")
    return _step(SetUpStep.SCHOOLS, form, HTTPStatus.UNPROCESSABLE_ENTITY, schools=schools(scope()))


@setting_up.get("/<slug:district>/set-up/schools/<ref:school_id>")
@permitted(Permission.MANAGE_DISTRICT)
def school(school_id: int) -> Answer:
    """One school, to correct its name."""
    there = _school(school_id)
    return _school_page(there, SchoolForm(formdata=None, data={"name": there.name}))


@setting_up.post("/<slug:district>/set-up/schools/<ref:school_id>")
@permitted(Permission.MANAGE_DISTRICT)
def rename_school(school_id: int) -> Answer:
    """Correct it."""
    there, form = _school(school_id), SchoolForm()
    if form.validate():
        try:
            actions.rename_school(scope(), school_id, form.name.data or "")
        except NotValid as refusal:
            form.take(refusal)
        else:
            return answers.see("set_up.schools_step", saying="Saved.")
    return _school_page(there, form, HTTPStatus.UNPROCESSABLE_ENTITY)


@setting_up.get("/<slug:district>/set-up/people")
@permitted(Permission.MANAGE_DISTRICT)
def people() -> Answer:
    """Who is here, and the ways to bring the others."""
    return _step(SetUpStep.PEOPLE, None, may_invite=scope().may(Permission.MANAGE_PEOPLE))


@setting_up.get("/<slug:district>/set-up/rules")
@permitted(Permission.MANAGE_DISTRICT)
def rules() -> Answer:
    """The rules that hold, and who decides by them."""
    who = scope()
    today = who.today
    now = next((one for one in rulebook.editions(who) if one.governs(today)), None)
    return _step(
        SetUpStep.RULES,
        None,
        said=tuple(sentences(now.policy)) if now else (),
        may_change=who.may(Permission.MANAGE_POLICY),
    )


@setting_up.get("/<slug:district>/set-up/certificate")
@permitted(Permission.MANAGE_DISTRICT)
def certificate() -> Answer:
    """How certificates look until somebody chooses."""
    return _step(SetUpStep.CERTIFICATE, None)


@setting_up.post("/<slug:district>/set-up/kept")
@permitted(Permission.MANAGE_DISTRICT)
def keep() -> Answer:
    """A step is right as it is."""
    form = KeepForm()
    if not form.validate():
        return answers.see("set_up.index")
    step = SetUpStep(form.step.data)
    actions.keep_defaults(scope(), step)
    return _onward(step, f"{step.label}: kept as it is.")


@setting_up.post("/<slug:district>/set-up/end")
@permitted(Permission.MANAGE_DISTRICT)
def end() -> Answer:
    """Say no more of it on the home page."""
    actions.end_set_up(scope())
    return answers.see("home.show", saying="The district is set up.")


def _school(school_id: int) -> SchoolRow:
    found = next((one for one in schools(scope()) if one.id == school_id), None)
    if found is None:
        raise NotHere
    return found


def _school_page(school: SchoolRow, form: SchoolForm, status: int = HTTPStatus.OK) -> Answer:
    return answers.page("set_up/school.html", status, school=school, form=form)


def _step(step: SetUpStep, form: Form | None, status: int = HTTPStatus.OK, **more: Any) -> Answer:
    known = set_up(scope())
    lacking = missing(known.facts)
    onward = next_of(step, lacking)
    return answers.page(
        f"set_up/{step.value}.html",
        status,
        form=form,
        step=step,
        place=place_in_order(step),
        names=[one.label for one in SetUpStep],
        hrefs=[_address(one) for one in SetUpStep],
        known=known,
        is_done=step not in lacking,
        standing=_standing(known, step),
        onward=_address(onward) if onward else url_for("set_up.index"),
        **more,
    )


def _onward(step: SetUpStep, saying: str) -> Answer:
    """To the next step that lacks something, or back to the list."""
    onward = next_of(step, missing(set_up(scope()).facts))
    return answers.see(f"set_up.{_ENDPOINTS[onward]}" if onward else "set_up.index", saying=saying)


def _address(step: SetUpStep) -> str:
    return url_for(f"set_up.{_ENDPOINTS[step]}")


def _standing(known: SetUp, step: SetUpStep) -> str:
    """What is there, in a sentence."""
    facts, there = known.facts, scope().district
    match step:
        case SetUpStep.DISTRICT:
            return f"{there.name}, {there.place}" if there.place else f"{there.name}. Its place is missing."
        case SetUpStep.SCHOOLS:
            return f"{count_of(facts.schools, 'school', 'schools').capitalize()}."
        case SetUpStep.PEOPLE:
            told = count_of(facts.people, "person", "people").capitalize()
            return f"{told}, {count_of(facts.reviewers, 'reviewer', 'reviewers')}."
        case SetUpStep.RULES:
            own = "Your own rules" if facts.has_own_rules else "The plain rules with which a district begins"
            return f"{own}; {count_of(known.prompts, 'question', 'questions')} for reflections."
        case SetUpStep.CERTIFICATE:
            return "Your own choice." if facts.has_own_design else "The modern design, on letter paper."


_ENDPOINTS = {
    SetUpStep.DISTRICT: "district",
    SetUpStep.SCHOOLS: "schools_step",
    SetUpStep.PEOPLE: "people",
    SetUpStep.RULES: "rules",
    SetUpStep.CERTIFICATE: "certificate",
}
