"""Log it while it is fresh: who checked out, or was there when it ended, finds a draft with the evidence in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pdtracker.actions import checked_in
from pdtracker.actions.drafting import Attendant, Drafts, attendants
from pdtracker.domain.access import Permission
from pdtracker.domain.claim import RECORDABLE_STATES, ClaimState
from pdtracker.models.check_ins import CheckedIn
from pdtracker.models.claims import Claim
from pdtracker.models.ids import new_id
from pdtracker.queries import check_in_drafts, check_ins
from pdtracker.queries.check_in_drafts import Ready
from pdtracker.queries.check_ins import Attendance
from pdtracker.scope import Scope, action

AT_ONCE = 200
"""So many people's check-ins are looked at in one transaction."""


@action(Permission.MANAGE_DISTRICT)
def begin_fresh_drafts(scope: Scope, address: Callable[[int], str], limit: int = AT_ONCE) -> int:
    """Begin a draft for everybody whose check-ins are ready, and write to them; gives how many were looked at.

    Who logged it already gets no letter: their claim has the evidence. Nobody gets a second letter about an event, and
    a draft that nobody touched follows what is corrected in the log. `address` says where a claim is found.
    """
    ready = check_in_drafts.ready(scope, limit)
    if not ready:
        return 0
    check_in_drafts.lock_people(scope, {one.person_id for one in ready})
    by_event: dict[int, list[Ready]] = defaultdict(list)
    for one in ready:
        by_event[one.event_id].append(one)
    for event_id, theirs in by_event.items():
        _At(scope, event_id, theirs, address).look()
    scope.record("check_in.looked_at", "district", scope.district.id, people=len(ready))
    return len(ready)


class _At:
    """One event with those who are ready: a number of statements that doesn't grow with them."""

    def __init__(
        self, scope: Scope, event_id: int, ready: Sequence[Ready], address: Callable[[int], str]
    ) -> None:
        self._scope, self._event_id, self._ready = scope, event_id, ready
        ids = [one.person_id for one in ready]
        event = check_in_drafts.attended_event(scope, event_id)
        self._drafts = Drafts(scope, event, address) if event else None
        self._found: Mapping[int, Sequence[Attendance]] = check_ins.attendance_of(scope, event_id, ids)
        self._people = attendants(scope, ids)
        self._noted = check_in_drafts.noted(scope, event_id, ids)
        self._claims = check_in_drafts.claims_to_change(scope, event_id, ids)
        self._by_session = check_in_drafts.of_sessions(scope, event_id, ids)
        self._pieces = checked_in.pieces_of(scope, [claim.id for claim in self._claims.values()], event_id)

    def look(self) -> None:
        """Begin what is missing, bring up to date what is there, and note both."""
        rows: list[dict[str, Any]] = []
        for one in self._ready:
            claim = self._claims.get(one.person_id)
            noted = self._noted.get(one.person_id)
            if claim is not None:
                made = self._brought_up_to_date(claim, noted)
            else:
                made = self._begun(self._people[one.person_id])
            if noted is None:
                rows.append(self._row(one, made))
                continue
            noted.last_entry_id, noted.at = one.last_entry_id, self._scope.at
            noted.claim_id, noted.claim_version = made or (noted.claim_id, noted.claim_version)
        if self._drafts is not None:
            self._drafts.write()
        # Only now: they point at the drafts.
        self._scope.session.insert_rows(CheckedIn, rows)

    def _begun(self, person: Attendant) -> tuple[int, int] | None:
        """A new draft with its version, where there is one to begin."""
        found = self._found.get(person.id, ())
        minutes = sum(one.found.minutes for one in found)
        if self._drafts is None or not person.may_log or not minutes or person.id in self._by_session:
            return None
        claim_id, _ = self._drafts.begin(
            person, checked_in.span_of(found), checked_in.proven_by(found), not_before=self._scope.at
        )
        return claim_id, 1

    def _brought_up_to_date(self, claim: Claim, noted: CheckedIn | None) -> tuple[int, int] | None:
        """The draft that we began with its version now, where nobody touched it meanwhile."""
        if claim.state not in RECORDABLE_STATES:
            return None
        is_ours = noted is not None and (noted.claim_id, noted.claim_version) == (claim.id, claim.version)
        found = self._found.get(claim.person_id, ())
        of_part = self._event_id if claim.is_bundle else None
        piece = self._pieces.get(claim.id)
        if not checked_in.bring_up_to_date(self._scope, claim, found, piece, of_part=of_part):
            return None
        claim.version += 1
        claim.updated_at = self._scope.at
        if not is_ours or claim.state is not ClaimState.DRAFT:
            return None
        if found and self._drafts is not None:
            self._drafts.follow(claim, checked_in.span_of(found))
        return claim.id, claim.version

    def _row(self, one: Ready, made: tuple[int, int] | None) -> dict[str, Any]:
        claim_id, version = made or (None, None)
        return {
            "id": new_id(),
            "event_id": one.event_id,
            "person_id": one.person_id,
            "last_entry_id": one.last_entry_id,
            "claim_id": claim_id,
            "claim_version": version,
            "at": self._scope.at,
        }
