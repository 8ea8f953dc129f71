"""Rates and accounts: who may try how often, and what a changed password ends."""

from __future__ import annotations

import threading
from datetime import timedelta

import argon2
import pytest
import sqlalchemy as sa

from pdtracker.actions import accounts
from pdtracker.actions.rates import Limit, TooManyTries, count_try, give_back
from pdtracker.domain.refusals import NotHere, NotPermitted, NotValid
from pdtracker.models.people import SignIn
from pdtracker.models.records import AuditEntry, Rate
from tests.factories import NOW, PASSWORD, Cast

KEY = "only for tests"
ADA = "ada@maplewood.example"
MINUTE = Limit("trying", "ada", timedelta(minutes=1), 3)


def _sign_in(
    cast: Cast,
    password: str = PASSWORD,
    *,
    address: str = "192.0.2.1",
    email: str = ADA,
    browser: str = "suite",
    after: float = 0,
) -> accounts.NewSignIn:
    return accounts.sign_in(
        cast.database,
        email,
        password,
        key=KEY,
        address=address,
        browser=browser,
        at=NOW + timedelta(minutes=after),
    )


def test_tries_are_counted_in_windows(cast: Cast) -> None:
    for _ in range(3):
        count_try(cast.database, [MINUTE], key=KEY, at=NOW)
    with pytest.raises(TooManyTries) as refused:
        count_try(cast.database, [MINUTE], key=KEY, at=NOW + timedelta(seconds=20))
    assert refused.value.wait_seconds == 41
    count_try(cast.database, [MINUTE], key=KEY, at=NOW + timedelta(minutes=1))


def test_tries_at_the_same_moment_are_all_counted(cast: Cast) -> None:
    """`count_up` is one upsert; reading first and writing then would lose some of these."""
    ready = threading.Barrier(8)
    outcomes: list[bool] = []

    def tries() -> None:
        ready.wait()
        for _ in range(5):
            try:
                count_try(cast.database, [MINUTE], key=KEY, at=NOW)
                outcomes.append(True)
            except TooManyTries:
                outcomes.append(False)

    threads = [threading.Thread(target=tries) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(outcomes), sum(outcomes)) == (40, 3)
    with cast.database.session(None, installation=True) as session:
        assert session.scalar(sa.select(Rate.count)) == 40


def test_the_table_names_nobody_and_forgets(cast: Cast) -> None:
    count_try(cast.database, [MINUTE], key=KEY, at=NOW - timedelta(days=3))
    count_try(cast.database, [MINUTE], key=KEY, at=NOW)
    with cast.database.session(None, installation=True) as session:
        assert all("ada" not in bucket for bucket in session.scalars(sa.select(Rate.bucket)))
        with session.writing():
            give_back(session, [MINUTE], key=KEY, at=NOW)
        assert session.execute(sa.select(Rate.window_starts_at, Rate.count)).all() == [(NOW, 0)]


def test_the_wait_grows_with_the_wrong_tries(cast: Cast) -> None:
    waits = []
    for minute in range(90):
        for _ in range(3):
            try:
                _sign_in(cast, "wrong", after=minute)
            except TooManyTries as refusal:
                waits.append(refusal.wait_seconds)
            except NotPermitted:
                continue
    assert waits
    assert max(waits) > 3600


def test_ten_thousand_guesses_reach_the_hash_fifty_times_an_hour_at_most(cast: Cast) -> None:
    assert _guess(cast, 300, minutes=30, networks=30) == 50


def test_strangers_of_one_network_do_not_keep_the_owner_out(cast: Cast) -> None:
    for _ in range(30):
        with pytest.raises((NotPermitted, TooManyTries)):
            _sign_in(cast, "guess", address="198.51.100.9")
    assert _sign_in(cast, address="192.0.2.55").facts.email == ADA


def _guess(
    cast: Cast, times: int, *, minutes: float, networks: int = 1, address: str = "", browser: str = "theirs"
) -> int:
    """Guess wrongly, in this many minutes; how often the guess got as far as the hash."""
    checked: list[str] = []
    with pytest.MonkeyPatch.context() as guessing:
        guessing.setattr(
            "pdtracker.passwords.check_password",
            lambda _, password: checked.append(password) or accounts.passwords.Verdict(is_right=False),
        )
        for guess in range(times):
            with pytest.raises((NotPermitted, TooManyTries)):
                _sign_in(
                    cast,
                    f"guess {guess}",
                    address=address or f"198.51.{guess % networks}.1",
                    browser=browser,
                    after=minutes * guess / times,
                )
    return len(checked)


@pytest.mark.parametrize("address", ["", "192.0.2.77"], ids=["many networks", "her own network"])
def test_strangers_don_t_lock_out_whom_the_account_knows(cast: Cast, address: str) -> None:
    _sign_in(cast, after=-60 * 24)
    _guess(cast, 80, minutes=50, networks=20, address=address)
    assert _sign_in(cast, after=50).facts.email == ADA
    # Whom it doesn't know has to wait meanwhile: they are strangers, too.
    with pytest.raises(TooManyTries):
        _sign_in(cast, address=address or "203.0.113.1", browser="another", after=50)


def test_who_is_known_has_few_tries_as_well(cast: Cast) -> None:
    _sign_in(cast, after=-60)
    # On one day: it is four in the afternoon, UTC.
    assert _guess(cast, 80, minutes=60 * 7, address="192.0.2.9", browser="suite") == 30


def test_nobody_is_known_for_longer_than_a_month_or_under_another_account(cast: Cast) -> None:
    _sign_in(cast, after=-60 * 24 * 31)
    _sign_in(cast, email="bo@maplewood.example", after=-60)
    assert _guess(cast, 80, minutes=50, networks=20) == 50
    with pytest.raises(TooManyTries):
        _sign_in(cast, after=50)


def test_a_network_is_kept_as_a_hash_that_tells_neither_it_nor_the_account(cast: Cast) -> None:
    _sign_in(cast)
    _sign_in(cast, email="bo@maplewood.example")
    _sign_in(cast, address="unix:")
    with cast.database.session(None, installation=True) as session:
        kept = session.scalars(sa.select(SignIn.network).order_by(SignIn.id)).all()
    assert len(set(kept)) == 3
    assert kept[2] is None
    assert all(len(mark) == 40 for mark in kept[:2] if mark)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.55", "192.0.2.0/24"),
        ("::ffff:192.0.2.55", "192.0.2.0/24"),
        ("2001:db8:1:2::3", "2001:db8:1::/48"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_a_network_is_what_one_attacker_has_at_hand(address: str, network: str) -> None:
    assert accounts.network(address) == network


def test_a_new_password_ends_every_other_browser(cast: Cast) -> None:
    here, elsewhere = _sign_in(cast), _sign_in(cast)
    ada = cast.scope("ada")
    change = {"keep": here.facts.id, "key": KEY}
    account_id = here.facts.account_id
    with pytest.raises(NotValid) as refused:
        accounts.change_password(
            ada, cast.database, account_id, old="wrong", new="another good phrase", **change
        )
    assert list(refused.value.errors) == ["old"]
    with pytest.raises(NotValid) as refused:
        accounts.change_password(ada, cast.database, account_id, old=PASSWORD, new="ada.lindqvist", **change)
    assert list(refused.value.errors) == ["new"]
    accounts.change_password(
        ada, cast.database, account_id, old=PASSWORD, new="another good phrase", **change
    )
    with cast.database.session(None, installation=True) as session:
        ended = {row.id: row.ended_at for row in session.execute(sa.select(SignIn.id, SignIn.ended_at))}
    assert ended[here.facts.id] is None
    assert ended[elsewhere.facts.id] == NOW
    entries = (
        cast.scope("ada")
        .session.scalars(sa.select(AuditEntry).where(AuditEntry.action == "person.password_changed"))
        .all()
    )
    assert [(entry.subject_id, entry.by_name) for entry in entries] == [(ada.me.id, "Ada Lindqvist")]
    with pytest.raises(NotPermitted):
        _sign_in(cast)
    assert _sign_in(cast, "another good phrase")


def test_nobody_ends_another_s_browser(cast: Cast) -> None:
    begun = _sign_in(cast)
    with pytest.raises(NotHere):
        accounts.end_other_browser(cast.database, cast.account_ids["bo"], begun.facts.id, NOW)


def test_a_password_hashed_with_older_settings_is_hashed_anew(cast: Cast) -> None:
    older = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash(PASSWORD)
    with cast.database.session(None, installation=True) as session, session.writing():
        session.execute(
            sa.update(accounts.Account).values(password_hash=older).where(accounts.Account.email == ADA)
        )
    _sign_in(cast)
    with cast.database.session(None, installation=True) as session:
        stored = session.scalar(
            sa.select(accounts.Account.password_hash).where(accounts.Account.email == ADA)
        )
    assert stored is not None
    assert "m=19456" in stored


def test_strangers_in_one_network_do_not_lock_the_owner_out(cast: Cast) -> None:
    for guess in range(60):
        with pytest.raises((NotPermitted, TooManyTries)):
            _sign_in(cast, "wrong", address=f"198.51.100.{guess}", after=guess / 2)
    assert _sign_in(cast, address="192.0.2.1", after=31).secret
