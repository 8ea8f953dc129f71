"""Two reviewers at one moment, over real HTTP, served by two processes: each claim is credited exactly once."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from pdtracker.audit import first_break
from pdtracker.domain.access import Role
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.models.certificates import Certificate
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.credit import Award
from pdtracker.models.records import OutboxMail
from tests.factories import House
from tests.harness.processes import Browser, processes
from tests.waiting import give_roles, many_waiting_claims, seen

CLAIMS = 500
ANSWERED = {303, 409}
"""Decided, at least one of the batch; or refused, all of it, with the reason for each."""


@pytest.mark.slow
def test_no_claim_is_credited_twice(house: House, tmp_path: Path) -> None:
    # The second finds the claims decided, because `to_decide` waited for the first's commit; `advance` refuses them.
    # Without `advance` and the comparison of versions in `_undecided`, and `advance` in `step_row`, this fails.
    give_roles(house, "hal", Role.REVIEWER)
    ids = many_waiting_claims(house.scope("ada"), CLAIMS)
    batches = _batches(ids)
    barrier = threading.Barrier(2)

    def decide(name: str, backwards: bool) -> list[int | None]:
        browser = Browser(served.port, house.client_of(name))
        told = []
        for number, batch in enumerate(batches):
            # The other one asks for the same claims at the same moment, in the opposite order.
            chosen = batch[::-1] if backwards else batch
            fields = {"claim": seen(chosen), "decision": "approve", "idempotency_key": f"{name}-{number}"}
            barrier.wait(timeout=60)
            told.append(browser.post("/maplewood/reviews", fields))
        return told

    with processes(house, tmp_path) as served, ThreadPoolExecutor(2) as pool:
        bo, hal = pool.submit(decide, "bo", False), pool.submit(decide, "hal", True)
        answers = [*bo.result(), *hal.result()]
        complaints = served.log()

    assert set(answers) <= ANSWERED, complaints
    assert answers.count(303) >= len(batches)
    with house.database.session(house.maplewood.id) as session:
        assert (
            session.scalar(
                sa.select(sa.func.count()).select_from(Claim).where(Claim.state == ClaimState.CREDITED)
            )
            == CLAIMS
        )
        for model in (Award, Certificate, OutboxMail):
            assert session.scalar(sa.select(sa.func.count()).select_from(model)) == CLAIMS
        approvals = session.execute(
            sa.select(ClaimStep.claim_id, sa.func.count().label("times"))
            .where(ClaimStep.step == Step.APPROVE)
            .group_by(ClaimStep.claim_id)
        ).all()
        assert {row.times for row in approvals} == {1}
        assert len(approvals) == CLAIMS
        # Both of them wrote, so there was a race at all.
        assert (
            len(set(session.scalars(sa.select(ClaimStep.by_name).where(ClaimStep.step == Step.APPROVE)))) == 2
        )
        assert first_break(session) is None


def _batches(ids: list[int]) -> list[list[int]]:
    """The claims in pieces of one to nine."""
    dice, left, pieces = random.Random(2014), list(ids), []
    while left:
        size = dice.randint(1, 9)
        pieces.append(left[:size])
        left = left[size:]
    return pieces
