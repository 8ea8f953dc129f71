"""One certificate of the demo's programme, for somebody who didn't wait for its end."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from pdtracker.actions.issuing import Issuer
from pdtracker.actions.summing_up import sum_up_mine
from pdtracker.demo.founding import Founded
from pdtracker.domain.summary import SummaryKind
from pdtracker.queries.summaries import gathered

_WHO: Final = "ada@maplewood.example"


def sum_up_early(founded: Founded, at: datetime, issuer: Issuer) -> None:
    """Ask for it: the programme still runs, and what comes in later makes another edition."""
    with founded.scope(_WHO, at) as scope:
        for one in gathered(scope, [scope.me.id]):
            if one.span.kind is SummaryKind.PROGRAMME:
                sum_up_mine(scope, issuer, *one.span.key)
