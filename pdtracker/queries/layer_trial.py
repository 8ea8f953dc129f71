"""What a layer that isn't published yet would do to the licences of the district."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import sqlalchemy as sa

from pdtracker.domain.layer_dry_run import LicenceChange
from pdtracker.models.licences import Licence
from pdtracker.queries.licence_record import records
from pdtracker.queries.licensing import Rules, licences_of, signed_end
from pdtracker.queries.regime_layers import LayerEdition
from pdtracker.scope import Scope

MOST_PEOPLE: Final = 300
"""People whose licences one trial counts: so many take a few seconds."""


@dataclass(frozen=True, slots=True)
class Trial:
    """What would change, of so many licences; `people` hold one that the layer touches, `chosen` were looked at."""

    changes: tuple[LicenceChange, ...]
    people: int
    chosen: int

    @property
    def changed(self) -> tuple[LicenceChange, ...]:
        """Those whose progress would be another, those that are newly short first."""
        found = [one for one in self.changes if one.is_changed]
        return tuple(sorted(found, key=lambda one: one.place))

    def changed_after(self, licence_id: int | None) -> tuple[LicenceChange, ...]:
        """The changed ones behind a licence in that order; all of them where it isn't among those tried."""
        last = next((one.place for one in self.changes if one.licence_id == licence_id), None)
        return self.changed if last is None else tuple(one for one in self.changed if one.place > last)


def try_layer(
    scope: Scope, regime: str, document: str, effective_from: date, on: date, *, most: int = MOST_PEOPLE
) -> Trial:
    """Progress on a day without and with a layer, of the licences whose cycle ends on its first day or later.

    Thirteen statements, however many people; of more than `most` the first.
    """
    held_by = scope.session.scalars(
        sa.select(Licence.person_id)
        .where(
            Licence.regime == regime,
            sa.func.coalesce(signed_end(on), Licence.ends_on) >= effective_from,
            Licence.closed_at.is_(None),
        )
        .distinct()
        .order_by(Licence.person_id)
    ).all()
    chosen = held_by[:most]
    record = records(scope, chosen)
    layers = record.layers
    new = LayerEdition(regime, layers.latest(regime) + 1, effective_from, document)
    before, after = Rules(layers), Rules(layers.and_edition(new))
    changes = []
    for held in licences_of(scope, chosen):
        if held.regime != regime or held.cycle_on(on).end < effective_from:
            continue
        activities = record.activities(held.person_id, regime, waiting=False)
        changes.append(
            LicenceChange(
                held.id,
                held.person_id,
                held.person_name,
                on,
                before.evaluate(held, activities, on),
                after.evaluate(held, activities, on),
            )
        )
    return Trial(tuple(changes), len(held_by), len(chosen))
