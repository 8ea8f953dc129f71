"""Credit that stands, with the facts of which it was computed: for a dry run of other rules over it."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from pdtracker.domain.bundle import Bundle
from pdtracker.domain.credit import CreditFacts
from pdtracker.domain.dry_run import StandingAward
from pdtracker.domain.follow_up import FollowShare
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.refs import ref_of
from pdtracker.domain.split import Split, split_of
from pdtracker.models.claims import Claim, ClaimCategory, ClaimStep
from pdtracker.models.credit import Award, EntryKind
from pdtracker.models.people import Person
from pdtracker.queries.bundles import bundle_of, parts_among
from pdtracker.queries.claims import logged_minutes
from pdtracker.queries.reviewing import lasted_of
from pdtracker.scope import Scope

MOST_AWARDS = 20_000
"""Ledger entries that one dry run looks at: so many are counted in a few seconds."""


@dataclass(frozen=True, slots=True)
class Record:
    """Credit of whole people between two days. `people` are all that have any there, `chosen` those who are here."""

    awards: tuple[StandingAward, ...]
    people: int
    chosen: int

    @property
    def is_whole(self) -> bool:
        """Whether nobody was left out."""
        return self.chosen == self.people


def standing_awards(scope: Scope, since: date, until: date, *, most: int = MOST_AWARDS) -> Record:
    """All credit that stands for activities between two days. Three statements, and one for bundles.

    Where there is more than `most` entries, of as many people as fit, drawn the same way each time and not by age:
    everything of each of them, because a cap looks at the whole year.
    """
    counts = scope.session.execute(
        sa.select(Award.person_id, sa.func.count())
        .where(Award.activity_on.between(since, until))
        .group_by(Award.person_id)
    ).all()
    chosen = _drawn(counts, most)
    is_whole = len(chosen) == len(counts)
    wanted = [Award.activity_on.between(since, until)]
    if not is_whole:
        wanted.append(Award.person_id.in_(chosen))
    splits = _splits(scope, wanted)
    return Record(_awards(scope, wanted, splits), len(counts), len(chosen))


def _drawn(counts: Sequence[Any], most: int) -> Collection[int]:
    if sum(count for _, count in counts) <= most:
        return [person_id for person_id, _ in counts]
    found, sum_of_all = [], 0
    for person_id, count in sorted(counts, key=lambda row: (zlib.crc32(ref_of(row[0]).encode()), row[0])):
        if sum_of_all + count > most:
            break
        found.append(person_id)
        sum_of_all += count
    return found


def _splits(scope: Scope, wanted: Sequence[sa.ColumnElement[bool]]) -> Mapping[int, Split]:
    parts: dict[int, dict[CreditCategory, int]] = defaultdict(dict)
    credited = sa.select(Award.claim_id).where(*wanted)
    for row in scope.session.execute(
        sa.select(ClaimCategory.claim_id, ClaimCategory.category, ClaimCategory.minutes).where(
            ClaimCategory.claim_id.in_(credited)
        )
    ):
        parts[row.claim_id][row.category] = row.minutes
    return {claim_id: split_of(part) for claim_id, part in parts.items()}


def _awards(
    scope: Scope, wanted: Sequence[sa.ColumnElement[bool]], splits: Mapping[int, Split]
) -> tuple[StandingAward, ...]:
    rows = scope.session.execute(
        sa.select(
            Award.claim_id,
            Award.person_id,
            Award.entry,
            Award.step_id,
            Award.awarded_at,
            Award.activity_on,
            # Read only where it is needed: of the reviewer's change nothing else is kept.
            sa.case((ClaimStep.adjust_reason != "", Award.trace)).label("trace"),
            ClaimStep.adjust_reason,
            Person.name.label("person_name"),
            Claim.title,
            Claim.kind,
            Claim.category,
            Claim.claimed_minutes,
            Claim.session_starts_at,
            Claim.session_ends_at,
            Claim.break_minutes,
            Claim.starts_at,
            Claim.ends_at,
            Claim.application_minutes,
            Claim.is_recording,
            Claim.reflection_words,
            Claim.follow_up,
            Claim.follow_up_percent,
            Claim.is_bundle,
            logged_minutes(Claim).label("logged_minutes"),
        )
        .join(Claim, sa.and_(Claim.district_id == Award.district_id, Claim.id == Award.claim_id))
        .join(ClaimStep, sa.and_(ClaimStep.district_id == Award.district_id, ClaimStep.id == Award.step_id))
        .join(Person, sa.and_(Person.district_id == Award.district_id, Person.id == Award.person_id))
        .where(*wanted)
    ).all()
    parts = parts_among(scope, {row.claim_id for row in rows if row.is_bundle})
    # A decision that is split over categories wrote an entry for each; taken back is what has as many of one as of
    # the other.
    given: dict[int, dict[int, Any]] = defaultdict(dict)
    taken: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        if row.entry is EntryKind.CREDIT:
            given[row.claim_id].setdefault(row.step_id, row)
        else:
            taken[row.claim_id].add(row.step_id)
    return tuple(
        _award(
            steps[max(steps)],
            splits.get(claim_id, ()),
            bundle_of(steps[max(steps)].title, parts.get(claim_id, ()), scope.district.zone),
        )
        for claim_id, steps in given.items()
        if len(steps) > len(taken[claim_id])
    )


def _award(row: Any, split: Split, bundle: Bundle | None) -> StandingAward:
    adjusted = next((step["after"] for step in row.trace or () if step["rule"] == "adjusted"), None)
    return StandingAward(
        row.claim_id,
        row.person_id,
        row.person_name,
        row.title,
        row.awarded_at,
        row.step_id,
        CreditFacts(
            claimed_minutes=row.claimed_minutes,
            session_minutes=lasted_of(row, bundle),
            kind=row.kind,
            category=row.category,
            activity_on=row.activity_on,
            adjusted_minutes=adjusted,
            adjust_reason=row.adjust_reason,
            split=split,
            application_minutes=row.application_minutes or 0,
            is_recording=row.is_recording,
            reflection_words=row.reflection_words,
            logged_minutes=row.logged_minutes,
            follow_share=FollowShare.of_columns(row.follow_up, row.follow_up_percent),
            bundle=bundle,
        ),
    )
