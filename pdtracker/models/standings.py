"""Where licences stood when they were last counted, so that a district's list can be narrowed and sorted."""

from __future__ import annotations

from datetime import date, datetime
from fractions import Fraction

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.licence_standing import StandingState
from pdtracker.models.base import Base, DistrictBound, Exact, in_district, words


class LicenceStandingRow(DistrictBound, Base):
    """One licence as it was counted at a moment. Nothing rests on it: it can be counted again from the record.

    `gaps` are the ids of the requirements that lack something, each between bars (`|total|ell|`), `gap_names` their
    names and `gap_amounts` how much, in the same order; amounts are missing of what was counted before they were kept.
    `remarks` are what of it no record shows. `seen_id` is an identifier from before the count:
    what was written later may be missing.
    Of a licence with several cycles `is_current` is the one that runs.
    """

    __tablename__ = "licence_standing"

    licence_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    person_id: Mapped[int]
    is_current: Mapped[bool]
    as_of: Mapped[date]
    counted_at: Mapped[datetime]
    seen_id: Mapped[int]
    ends_on: Mapped[date]
    state: Mapped[StandingState] = mapped_column(words(StandingState))
    earned: Mapped[Fraction] = mapped_column(Exact)
    pending: Mapped[Fraction] = mapped_column(Exact)
    required: Mapped[Fraction] = mapped_column(Exact)
    behind_minutes: Mapped[int]
    pace: Mapped[str]
    gaps: Mapped[str]
    gap_names: Mapped[str]
    gap_amounts: Mapped[str] = mapped_column(default="", server_default="")
    missing: Mapped[str]
    remarks: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (
        in_district("licence_id", to="licence"),
        in_district("person_id", to="person"),
        sa.Index("ix_licence_standing_behind", "district_id", "behind_minutes", "licence_id"),
        sa.Index("ix_licence_standing_person", "district_id", "person_id"),
    )
