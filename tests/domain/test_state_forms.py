"""State forms: who gets which, and what it states."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from pdtracker.domain.appearance import Appearance
from pdtracker.domain.certificate import NotASnapshot, Snapshot
from pdtracker.domain.certificate_design import CertificateDesign
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.state_forms import (
    DESCRIPTION_LETTERS,
    ActivityWords,
    FormChoice,
    HeldLicence,
    StateForm,
    chosen_form,
    shortened,
    stated_form,
)
from pdtracker.domain.stated_form import FormArea, form_document, read_form
from tests.pdf.forms import formed

ON = date(2014, 10, 14)
CYCLE = (date(2012, 7, 1), date(2017, 6, 30))


def test_by_licence_each_gets_the_first_form_that_is_known_and_holds_the_day() -> None:
    held = [
        HeldLicence("kansas", *CYCLE),
        HeldLicence("illinois", date(2007, 7, 1), date(2012, 6, 30)),
        HeldLicence("texas-cpe", *CYCLE),
        HeldLicence("new-york-ctle", *CYCLE),
    ]
    assert chosen_form(FormChoice.BY_LICENCE, held, ON) is StateForm.TEXAS
    assert chosen_form(FormChoice.BY_LICENCE, held[:2], ON) is None
    assert chosen_form(FormChoice.NONE, held, ON) is None
    assert chosen_form("illinois", [], ON) is StateForm.ILLINOIS


@pytest.mark.parametrize(
    ("form", "minutes", "counted"),
    [
        (StateForm.ILLINOIS, 80, 75),
        (StateForm.ILLINOIS, 83, 90),
        (StateForm.MICHIGAN, 59, 45),
        (StateForm.NEW_YORK, 80, 80),
    ],
)
def test_minutes_count_as_the_body_rounds_them(form: StateForm, minutes: int, counted: int) -> None:
    assert form.counted(minutes) == counted


def test_new_york_names_its_areas_and_what_else_there_was() -> None:
    minutes = {CreditCategory.ELL: 30, CreditCategory.STEM: 45, CreditCategory.LITERACY: 0}
    stated = stated_form(StateForm.NEW_YORK, minutes, "23417", ActivityWords())
    assert stated.areas == (
        FormArea("Content", 0),
        FormArea("Pedagogy", 0),
        FormArea("Language acquisition (ELL)", 30),
        FormArea(CreditCategory.STEM.label, 45),
    )
    assert (stated.minutes, stated.number, stated.assessment) == (75, "23417", None)
    assert read_form(form_document(stated)) == stated


def test_an_assessment_is_stated_where_its_evidence_stands() -> None:
    words = ActivityWords("Phonics", "", frozenset({"assessed"}))
    stated = stated_form(StateForm.MASSACHUSETTS, {CreditCategory.CONTENT: 60}, None, words)
    assert (stated.topic, stated.assessment) == ("Phonics", "An assessment of learning was passed")


def test_a_description_ends_with_a_sentence_or_a_word() -> None:
    assert shortened("Short.\n  And whole.") == "Short. And whole."
    long = "One sentence stands here. " * 20
    assert shortened(long).endswith("here.")
    assert len(shortened(long)) <= DESCRIPTION_LETTERS
    endless = "word " * 100
    assert shortened(endless).endswith("word…")
    assert len(shortened(endless)) <= DESCRIPTION_LETTERS


def test_a_design_of_the_days_before_forms_chooses_none() -> None:
    document = {
        "design": "modern",
        "paper": "letter",
        "mark": None,
        "appearance": {"accent": None, "statement": None, "signatories": []},
    }
    older = CertificateDesign.from_document(document)
    assert older.form == FormChoice.NONE
    assert CertificateDesign.from_document(older.to_document()) == older
    with pytest.raises(ValueError, match="no form"):
        CertificateDesign.from_document({**document, "form": "atlantis"})


@pytest.mark.parametrize(("case", "schema"), [("one", "5"), ("together", "6")])
def test_a_snapshot_keeps_its_form_under_a_schema_of_its_own(case: str, schema: str) -> None:
    made = formed(case, StateForm.NEW_YORK)
    frozen = made.to_bytes()
    assert Snapshot.from_bytes(frozen) == made
    assert json.loads(frozen)["schema"] == f"pdtracker.certificate/{schema}"
    for older in ("1", "3", "4"):
        with pytest.raises(NotASnapshot):
            Snapshot.from_bytes(
                frozen.replace(f"certificate/{schema}".encode(), f"certificate/{older}".encode())
            )


def test_the_areas_of_a_form_add_up_or_make_no_certificate() -> None:
    made = formed("one", StateForm.NEW_YORK)
    assert made.form is not None
    with pytest.raises(ValueError, match="areas of a form add up"):
        replace(made, form=replace(made.form, areas=made.form.areas[:1]))
    with pytest.raises(ValueError, match="chosen with an appearance"):
        replace(made, appearance=None)
    assert replace(made, appearance=Appearance("#0d5c55")).form == made.form
