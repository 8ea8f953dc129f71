"""Joining codes when two things happen at the same moment: exactly one of them counts, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from pdtracker import passwords
from pdtracker.actions import joining, people
from pdtracker.domain.access import Role
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.models.people import Account, AccountDistrict, JoiningCode
from pdtracker.models.records import AuditEntry, OutboxMail
from tests.factories import NOW, PASSWORD, Cast

KEY = "only for tests"
CHOSEN = "seven quiet rivers bend"
OTHER = "nine loud engines hum"


def _newcomer(cast: Cast, email: str = "gus@maplewood.example") -> people.Added:
    new = people.NewPerson(
        name="Gus Peters",
        email=email,
        title="",
        school_id=None,
        roles=people.Roles(roles=frozenset({Role.TEACHER})),
    )
    return people.add_person(cast.scope("cam"), new)


def _join(cast: Cast, code: str | None, password: str) -> None:
    assert code is not None
    joining.join_with_password(cast.database, code, password, network="", key=KEY, at=NOW)


def _join_with(cast: Cast, code: str | None, name: str) -> None:
    assert code is not None
    joining.join_with_account(cast.database, code, cast.account_ids[name], network="", key=KEY, at=NOW)


def _outcomes(*calls: Callable[[], object]) -> list[object]:
    """What came of calls that begin at once: what they gave back, or the refusal."""
    ready = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        ready.wait()
        try:
            return call()
        except (NotValid, NotNow) as refusal:
            return refusal

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def _while_joining(
    monkeypatch: pytest.MonkeyPatch, join: Callable[[], None], other: Callable[[], object]
) -> list[object]:
    """What comes of `other` when it begins while `join` has used its code and not yet committed."""
    has_used, goes_on = threading.Event(), threading.Event()
    tell = joining._tell

    def slowly(*told: Any, **more: Any) -> None:
        tell(*told, **more)
        has_used.set()
        # As long as it takes the other one to get as far as it can.
        goes_on.wait(0.5)

    monkeypatch.setattr(joining, "_tell", slowly)

    def second() -> object:
        assert has_used.wait(10)
        return other()

    return _outcomes(join, second)


def _password_opens(cast: Cast, email: str, password: str) -> bool:
    with cast.database.session(None, installation=True) as doors:
        stored = doors.scalar(sa.select(Account.password_hash).where(Account.email_key == email))
    return stored is not None and passwords.check_password(stored, password).is_right


def test_of_two_who_choose_a_password_with_one_code_one_is_in(cast: Cast) -> None:
    code = _newcomer(cast).joining_code
    outcomes = _outcomes(lambda: _join(cast, code, CHOSEN), lambda: _join(cast, code, OTHER))
    assert [type(outcome) for outcome in outcomes].count(NotValid) == 1
    winner = (CHOSEN, OTHER)[outcomes.index(None)]
    loser = (OTHER, CHOSEN)[outcomes.index(None)]
    assert _password_opens(cast, "gus@maplewood.example", winner)
    assert not _password_opens(cast, "gus@maplewood.example", loser)


def test_of_two_accounts_with_one_code_one_is_in(cast: Cast) -> None:
    added = _newcomer(cast)
    outcomes = _outcomes(
        lambda: _join_with(cast, added.joining_code, "dee"),
        lambda: _join_with(cast, added.joining_code, "rex"),
    )
    assert outcomes.count(None) == 1
    with cast.database.session(cast.maplewood.id) as session:
        joined = session.scalars(
            sa.select(AccountDistrict.account_id).where(AccountDistrict.person_id == added.person_id)
        ).all()
    assert joined == [cast.account_ids[("dee", "rex")[outcomes.index(None)]]]


def test_one_account_with_two_codes_at_once_is_one_person(cast: Cast) -> None:
    """Without `lock_account` the key of the table would refuse the second one, which nobody could understand."""
    first, second = _newcomer(cast), _newcomer(cast, "guy@maplewood.example")
    outcomes = _outcomes(
        lambda: _join_with(cast, first.joining_code, "dee"),
        lambda: _join_with(cast, second.joining_code, "dee"),
    )
    assert outcomes.count(None) == 1
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [NotValid]


def test_a_new_code_ends_what_the_old_one_begins_at_that_moment(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `lock_person` both would count on PostgreSQL: the old code's password, and the new code."""
    added = _newcomer(cast)
    scope = cast.scope("cam")
    joined, new_code = _while_joining(
        monkeypatch,
        lambda: _join(cast, added.joining_code, CHOSEN),
        lambda: people.give_new_code(scope, cast.database, added.person_id),
    )
    assert joined is None
    assert not _password_opens(cast, "gus@maplewood.example", CHOSEN)
    _join(cast, str(new_code), OTHER)
    assert _password_opens(cast, "gus@maplewood.example", OTHER)


def test_no_code_is_given_to_an_account_that_joins_another_district_at_that_moment(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without `lock_account`, or with the look at the other districts before it, Maplewood would get into Riverton."""
    new = people.NewPerson(
        name="Ada Lindqvist",
        email="ada@riverton.example",
        title="",
        school_id=None,
        roles=people.Roles(roles=frozenset({Role.TEACHER})),
    )
    code = people.add_person(cast.operator(cast.riverton), new).joining_code
    scope = cast.scope("cam")
    joined, refused = _while_joining(
        monkeypatch,
        lambda: _join_with(cast, code, "ada"),
        lambda: people.give_new_code(scope, cast.database, cast.person_ids["ada"]),
    )
    assert joined is None
    assert isinstance(refused, NotNow)
    assert _password_opens(cast, "ada@maplewood.example", PASSWORD)


def test_no_password_is_chosen_for_an_account_that_joins_another_district_at_that_moment(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The password is hashed between the first look at the other districts and the last."""
    code = people.give_new_code(cast.scope("cam"), cast.database, cast.person_ids["ada"])
    new = people.NewPerson(
        name="Ada Lindqvist",
        email="ada@riverton.example",
        title="",
        school_id=None,
        roles=people.Roles(roles=frozenset({Role.TEACHER})),
    )
    there = people.add_person(cast.operator(cast.riverton), new).joining_code
    hashed = passwords.hash_password

    def hash_slowly(password: str) -> str:
        _join_with(cast, there, "ada")
        return hashed(password)

    monkeypatch.setattr(passwords, "hash_password", hash_slowly)
    with pytest.raises(NotValid) as refused:
        _join(cast, code, CHOSEN)
    assert "code" in refused.value.errors
    assert not _password_opens(cast, "ada@maplewood.example", CHOSEN)
    with cast.database.session(cast.maplewood.id) as session:
        # Refused as a whole: the code is still good for what it is for.
        assert session.scalar(sa.select(sa.func.count()).select_from(JoiningCode)) == 1


def test_who_gets_a_new_code_reads_of_it_and_of_the_password_that_it_chose(cast: Cast) -> None:
    code = people.give_new_code(cast.scope("cam"), cast.database, cast.person_ids["ada"])
    _join(cast, code, CHOSEN)
    with cast.database.session(cast.maplewood.id) as session:
        letters = session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)).all()
        entry = session.scalars(
            sa.select(AuditEntry).where(AuditEntry.action == "person.password_chosen")
        ).one()
    assert [letter.subject for letter in letters] == [
        "A new code was made for your account",
        "A password was chosen for your account",
    ]
    for letter in letters:
        assert letter.to_email == cast.email_of("ada")
        assert "Cam Okafor" in letter.body
        assert code not in letter.body
        assert "on October\N{NO-BREAK SPACE}20, 2014 at 12:00\N{NO-BREAK SPACE}pm Eastern Time" in letter.body
    assert entry.facts["code_by"] == "Cam Okafor"


def test_who_never_had_an_account_gets_no_letter_with_the_code(cast: Cast) -> None:
    added = _newcomer(cast)
    people.give_new_code(cast.scope("cam"), cast.database, added.person_id)
    with cast.database.session(cast.maplewood.id) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 0


def test_who_left_gets_neither_roles_nor_a_code(cast: Cast) -> None:
    scope, hal = cast.scope("cam"), cast.person_ids["hal"]
    people.let_person_leave(scope, cast.database, hal)
    with pytest.raises(NotNow, match="They are back"):
        people.give_new_code(cast.scope("cam"), cast.database, hal)
    with pytest.raises(NotNow, match="They are back"):
        people.change_roles(cast.scope("cam"), hal, people.Roles(roles=frozenset({Role.ADMINISTRATOR})))
    people.welcome_person_back(cast.scope("cam"), hal)
    assert people.give_new_code(cast.scope("cam"), cast.database, hal)


@pytest.mark.parametrize("way", ["password", "password_hash"])
def test_an_account_that_is_there_is_never_taken_by_adding_its_address(cast: Cast, way: str) -> None:
    new = people.NewPerson(
        name="Dee Alvarez",
        email=cast.email_of("dee"),
        title="",
        school_id=None,
        roles=people.Roles(roles=frozenset({Role.TEACHER})),
    )
    secret = CHOSEN if way == "password" else passwords.hash_password(CHOSEN)
    added = people.add_person(cast.operator(), new, **{way: secret})
    assert added.joining_code is not None
    assert _password_opens(cast, cast.email_of("dee"), PASSWORD)
    with cast.database.session(cast.maplewood.id) as session:
        linked = session.scalars(sa.select(AccountDistrict.person_id)).all()
    assert added.person_id not in linked
