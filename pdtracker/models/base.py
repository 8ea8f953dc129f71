"""What all tables share: naming of constraints, column types, and the four kinds of ownership."""

from __future__ import annotations

import enum
from collections.abc import Callable
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.sql.compiler import SQLCompiler

from pdtracker.domain.regimes.quantities import amount_text, is_decimal
from pdtracker.models.ids import new_id

NAMING = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
}


class Instant(sa.TypeDecorator[datetime]):
    """A moment in UTC. Takes and gives aware datetimes only, on both databases."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Refuse a naive datetime: a moment without a zone is not a moment."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"A moment needs a zone: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """SQLite keeps no zone; what was stored is UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(
        self, dialect: sa.Dialect, coltype: object
    ) -> Callable[[str | None], datetime | None] | None:
        """Read SQLite's text in one step: a list of many rows is mostly made of moments."""
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


class Amount(sa.TypeDecorator[Fraction]):
    """An exact amount, kept as decimal text: neither database has a type that both write alike."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: sa.Dialect) -> str | None:
        """Refuse what no decimal says exactly, rather than round it."""
        if value is None:
            return None
        if not is_decimal(value):
            raise ValueError(f"No decimal says {value} exactly.")
        return amount_text(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Fraction | None:
        """The amount, exactly."""
        return None if value is None else Fraction(value)


class Exact(sa.TypeDecorator[Fraction]):
    """An exact amount that may have no decimals, as text: `1/6`, `99.5` as `199/2`. For what is computed, not typed."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Fraction | None, dialect: sa.Dialect) -> str | None:
        """As a fraction."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> Fraction | None:
        """The amount, exactly."""
        return None if value is None else Fraction(value)


class DayAfter(sa.FunctionElement[datetime]):
    """The moment 24 hours after that of a column."""

    inherit_cache = True
    type = Instant()


class DayBefore(sa.FunctionElement[datetime]):
    """The moment 24 hours before that of a column."""

    inherit_cache = True
    type = Instant()


class HoursBetween(sa.FunctionElement[int]):
    """The whole hours from the moment of one column to that of another, parts of an hour left off."""

    inherit_cache = True
    type = sa.BigInteger()


@compiles(HoursBetween)
def _hours_between(element: HoursBetween, compiler: SQLCompiler, **more: Any) -> str:
    first, last = (compiler.process(part, **more) for part in element.clauses)
    if compiler.dialect.name == "sqlite":
        return (
            f"((CAST(strftime('%s', {last}) AS INTEGER) - CAST(strftime('%s', {first}) AS INTEGER)) / 3600)"
        )
    return f"CAST(trunc(extract(epoch FROM {last} - {first}) / 3600) AS BIGINT)"


class UtcDay(sa.FunctionElement[date]):
    """The day, in UTC, of the moment of a column."""

    inherit_cache = True
    type = sa.Date()


@compiles(UtcDay)
def _utc_day(element: UtcDay, compiler: SQLCompiler, **more: Any) -> str:
    at = compiler.process(element.clauses, **more)
    if compiler.dialect.name == "sqlite":
        return f"date({at})"
    # The server may count its days by another zone.
    return f"CAST({at} AT TIME ZONE 'UTC' AS DATE)"


@compiles(DayAfter)
@compiles(DayBefore)
def _a_day_away(element: DayAfter | DayBefore, compiler: SQLCompiler, **more: Any) -> str:
    sign = "-" if isinstance(element, DayBefore) else "+"
    at = compiler.process(element.clauses, **more)
    if compiler.dialect.name == "sqlite":
        # As the driver writes a moment, so that both compare as text.
        return f"strftime('%Y-%m-%d %H:%M:%S.000000', {at}, '{sign}1 day')"
    return f"({at} {sign} interval '24 hours')"


def words(members: type[enum.StrEnum], name: str | None = None) -> sa.Enum:
    """A column type for a closed set of words, kept as text with a CHECK, so that both databases state it.

    `name` distinguishes the CHECKs of two columns of one table that draw from the same set.
    """
    return sa.Enum(
        members,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=32,
        name=name or members.__name__.lower(),
        values_callable=lambda kind: [member.value for member in kind],
    )


class Base(DeclarativeBase):
    """The one registry of tables."""

    metadata = sa.MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Instant(),
        int: sa.BigInteger(),
        str: sa.Text(),
        dict[str, Any]: sa.JSON(),
        list[Any]: sa.JSON(),
    }


class Installation:
    """A table of the whole installation (accounts, sign-ins): a district's session may not touch it."""


class DistrictBound:
    """A table whose every row belongs to one district; the district stands first in its key."""

    district_id: Mapped[int] = mapped_column(
        sa.ForeignKey("district.id"), primary_key=True, autoincrement=False, sort_order=-2
    )


class DistrictOwned(DistrictBound):
    """A district's table with rows of their own identity: the key is `(district_id, id)`."""

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False, sort_order=-1)


class Directory:
    """A table that leads from a global name to a district: written by its district only, read by the doors."""

    district_id: Mapped[int] = mapped_column(sa.ForeignKey("district.id"), sort_order=5)


class SharedOrOwned:
    """A table of the calendar: a row without a district is shared by all and written by none of them."""

    id: Mapped[int] = mapped_column(primary_key=True, default=new_id, autoincrement=False, sort_order=-1)
    district_id: Mapped[int | None] = mapped_column(sa.ForeignKey("district.id"), index=True, sort_order=-2)


def in_district(column: str, *also: str, to: str) -> sa.ForeignKeyConstraint:
    """A composite foreign key `(district_id, column, also...)`, so that no row can point into another district.

    `to` is the table whose `(district_id, id, also...)` is meant.
    """
    return sa.ForeignKeyConstraint(
        ["district_id", column, *also],
        [f"{to}.district_id", f"{to}.id", *(f"{to}.{name}" for name in also)],
    )
