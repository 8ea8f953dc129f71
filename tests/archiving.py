"""A drill for tests: an instance with certificates under several keys, its shutdown kit, and how it is asked."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from pdtracker.actions.keys import rotate_key
from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.commands._kit import write_archive
from pdtracker.domain.claim import ClaimState
from pdtracker.models.certificates import Certificate
from pdtracker.queries.certificates import certificate
from pdtracker.queries.status_lists import Publisher
from pdtracker.queries.verification import pdf_of
from tests.certifying import LATER, Numbers, reissue, revoke
from tests.factories import AN_ISSUER, NOW, Cast, a_claim

PUBLISHER = Publisher.of("https://pd.example", AN_ISSUER.secrets)
SHUT = LATER + timedelta(days=100)
"""The day on which the service ends."""


@dataclass(frozen=True)
class Drill:
    """The kit's folder, and for each certificate its file and the verdict that is right."""

    kit: Path
    files: dict[str, bytes]
    verdicts: dict[str, str]


def a_drill(cast: Cast, folder: Path, *, batches: int = 4, each: int = 60) -> Drill:
    """Certificates of Ada's under as many keys as batches; of each batch two are revoked and one is issued again."""
    for batch in range(batches):
        at = NOW + timedelta(days=batch)
        _certify(cast, batch, each)
        if batch < batches - 1:
            rotate_key(cast.operator(at=at + timedelta(hours=20)), issuer=AN_ISSUER)
    scope = cast.scope("cam")
    found = [
        Numbers(*row) for row in scope.session.execute(sa.select(Certificate.serial, Certificate.code)).all()
    ]
    scope.session.rollback()
    verdicts = {numbers.serial: "genuine" for numbers in found}
    for place, numbers in enumerate(found):
        if place % each in (3, 17):
            revoke(cast, numbers)
            cast.open.close()
            verdicts[numbers.serial] = "revoked"
        elif place % each == 5:
            verdicts[reissue(cast, numbers).serial] = "genuine"
            verdicts[numbers.serial] = "superseded"
            # Every scope has a session of its own.
            cast.open.close()
    scope = cast.scope("cam")
    files = {serial: pdf_of(certificate(scope, serial)) for serial in verdicts}
    cast.open.close()
    write_archive(cast.database, PUBLISHER, folder, SHUT)
    return Drill(folder, files, verdicts)


def _certify(cast: Cast, batch: int, each: int) -> None:
    """So many hours of Ada's, long before, each at a time of its own."""
    at = NOW + timedelta(days=batch)
    hers = cast.scope("ada", at)
    wishes = []
    for place in range(each):
        ended_at = at - timedelta(days=2 + batch * 17 + place // 4, hours=3 * (place % 4))
        span = {"starts_at": ended_at - timedelta(hours=1), "ends_at": ended_at}
        wishes.append(Wish(a_claim(hers, ClaimState.SUBMITTED, title=f"Session {batch}-{place}", **span), 1))
    outcomes = approve_claims(cast.scope("bo", at), wishes, AN_ISSUER, key=secrets.token_hex(16))
    assert [one.refusal for one in outcomes] == [None] * each


def ask(drill_kit: Path, files: Iterable[Path], *more: str) -> tuple[int, list[dict[str, Any]], str]:
    """Ask the kit's program in a process that has nothing but Python itself: no package, no database, no settings."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(drill_kit / "verify.py"), "--json", *more, *map(str, files)],
        cwd="/",
        env={},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    told = [json.loads(line) for line in done.stdout.decode().splitlines()]
    return done.returncode, told, done.stderr.decode()
