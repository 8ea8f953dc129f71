"""The designs that a district chose, and the pictures that certificates are drawn from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from pdtracker.db import DistrictSession
from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.certificate_design import CertificateDesign
from pdtracker.models.certificate_designs import CertificateDesign as DesignRow
from pdtracker.models.certificate_designs import CertificatePicture
from pdtracker.models.people import Person
from pdtracker.pdf.logos import Logo, read_logo


@dataclass(frozen=True, slots=True)
class DesignVersion:
    """A version of the design, who chose it, and when."""

    version: int
    design: CertificateDesign
    by_name: str
    at: datetime


def design_versions(session: DistrictSession) -> tuple[DesignVersion, ...]:
    """Every version of the session's district, the newest first. One statement."""
    rows = session.execute(
        sa.select(DesignRow.version, DesignRow.document, DesignRow.chosen_at, Person.name)
        .join(Person, Person.id == DesignRow.chosen_by_id)
        .order_by(DesignRow.version.desc())
    )
    return tuple(
        DesignVersion(row.version, CertificateDesign.from_document(row.document), row.name, row.chosen_at)
        for row in rows
    )


def newest_design(session: DistrictSession) -> CertificateDesign | None:
    """The design under which the session's district issues, None while it chose none. One statement."""
    document = session.scalar(sa.select(DesignRow.document).order_by(DesignRow.version.desc()).limit(1))
    return CertificateDesign.from_document(document) if document is not None else None


def kept_pictures(session: DistrictSession, digests: Sequence[str] | None = None) -> Mapping[str, bytes]:
    """The district's pictures as PNG by their digests: these, or with None all of them. One statement."""
    if digests is not None and not digests:
        return {}
    wanted = sa.select(CertificatePicture.digest, CertificatePicture.png)
    if digests is not None:
        wanted = wanted.where(CertificatePicture.digest.in_(digests))
    return {row.digest: row.png for row in session.execute(wanted)}


def named_pictures(snapshot: Snapshot) -> tuple[str, ...]:
    """The digests of the pictures that a certificate is drawn from."""
    marks = (snapshot.district.mark,) if snapshot.district.mark else ()
    return (*marks, *(snapshot.appearance.signatures if snapshot.appearance else ()))


def pictures_of(
    mark: str | None, signatures: Sequence[str], kept: Mapping[str, bytes]
) -> tuple[Logo | None, tuple[Logo, ...]]:
    """The logo and the signatures as `render` takes them; what isn't kept is left out, and `render` says so."""
    logo = read_logo(kept[mark]) if mark is not None and mark in kept else None
    return logo, tuple(read_logo(kept[digest]) for digest in signatures if digest in kept)
