"""A hall that checks in at once, each scan sent twice as a phone with a bad network does: none lost, none doubled.

The suite scans 120 badges. PDTRACKER_TEST_CHECK_INS=2000 is the full run:

    PDTRACKER_TEST_CHECK_INS=2000 pytest -s tests/races/test_many_check_ins.py
"""

from __future__ import annotations

import os
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from queue import Empty, SimpleQueue

import pytest
import sqlalchemy as sa

from pdtracker.audit import first_break
from pdtracker.domain.check_in_codes import badge_of
from pdtracker.domain.refs import ref_of
from pdtracker.models.check_ins import CheckIn
from pdtracker.models.records import AuditEntry
from tests.checking_in import a_desk, more_teachers
from tests.factories import House
from tests.harness.processes import Browser, processes

CHECK_INS = int(os.environ.get("PDTRACKER_TEST_CHECK_INS", "120"))
SCANNERS = ("hal", "cam", "hal", "cam")


@pytest.mark.slow
def test_no_check_in_is_lost_or_doubled(house: House, tmp_path: Path) -> None:
    # What makes it so: the nonce is looked up under the lock of whoever scans, and unique beside them. Without
    # `lock_me` in `scan_badge` two equal requests that run at once both find nothing, and one answers 500.
    desk = a_desk(house, datetime.now(UTC))
    people = more_teachers(house, CHECK_INS)
    left: SimpleQueue[tuple[str, str]] = SimpleQueue()
    for number, person_id in enumerate(people):
        for _ in range(2):
            left.put((badge_of(desk.secret, desk.id, person_id), f"nonce-{number:06}"))
    path = f"/maplewood/desks/{ref_of(desk.id)}/scanner"

    def scan(name: str) -> list[int | None]:
        browser, answers = Browser(served.port, house.client_of(name)), []
        while True:
            try:
                badge, nonce = left.get_nowait()
            except Empty:
                return answers
            answers.append(browser.post(path, {"badge": badge, "mark": "in", "nonce": f"{name}-{nonce}"}))

    with processes(house, tmp_path) as served, ThreadPoolExecutor(len(SCANNERS)) as pool:
        assert Browser(served.port, house.client_of("hal")).get("/readyz") == 200
        began = time.monotonic()
        answers = [status for one in pool.map(scan, SCANNERS) for status in one]
        seconds = time.monotonic() - began
        complaints = served.log()

    print(
        f"{len(answers)} scans of {CHECK_INS} badges in {seconds:.1f} s, {len(answers) / seconds:.0f} a second"
    )
    assert Counter(answers) == {303: 2 * CHECK_INS}, complaints
    with house.database.session(house.maplewood.id) as session:
        noted = Counter(session.scalars(sa.select(CheckIn.person_id)))
        assert set(noted) == set(people)
        by_scanner = session.execute(
            sa.select(CheckIn.person_id, CheckIn.by_person_id, sa.func.count()).group_by(
                CheckIn.person_id, CheckIn.by_person_id
            )
        )
        assert {row[2] for row in by_scanner} == {1}
        entries = session.scalar(
            sa.select(sa.func.count()).select_from(AuditEntry).where(AuditEntry.action == "check_in.in")
        )
        assert entries == sum(noted.values())
        assert first_break(session) is None
