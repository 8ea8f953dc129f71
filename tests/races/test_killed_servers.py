"""kill -9 while teachers send their claims: what was acknowledged is there after a restart, without a manual step.

The suite sends 200 claims under five kills. PDTRACKER_TEST_CLAIMS=2000 PDTRACKER_TEST_KILLS=50 is the full run:

    PDTRACKER_TEST_CLAIMS=2000 PDTRACKER_TEST_KILLS=50 pytest -s tests/races/test_killed_servers.py
"""

from __future__ import annotations

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest
import sqlalchemy as sa

from pdtracker.audit import first_break
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.refs import ref_of
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.records import AuditEntry
from tests.factories import House
from tests.harness.processes import Browser, Processes, processes
from tests.waiting import many_drafts

CLAIMS = int(os.environ.get("PDTRACKER_TEST_CLAIMS", "200"))
KILLS = int(os.environ.get("PDTRACKER_TEST_KILLS", "5"))
SENDERS = 4


class Progress:
    """What was acknowledged, and the moments at which the server dies next."""

    def __init__(self) -> None:
        self.acknowledged: set[int] = set()
        self.refused: list[int | None] = []
        self.lost_connections = 0
        self._lock = threading.Lock()

    def note(self, claim_id: int, status: int | None) -> bool:
        """Keep an answer; says whether the claim is done with."""
        with self._lock:
            if status is None:
                self.lost_connections += 1
                return False
            if status != 303:
                self.refused.append(status)
            else:
                self.acknowledged.add(claim_id)
            return True


@pytest.mark.slow
def test_what_was_acknowledged_survives_every_kill(house: House, tmp_path: Path) -> None:
    # What makes it so: the answer follows the commit, and the commit the disk (WAL with synchronous=FULL; on
    # PostgreSQL the server that keeps running). A claim whose answer was lost is sent again, and was sent once.
    ids = many_drafts(house.scope("ada"), CLAIMS)
    left: SimpleQueue[int] = SimpleQueue()
    for claim_id in ids:
        left.put(claim_id)
    progress = Progress()

    def send() -> None:
        browser = Browser(served.port, house.client_of("ada"))
        while True:
            try:
                claim_id = left.get_nowait()
            except Empty:
                return
            fields: dict[str, object] = {"version": "1", "is_true": "y"}
            while not progress.note(
                claim_id, browser.post(f"/maplewood/claims/{ref_of(claim_id)}/submission", fields)
            ):
                time.sleep(0.05)

    with processes(house, tmp_path) as served, ThreadPoolExecutor(SENDERS) as pool:
        senders = [pool.submit(send) for _ in range(SENDERS)]
        kills = _kill_again_and_again(served, progress)
        for sender in senders:
            sender.result()
        served.kill()
        # Nothing was put in order meanwhile: the next start finds the disk as the last kill left it.
        began = time.monotonic()
        served.start()
        assert Browser(served.port, house.client_of("ada")).get("/readyz") == 200
        seconds = time.monotonic() - began
        complaints = served.log()

    print(
        f"{len(progress.acknowledged)} acknowledged under {kills} kills, {progress.lost_connections} connections"
        f" lost, up again in {seconds:.1f} s"
    )
    assert kills >= KILLS
    assert progress.lost_connections > 0, "no kill met a request: the test showed nothing"
    assert progress.refused == [], complaints
    with house.database.session(house.maplewood.id) as session:
        submitted = set(session.scalars(sa.select(Claim.id).where(Claim.state == ClaimState.SUBMITTED)))
        assert progress.acknowledged - submitted == set()
        # Sent again after a lost answer, sent once: one step and one audit entry each.
        assert session.scalar(_count(ClaimStep).where(ClaimStep.step == Step.SUBMIT)) == CLAIMS
        assert session.scalar(_count(AuditEntry).where(AuditEntry.action == "claim.submitted")) == CLAIMS
        assert first_break(session) is None


def _kill_again_and_again(served: Processes, progress: Progress) -> int:
    """Kill the server each time that another part of the claims is through, at no particular moment; count it."""
    dice = random.Random(2014)
    for kill in range(1, KILLS + 1):
        enough = CLAIMS * kill // (KILLS + 1)
        while len(progress.acknowledged) < enough and not progress.refused:
            time.sleep(0.002)
        time.sleep(dice.uniform(0, 0.02))
        served.kill()
        served.start()
    return KILLS


def _count(model: type[object]) -> sa.Select[tuple[int]]:
    return sa.select(sa.func.count()).select_from(model)
