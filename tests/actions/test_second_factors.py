"""A second factor: nobody comes in without it, no code counts twice, and its owner is told of every change."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from pdtracker.actions import accounts
from pdtracker.actions.people import give_new_code
from pdtracker.actions.rates import TooManyTries
from pdtracker.actions.second_factors import (
    Owner,
    begin_app,
    confirm_app,
    enrolment,
    remove_app,
    renew_codes,
    reset_second_factor,
)
from pdtracker.actions.second_steps import finish_sign_in
from pdtracker.domain.refusals import NotHere, NotNow, NotPermitted, NotValid
from pdtracker.models.people import AccountDistrict, SignIn
from pdtracker.models.records import AuditEntry, OutboxMail
from pdtracker.models.second_factors import AuthenticatorApp, HalfSignIn, RecoveryCode
from pdtracker.one_time_codes import code_at
from pdtracker.queries.second_factors import app_facts
from tests.factories import NOW, PASSWORD, SECRET, Cast, a_second_factor

KEYS = (SECRET,)
LATER = NOW + timedelta(minutes=5)


def half(cast: Cast, name: str = "ada", at: datetime = LATER) -> str:
    begun = accounts.sign_in(
        cast.database, cast.email_of(name), PASSWORD, key=SECRET, address="192.0.2.1", browser="suite", at=at
    )
    assert isinstance(begun, accounts.HalfWay)
    return begun.secret


def a_half(cast: Cast, name: str, at: datetime) -> str:
    """The same without the work of checking a password."""
    secret = secrets.token_urlsafe()
    with cast.database.session(None, installation=True) as session, session.writing():
        session.add(
            HalfSignIn(
                secret_hash=accounts.secret_hash(secret),
                account_id=cast.account_ids[name],
                expires_at=at + timedelta(minutes=10),
            )
        )
    return secret


def finish(
    cast: Cast, secret: str, typed: str, at: datetime = LATER, keys: tuple[str, ...] = KEYS
) -> accounts.NewSignIn:
    return finish_sign_in(
        cast.database, secret, typed, keys=keys, address="192.0.2.1", browser="suite", at=at
    )


def actions_of(cast: Cast, name: str = "ada") -> list[str]:
    with cast.database.session(cast.district_of(name).id) as session:
        return list(session.scalars(sa.select(AuditEntry.action).order_by(AuditEntry.seq.desc()).limit(3)))


def letters_to(cast: Cast, name: str) -> list[tuple[str, str]]:
    with cast.database.session(cast.district_of(name).id) as session:
        return [
            (row.subject, row.body)
            for row in session.execute(
                sa.select(OutboxMail.subject, OutboxMail.body)
                .where(OutboxMail.to_person_id == cast.person_ids[name])
                .order_by(OutboxMail.id)
            )
        ]


def test_the_app_counts_only_after_a_code_of_it(cast: Cast) -> None:
    scope, owner = cast.scope("ada"), Owner(cast.account_ids["ada"], 0)
    begin_app(scope, cast.database, owner.account_id, password=PASSWORD, keys=KEYS)
    begun = accounts.sign_in(
        cast.database, cast.email_of("ada"), PASSWORD, key=SECRET, address="", browser="suite", at=NOW
    )
    assert isinstance(begun, accounts.NewSignIn)
    with pytest.raises(NotValid):
        confirm_app(scope, cast.database, owner, typed="000000", keys=KEYS)
    with cast.database.session(None, installation=True) as session:
        facts = app_facts(session, owner.account_id)
    assert facts is not None
    assert facts.confirmed_at is None
    secret = enrolment(facts.locked_secret, owner.account_id, "ada", KEYS).secret
    codes = confirm_app(scope, cast.database, owner, typed=code_at(secret, NOW), keys=KEYS)
    assert len(set(codes)) == 10
    assert half(cast)
    with cast.database.session(None, installation=True) as session:
        # The other browser's sign-in went.
        assert session.scalars(sa.select(SignIn.ended_at)).all() == [NOW]
    assert actions_of(cast)[0] == "person.second_factor_added"
    assert letters_to(cast, "ada")[-1][0].startswith("Your sign-in asks for a code")


def test_neither_secret_nor_codes_stand_in_the_database(cast: Cast) -> None:
    factor = a_second_factor(cast, "ada")
    with cast.database.session(None, installation=True) as session:
        locked = session.scalars(sa.select(AuthenticatorApp.locked_secret)).one()
        hashes = session.scalars(sa.select(RecoveryCode.code_hash)).all()
    assert factor.secret.encode() not in locked
    assert not set(hashes) & set(factor.codes)
    assert all(code.replace("-", "") not in "".join(hashes) for code in factor.codes)


def test_a_code_of_the_app_makes_the_sign_in_whole_under_another_secret(cast: Cast) -> None:
    factor = a_second_factor(cast, "ada")
    begun = half(cast)
    whole = finish(cast, begun, code_at(factor.secret, LATER))
    assert whole.secret != begun
    assert whole.facts.account_id == cast.account_ids["ada"]
    with pytest.raises(NotNow):
        finish(cast, begun, code_at(factor.secret, LATER + timedelta(seconds=30)))


def test_no_code_counts_twice_and_none_older_than_the_last(cast: Cast) -> None:
    factor = a_second_factor(cast, "ada")
    code = code_at(factor.secret, LATER)
    finish(cast, half(cast), code)
    for typed in (code, code_at(factor.secret, LATER - timedelta(seconds=30))):
        with pytest.raises(NotValid):
            finish(cast, half(cast), typed)
    assert finish(cast, half(cast), code_at(factor.secret, LATER + timedelta(seconds=30)))


def at_once(one: Callable[[], object], other: Callable[[], object]) -> list[object]:
    ready, outcomes = threading.Barrier(2), []

    def run(what: Callable[[], object]) -> None:
        ready.wait()
        try:
            outcomes.append(what())
        except (NotValid, NotNow) as refusal:
            outcomes.append(refusal)

    threads = [threading.Thread(target=run, args=(what,)) for what in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_two_browsers_with_one_code_at_the_same_moment_one_comes_in(cast: Cast, kind: str) -> None:
    """`AuthenticatorApp.last_step < step` and `used_at.is_(None)` decide; without them both would come in."""
    factor = a_second_factor(cast, "ada")
    for turn in range(4):
        at = LATER + timedelta(minutes=turn)
        code = code_at(factor.secret, at) if kind == "app" else factor.codes[turn]
        tries = [partial(finish, cast, half(cast, at=at), code, at) for _ in range(2)]
        assert sum(isinstance(one, accounts.NewSignIn) for one in at_once(*tries)) == 1


def test_of_two_codes_for_one_half_sign_in_one_counts(cast: Cast) -> None:
    factor = a_second_factor(cast, "ada")
    begun = half(cast)
    outcomes = at_once(
        lambda: finish(cast, begun, factor.codes[0]), lambda: finish(cast, begun, factor.codes[1])
    )
    assert sum(isinstance(one, accounts.NewSignIn) for one in outcomes) == 1


def test_a_recovery_code_works_once_and_its_owner_is_told(cast: Cast) -> None:
    factor = a_second_factor(cast, "ada")
    typed = factor.codes[3].upper().replace("-", " ").replace("0", "o")
    assert finish(cast, half(cast), typed)
    with pytest.raises(NotValid):
        finish(cast, half(cast), typed)
    assert actions_of(cast)[0] == "person.recovery_code_used"
    subject, body = letters_to(cast, "ada")[-1]
    assert subject == "A recovery code was used to sign in as you"
    assert "9 recovery codes are left" in body


def test_another_s_recovery_code_is_worth_nothing(cast: Cast) -> None:
    a_second_factor(cast, "ada")
    bos = a_second_factor(cast, "bo")
    with pytest.raises(NotValid):
        finish(cast, half(cast, "ada"), bos.codes[0])
    assert finish(cast, half(cast, "bo"), bos.codes[0])


def test_guesses_run_out_before_they_come_to_anything(cast: Cast) -> None:
    factor = a_second_factor(cast, "ada")
    looked_at = 0
    for quarter in range(96):
        at = LATER + timedelta(minutes=15 * quarter)
        begun = a_half(cast, "ada", at)
        for _ in range(2):
            try:
                finish(cast, begun, "000000", at)
            except NotValid:
                looked_at += 1
            except TooManyTries:
                break
    # A day of ours may lie over two days of the counter.
    assert 30 <= looked_at <= 60
    begun = a_half(cast, "ada", at)
    with pytest.raises(TooManyTries):
        finish(cast, begun, code_at(factor.secret, at), at)


def test_five_quick_guesses_and_even_the_right_code_waits(cast: Cast) -> None:
    factor = a_second_factor(cast, "ada")
    begun = half(cast)
    for _ in range(5):
        with pytest.raises(NotValid):
            finish(cast, begun, "000000")
    with pytest.raises(TooManyTries):
        finish(cast, begun, code_at(factor.secret, LATER))
    at = LATER + timedelta(minutes=1)
    assert finish(cast, begun, code_at(factor.secret, at), at)


def test_half_a_sign_in_ends_after_ten_minutes(cast: Cast) -> None:
    factor = a_second_factor(cast, "ada")
    begun = half(cast)
    at = LATER + timedelta(minutes=10)
    with pytest.raises(NotNow):
        finish(cast, begun, code_at(factor.secret, at), at)
    half(cast, at=at)
    with cast.database.session(None, installation=True) as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(HalfSignIn)) == 1


def test_a_new_password_ends_half_sign_ins_too(cast: Cast) -> None:
    factor = a_second_factor(cast, "ada")
    begun = half(cast)
    accounts.change_password(
        cast.scope("ada"),
        cast.database,
        cast.account_ids["ada"],
        old=PASSWORD,
        new="another good phrase",
        keep=0,
        key=SECRET,
    )
    with pytest.raises(NotNow):
        finish(cast, begun, code_at(factor.secret, LATER))


def test_a_code_of_an_administrator_is_no_way_around(cast: Cast) -> None:
    """Whoever hands out a new password hands out no second factor with it."""
    a_second_factor(cast, "ada")
    begun = half(cast)
    give_new_code(cast.scope("cam"), cast.database, cast.person_ids["ada"])
    with pytest.raises(NotNow):
        finish(cast, begun, "000000")
    with cast.database.session(None, installation=True) as session:
        assert session.scalar(sa.select(AuthenticatorApp.confirmed_at)) is not None


def test_a_replaced_secret_of_the_installation_opens_it_once_more_and_then_goes(cast: Cast) -> None:
    factor = a_second_factor(cast, "ada")
    new = ("another " * 8, SECRET)
    assert finish(cast, half(cast), code_at(factor.secret, LATER), keys=new)
    at = LATER + timedelta(minutes=1)
    assert finish(cast, half(cast, at=at), code_at(factor.secret, at), at, keys=new[:1])


def test_what_changes_it_asks_for_the_password(cast: Cast) -> None:
    scope, owner, wrong = cast.scope("ada"), Owner(cast.account_ids["ada"], 0), "not her password"
    with pytest.raises(NotValid, match="thing to put right"):
        begin_app(scope, cast.database, owner.account_id, password=wrong, keys=KEYS)
    a_second_factor(cast, "ada")
    with pytest.raises(NotValid, match="thing to put right"):
        renew_codes(scope, cast.database, owner.account_id, password=wrong, keys=KEYS)
    with pytest.raises(NotValid, match="thing to put right"):
        remove_app(scope, cast.database, owner, password=wrong, keys=KEYS)


def test_new_recovery_codes_void_the_old(cast: Cast) -> None:
    factor = a_second_factor(cast, "ada")
    new = renew_codes(cast.scope("ada"), cast.database, cast.account_ids["ada"], password=PASSWORD, keys=KEYS)
    with pytest.raises(NotValid):
        finish(cast, half(cast), factor.codes[0])
    assert finish(cast, half(cast), new[0])
    assert "person.recovery_codes_made" in actions_of(cast)


def test_without_it_the_password_is_enough_again(cast: Cast) -> None:
    a_second_factor(cast, "ada")
    owner = Owner(cast.account_ids["ada"], 0)
    remove_app(cast.scope("ada"), cast.database, owner, password=PASSWORD, keys=KEYS)
    begun = accounts.sign_in(
        cast.database, cast.email_of("ada"), PASSWORD, key=SECRET, address="", browser="suite", at=LATER
    )
    assert isinstance(begun, accounts.NewSignIn)
    with cast.database.session(None, installation=True) as session:
        assert session.scalars(sa.select(RecoveryCode.code_hash)).all() == []
    assert actions_of(cast)[0] == "person.second_factor_removed"
    with pytest.raises(NotNow):
        remove_app(cast.scope("ada"), cast.database, owner, password=PASSWORD, keys=KEYS)


def test_an_administrator_resets_it_and_its_owner_is_told_by_whom_and_why(cast: Cast) -> None:
    a_second_factor(cast, "ada")
    begun = half(cast)
    reset_second_factor(cast.scope("cam"), cast.database, cast.person_ids["ada"], reason="Lost her phone")
    with pytest.raises(NotNow):
        finish(cast, begun, "000000")
    subject, body = letters_to(cast, "ada")[-1]
    assert subject == "An administrator removed your second factor"
    assert "Cam Okafor removed" in body
    assert "The reason: Lost her phone" in body
    with cast.database.session(cast.maplewood.id) as session:
        entry = session.execute(
            sa.select(AuditEntry.action, AuditEntry.by_name, AuditEntry.facts)
            .order_by(AuditEntry.seq.desc())
            .limit(1)
        ).one()
    assert (entry.action, entry.by_name) == ("person.second_factor_reset", "Cam Okafor")
    assert entry.facts["reason"] == "Lost her phone"


def test_only_administrators_reset_and_only_in_their_own_district(cast: Cast) -> None:
    a_second_factor(cast, "ada")
    a_second_factor(cast, "dee")
    a_second_factor(cast, "cam")
    for name, person, refusal in (
        ("bo", "ada", NotPermitted),
        ("cam", "dee", NotHere),
        ("cam", "cam", NotNow),
        ("cam", "bo", NotNow),
    ):
        with pytest.raises(refusal):
            reset_second_factor(cast.scope(name), cast.database, cast.person_ids[person], reason="Lost")


def test_an_account_of_two_districts_is_no_administrator_s_to_open(cast: Cast) -> None:
    a_second_factor(cast, "ada")
    there = cast.riverton.id
    with cast.database.session(there, installation=True) as session, session.writing():
        session.execute(sa.delete(AccountDistrict).where(AccountDistrict.person_id == cast.person_ids["dee"]))
        session.add(AccountDistrict(account_id=cast.account_ids["ada"], person_id=cast.person_ids["dee"]))
    with pytest.raises(NotNow):
        reset_second_factor(cast.scope("cam"), cast.database, cast.person_ids["ada"], reason="Lost")
