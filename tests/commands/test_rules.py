"""`rules list|show|evaluate`: words for people, exact answers for programs, sentences for mistakes. No database."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pdtracker.cli import main

FACTS: dict[str, Any] = {
    "cycle": {"start": "2020-09-01", "end": "2025-08-31"},
    "person": {"facts": [], "fte": 1.0, "years_practised": 5, "target": None, "carry_in": 0},
    "as_of": "2025-08-31",
    "activities": [
        {
            "id": "w1",
            "on": "2025-08-31",
            "ends_on": "2025-08-31",
            "minutes": 50,
            "quantities": {},
            "kind": "webinar",
            "categories": {"ell": 30},
            "topic": None,
            "level": None,
            "repeat_key": None,
            "evidence": ["approved_provider"],
        },
        {
            "id": "c1",
            "on": "2020-09-01",
            "quantities": {"semester_hour": 3},
            "evidence": ["approved_provider"],
        },
    ],
}

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Run a command where no installation and no database can be found."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PDTRACKER_INSTANCE", str(tmp_path / "nowhere"))
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing")

    def go(*told: str) -> tuple[int, str, str]:
        status = main(["rules", *told])
        answer = capsys.readouterr()
        return status, answer.out, answer.err

    return go


def written(folder: Path, facts: object = FACTS, name: str = "facts.json") -> str:
    file = folder / name
    file.write_text(facts if isinstance(facts, str) else json.dumps(facts), encoding="utf-8")
    return str(file)


def test_an_answer_has_exactly_the_promised_members(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("evaluate", "new-york-ctle", written(tmp_path), "--json")
    assert status == 0
    answer = json.loads(out)
    reasons = [one.pop("reasons") for one in answer["activities"]]
    assert answer == {
        "regime": "new-york-ctle",
        "version": "current",
        "unit": "clock_hour",
        "earned": "45.833333",
        "required": "100",
        "missing": [{"what": "total", "amount": "54.166667"}, {"what": "ell", "amount": "14.5"}],
        "carry_over": "0",
        "activities": [{"id": "w1", "units": "0.833333"}, {"id": "c1", "units": "45"}],
    }
    assert reasons == [
        ["50 minutes count."],
        ["3 semester hours at 15 clock hours each are 45 clock hours."],
    ]


def test_people_read_it_in_words(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("evaluate", "ny", written(tmp_path))
    assert status == 0
    assert out.startswith("45 clock hours 50 minutes of 100 clock hours earned.\n")
    assert "14.5 clock hours of English language learners are missing: 0.5 of 15." in out


def test_a_word_that_no_rule_asks_for_is_named(run: Run, tmp_path: Path) -> None:
    activity = {
        "id": "a",
        "on": "2021-10-01",
        "minutes": 60,
        "categories": {"ell": 30, "cooking": 10},
        "evidence": ["aproved_provider"],
    }
    file = written(tmp_path, {**FACTS, "activities": [activity]})
    assert json.loads(run("evaluate", "ny", file, "--json")[1])["unknown"] == [
        {"path": "activities[0].categories", "word": "cooking", "near": None},
        {"path": "activities[0].evidence", "word": "aproved_provider", "near": "approved_provider"},
    ]
    told = "no rule here asks for the evidence aproved_provider. Did you mean approved_provider?"
    assert told in run("evaluate", "ny", file)[1]


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ("{", "facts.json, line 1: this isn't JSON"),
        ("[]", "write an object"),
        (
            {**FACTS, "activities": [{"id": "a", "on": "2021"}]},
            "facts.json, line 1: activities[0].on: write a day",
        ),
        ({**FACTS, "person": {"fte": "full"}}, "person.fte: write a number"),
    ],
)
def test_bad_facts_get_one_sentence_with_the_path(
    run: Run, tmp_path: Path, facts: object, sentence: str
) -> None:
    status, out, err = run("evaluate", "ny", written(tmp_path, facts), "--json")
    assert (status, out) == (1, "")
    assert sentence in err
    assert err.count("\n") == 1


def test_what_cannot_be_read_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "latin.json").write_bytes(b'{"cycle": "\xe9"}')
    assert "can't be read" in run("evaluate", "ny", "nothing.json")[2]
    assert "isn't UTF-8 text" in run("evaluate", "ny", str(tmp_path / "latin.json"))[2]
    assert run("evaluate", "atlantis", written(tmp_path)) == (
        1,
        "",
        "pdtracker: There is no regime atlantis. Run: pdtracker rules list\n",
    )


def test_the_list_names_every_regime_with_its_confidence(run: Run) -> None:
    listed = json.loads(run("list", "--json")[1])
    assert {
        "regime",
        "name",
        "version",
        "versions",
        "unit",
        "effective",
        "applies_to",
        "confidence",
        "historic",
    } == set(listed[0])
    assert len(listed) == 21
    lines = run("list")[1].splitlines()
    assert len(lines) == 21
    assert any("historic" in line for line in lines)
    assert [line for line in lines if "earlier: texas-cpe@before-2023" in line]


def test_show_documents_the_vocabulary(run: Run) -> None:
    document = json.loads(run("show", "new-york-ctle", "--json")[1])
    assert document["vocabulary"]["categories"] == {
        "ell": "language acquisition of English language learners"
    }
    assert set(document["vocabulary"]["quantities"]) == {"semester_hour", "quarter_hour"}
    assert document["missing"] == ["total", "ell"]
    told = run("show", "tx")[1]
    assert "In force since September 1, 2023, for cycles that end from that day on." in told
    assert "Earlier: texas-cpe@before-2023" in told


def test_a_rule_file_of_ones_own_is_read_or_refused_by_line(run: Run, tmp_path: Path) -> None:
    source = Path("shelf.toml")
    good = (Path(__file__).parents[2] / "pdtracker/domain/regimes/data/scotland.toml").read_text(
        encoding="utf-8"
    )
    source.write_text(good.replace('regime = "scotland"', 'regime = "ours"'), encoding="utf-8")
    assert run("show", "shelf.toml")[1].startswith("Scotland professional learning")
    source.write_text(good.replace("units = 35", "unit = 35"), encoding="utf-8")
    line = good.splitlines().index("units = 35") + 1
    assert run("show", "shelf.toml")[2] == (
        f"pdtracker: shelf.toml, line {line}: There is no key unit here. Did you mean units?\n"
    )


def test_a_districts_layer_tightens_or_is_refused(run: Run, tmp_path: Path) -> None:
    layer = 'layer = "district"\nunder = "new-york-ctle"\nname = "Maplewood"\n'
    tight = written(tmp_path, layer + "[target]\nunits = 110\n", "tight.toml")
    loose = written(tmp_path, layer + "[target]\nunits = 90\n", "loose.toml")
    answer = json.loads(run("evaluate", "ny", written(tmp_path), "--layer", tight, "--json")[1])
    assert answer["required"] == "110"
    status, _, err = run("evaluate", "ny", written(tmp_path), "--layer", loose)
    assert status == 1
    assert "loose.toml, line 5: A target of 90 is less than the 100 above; a layer may only tighten." in err
