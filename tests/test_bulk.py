"""Many rows at once are a district's own rows, and broken rules are told as everywhere."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.models.districts import Prompt, School
from pdtracker.models.ids import new_id
from pdtracker.models.people import Account
from pdtracker.reach import ForeignRow
from tests.factories import NOW, Cast


def school(name: str) -> dict[str, Any]:
    return {"id": new_id(), "name": name, "created_at": NOW}


def names(session: DistrictSession) -> list[str]:
    return list(session.scalars(sa.select(School.name).order_by(School.name)))


def test_rows_of_every_type_come_and_change(cast: Cast) -> None:
    session = cast.scope("cam").session
    before = session.scalars(sa.select(Prompt.id)).all()
    rows = [
        {
            "id": new_id(),
            "position": 50 + number,
            "question": f"Q{number} \N{SNOWMAN} \" ' , {{}} \\ NULL",
            "hint": "",
            "wished_words": number,
            "retired_at": NOW if number else None,
        }
        for number in range(3)
    ]
    with session.writing():
        session.pour_rows(Prompt, rows)
    with session.writing():
        session.change_rows(
            Prompt,
            [{"id": row["id"], "hint": "h", "retired_at": NOW + timedelta(days=1)} for row in rows[:2]],
        )
    found = session.execute(
        sa.select(Prompt.question, Prompt.hint, Prompt.wished_words, Prompt.retired_at)
        .where(Prompt.id.not_in(before))
        .order_by(Prompt.position)
    ).all()
    assert [tuple(row) for row in found] == [
        (rows[0]["question"], "h", 0, NOW + timedelta(days=1)),
        (rows[1]["question"], "h", 1, NOW + timedelta(days=1)),
        (rows[2]["question"], "", 2, NOW),
    ]


def test_no_rows_are_nothing_to_do(cast: Cast) -> None:
    session = cast.scope("cam").session
    with session.writing():
        session.pour_rows(School, [])
        session.change_rows(School, [])


def test_nobody_changes_another_districts_rows(cast: Cast) -> None:
    theirs = cast.scope("rex").session
    with theirs.writing():
        row = school("Theirs")
        theirs.pour_rows(School, [row])
    ours = cast.scope("cam").session
    with ours.writing():
        ours.change_rows(School, [{"id": row["id"], "name": "Ours"}])
    assert "Theirs" in names(theirs)
    assert "Ours" not in names(ours)


def test_rows_that_name_a_district_or_belong_to_none_are_refused(cast: Cast) -> None:
    session = cast.scope("cam").session
    with pytest.raises(ForeignRow), session.writing():
        session.pour_rows(School, [school("x") | {"district_id": 1}])
    with pytest.raises(ForeignRow), session.writing():
        session.pour_rows(Account, [{"id": 1}])
    with pytest.raises(RuntimeError, match="writing transaction"):
        session.pour_rows(School, [school("x")])


def test_a_broken_rule_is_the_schemas(cast: Cast) -> None:
    session = cast.scope("cam").session
    with pytest.raises(sa.exc.IntegrityError), session.writing():
        session.pour_rows(School, [school("Twice"), school("Twice")])
    assert "Twice" not in names(session)
