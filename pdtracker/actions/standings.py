"""Keeping where licences stand, for the lists of a whole district."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from pdtracker.domain.access import Permission
from pdtracker.domain.licence_standing import gap_text
from pdtracker.models.ids import id_before
from pdtracker.models.standings import LicenceStandingRow
from pdtracker.queries.standings import Counted, counted, due_people
from pdtracker.scope import Scope, action

AT_ONCE = 400
"""People that are counted together: long enough to share statements, short enough that no writer waits."""

_UNSURE_SECONDS = 60
"""What another process wrote so shortly before may not have been visible yet."""


def count_licences(scope: Scope, *, at_most: int) -> int:
    """Counts what is due for at most so many people, and gives how many it was. Reads first, then writes briefly.

    For who sees everybody's credit: what one may not look at would be kept as if it weren't there.
    """
    scope.require(Permission.MANAGE_DISTRICT)
    today, done, last = scope.today, 0, 0
    while done < at_most:
        seen_id = id_before(_UNSURE_SECONDS)
        people = due_people(scope, today, last, min(AT_ONCE, at_most - done))
        if not people:
            break
        found = counted(scope, people, today)
        scope.session.rollback()
        keep_standings(scope, people, found, seen_id)
        # Onward by id: what was written a moment ago stays due for a minute, and is counted once in a round.
        done, last = done + len(people), people[-1]
    scope.session.rollback()
    return done


@action(Permission.MANAGE_DISTRICT)
def keep_standings(scope: Scope, person_ids: Collection[int], found: Sequence[Counted], seen_id: int) -> None:
    """Keep how the licences of these people stand, in place of what was kept before."""
    scope.session.execute(sa.delete(LicenceStandingRow).where(LicenceStandingRow.person_id.in_(person_ids)))
    scope.session.insert_rows(
        LicenceStandingRow,
        [
            {
                "licence_id": one.licence_id,
                "person_id": one.person_id,
                "is_current": one.is_current,
                "as_of": one.standing.as_of,
                "counted_at": scope.at,
                "seen_id": seen_id,
                "ends_on": one.standing.ends_on,
                "state": one.standing.state,
                "earned": one.standing.earned,
                "pending": one.standing.pending,
                "required": one.standing.required,
                "behind_minutes": one.standing.behind_minutes,
                "pace": one.standing.pace,
                "gaps": gap_text(tuple(gap.id for gap in one.standing.gaps)),
                "gap_names": gap_text(tuple(gap.name for gap in one.standing.gaps)),
                "gap_amounts": gap_text(tuple(str(gap.amount) for gap in one.standing.gaps)),
                "missing": one.standing.missing,
                "remarks": one.standing.remarks,
            }
            for one in found
        ],
    )
    scope.record(
        "licences.counted", "district", scope.district.id, people=len(person_ids), licences=len(found)
    )
