"""kill -9 of workers over a job: another one takes it over, and each claim is decided exactly once.

The suite kills three times. PDTRACKER_TEST_JOB_CLAIMS=5000 PDTRACKER_TEST_JOB_KILLS=50 is the full run.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from pdtracker.audit import first_break
from pdtracker.domain.claim import ClaimState, Step
from pdtracker.domain.job import JobState
from pdtracker.models.certificates import Certificate
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.credit import Award
from pdtracker.models.jobs import PeriodicSlot
from pdtracker.models.records import OutboxMail
from tests.factories import Cast
from tests.waiting import many_waiting_claims
from tests.working import approve_all, stands

CLAIMS = int(os.environ.get("PDTRACKER_TEST_JOB_CLAIMS", "120"))
KILLS = int(os.environ.get("PDTRACKER_TEST_JOB_KILLS", "3"))

# The command itself, but for a lease that a test can wait for.
WORKER = """
import sys
from datetime import timedelta
from pdtracker import jobs
from pdtracker.actions import leases
from pdtracker.cli import main
leases.LEASE = timedelta(seconds=1)
jobs.POLL_SECONDS = 0.05
sys.exit(main(["worker"]))
"""


@contextmanager
def a_worker(cast: Cast, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own, killed at the end."""
    environment = {
        **os.environ,
        "DATABASE_URL": cast.settings.database_url,
        "SECRET_KEY": cast.settings.secret_key,
        "PDTRACKER_INSTANCE": str(folder),
        "LOG_LEVEL": "ERROR",
    }
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER], env=environment, cwd=root, stdout=subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def wait_until_done(cast: Cast, job_id: int, least: int) -> None:
    """Until so many parts of the job are through."""
    deadline = time.monotonic() + 120
    while (job := stands(cast, job_id)).done < least and job.is_open:
        assert time.monotonic() < deadline, job
        time.sleep(0.02)


@pytest.mark.slow
def test_a_killed_worker_is_taken_over_and_nothing_is_done_twice(cast: Cast, tmp_path: Path) -> None:
    # Without `hold` in the transaction of the part, or without `lease_until` in `due`, this fails.
    ids, dice = many_waiting_claims(cast.scope("ada"), CLAIMS), random.Random(2014)
    job_id = approve_all(cast, ids)
    for kill in range(1, KILLS + 1):
        with a_worker(cast, tmp_path):
            wait_until_done(cast, job_id, CLAIMS * kill // (KILLS + 2))
            time.sleep(dice.uniform(0, 0.02))
        assert stands(cast, job_id).is_open, "no kill met the job: the test showed nothing"
    # Two at once finish it.
    with a_worker(cast, tmp_path), a_worker(cast, tmp_path):
        deadline = time.monotonic() + 300
        while stands(cast, job_id).is_open:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    job = stands(cast, job_id)
    assert (job.state, job.done) == (JobState.DONE, CLAIMS)
    with cast.database.session(cast.maplewood.id) as session:
        credited = sa.select(sa.func.count()).select_from(Claim).where(Claim.state == ClaimState.CREDITED)
        assert session.scalar(credited) == CLAIMS
        approvals = sa.select(sa.func.count()).select_from(ClaimStep).where(ClaimStep.step == Step.APPROVE)
        assert session.scalar(approvals) == CLAIMS
        for model in (Award, Certificate, OutboxMail):
            assert session.scalar(sa.select(sa.func.count()).select_from(model)) == CLAIMS, model
        assert first_break(session) is None
    with cast.database.session(None, installation=True) as doors:
        # What comes with the time was done by one of them: the others found its stretch taken.
        purges = doors.scalars(sa.select(PeriodicSlot.slot).where(PeriodicSlot.kind == "purge")).all()
        assert 1 <= len(purges) <= 2
