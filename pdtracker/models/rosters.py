"""Rosters: by which keys other systems know the people and schools, each import, and what it did with whom."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from pdtracker.domain.access import Role
from pdtracker.domain.roster import RosterAction, RosterFormat, RosterMode, RosterState
from pdtracker.models.base import Base, DistrictBound, DistrictOwned, in_district, words


class RosterImport(DistrictOwned, Base):
    """A roster that somebody brought. The file isn't kept: it holds more than anybody needs, and passwords perhaps.

    `listed` is what was read of schools and staff, compressed, until the import is confirmed.
    """

    __tablename__ = "roster_import"

    source: Mapped[RosterFormat] = mapped_column(words(RosterFormat))
    version: Mapped[str | None]
    mode: Mapped[RosterMode] = mapped_column(words(RosterMode))
    state: Mapped[RosterState] = mapped_column(words(RosterState))
    file_name: Mapped[str]
    file_sha256: Mapped[str]
    # Nobody, when an operator imported it from the command line.
    by_person_id: Mapped[int | None]
    by_name: Mapped[str]
    created_at: Mapped[datetime]
    committed_at: Mapped[datetime | None]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str]
    listed: Mapped[bytes | None] = mapped_column(sa.LargeBinary, deferred=True)
    # The headings of an HR list, with its first rows, while somebody has to choose its columns.
    columns: Mapped[dict[str, Any] | None]
    counts: Mapped[dict[str, Any]]
    refused: Mapped[list[Any]]
    warnings: Mapped[list[Any]]
    needs_second_yes: Mapped[bool]

    __table_args__ = (
        in_district("by_person_id", to="person"),
        sa.Index("ix_roster_import_state", "district_id", "state", "created_at"),
    )


class RosterLine(DistrictOwned, Base):
    """What an import would do, or did, with one person; whom it leaves as they are has none.

    `before` is what the person was, for undo to go back to; `stayed` says why undo left them.
    """

    __tablename__ = "roster_line"

    import_id: Mapped[int]
    position: Mapped[int]
    # No key to the person: whom undo takes away is gone.
    person_id: Mapped[int | None]
    action: Mapped[RosterAction] = mapped_column(words(RosterAction))
    key: Mapped[str]
    file: Mapped[str]
    line: Mapped[int]
    name: Mapped[str]
    email: Mapped[str]
    schools: Mapped[list[Any]]
    role: Mapped[Role | None] = mapped_column(words(Role))
    changes: Mapped[list[Any]]
    why: Mapped[str]
    before: Mapped[dict[str, Any] | None]
    stayed: Mapped[str]

    __table_args__ = (
        in_district("import_id", to="roster_import"),
        sa.Index("ix_roster_line_import", "district_id", "import_id", "action", "position"),
    )


class RosterPerson(DistrictBound, Base):
    """By which key rosters of a source know a person, and what they last said of where and as what they work."""

    __tablename__ = "roster_person"

    source: Mapped[RosterFormat] = mapped_column(words(RosterFormat), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int]
    role: Mapped[Role | None] = mapped_column(words(Role))
    school_keys: Mapped[list[Any]]
    import_id: Mapped[int]

    __table_args__ = (
        in_district("person_id", to="person"),
        sa.UniqueConstraint("district_id", "person_id", "source"),
    )


class RosterSchool(DistrictBound, Base):
    """By which key rosters of a source know a school."""

    __tablename__ = "roster_school"

    source: Mapped[RosterFormat] = mapped_column(words(RosterFormat), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    school_id: Mapped[int]
    import_id: Mapped[int]

    __table_args__ = (in_district("school_id", to="school"),)


class RosterProfile(DistrictOwned, Base):
    """Which columns of a personnel office's list say what, kept under a name."""

    __tablename__ = "roster_profile"

    name: Mapped[str]
    columns: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]

    __table_args__ = (sa.UniqueConstraint("district_id", "name"),)
