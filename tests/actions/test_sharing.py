"""Certificates are shown under an address that nobody guesses, for some days, and its owner sees each opening."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.accounts import secret_hash
from pdtracker.actions.sharing import end_share, note_opening, share_certificates
from pdtracker.domain.refusals import NotHere, NotNow
from pdtracker.domain.sharing import MOST_LINKS
from pdtracker.models.certificates import ShareLink
from pdtracker.queries.sharing import my_links, shared_of
from pdtracker.scope import Scope
from tests.certifying import LATER, certified
from tests.factories import Cast


def leads_to(cast: Cast, token: str, after: timedelta = timedelta()) -> bool:
    with cast.database.session(None, installation=True) as doors:
        return shared_of(doors, secret_hash(token), LATER + after) is not None


def test_only_the_hash_of_an_address_is_kept_and_it_ends_by_itself(cast: Cast) -> None:
    ada = cast.scope("ada", LATER)
    token = share_certificates(ada, name="the licensing office", days=7, serial=None)
    kept = ada.session.execute(sa.select(ShareLink.token_hash, ShareLink.name)).all()
    assert kept == [(secret_hash(token), "the licensing office")]
    assert leads_to(cast, token)
    assert leads_to(cast, token, timedelta(days=7) - timedelta(seconds=1))
    assert not leads_to(cast, token, timedelta(days=7))
    assert not leads_to(cast, token + "x")


def test_an_ended_address_leads_nowhere_and_only_its_owner_ends_it(cast: Cast) -> None:
    ada = cast.scope("ada", LATER)
    token = share_certificates(ada, name="a school", days=30, serial=None)
    (link,) = my_links(ada)
    with pytest.raises(NotHere):
        end_share(cast.scope("bo", LATER), link.id)
    end_share(ada, link.id)
    end_share(ada, link.id)
    assert my_links(ada) == ()
    assert not leads_to(cast, token)


def test_nobody_shares_somebody_elses_certificate(cast: Cast) -> None:
    numbers = certified(cast)
    with pytest.raises(NotHere):
        share_certificates(cast.scope("cam", LATER), name="me", days=7, serial=numbers.serial)


def test_there_are_only_so_many_at_a_time(cast: Cast) -> None:
    ada = cast.scope("ada", LATER)
    for number in range(MOST_LINKS):
        share_certificates(ada, name=f"number {number}", days=7, serial=None)
    with pytest.raises(NotNow, match="End one"):
        share_certificates(ada, name="one more", days=7, serial=None)
    later = cast.scope("ada", LATER + timedelta(days=8))
    share_certificates(later, name="one more", days=7, serial=None)
    assert [link.name for link in my_links(later)] == ["one more"]


def test_openings_are_noted_once_for_ten_minutes(cast: Cast) -> None:
    ada = cast.scope("ada", LATER)
    share_certificates(ada, name="a school", days=30, serial=None)
    (link,) = my_links(ada)
    for minutes in (0, 3, 9, 12):
        at = LATER + timedelta(minutes=minutes)
        note_opening(Scope(ada.session, ada.district, at), link.id)
    (link,) = my_links(ada)
    assert link.opened_at == (LATER + timedelta(minutes=12), LATER)
