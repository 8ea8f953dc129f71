"""Which columns of a list say what, kept under a name for the next list of its kind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeVar

import sqlalchemy as sa

from pdtracker.domain.refusals import NotValid
from pdtracker.models.ids import new_id
from pdtracker.models.imports import AttendanceProfile
from pdtracker.models.rosters import RosterProfile
from pdtracker.scope import Scope

Profile = TypeVar("Profile", AttendanceProfile, RosterProfile)

_MOST: Final = 100


def keep_columns(
    scope: Scope,
    kind: type[Profile],
    name: str,
    columns: Mapping[str, str],
    *,
    field: str,
) -> int:
    """Keep the columns, in place of those that had the name; gives the profile's id.

    Not an action by itself. Raises NotValid, with the sentence at `field`, when there are too many.
    """
    found = scope.session.scalar(sa.select(kind).where(kind.name == name))
    if found is None:
        if (scope.session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0) >= _MOST:
            raise NotValid({field: f"There are {_MOST} of them already. Use the name of one to replace it."})
        found = kind(id=new_id(), name=name, created_at=scope.at)
        scope.session.add(found)
    found.columns = dict(columns)
    return found.id
