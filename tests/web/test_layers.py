"""What a district asks on top of a regime, by form and as TOML: refused at its field, tried, published."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from pdtracker.actions.regime_layers import publish_layer
from pdtracker.actions.regimes import approve_provider
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.layer_dry_run import Effect
from pdtracker.domain.refusals import NotHere, NotPermitted, NotValid
from pdtracker.domain.regimes.table import BadRules
from pdtracker.models.events import Event, Organization
from pdtracker.queries.layer_trial import try_layer
from pdtracker.queries.regime_layers import layers_of
from pdtracker.queries.rulebook import layer_editions
from pdtracker.web.rules import layers
from tests.calendars import statements
from tests.factories import NOW, Cast, House, a_certificate, a_licence, an_event
from tests.licensing import an_adjustment, an_adoption
from tests.reviewing_client import ReviewingClient, all_fields, fields, texts

LAYER = "/maplewood/rules/regimes/new-york-ctle/layer"
PREVIEW = f"{LAYER}/preview"
REGIME = "/maplewood/rules/regimes/new-york-ctle"
TODAY = NOW.date()
TOML = 'layer = "district"\nunder = "new-york-ctle"\nname = "Maplewood"\n'


def _typed(client: ReviewingClient, **changes: object) -> dict[str, object]:
    today = datetime.now(UTC).astimezone(ZoneInfo("America/New_York")).date()
    return {**all_fields(client.get(LAYER), PREVIEW), "effective_from": today.isoformat(), **changes}


def _sent(answer: TestResponse) -> dict[str, object]:
    return dict(all_fields(answer, LAYER))


def test_what_is_looked_at_is_what_is_published_and_shown(house: House) -> None:
    cam = house.client_of("cam")
    typed = _typed(
        cam,
        target="120",
        least_minutes="30",
        limit_day="6",
        bucket_0="20",
        kind_forum="10",
        evidence=["reflected"],
    )
    preview = cam.post(PREVIEW, data=typed)
    assert preview.status_code == 200
    said = texts(preview)
    for sentence in (
        "A cycle asks for 120 clock hours.",
        "An activity counts from 30 minutes on.",
        "In a day, at most 6 clock hours count.",
        "English language learners: at least 20 % of the target",
        "Forum: at most 10 clock hours.",
        "Nobody holds a licence that it touches.",
    ):
        assert sentence in said, sentence
    for _ in range(2):
        assert cam.post(LAYER, data=_sent(preview)).status_code == 303
    (edition,) = layer_editions(house.scope("cam"))
    assert (edition.edition, edition.by_name) == (1, "Cam Okafor")
    shown = texts(house.client_of("ada").get(REGIME))
    assert "A cycle asks for 120 clock hours." in shown
    # It holds for cycles that end later on, so it counts already.
    assert "Counted today: Edition 1, for cycles that end on " in shown
    an_adoption(house.scope("cam"))
    assert "Edition 1, for cycles that end on " in texts(cam.get("/maplewood/rules"))
    again = fields(cam.get(LAYER), PREVIEW)
    assert (again["target"], again["bucket_0"], again["kind_forum"]) == ("120", "20", "10")


def test_the_most_of_a_kind_that_only_the_regime_names_is_asked_for_too(house: House) -> None:
    cam = house.client_of("cam")
    layer = LAYER.replace("new-york-ctle", "michigan-scech")
    typed = dict(all_fields(cam.get(layer), f"{layer}/preview"))
    assert "kind_college_course" in typed
    # Guest teaching has a most of its own among the regime's parts.
    assert "kind_guest_teaching" not in typed
    preview = cam.post(f"{layer}/preview", data=typed | {"kind_college_course": "100"})
    assert "College course: at most 100 SCECHs." in texts(preview)
    assert cam.post(layer, data=dict(all_fields(preview, layer))).status_code == 303
    assert fields(cam.get(layer), f"{layer}/preview")["kind_college_course"] == "100"


def test_a_kind_that_never_counts_is_not_offered(house: House) -> None:
    cam = house.client_of("cam")
    layer = LAYER.replace("new-york-ctle", "act-tqi")
    assert "kind_first_aid" not in all_fields(cam.get(layer), f"{layer}/preview")


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("target", "90", "A target of 90 is less than the 100 above"),
        ("bucket_0", "10", "is less than the 15 % above; a layer may only tighten. Ask for 15 % or more"),
        (
            "carry_most",
            "5",
            "New York CTLE carries nothing over, and this would carry 5; a layer may only tighten. Ask for 0",
        ),
        ("least_minutes", "-1", "Enter a whole number from 0 to 1,440."),
        ("limit_day", "six", "Enter"),
        ("effective_from", "2001-01-01", "sign an adjustment of the licence"),
        ("name", "", "Give the rules a name."),
    ],
)
def test_what_loosens_comes_back_at_its_field(house: House, name: str, typed: str, sentence: str) -> None:
    cam = house.client_of("cam")
    answer = cam.post(PREVIEW, data=_typed(cam) | {"limit_week": "30", name: typed})
    assert answer.status_code == 422
    said = texts(answer)
    assert sentence in said
    assert "layer.toml" not in said
    assert f'id="{name}-why"' in answer.get_data(as_text=True)
    assert fields(answer, PREVIEW)["limit_week"] == "30"


def test_steps_smaller_than_the_regimes_come_back_at_their_field(house: House) -> None:
    cam = house.client_of("cam")
    layer = LAYER.replace("new-york-ctle", "georgia-plu")
    typed = dict(all_fields(cam.get(layer), f"{layer}/preview"))
    answer = cam.post(f"{layer}/preview", data=typed | {"quantum": "0.5"})
    assert answer.status_code == 422
    assert "Steps of 0.5 are smaller than the 1 above" in texts(answer)
    assert 'id="quantum-why"' in answer.get_data(as_text=True)


def test_the_text_itself_can_be_written_and_its_refusal_names_the_line(house: House) -> None:
    cam = house.client_of("cam")
    loose = f"{TOML}\n[target]\nunits = 9\n"
    answer = cam.post(PREVIEW, data=_typed(cam, document=loose, mode="toml", name=""))
    assert answer.status_code == 422
    assert "Line 6: A target of 9 is less than the 100 above" in texts(answer)
    assert fields(answer, PREVIEW)["document"].strip() == loose.strip()
    provider = TOML.replace("district", "provider")
    answer = cam.post(PREVIEW, data=_typed(cam, document=provider, mode="toml"))
    assert "This is your district’s" in texts(answer)
    answer = cam.post(PREVIEW, data=_typed(cam, document="#" * 20_001, mode="toml"))
    assert "at most 20,000 characters" in texts(answer)
    preview = cam.post(PREVIEW, data=_typed(cam, document=f"{TOML}once_each = true\n", mode="toml"))
    assert "The same course counts once in a cycle." in texts(preview)
    assert cam.post(LAYER, data=_sent(preview)).status_code == 303
    form = cam.get(LAYER)
    assert "once_each = true" in fields(form, PREVIEW)["document"]
    assert "<details open" in form.get_data(as_text=True)


def test_something_can_be_changed_after_looking_and_nothing_behind_the_page(house: House) -> None:
    cam = house.client_of("cam")
    preview = cam.post(PREVIEW, data=_typed(cam, target="110"))
    form = cam.post(PREVIEW, data={**_sent(preview), "step": "edit"})
    assert (form.status_code, fields(form, PREVIEW)["target"]) == (200, "110")
    answer = cam.post(LAYER, data={**_sent(preview), "target": "111"})
    assert answer.status_code == 422
    assert "It is not what you looked at." in texts(answer)
    assert layer_editions(house.scope("cam")) == ()


def test_the_form_names_its_units_and_begins_with_the_next_school_year(house: House) -> None:
    cam = house.client_of("cam")
    form = cam.get(LAYER)
    said = texts(form)
    for label in (
        "A cycle asks for, in clock hours",
        "In a day at most, in clock hours",
        "English language learners, in percent",
        "The most of a kind in a cycle, in clock hours",
        "An activity counts from, in minutes",
    ):
        assert label in said, label
    first = date.fromisoformat(fields(form, PREVIEW)["effective_from"])
    assert (first.month, first.day) == (7, 1)
    assert first > datetime.now(UTC).date()
    later = date(first.year + 1, 1, 1)
    publish_layer(house.scope("cam", datetime.now(UTC)), "new-york-ctle", TOML, later)
    assert fields(cam.get(LAYER), PREVIEW)["effective_from"] == later.isoformat()


def test_an_unknown_regime_has_no_layer(house: House) -> None:
    assert house.client_of("cam").get("/maplewood/rules/regimes/atlantis/layer").status_code == 404


def test_whose_progress_it_would_change_is_told_before(house: House) -> None:
    at = datetime.now(UTC) - timedelta(days=3)
    ada = house.scope("ada", at)
    a_licence(ada, starts_on=at.date() - timedelta(days=300), ends_on=at.date() + timedelta(days=300))
    cam = house.client_of("cam")
    said = texts(cam.post(PREVIEW, data=_typed(cam, target="120")))
    assert "It would change 1 of 1 licence; none would be newly short." in said
    assert "1 licence is short already and would lack more." in said
    assert "Short already, and more so" in said
    assert "120 clock hours are missing" in said
    assert "Ada Lindqvist" in said
    assert "0 of 120 clock hours" in said
    # Half of the cycle is over: without the layer it is 50 hours behind, with it 60.
    assert "50 clock hours behind" in said
    assert "60 clock hours behind" in said


def test_who_lacks_nothing_and_would_is_counted_as_newly_short(house: House) -> None:
    at = datetime.now(UTC) - timedelta(days=3)
    runs = {"starts_on": at.date() - timedelta(days=300), "ends_on": at.date() + timedelta(days=300)}
    a_licence(house.scope("ada", at), target=Fraction(0), facts=[], **runs)
    a_licence(house.scope("bo", at), **runs)
    cam = house.client_of("cam")
    mine = f'{TOML}\n[[bucket]]\nid = "tech"\nname = "technology"\nat_least = 2\ncategories = ["content"]\n'
    said = texts(cam.post(PREVIEW, data=_typed(cam, document=mine, mode="toml")))
    assert "It would change 2 of 2 licences; 1 would be newly short." in said
    assert "1 licence lacks nothing now and would be short." in said
    assert "1 licence is short already and would lack more." in said
    assert "2 clock hours of technology are missing" in said


def _a_counting_hour(cast: Cast) -> None:
    """An hour of Ada's that counts for New York: its host was approved."""
    event_id = an_event(cast.scope("ada"))
    ada = cast.scope("ada")
    host = ada.session.scalar(
        sa.select(Organization.name)
        .join(Event, Event.organization_id == Organization.id)
        .where(Event.id == event_id)
    )
    assert host is not None
    approve_provider(
        cast.scope("cam"),
        organization=host,
        regime="new-york-ctle",
        number="1",
        approved_from=date(2014, 1, 1),
        approved_until=None,
    )
    a_certificate(cast.scope("ada"), cast.scope("bo"), event_id=event_id, category=CreditCategory.ELL)


def test_who_had_all_and_would_not_falls_short(cast: Cast) -> None:
    _a_counting_hour(cast)
    a_licence(cast.scope("ada"), target=Fraction(1), facts=[])
    cam = cast.scope("cam")
    loose = TOML + '\n[[gate]]\nneeds = ["signed_by_principal"]\n'
    (change,) = try_layer(cam, "new-york-ctle", loose, TODAY, TODAY).changes
    assert (change.before.earned, change.after.earned) == (1, 0)
    assert change.effect is Effect.NEWLY_SHORT
    assert "missing" in change.why[0]
    same = try_layer(cam, "new-york-ctle", TOML, TODAY, TODAY)
    assert same.changed == ()
    past = try_layer(cam, "new-york-ctle", loose, date(2030, 1, 1), TODAY)
    assert (past.changes, past.people) == ((), 0)


def test_a_trial_goes_by_the_end_that_was_signed(cast: Cast) -> None:
    """The typed last day lies before the layer's first, the signed one behind it; or the other way round."""
    ada, cam = cast.scope("ada"), cast.scope("cam")
    later = a_licence(ada)
    earlier = a_licence(cast.scope("bo"), ends_on=date(2018, 6, 30))
    an_adjustment(cam, later, units=None, ends_on=date(2018, 6, 30))
    an_adjustment(cam, earlier, units=None, ends_on=date(2017, 6, 30))
    found = try_layer(
        cast.scope("cam"), "new-york-ctle", f"{TOML}[target]\nunits = 110\n", date(2018, 1, 1), TODAY
    )
    assert ([one.licence_id for one in found.changes], found.people) == ([later], 1)
    assert [one.after.required for one in found.changes] == [110]


def test_a_trial_takes_the_same_statements_however_many_people(cast: Cast) -> None:
    counts = []
    for name in ("ada", "bo"):
        a_licence(cast.scope(name))
        cam = cast.scope("cam")
        with statements(cast.database) as asked:
            try_layer(cam, "new-york-ctle", TOML, TODAY, TODAY)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 14
    assert try_layer(cast.scope("cam"), "new-york-ctle", TOML, TODAY, TODAY, most=1).chosen == 1


def test_editions_follow_each_other_and_none_is_retroactive(cast: Cast) -> None:
    cam = cast.scope("cam")
    first = publish_layer(cam, "new-york-ctle", TOML, TODAY, key="once")
    assert publish_layer(cam, "new-york-ctle", TOML, TODAY, key="once") == first
    publish_layer(cam, "new-york-ctle", f"{TOML}at_least_minutes = 30\n", TODAY)
    assert [one.edition for one in layer_editions(cam, "new-york-ctle")] == [2, 1]
    assert layers_of(cam).latest("new-york-ctle") == 2
    with pytest.raises(NotValid):
        publish_layer(cam, "new-york-ctle", TOML, TODAY - timedelta(days=1))
    with pytest.raises(NotValid):
        publish_layer(cam, "new-york-ctle", TOML.replace("district", "provider"), TODAY)
    with pytest.raises(BadRules):
        publish_layer(cam, "new-york-ctle", f"{TOML}[target]\nunits = 9\n", TODAY)
    with pytest.raises(NotHere):
        publish_layer(cam, "atlantis", TOML, TODAY)
    for name in ("ada", "bo"):
        with pytest.raises(NotPermitted):
            publish_layer(cast.scope(name), "new-york-ctle", TOML, TODAY)
    assert layer_editions(cast.operator(cast.riverton)) == ()


def test_a_long_trial_is_paged_and_given_whole_as_csv(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layers, "_SHOWN", 1)
    today = datetime.now(UTC).date()
    runs = {"starts_on": today - timedelta(days=900), "ends_on": today + timedelta(days=926)}
    for name in ("ada", "bo"):
        a_licence(house.scope(name), **runs)
    cam = house.client_of("cam")
    first = cam.post(PREVIEW, data=_typed(cam, target="120"))
    assert "Ada Lindqvist" in texts(first)
    assert "1 to 1 of 2." in texts(first)
    assert "Bo Tran" not in texts(first)
    (onward,) = re.findall(r'name="after" value="([0-9a-z]+)"', first.get_data(as_text=True))
    second = cam.post(PREVIEW, data={**_sent(first), "after": onward})
    assert "2 to 2 of 2." in texts(second)
    assert "Bo Tran" in texts(second)
    assert 'name="after"' not in second.get_data(as_text=True)
    # What was looked at on the second page is published as well as what was on the first.
    table = cam.post(f"{LAYER}/trial.csv", data=_sent(second))
    assert table.mimetype == "text/csv"
    lines = table.get_data(as_text=True).splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["Ada Lindqvist", "Bo Tran"]
    assert "of 120" in lines[1]
    assert "Short already, and more so" in lines[1]
    assert layer_editions(house.scope("cam")) == ()
    assert cam.post(PREVIEW, data={**_sent(first), "after": "nonsense"}).status_code == 200
    assert cam.post(LAYER, data=_sent(second)).status_code == 303
