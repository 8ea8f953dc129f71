"""`rules explain`: the reason for every minute, by the policy and by each licence, in words and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from pdtracker.cli import main
from pdtracker.domain.refs import ref_of
from tests.factories import NOW, Cast, a_licence, an_event
from tests.licensing import a_credited_claim, a_waiting_claim, an_approval

Explain = Callable[..., tuple[int, str, str]]

ON = NOW.date().isoformat()


@pytest.fixture
def explain(cast: Cast, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Explain:
    """Run the command on the cast's database; its status and what it printed."""
    monkeypatch.setenv("PDTRACKER_INSTANCE", str(cast.settings.instance))
    monkeypatch.setenv("DATABASE_URL", cast.settings.database_url)
    monkeypatch.setenv("SECRET_KEY", "only for tests " * 3)
    monkeypatch.setenv("BASE_URL", "http://localhost")

    def run(*told: str) -> tuple[int, str, str]:
        status = main(("rules", "explain", *told))
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return run


@pytest.fixture
def licences(cast: Cast) -> dict[str, int]:
    """Ada's two licences, with one claim that counts for both, one that counts for one, and one that waits."""
    ada, bo = cast.scope("ada"), cast.scope("bo")
    found = {
        "new-york-ctle": a_licence(ada, name="Biology"),
        "new-jersey": a_licence(
            ada, name="Science", regime="new-jersey", starts_on=date(2014, 7, 1), ends_on=date(2015, 6, 30)
        ),
    }
    event_id = an_event(ada)
    an_approval(cast.scope("cam"), event_id, date(2014, 1, 1))
    a_credited_claim(ada, bo, event_id=event_id, title="Approved one")
    a_credited_claim(ada, bo, NOW - timedelta(days=1), title="Other one", claimed_minutes=90)
    a_waiting_claim(ada, NOW - timedelta(days=2), title="Waiting one")
    return found


def test_every_minute_has_its_reason(explain: Explain, licences: dict[str, int]) -> None:
    status, out, _ = explain("maplewood", "ada@maplewood.example", "--on", ON)
    assert status == 0
    assert "Ada Lindqvist, Maplewood North" in out
    assert "By the district's policy, July 1, 2014 to June 30, 2015: 2.5 of 15 hours approved" in out
    assert "Credited by Bo Tran, Pedagogy, 90 minutes" in out
    assert "Biology, by New York CTLE, July 1, 2012 to June 30, 2017: 1 of 100 clock hours earned" in out
    assert (
        "It doesn't count, because this isn't shown: the sponsor was approved on that date, and the activity"
        in out
    )
    assert "Science, by New Jersey" in out
    assert "2.5 of 20 hours earned, 1 waiting" in out
    assert "Waiting one, waiting: 1 hour" in out
    assert "\N{NO-BREAK SPACE}" not in out


def test_one_licence_is_chosen_by_name_regime_or_reference(
    explain: Explain, licences: dict[str, int]
) -> None:
    for told in ("science", "new-jersey", ref_of(licences["new-jersey"])):
        status, out, _ = explain("maplewood", "ada@maplewood.example", "--licence", told, "--on", ON)
        assert status == 0
        assert "Science, by New Jersey" in out
        assert "Biology" not in out


def test_programs_get_amounts_as_decimals(cast: Cast, explain: Explain, licences: dict[str, int]) -> None:
    status, out, _ = explain("maplewood", ref_of(cast.person_ids["ada"]), "--json", "--on", ON)
    assert status == 0
    found: dict[str, Any] = json.loads(out)
    assert found["person"]["name"] == "Ada Lindqvist"
    assert found["district"]["approved_minutes"] == 150
    assert [one["minutes"] for one in found["district"]["claims"]] == [60, 90]
    new_york, new_jersey = sorted(found["licences"], key=lambda one: str(one["name"]))
    assert (new_york["earned"], new_york["required"], new_york["unit"]) == ("1", "100", "clock_hour")
    assert new_york["missing"] == [{"what": "total", "amount": "99"}, {"what": "ell", "amount": "15"}]
    assert [one["id"] for one in new_york["buckets"]] == ["ell"]
    assert (new_jersey["earned"], new_jersey["pending"], new_jersey["to_go"]) == ("2.5", "1", "16.5")
    assert all(one["reasons"] for licence in found["licences"] for one in licence["activities"])


def test_the_day_decides_what_counts_yet(explain: Explain, licences: dict[str, int]) -> None:
    status, out, _ = explain("maplewood", "ada@maplewood.example", "--on", "2014-08-01", "--json")
    assert status == 0
    assert {one["earned"] for one in json.loads(out)["licences"]} == {"0"}


def test_who_has_no_licence_is_explained_by_the_policy_alone(explain: Explain) -> None:
    status, out, _ = explain("riverton", "dee@riverton.example", "--json")
    assert status == 0
    assert json.loads(out)["licences"] == []


@pytest.mark.parametrize(
    ("told", "status", "words"),
    [
        (("atlantis", "ada@maplewood.example"), 1, "There is no district 'atlantis'"),
        (("maplewood", "dee@riverton.example"), 1, "There is nobody 'dee@riverton.example'"),
        (("maplewood", "ada@maplewood.example", "--licence", "x"), 1, "There are: none."),
    ],
)
def test_what_is_not_there_is_refused(
    explain: Explain, told: tuple[str, ...], status: int, words: str
) -> None:
    found, out, err = explain(*told)
    assert (found, out) == (status, "")
    assert words in err


def test_a_day_that_is_none_is_not_understood(explain: Explain, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        explain("maplewood", "ada@maplewood.example", "--on", "soon")
    assert ended.value.code == 64
    assert "no day such as 2026-06-30" in capsys.readouterr().err
