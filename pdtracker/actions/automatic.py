"""Automatic approval: its policy published and ended, seeds sealed and opened, and the claims that it decides.

What it approves is credited as any approval is. The record says that the policy did it, and who published that.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final

import sqlalchemy as sa

from pdtracker import sealing
from pdtracker.actions.crediting import Change, Crediting
from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.actions.issuing import Issuer
from pdtracker.actions.moving import move
from pdtracker.actions.undoing import undone
from pdtracker.domain.access import Permission
from pdtracker.domain.automatic import (
    MATCHING,
    AutomaticPolicy,
    Conditions,
    Left,
    Look,
    is_drawn,
    judged,
    matched_words,
    month_after,
    month_of,
    opens_on,
    policy_faults,
    reason_sentence,
    seed_digest,
)
from pdtracker.domain.claim import ClaimState, Step, advance
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotHere, NotNow, NotValid, Refusal
from pdtracker.domain.when import local
from pdtracker.models.automatic import AutomaticLook, SampleSeed
from pdtracker.models.automatic import AutomaticPolicy as PolicyRow
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.ids import new_id
from pdtracker.queries import automatic, reviewing
from pdtracker.queries.automatic import Judging, PolicyVersion
from pdtracker.queries.reviewing import Deciding
from pdtracker.scope import PersonFacts, Scope, action

AT_ONCE: Final = 100
"""So many claims are looked at in one transaction."""

_SEED_BYTES: Final = 32
_PURPOSE: Final = b"pdtracker sample seed"


@action(Permission.MANAGE_POLICY)
def publish_automatic(scope: Scope, policy: AutomaticPolicy, issuer: Issuer, *, key: str = "") -> int:
    """Publish a version of the policy for claims that are sent on its first day or later; gives its number.

    The seed of its first month is sealed with it, so that its digest stands in the trail before the first draw. Raises
    NotValid as `policy_faults` says. The same form (`key`) twice is one version.
    """
    asked = Asked(key, "publish_automatic", {"document": policy.digest})
    if (before := answered(scope, asked)) is not None:
        return int(before["version"])
    if faults := policy_faults(policy, scope.today):
        raise NotValid(faults)
    if policy.conditions is not None:
        _seal(scope, month_of(policy.effective_from), issuer)
    last = scope.session.scalar(sa.select(sa.func.max(PolicyRow.version)))
    row = PolicyRow(
        id=new_id(),
        version=(last or 0) + 1,
        effective_from=policy.effective_from,
        document=policy.to_document(),
        published_by_id=scope.me.id,
        published_at=scope.at,
    )
    scope.session.add(row)
    scope.record(
        "automatic_policy.published" if policy.conditions else "automatic_policy.ended",
        "automatic_policy",
        row.id,
        version=row.version,
        effective_from=policy.effective_from.isoformat(),
        digest=policy.digest,
    )
    keep_answer(scope, asked, {"version": row.version})
    return row.version


@action(Permission.MANAGE_DISTRICT)
def keep_seeds(scope: Scope, issuer: Issuer) -> int:
    """Seal the seed of the coming month while a policy holds, and open those whose time has come; gives how many."""
    today = scope.today
    found = automatic.in_force(automatic.policy_versions(scope), month_after(today))
    done = 0
    if found is not None and found.policy.conditions is not None:
        done += _seal(scope, month_after(today), issuer)
    closed = scope.session.scalars(sa.select(SampleSeed).where(SampleSeed.opened.is_(None)))
    for row in closed:
        if opens_on(row.month_on) <= today:
            seed = _unsealed(scope, row, issuer)
            row.opened, row.opened_at = seed.hex(), scope.at
            scope.record(
                "sample_seed.opened",
                "sample_seed",
                row.id,
                month=f"{row.month_on:%Y-%m}",
                seed=row.opened,
                sha256=row.digest,
            )
            done += 1
    return done


@action(Permission.MANAGE_DISTRICT)
def approve_automatically(scope: Scope, issuer: Issuer, limit: int = AT_ONCE) -> int:
    """Let the policy in force look at claims that were sent under it; gives how many it looked at.

    What meets its conditions is approved, but for those that the month's seed draws for a person. Of one person one
    claim at a time is looked at: what it is worth depends on the one before. The number of statements doesn't grow with
    the claims that are approved.
    """
    found = automatic.in_force(automatic.policy_versions(scope), scope.today)
    if found is None or found.policy.conditions is None:
        return 0
    waiting = automatic.to_look_at(scope, found.policy.effective_from, limit)
    if not waiting:
        return 0
    looking = _Looking(scope, issuer, found, found.policy.conditions)
    return looking.look(_one_each(automatic.judging(scope, waiting, found.by_person_id)))


@action(Permission.LOG_CLAIM)
def ask_for_person(scope: Scope, claim_id: int, words: str) -> None:
    """Take back what the policy approved of one's own claim, so that a person decides it, with a word to them.

    Only until mail and certificate have left. Raises NotHere for a claim that isn't one's own or that a person decided,
    NotNow afterwards; asking twice does nothing more.
    """
    look = scope.session.scalar(
        sa.select(AutomaticLook)
        .join(
            Claim, sa.and_(Claim.district_id == AutomaticLook.district_id, Claim.id == AutomaticLook.claim_id)
        )
        .where(AutomaticLook.claim_id == claim_id, Claim.person_id == scope.me.id)
    )
    if look is None or look.step_id is None:
        raise NotHere
    if look.asked_step_id is not None:
        return
    version = next(one for one in automatic.policy_versions(scope) if one.id == look.policy_id)
    acting = _as_policy(scope, version)
    (outcome,) = undone(acting, [look.step_id], asked_at=scope.at) or (None,)
    if outcome is None or outcome.refusal is not None:
        raise NotNow(
            "left_already",
            "Mail and certificate have left already. Ask whoever reviews for your school:"
            " they can take it back with a reason, and you claim it again.",
        )
    look.asked_step_id = scope.session.scalar(
        sa.select(ClaimStep.id).where(ClaimStep.undoes_step_id == look.step_id)
    )
    look.asked_words = words.strip()
    scope.record("claim.person_asked", "claim", claim_id)


class _Looking:
    """One round of a policy over claims that wait."""

    def __init__(self, scope: Scope, issuer: Issuer, found: PolicyVersion, asked: Conditions) -> None:
        self._scope, self._issuer, self._found, self._asked = scope, issuer, found, asked
        self._acting = _as_policy(scope, found)
        self._seeds: dict[date, bytes | None] = {}
        self._looks: list[tuple[Judging, Look, Left | None, int | None]] = []

    def look(self, claims: Sequence[Judging]) -> int:
        """Judge each claim, approve what may be, and note what became of each."""
        meeting = []
        for one in claims:
            if (reason := self._reason(one)) is not None:
                self._note(one, Look.LEFT, reason)
            elif self._is_drawn(one):
                self._note(one, Look.SAMPLED)
            else:
                meeting.append(one)
        self._approve(meeting)
        self._write()
        return len(claims)

    def _reason(self, one: Judging) -> Left | None:
        reason = judged(self._asked, one.facts)
        return Left.SEED if reason is None and self._seed(one) is None else reason

    def _is_drawn(self, one: Judging) -> bool:
        seed = self._seed(one)
        return seed is not None and is_drawn(seed, ref_of(one.claim.id), self._asked.audit_percent)

    def _seed(self, one: Judging) -> bytes | None:
        """The sealed seed of the month in which a claim was sent. One that is open, or came too late, draws nothing."""
        month = month_of(local(one.sent_at, self._scope.district.zone).date())
        if month not in self._seeds:
            row = self._scope.session.scalar(sa.select(SampleSeed).where(SampleSeed.month_on == month))
            usable = row is not None and row.opened is None and row.committed_at <= one.sent_at
            self._seeds[month] = _unsealed(self._scope, row, self._issuer) if row and usable else None
        return self._seeds[month]

    def _approve(self, meeting: Sequence[Judging]) -> None:
        """Credit what meets every condition; what changed meanwhile waits for the next round as it is now."""
        if not meeting:
            return
        locked = reviewing.to_decide(self._acting, [one.claim.id for one in meeting])
        still = [one for one in meeting if locked[one.claim.id].version == one.claim.version]
        crediting = Crediting(
            self._acting, self._issuer, [locked[one.claim.id] for one in still], read_by_person=False
        )
        for one in still:
            try:
                step_id = self._credit(crediting, one, locked[one.claim.id])
            except Refusal:
                self._note(one, Look.LEFT, Left.RULES)
            else:
                self._note(one, Look.APPROVED, step_id=step_id)
        move(self._acting, [approval.claim for approval in crediting.approvals], ClaimState.CREDITED)
        crediting.write()

    def _credit(self, crediting: Crediting, one: Judging, claim: Deciding) -> int:
        reviewing.require_reviewable(self._acting, claim, Step.APPROVE)
        advance(claim.state, Step.APPROVE)
        kind = next(kind for kind in MATCHING if one.facts.recorded.get(kind))
        matched = matched_words(kind, one.facts.recorded[kind], claim.minutes)
        said = reason_sentence(self._found.by_name, self._found.version, matched, len(one.claim.checks))
        return crediting.approve(claim, Change(), said).step_id

    def _note(self, one: Judging, look: Look, reason: Left | None = None, step_id: int | None = None) -> None:
        self._looks.append((one, look, reason, step_id))

    def _write(self) -> None:
        """Note what became of each; a claim that was looked at before keeps its row."""
        claim_ids = [one.claim.id for one, *_ in self._looks]
        self._scope.session.execute(
            sa.delete(AutomaticLook)
            .where(AutomaticLook.claim_id.in_(claim_ids))
            .execution_options(synchronize_session=False)
        )
        self._scope.session.insert_rows(AutomaticLook, [self._row(*look) for look in self._looks])
        counted = {look.value: sum(found is look for _, found, *_ in self._looks) for look in Look}
        self._scope.record("automatic.looked", "automatic_policy", self._found.id, **counted)

    def _row(self, one: Judging, look: Look, reason: Left | None, step_id: int | None) -> dict[str, Any]:
        return {
            "id": new_id(),
            "claim_id": one.claim.id,
            "claim_version": one.claim.version,
            "policy_id": self._found.id,
            "outcome": look,
            "reason": reason,
            "step_id": step_id,
            "asked_step_id": None,
            "asked_words": "",
            "at": self._scope.at,
        }


def _one_each(claims: Sequence[Judging]) -> list[Judging]:
    """The first claim of each person; the others come in the next round."""
    first: dict[int, Judging] = {}
    for one in claims:
        first.setdefault(one.claim.person_id, one)
    return list(first.values())


def _as_policy(scope: Scope, found: PolicyVersion) -> Scope:
    """The scope in which the policy acts: by its own name, answerable for it who published it.

    Their id stands in the steps, so that the database itself refuses that they gain by it.
    """
    acting = PersonFacts(
        found.by_person_id,
        f"Automatic approval policy {found.version}",
        f"published by {found.by_name}",
    )
    way = f"automatic approval policy {found.version}, published by {found.by_name}"
    return replace(scope, person=acting, roles=frozenset(), review_school_ids=None, way=way)


def _seal(scope: Scope, month_on: date, issuer: Issuer) -> int:
    """Seal a new seed for a month that has none yet, and publish its digest; gives how many."""
    if scope.session.scalar(sa.select(SampleSeed.id).where(SampleSeed.month_on == month_on)) is not None:
        return 0
    seed = secrets.token_bytes(_SEED_BYTES)
    row = SampleSeed(
        id=new_id(),
        month_on=month_on,
        digest=seed_digest(seed),
        sealed=sealing.lock(seed, _name(scope, month_on), issuer.secrets[0], purpose=_PURPOSE),
        committed_at=scope.at,
        opened=None,
        opened_at=None,
    )
    scope.session.add(row)
    scope.record("sample_seed.sealed", "sample_seed", row.id, month=f"{month_on:%Y-%m}", sha256=row.digest)
    return 1


def _unsealed(scope: Scope, row: SampleSeed, issuer: Issuer) -> bytes:
    return sealing.unlock(row.sealed, _name(scope, row.month_on), issuer.secrets, purpose=_PURPOSE)


def _name(scope: Scope, month_on: date) -> str:
    return f"{scope.district.id}:{month_on.isoformat()}"
