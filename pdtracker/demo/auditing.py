"""Who keeps the checkpoints of the demo districts' audit trails, and the first of them."""

from __future__ import annotations

from datetime import datetime

from pdtracker.actions.checkpoints import name_officers, write_checkpoint
from pdtracker.demo.founding import Founded
from pdtracker.domain.checkpoint import Officer

_OFFICERS = {
    "cam@maplewood.example": (
        Officer("Beatrice Sandoval", "superintendent@maplewood.example"),
        Officer("Owen Achebe", "auditor@county.example"),
    ),
    "ines@riverton.example": (
        Officer("Tomás Iqbal", "superintendent@riverton.example"),
        Officer("Owen Achebe", "auditor@county.example"),
    ),
}


def keep_checkpoints(founded: Founded, at: datetime, base_url: str, secrets: tuple[str, ...]) -> None:
    """Name the officers, and sign how far each trail has grown."""
    for administrator, (first, second) in _OFFICERS.items():
        with founded.scope(administrator, at) as scope:
            where = f"{base_url.rstrip('/')}/{scope.district.slug}/audit/checkpoints"
            name_officers(scope, first, second, address=where)
            write_checkpoint(scope, secrets)
