"""Policies: editions with dates, documents that read back unchanged, and nothing odd accepted."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.policy import CreditPolicy, KindCap, Rounding, policy_for
from pdtracker.domain.refusals import NotNow, NotValid

MAPLEWOOD = CreditPolicy(
    name="Maplewood hours",
    edition="2014-1",
    effective_from=date(2014, 7, 1),
    caps=(KindCap(None, 900), KindCap(EventKind.WEBINAR, 600)),
)

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
POLICIES = st.builds(
    CreditPolicy,
    name=st.text(min_size=1, max_size=20).filter(str.strip),
    edition=st.text(min_size=1, max_size=8).filter(str.strip),
    effective_from=st.dates(date(2000, 1, 1), date(2050, 1, 1)),
    effective_until=st.none() | st.dates(date(2050, 1, 1), date(2100, 1, 1)),
    unit_minutes=st.integers(1, 600),
    step_minutes=st.sampled_from([1, 5, 10, 15, 20, 30, 60]),
    minimum_session_minutes=st.integers(0, 1440),
    caps=st.lists(
        st.builds(KindCap, st.none() | st.sampled_from(EventKind), st.integers(0, 100_000)),
        unique_by=lambda cap: cap.kind,
    ).map(tuple),
    year_starts=st.sampled_from([(7, 1), (1, 1), (12, 31), (2, 28)]),
    required_minutes=st.integers(0, 100_000),
    categories=st.lists(st.sampled_from(CreditCategory), min_size=1, unique=True).map(tuple),
)


@given(POLICIES)
def test_a_document_reads_back_as_the_same_policy(policy: CreditPolicy) -> None:
    assert CreditPolicy.from_document(json.loads(json.dumps(policy.to_document()))) == policy


def test_a_document_that_was_written_once_is_read_for_ever() -> None:
    document = {
        "format": 1,
        "name": "Maplewood hours",
        "edition": "2014-1",
        "effective_from": "2014-07-01",
        "effective_until": None,
        "unit_minutes": 60,
        "step_minutes": 15,
        "rounding": "down",
        "minimum_session_minutes": 15,
        "caps": [{"kind": None, "minutes_per_year": 900}, {"kind": "webinar", "minutes_per_year": 600}],
        "year_starts": [7, 1],
        "required_minutes": 900,
        "categories": ["content", "pedagogy", "ell", "leadership", "technology"],
    }
    written = CreditPolicy.from_document(document)
    assert written == replace(MAPLEWOOD, categories=written.categories)
    assert written.to_document() == document


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", 7),
        ("edition", "  "),
        ("effective_from", "July 2014"),
        ("effective_from", None),
        ("effective_from", 20140701),
        ("effective_until", "2014-06-30"),
        ("unit_minutes", 0),
        ("unit_minutes", 60.0),
        ("unit_minutes", "60"),
        ("unit_minutes", True),
        ("step_minutes", 0),
        ("step_minutes", 7),
        ("step_minutes", 90),
        ("step_minutes", -15),
        ("rounding", "up"),
        ("rounding", None),
        ("minimum_session_minutes", -1),
        ("minimum_session_minutes", 1441),
        ("caps", None),
        ("caps", "webinar"),
        ("caps", [{"kind": "webinar"}]),
        ("caps", [{"kind": "seance", "minutes_per_year": 60}]),
        ("caps", [{"kind": "webinar", "minutes_per_year": -60}]),
        ("caps", [{"kind": "webinar", "minutes_per_year": 1.5}]),
        ("caps", [{"kind": None, "minutes_per_year": 1}, {"kind": None, "minutes_per_year": 2}]),
        ("year_starts", [7]),
        ("year_starts", [7, 1, 2014]),
        ("year_starts", [13, 1]),
        ("year_starts", [0, 1]),
        ("year_starts", [2, 29]),
        ("year_starts", "07-01"),
        ("required_minutes", -1),
        ("categories", []),
        ("categories", ["pedagogy", "pedagogy"]),
        ("categories", ["alchemy"]),
        ("format", 4),
        ("format", None),
    ],
)
def test_an_odd_document_is_refused_at_its_field(field: str, value: object) -> None:
    with pytest.raises(NotValid) as refused:
        CreditPolicy.from_document({**MAPLEWOOD.to_document(), field: value})
    assert list(refused.value.errors) == [field]
    assert refused.value.errors[field].endswith(".")


@pytest.mark.parametrize("field", sorted(MAPLEWOOD.to_document()))
def test_a_document_that_lacks_a_field_is_refused(field: str) -> None:
    document = MAPLEWOOD.to_document()
    del document[field]
    with pytest.raises(NotValid) as refused:
        CreditPolicy.from_document(document)
    assert dict(refused.value.errors) == {field: "The document lacks this field."}


def test_a_field_that_no_policy_has_is_refused() -> None:
    with pytest.raises(NotValid) as refused:
        CreditPolicy.from_document({**MAPLEWOOD.to_document(), "bonus": 30})
    assert dict(refused.value.errors) == {"bonus": "A credit policy has no such field."}


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(st.sampled_from(sorted(MAPLEWOOD.to_document())), JSON)
def test_any_value_in_any_field_is_read_or_refused_never_a_crash(field: str, value: Any) -> None:
    refused = dict[str, str]()
    try:
        CreditPolicy.from_document({**MAPLEWOOD.to_document(), field: value})
    except NotValid as refusal:
        refused.update(refusal.errors)
    assert set(refused) <= {field}


def _edition(edition: str, starts: date, ends: date | None = None) -> CreditPolicy:
    return CreditPolicy(name="Hours", edition=edition, effective_from=starts, effective_until=ends)


def test_the_edition_that_began_last_governs() -> None:
    old, new = _edition("1", date(2013, 7, 1)), _edition("2", date(2014, 7, 1))
    assert policy_for([new, old], date(2014, 6, 30)) is old
    assert policy_for([new, old], date(2014, 7, 1)) is new


def test_a_short_edition_gives_way_to_the_one_before_when_it_ends() -> None:
    standing, october = (
        _edition("1", date(2013, 7, 1)),
        _edition("october", date(2014, 10, 1), date(2014, 10, 31)),
    )
    assert policy_for([standing, october], date(2014, 10, 31)) is october
    assert policy_for([standing, october], date(2014, 11, 1)) is standing


def test_a_day_without_a_policy_is_refused_by_its_date() -> None:
    with pytest.raises(NotNow) as refused:
        policy_for([MAPLEWOOD], date(2014, 6, 30))
    assert refused.value.code == "no_policy"
    assert "June\N{NO-BREAK SPACE}30, 2014" in refused.value.sentence


@given(st.lists(POLICIES, max_size=5), DAYS)
def test_the_order_of_editions_does_not_matter(policies: list[CreditPolicy], on: date) -> None:
    try:
        found = policy_for(policies, on)
    except NotNow:
        assert not any(policy.applies_on(on) for policy in policies)
        return
    again = policy_for(reversed(policies), on)
    assert found.applies_on(on)
    assert (again.effective_from, again.edition) == (found.effective_from, found.edition)


def test_the_kinds_own_cap_comes_before_that_of_all() -> None:
    assert MAPLEWOOD.caps_for(EventKind.WEBINAR) == (KindCap(EventKind.WEBINAR, 600), KindCap(None, 900))
    assert MAPLEWOOD.caps_for(EventKind.FORUM) == (KindCap(None, 900),)


def test_units_are_exact() -> None:
    assert MAPLEWOOD.units(100) == Fraction(5, 3)


def test_a_policy_is_named_with_its_edition() -> None:
    assert MAPLEWOOD.title == "Maplewood hours, edition 2014-1"
    assert MAPLEWOOD.rounding is Rounding.DOWN
    assert MAPLEWOOD.year_of(date(2014, 10, 14)) == (date(2014, 7, 1), date(2015, 6, 30))
