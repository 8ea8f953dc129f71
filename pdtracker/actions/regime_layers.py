"""Publishing what a district asks on top of a regime: edition after edition, none of them ever changed."""

from __future__ import annotations

import hashlib
from datetime import date

import sqlalchemy as sa

from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotHere, NotValid
from pdtracker.domain.regimes.layers import read_layer
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.when import local
from pdtracker.models.ids import new_id
from pdtracker.models.licences import RegimeLayer
from pdtracker.queries.rulebook import FURTHEST_YEARS
from pdtracker.scope import Scope, action

LAYER_FILE = "layer.toml"
"""What refusals call the text of a layer."""


def require_from_today(scope: Scope, effective_from: date) -> None:
    """Refuse with `NotValid` a first day that has passed: cycles that ended were counted by what held then.

    Nor one that nobody who publishes it will see.
    """
    latest = local(scope.at, scope.district.zone).year + FURTHEST_YEARS
    if effective_from.year > latest:
        raise NotValid({"effective_from": f"Choose a day before {latest + 1}."})
    if effective_from < scope.today:
        raise NotValid(
            {
                "effective_from": "Choose today or a later day: cycles that ended are counted by what held then. To "
                "change one person's, sign an adjustment of the licence."
            }
        )


@action(Permission.MANAGE_POLICY)
def publish_layer(scope: Scope, regime: str, document: str, effective_from: date, *, key: str = "") -> int:
    """Publish an edition of the district's layer, for cycles that end on its first day or later; gives its id.

    Raises NotHere, NotValid: effective_from, and BadRules for what loosens or isn't understood.
    """
    versions = shelf().get(regime)
    if versions is None:
        raise NotHere
    digest = hashlib.sha256(document.encode()).hexdigest()
    body = {"regime": regime, "document": digest, "from": effective_from.isoformat()}
    asked = Asked(key, "publish_layer", body)
    if (before := answered(scope, asked)) is not None:
        return int(before["layer"])
    require_from_today(scope, effective_from)
    layer = read_layer(LAYER_FILE, document, versions[-1], is_new=True)
    if layer.layer != "district":
        raise NotValid({"document": 'This is your district\'s: write layer = "district".'})
    latest = scope.session.scalar(
        sa.select(sa.func.max(RegimeLayer.edition)).where(RegimeLayer.regime == regime)
    )
    row = RegimeLayer(
        id=new_id(),
        regime=regime,
        edition=(latest or 0) + 1,
        effective_from=effective_from,
        document=document,
        by_person_id=scope.me.id,
        by_name=scope.me.name,
        published_at=scope.at,
    )
    scope.session.add(row)
    scope.record(
        "layer.published",
        "regime_layer",
        row.id,
        regime=regime,
        edition=row.edition,
        effective_from=effective_from.isoformat(),
        digest=digest,
    )
    keep_answer(scope, asked, {"layer": row.id})
    return row.id
