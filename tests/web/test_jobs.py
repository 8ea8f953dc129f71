"""The page of the district's jobs: who sees it, and what an administrator can do there."""

from __future__ import annotations

from datetime import UTC, datetime

from pdtracker.actions.leases import take_job
from pdtracker.domain.job import LEASE, MOST_ATTEMPTS, JobState
from pdtracker.domain.refs import ref_of
from tests.factories import House
from tests.waiting import many_waiting_claims
from tests.working import approve_all, stands, work_off


def test_only_an_administrator_sees_and_cancels_the_districts_jobs(house: House) -> None:
    job_id = approve_all(house, many_waiting_claims(house.scope("ada"), 2))
    cancellation = f"/maplewood/jobs/{ref_of(job_id)}/cancellation"
    assert house.client_of("bo").get("/maplewood/jobs").status_code == 403
    assert house.client_of("rex").get("/maplewood/jobs").status_code == 404
    cam = house.client_of("cam")
    page = cam.get("/maplewood/jobs")
    assert "Decide claims" in page.text
    assert "Bo Tran" in page.text
    assert "0 of 2" in page.text
    assert cam.post(cancellation).status_code == 303
    assert "Cancelled" in cam.get("/maplewood/jobs").text
    assert cam.post(cancellation).status_code == 409
    assert stands(house, job_id).state is JobState.CANCELLED


def test_what_was_given_up_goes_on_when_an_administrator_says_so(house: House) -> None:
    job_id, at = approve_all(house, many_waiting_claims(house.scope("ada"), 1)), datetime.now(UTC)
    with house.database.session(house.maplewood.id) as session:
        for attempt in range(MOST_ATTEMPTS):
            assert take_job(session, job_id, owner="dies", at=at + LEASE * attempt) is not None
    work_off(house, at + LEASE * MOST_ATTEMPTS)
    cam = house.client_of("cam")
    page = cam.get("/maplewood/jobs").text
    assert "Given up" in page
    assert "Let it go on" in page
    assert cam.post(f"/maplewood/jobs/{ref_of(job_id)}/retry").status_code == 303
    work_off(house, datetime.now(UTC))
    assert stands(house, job_id).state is JobState.DONE


def test_a_long_list_has_pages(house: House) -> None:
    ids = many_waiting_claims(house.scope("ada"), 52)
    for number, claim_id in enumerate(ids):
        approve_all(house, [claim_id], key=str(number))
    cam = house.client_of("cam")
    first = cam.get("/maplewood/jobs")
    assert first.text.count("Decide claims</th>") + first.text.count("Decide claims <small>") == 50
    assert "after=" in first.text
    assert cam.get("/maplewood/jobs?after=nonsense").status_code == 404
