"""One person with two tabs at one moment, over real HTTP, served by two processes: what is sent twice is done once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from pdtracker.audit import first_break
from pdtracker.domain.claim import HOLDING_STATES, Step
from pdtracker.domain.refs import ref_of
from pdtracker.domain.when import local
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.licences import Licence, LicenceAdjustment
from pdtracker.queries import claims
from tests.bundling import a_bundle, a_chat, a_full_bundle, publish_bundles
from tests.claiming import page_of, today
from tests.factories import House, a_licence
from tests.harness.processes import Browser, processes

ROUNDS = 8

Post = tuple[str, dict[str, object]]


def at_once(
    house: House, folder: Path, name: str, rounds: list[tuple[Post, Post]]
) -> list[tuple[int | None, int | None]]:
    """The answers to the two requests of each round, which leave at one moment."""
    barrier = threading.Barrier(2)

    def tab(browser: Browser, posts: list[Post]) -> list[int | None]:
        told = []
        for path, fields in posts:
            barrier.wait(timeout=60)
            told.append(browser.post(path, fields))
        return told

    with processes(house, folder) as served, ThreadPoolExecutor(2) as pool:
        browsers = [Browser(served.port, house.client_of(name)) for _ in range(2)]
        first, second = (
            pool.submit(tab, browser, [both[which] for both in rounds])
            for which, browser in enumerate(browsers)
        )
        return list(zip(first.result(), second.result(), strict=True))


@pytest.mark.slow
def test_an_event_is_claimed_alone_or_in_a_bundle_never_both(house: House, tmp_path: Path) -> None:
    publish_bundles(house)
    ada = today(house)
    bundle = a_bundle(ada)
    rounds: list[tuple[Post, Post]] = []
    for days_ago in range(2, 2 + ROUNDS):
        event = ref_of(a_chat(ada, days_ago))
        starts = local(ada.at - timedelta(days=days_ago, hours=2), "America/New_York")
        part: dict[str, object] = {
            "event": event,
            "link": "https://posts.example/1",
            "starts": f"{starts:%Y-%m-%dT%H:%M}",
            "ends": f"{starts + timedelta(minutes=20):%Y-%m-%dT%H:%M}",
        }
        rounds.append((("/maplewood/claims", {"event": event}), (page_of(bundle, "/sessions/new"), part)))
    answers = at_once(house, tmp_path, "ada", rounds)
    assert {one for pair in answers for one in pair} <= {303, 409}
    with house.database.session(house.maplewood.id) as session:
        alone = list(
            session.scalars(
                sa.select(Claim.event_id).where(Claim.event_id.is_not(None), Claim.state.in_(HOLDING_STATES))
            )
        )
        gathered = list(session.scalars(sa.select(ClaimPart.event_id)))
        assert len(alone) + len(gathered) == ROUNDS
        assert not set(alone) & set(gathered)
        assert first_break(session) is None


@pytest.mark.slow
def test_a_bundle_sent_from_two_tabs_is_sent_once(house: House, tmp_path: Path) -> None:
    publish_bundles(house)
    ada = today(house)
    bundle = a_full_bundle(ada)
    fields: dict[str, object] = {"version": str(claims.own_claim(ada, bundle).version), "is_true": "y"}
    ada.session.rollback()
    send = (page_of(bundle, "/submission"), fields)
    assert at_once(house, tmp_path, "ada", [(send, send)]) == [(303, 303)]
    with house.database.session(house.maplewood.id) as session:
        sent = session.scalars(sa.select(ClaimStep.claim_id).where(ClaimStep.step == Step.SUBMIT))
        assert sent.all() == [bundle]


@pytest.mark.slow
def test_a_change_of_a_licence_is_signed_and_saved_once(house: House, tmp_path: Path) -> None:
    ada = today(house)
    day = ada.at.date()
    licence_id = a_licence(
        ada, regime="illinois", starts_on=day - timedelta(days=300), ends_on=day + timedelta(days=1500)
    )
    address = f"/maplewood/licences/{ref_of(licence_id)}"
    terms: dict[str, object] = {
        "starts": (day - timedelta(days=300)).isoformat(),
        "ends": (day + timedelta(days=1500)).isoformat(),
        "fte": "1",
    }
    rounds: list[tuple[Post, Post]] = []
    for number in range(1, ROUNDS + 1):
        sign: Post = (
            f"{address}/adjustments",
            {"units": "1", "reason": f"Course {number}", "idempotency_key": f"sign-{number}"},
        )
        seen = terms | {"version": str(number)}
        rounds += [
            (sign, sign),
            ((address, seen | {"name": f"Here {number}"}), (address, seen | {"name": f"There {number}"})),
        ]
    answers = at_once(house, tmp_path, "cam", rounds)
    assert set(answers[::2]) == {(303, 303)}
    assert {tuple(sorted(pair, key=str)) for pair in answers[1::2]} == {(303, 409)}
    with house.database.session(house.maplewood.id) as session:
        reasons = sorted(session.scalars(sa.select(LicenceAdjustment.reason)))
        assert reasons == [f"Course {number}" for number in range(1, ROUNDS + 1)]
        assert session.scalar(sa.select(Licence.version)) == ROUNDS + 1
        assert first_break(session) is None
