"""Certificates for tests: issued, revoked, issued again, and files that somebody changed."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pikepdf
import pypdfium2
import sqlalchemy as sa

from pdtracker.actions.certificates import reissue_certificate, revoke_certificate
from pdtracker.actions.policies import publish_policy
from pdtracker.domain.summary import SummaryKind
from pdtracker.models.certificates import Certificate
from pdtracker.models.events import Programme
from pdtracker.models.ids import new_id
from pdtracker.pdf.record import NAME
from pdtracker.queries import facts
from pdtracker.queries.certificates import certificate
from pdtracker.queries.verification import pdf_of
from tests.factories import AN_ISSUER, NOW, Cast, a_certificate

LATER = NOW + timedelta(days=134)
"""A day in March, long after the release: revocations and reissues happen then."""


@dataclass(frozen=True)
class Numbers:
    """What a certificate is called."""

    serial: str
    code: str


def certified(cast: Cast, at: datetime = NOW, **more: Any) -> Numbers:
    """A certificate of Ada's, approved by Bo; `more` sets columns of the claim."""
    return _numbers(cast, a_certificate(cast.scope("ada", at), cast.scope("bo", at), **more))


def certified_now(cast: Cast) -> Numbers:
    """One that has not left the house for the web, whose clock is the real one."""
    return certified(cast, datetime.now(UTC))


def revoke(cast: Cast, numbers: Numbers, reason: str = "The same hour was credited twice.") -> None:
    """Cam revokes it."""
    revoke_certificate(cast.scope("cam", LATER), numbers.serial, reason=reason, issuer=AN_ISSUER)


def reissue(cast: Cast, numbers: Numbers, reason: str = "The name was put right.") -> Numbers:
    """Cam issues it again."""
    serial = reissue_certificate(cast.scope("cam", LATER), numbers.serial, reason=reason, issuer=AN_ISSUER)
    return _numbers(cast, serial)


def a_programme(cast: Cast, ends_on: date = date(2014, 10, 31)) -> int:
    """One that is over by default, for events to belong to."""
    scope = cast.scope("cam")
    programme_id = new_id()
    with scope.session.writing():
        scope.session.add(
            Programme(
                id=programme_id,
                slug=f"month-{programme_id}",
                name="Connected Educator Month 2014",
                goals="",
                starts_on=date(2014, 10, 1),
                ends_on=ends_on,
                source=None,
            )
        )
    return programme_id


def sum_everything_up(cast: Cast) -> None:
    """Let Maplewood sum up all that there is to sum up."""
    scope = cast.scope("cam", NOW - timedelta(days=40))
    policy = facts.policies(scope)[0].policy
    publish_policy(
        scope,
        replace(policy, edition="2014-2", effective_from=date(2014, 9, 1), summaries=tuple(SummaryKind)),
    )


def pdf(cast: Cast, numbers: Numbers) -> bytes:
    """The certificate's file."""
    return pdf_of(certificate(cast.scope("cam"), numbers.serial))


def text_of(data: bytes) -> str:
    """What a PDF's text layer says."""
    document = pypdfium2.PdfDocument(data)
    try:
        return " ".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def with_record_of(data: bytes, other: bytes) -> bytes:
    """The pages of one certificate with the signed record of another."""
    with pikepdf.open(io.BytesIO(other)) as document:
        record = document.attachments[NAME].get_file().read_bytes()
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.Root.AF[0].EF.F.write(record)
        document.save(out, fix_metadata_version=False)
    return out.getvalue()


def with_page_changed(data: bytes) -> bytes:
    """The same file with one more line drawn on its page."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        document.pages[0].contents_add(b" 0 0 m 100 100 l S", prepend=False)
        document.save(out, fix_metadata_version=False)
    return out.getvalue()


def with_a_bit_flipped(data: bytes, chance: random.Random) -> bytes:
    """The same bytes but for one bit."""
    changed = bytearray(data)
    changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def tamper(cast: Cast, owner_url: str, numbers: Numbers, **columns: object) -> None:
    """Change the record behind everybody's back, as somebody with the database in their hands would."""
    cast.open.close()  # no session may hold the table that the owner changes
    engine = sa.create_engine(owner_url)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("ALTER TABLE certificate DISABLE TRIGGER USER")
            connection.exec_driver_sql("ALTER TABLE certificate NO FORCE ROW LEVEL SECURITY")
        else:
            found = connection.exec_driver_sql(
                "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'certificate'"
            )
            for (name,) in found.all():
                connection.exec_driver_sql(f"DROP TRIGGER {name}")
        changed = connection.execute(
            sa.update(Certificate.__table__).where(Certificate.code == numbers.code).values(**columns)
        )
        assert changed.rowcount == 1
    engine.dispose()


def _numbers(cast: Cast, serial: str) -> Numbers:
    scope = cast.scope("cam")
    code = scope.session.scalar(sa.select(Certificate.code).where(Certificate.serial == serial))
    scope.session.rollback()
    assert code is not None
    return Numbers(serial, code)
