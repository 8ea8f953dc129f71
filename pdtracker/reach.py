"""What a statement reaches: it is bound to one district, or refused.

A statement is bound by criteria on the mapped classes that it names, wherever in it they stand. What has no mapped
class behind it (a bare table, SQL text) can't be bound, so it is refused also as a part of a larger statement.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.dml import Update
from sqlalchemy.sql.elements import ColumnClause, TextClause
from sqlalchemy.sql.selectable import Join, Select

from pdtracker.models.base import Directory, DistrictBound, Installation, SharedOrOwned

DISTRICT: Final = "district_of_the_session"
"""The parameter of a reading statement whose value is the session's district, whatever the statement's own say."""

_OWN = sa.bindparam(DISTRICT, type_=sa.BigInteger())
_MAPPED = {"parententity", "parentmapper"}


class ForeignRow(RuntimeError):
    """A programmer's error: a statement or an object reached for something outside the session's district."""


def require_scoped(
    statement: Any, models: Collection[type[Any]], district: int | None, *, installation: bool, changes: bool
) -> None:
    """Refuse a statement that criteria can't bind, or that reaches beyond what the session may see or change."""
    if not isinstance(statement, Select | sa.CompoundSelect | Update | sa.Delete):
        raise ForeignRow("A district's session runs ORM statements only.")
    known = {model.__table__ for model in models}
    if loose := _unmapped_part(statement, known):
        raise ForeignRow(f"No district can be added to {loose}: name the mapped class.")
    if isinstance(statement, Update) and _moves_a_row(statement):
        raise ForeignRow("A row does not move to another district.")
    for model in models:
        _require_reach(model, district, installation=installation)
        if changes and not installation and not issubclass(model, DistrictBound | Directory | SharedOrOwned):
            raise ForeignRow(f"{model.__name__} belongs to no district.")


@cache
def reading_criteria(*, is_nobodys: bool, installation: bool) -> tuple[Any, ...]:
    """What is added to every statement that reads: own rows; own or shared rows of the calendar; nothing else.

    Whose rows are one's own is the value of `DISTRICT`: one statement serves all districts, and without the value it
    doesn't run. `is_nobodys` is for a session without a district: the shared rows only, and what the doors may see.
    """
    if not is_nobodys:
        return (
            with_loader_criteria(DistrictBound, lambda cls: cls.district_id == _OWN, include_aliases=True),
            with_loader_criteria(Directory, lambda cls: cls.district_id == _OWN, include_aliases=True),
            with_loader_criteria(
                SharedOrOwned,
                lambda cls: sa.or_(cls.district_id == _OWN, cls.district_id.is_(None)),
                include_aliases=True,
            ),
        )
    shared = (
        with_loader_criteria(DistrictBound, lambda _: sa.false(), include_aliases=True),
        with_loader_criteria(SharedOrOwned, lambda cls: cls.district_id.is_(None), include_aliases=True),
    )
    if installation:
        return shared
    return (*shared, with_loader_criteria(Directory, lambda _: sa.false(), include_aliases=True))


def changing_criteria(district: int | None, *, installation: bool) -> tuple[Any, ...]:
    """What is added to every statement that changes rows: a shared row is changed by no district."""
    if district is None:
        return reading_criteria(is_nobodys=True, installation=installation)
    return tuple(
        with_loader_criteria(
            kind,
            lambda cls: cls.district_id == sa.type_coerce(district, sa.BigInteger),
            include_aliases=True,
        )
        for kind in (DistrictBound, Directory, SharedOrOwned)
    )


def _require_reach(model: type[Any], district: int | None, *, installation: bool) -> None:
    if issubclass(model, Installation) and not installation:
        raise ForeignRow(f"{model.__name__} belongs to the installation.")
    if issubclass(model, DistrictBound) and district is None:
        raise ForeignRow(f"{model.__name__} needs a district.")
    if issubclass(model, Directory) and district is None and not installation:
        raise ForeignRow(f"{model.__name__} needs a district or the doors.")


def _moves_a_row(statement: Update) -> bool:
    return any(getattr(column, "key", column) == "district_id" for column in statement._values or ())


def _unmapped_part(statement: Any, known: Collection[sa.FromClause]) -> str | None:
    """The first part of a statement that no mapped class stands behind; some 20 microseconds for most.

    `known` are the tables of the classes that the statement selects or changes: a bare column of one of them (the
    mapper itself looks rows up by such) means the same, bound table.
    """
    for part in visitors.iterate(statement):
        match part:
            case TextClause():
                return "SQL text"
            case ColumnClause() if part.is_literal and part.name != "*":
                return "a literal column"
            case ColumnClause() if part.table not in known and not _is_mapped(part) and _is_bare(part.table):
                return f"the bare column {part.name}"
            case Select() if any(_is_bare(source) for source in _sources(part)):
                return "a bare table"
            case Join() if _is_bare(part.left) or _is_bare(part.right):
                return "a bare table"
            case _:
                continue
    return None


def _sources(select: Select[Any]) -> list[Any]:
    return [*select._from_obj, *(target for target, *_ in select._setup_joins)]


def _is_mapped(part: Any) -> bool:
    return not _MAPPED.isdisjoint(part._annotations)


def _is_bare(source: Any) -> bool:
    """Whether it is a table, or an alias of one, that was not reached through a mapped class."""
    if source is None or _is_mapped(source):
        return False
    return isinstance(source, sa.Table) or (isinstance(source, sa.Alias) and _is_bare(source.element))
