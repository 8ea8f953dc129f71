"""How a district's certificates look, and the pictures that they were drawn from."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.models.base import Base, DistrictOwned, in_district


class CertificatePicture(DistrictOwned, Base):
    """A seal, logo or signature by the digest of what it shows: never changed or removed, for certificates name it.

    `png` holds a PNG, or of a logo that came as SVG the drawing of `pdf.drawings`.
    """

    __tablename__ = "certificate_picture"

    digest: Mapped[str]
    png: Mapped[bytes] = mapped_column(sa.LargeBinary)
    kept_at: Mapped[datetime]

    __table_args__ = (
        sa.UniqueConstraint("district_id", "digest"),
        sa.CheckConstraint("length(digest) = 64", name="digest"),
    )


class CertificateDesign(DistrictOwned, Base):
    """A version of the design: never changed, only followed."""

    __tablename__ = "certificate_design"

    version: Mapped[int]
    document: Mapped[dict[str, Any]]
    chosen_by_id: Mapped[int]
    chosen_at: Mapped[datetime]

    __table_args__ = (
        in_district("chosen_by_id", to="person"),
        sa.UniqueConstraint("district_id", "version"),
        sa.CheckConstraint("version >= 1", name="version"),
    )
