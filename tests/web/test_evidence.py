"""Evidence files are given out as attachments, to those who may read the claim."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from pdtracker.commands.doctor import records_faults
from pdtracker.domain.refs import ref_of
from pdtracker.queries import evidence
from tests.actions.test_evidence import PDF
from tests.claiming import complete, page_of, send, today
from tests.factories import House
from tests.reviewing_client import fields, texts
from tests.web.test_attendance import Step


def _uploaded(house: House) -> tuple[Step, str]:
    step = Step(house)
    step.send(evidence="file", file=(io.BytesIO(PDF), 'no"tes\r\nX: 1.pdf'), then="more")
    (piece,) = evidence.evidence(today(house), step.claim_id)
    return step, page_of(step.claim_id, f"/evidence/{ref_of(piece.id)}")


def test_a_file_comes_back_as_an_attachment_in_a_sandbox(house: House) -> None:
    step, address = _uploaded(house)
    answer = step.ada.get(address)
    assert answer.data == PDF
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in answer.headers["Cache-Control"]
    answer.close()


@pytest.mark.parametrize("change", [lambda file: file.write_bytes(PDF + b" "), lambda file: file.unlink()])
def test_a_file_that_is_no_longer_what_was_brought_is_found_and_not_given_out(
    house: House, change: Callable[[Path], object]
) -> None:
    step, address = _uploaded(house)
    assert records_faults(house.settings) == []
    (kept,) = house.settings.evidence.glob("*/??/*")
    change(kept)
    answer = step.ada.get(address)
    assert answer.status_code == 500
    assert "no longer what was brought" in texts(answer)
    assert f"is missing or altered ({kept.name})" in " ".join(records_faults(house.settings))


def test_it_is_for_the_claimant_and_for_those_who_may_read_the_claim(house: House) -> None:
    step, address = _uploaded(house)
    for name in ("bo", "cam", "hal", "dee"):
        assert house.client_of(name).get(address).status_code == 404
    complete(step.who, step.claim_id)
    send(step.who, step.claim_id)
    for name, status in (("bo", 200), ("cam", 200), ("hal", 404), ("dee", 404)):
        answer = house.client_of(name).get(address)
        assert answer.status_code == status, name
        answer.close()
    assert house.visitor().get(address).status_code == 303


def test_what_was_taken_out_is_not_given_out(house: House) -> None:
    step, address = _uploaded(house)
    (piece,) = evidence.evidence(today(house), step.claim_id)
    form = fields(step.ada.get(step.address), step.address)
    step.ada.post(step.address, data={**form, "remove": ref_of(piece.id)})
    assert step.ada.get(address).status_code == 404


def test_a_file_of_another_claim_is_not_reached_through_this_one(house: House) -> None:
    step, address = _uploaded(house)
    other = Step(house)
    assert (
        other.ada.get(page_of(other.claim_id) + address.removeprefix(page_of(step.claim_id))).status_code
        == 404
    )
