"""How a batch of approved claims becomes credit: facts first, then pure rules, then rows in a few inserts.

And how credit is taken back: by new entries that bring it to nothing. No action by itself: `reviews` and `undoing`
call it within their transactions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from pdtracker.actions import planning, posting
from pdtracker.actions.issuing import Issue, Issuer, open_press, write_certificates
from pdtracker.actions.moving import on_behalf, step_row
from pdtracker.actions.planning import Followed
from pdtracker.domain import letters
from pdtracker.domain.certificate import (
    AppliedPolicy,
    CertifiedCategory,
    CreditUnit,
    Holder,
    Snapshot,
)
from pdtracker.domain.certificate import Approval as CertifiedApproval
from pdtracker.domain.certified_changes import certified_changes
from pdtracker.domain.certified_sessions import CertifiedSession
from pdtracker.domain.claim import ClaimState, Step, undo_until
from pdtracker.domain.credit import Credit, CreditFacts, CreditPolicy, credit
from pdtracker.domain.evidence import EvidenceKind, Piece, pieces_document
from pdtracker.domain.follow_up import FollowUpRule
from pdtracker.domain.glyphs import MissingGlyph
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.split import Split, main_category, split_fault
from pdtracker.domain.state_forms import StateForm, chosen_form, stated_form
from pdtracker.domain.stated_form import StatedForm
from pdtracker.domain.when import local
from pdtracker.models.claims import ClaimStep, StruckFact
from pdtracker.models.credit import Award, EntryKind
from pdtracker.models.ids import new_id
from pdtracker.models.records import OutboxMail
from pdtracker.queries import details, evidence, facts, follow_ups, reviewing, state_forms
from pdtracker.queries.follow_ups import HeldTime
from pdtracker.queries.reviewing import Deciding
from pdtracker.scope import Scope

# A school year is at most a year to either side of an activity.
_A_YEAR = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Change:
    """What a reviewer sees otherwise, and why: other minutes, another split, stated facts that don't hold."""

    minutes: int | None = None
    split: Split | None = None
    struck: tuple[int, ...] = ()
    reason: str = ""

    @property
    def is_any(self) -> bool:
        """Whether there is any."""
        return self.minutes is not None or self.split is not None or bool(self.struck)


@dataclass(frozen=True, slots=True)
class Approval:
    """One claim that will be credited: what it is worth and why, and its certificate unless it is worth nothing."""

    claim: Deciding
    step_id: int
    activity_on: date
    policy_id: int
    credit: Credit
    change: Change
    note: str
    snapshot: Snapshot | None
    follow_ups: tuple[FollowUpRule, ...] = ()


class Crediting:
    """A batch of claims of one reviewer: `approve` decides each by pure rules, `write` stores all of them."""

    def __init__(
        self, scope: Scope, issuer: Issuer, claims: Collection[Deciding], *, read_by_person: bool = True
    ) -> None:
        """Gather every fact that the rules need, in a number of statements that doesn't grow with the batch.

        `read_by_person`: whether somebody read the reflections, as the certificates then say.
        """
        self._scope, self._issuer = scope, issuer
        self._reflection = "Written reflection, reviewed" if read_by_person else "Written reflection"
        self._how = "reviewed" if read_by_person else "matched with the claim"
        self.approvals: list[Approval] = []
        # The press first: its key is the lock that keeps rules from changing between reading and crediting by them.
        self._press = open_press(scope, issuer, len(claims))
        self._editions = facts.policies(scope)
        days = [self._activity_on(claim) for claim in claims]
        first, last = (min(days), max(days)) if days else (scope.at.date(), scope.at.date())
        self._credited = facts.credited(
            scope, {claim.person_id for claim in claims}, first - _A_YEAR, last + _A_YEAR
        )
        self._held = facts.held(scope, [claim.holder for claim in claims], [ClaimState.CREDITED])
        self._evidence = evidence.pieces_of(scope, [claim.id for claim in claims])
        self._splits = facts.splits(scope, [claim.id for claim in claims])
        ids, people = [claim.id for claim in claims], {claim.person_id for claim in claims}
        self._forms = state_forms.form_facts(scope, ids, people) if self._press.form else None
        self._originals = follow_ups.held_times(scope, [one.id for one in claims if one.follow_share])

    def approve(self, claim: Deciding, change: Change, note: str = "") -> Approval:
        """Decide what one claim is worth. Refuses what the rules or the fonts refuse; then nothing is kept of it.

        Refused is also an hour for which the person is credited already, or by an approval before this one, and more
        hours on a day than it has.
        """
        facts.require_unheld(self._held, claim.holder)
        on = self._activity_on(claim)
        edition = facts.edition_for(self._editions, on)
        policy = edition.policy
        by_kind = self._credited.in_year(claim.person_id, policy.year_of(on))
        self._require_sound(claim, change)
        split = self._splits.get(claim.id, ()) if change.split is None else change.split
        worth = credit(
            policy,
            CreditFacts(
                claimed_minutes=claim.minutes,
                session_minutes=claim.session_minutes,
                kind=claim.kind,
                category=main_category(split, claim.category),
                activity_on=on,
                credited_this_year_by_kind=by_kind,
                credited_this_year=sum(by_kind.values()),
                adjusted_minutes=change.minutes,
                adjust_reason=change.reason,
                split=split if len(split) > 1 else (),
                split_reason=change.reason if change.split is not None else "",
                application_minutes=claim.application_minutes,
                is_recording=claim.is_recording,
                reflection_words=claim.reflection_words,
                follow_share=claim.follow_share,
                logged_minutes=claim.logged_minutes,
                bundle=claim.bundle,
            ),
        )
        credited = replace(claim.holder, state=ClaimState.CREDITED, minutes=worth.minutes)
        facts.require_room(self._scope, self._held, credited)
        snapshot = self._snapshot(claim, worth, policy, change.struck) if worth.minutes else None
        approval = Approval(claim, new_id(), on, edition.id, worth, change, note, snapshot)
        if worth.minutes and claim.follow_share is None:
            approval = replace(approval, follow_ups=policy.follow_ups)
        self._credited.add(claim.person_id, on, claim.kind, worth.minutes)
        self._held.add(credited)
        self.approvals.append(approval)
        return approval

    def write(self) -> None:
        """Store steps, ledger entries, certificates and letters of all that was approved."""
        if not self.approvals:
            return
        scope, release_at = self._scope, undo_until(self._scope.at)
        scope.session.insert_rows(ClaimStep, [self._step_row(approval) for approval in self.approvals])
        scope.session.insert_rows(
            Award, [row for approval in self.approvals for row in self._award_rows(approval)]
        )
        if struck := [(fact_id, item.step_id) for item in self.approvals for fact_id in item.change.struck]:
            scope.session.insert_rows(
                StruckFact,
                [{"id": new_id(), "fact_id": fact_id, "step_id": step_id} for fact_id, step_id in struck],
            )
        write_certificates(
            scope,
            self._press,
            [
                Issue(item.snapshot, item.claim.id, item.claim.person_id, item.step_id, 1, release_at)
                for item in self.approvals
                if item.snapshot
            ],
        )
        scope.session.insert_rows(OutboxMail, [self._letter_row(approval) for approval in self.approvals])
        planning.plan(
            scope,
            [
                Followed(item.claim.id, item.claim.person_id, item.activity_on, item.follow_ups)
                for item in self.approvals
            ],
        )
        for approval in self.approvals:
            scope.record(
                "claim.approved",
                "claim",
                approval.claim.id,
                version=approval.claim.version,
                step=approval.step_id,
                minutes=approval.credit.minutes,
                category=approval.credit.category.value,
                shares=[
                    [share.category.value, share.minutes, share.instructional_minutes]
                    for share in approval.credit.shares
                ],
                policy=approval.credit.policy,
                certificate=approval.snapshot.serial if approval.snapshot else None,
                **({"struck": list(approval.change.struck)} if approval.change.struck else {}),
                **on_behalf(approval.claim),
            )

    def _require_sound(self, claim: Deciding, change: Change) -> None:
        """Refuse a change without a reason, a split that doesn't add up, and facts of another claim."""
        if change.split is not None:
            minutes = claim.minutes if change.minutes is None else change.minutes
            if not change.split:
                raise NotValid({"split": "Enter the hours of at least one category."})
            if fault := split_fault(change.split, minutes, claimed="you give"):
                raise NotValid({"split": fault})
        if (change.split is not None or change.struck) and not change.reason.strip():
            raise NotValid({"adjust_reason": "Say why you changed this. The teacher sees it."})
        if change.struck:
            stated = {row.id for row in details.facts_of(self._scope, claim.id)}
            if not stated.issuperset(change.struck):
                raise NotValid({"strike": "Load the page again and choose from its list."})

    def _activity_on(self, claim: Deciding) -> date:
        """The day that a claim counts for: where it began, by the district's clock."""
        return local(claim.starts_at, self._scope.district.zone).date()

    def _snapshot(
        self, claim: Deciding, worth: Credit, policy: CreditPolicy, struck: Collection[int]
    ) -> Snapshot:
        scope = self._scope
        serial, code = self._press.numbers()
        by_category = {share.category.label: share.minutes for share in worth.shares if share.minutes}
        snapshot = Snapshot(
            template=self._press.template,
            serial=serial,
            code=code,
            issued_at=scope.at,
            issued_on=scope.today,
            district=self._press.district,
            holder=Holder(
                claim.person_name,
                f"Licence number ending {claim.licence_ending}" if claim.licence_ending else None,
            ),
            title=claim.title,
            programme=claim.programme,
            theme=None,
            sessions=_part_sessions(claim) if claim.parts else (self._session(claim, by_category),),
            categories=tuple(CertifiedCategory(name, name, minutes) for name, minutes in by_category.items()),
            unit=CreditUnit("hour", "hours", policy.unit_minutes),
            policy=AppliedPolicy(policy.name, policy.edition),
            reflection=self._reflection if claim.reflection_words else None,
            approval=CertifiedApproval(scope.me.name, scope.me.title or "Reviewer", scope.today),
            verify_address=self._issuer.verify_address,
            key=self._press.kid,
            retention=f"{scope.district.name} keeps the record of this credit permanently.",
            changes=certified_changes(worth.trace, policy) if claim.parts else (),
            appearance=self._press.appearance,
        )
        if self._forms:
            held = self._forms.licences.get(claim.person_id, ())
            if form := chosen_form(self._press.form, held, self._activity_on(claim)):
                words = self._forms.words(claim.id, struck)
                number = self._forms.numbers.get(form.value) or scope.district.sponsor_number
                minutes = {share.category: share.minutes for share in worth.shares}
                return self._as_form(snapshot, form, stated_form(form, minutes, number, words))
        self._issuer.check_letters(snapshot)
        return snapshot

    def _as_form(self, snapshot: Snapshot, form: StateForm, stated: StatedForm) -> Snapshot:
        """The certificate as a licensing body's form, in its unit.

        A description that can't be printed is left out: nobody's credit waits for a sign in a calendar entry.
        """
        made = replace(snapshot, template=self._press.form_template, unit=form.unit, form=stated)
        try:
            self._issuer.check_letters(made)
        except MissingGlyph:
            made = replace(made, form=replace(stated, description=None))
            self._issuer.check_letters(made)
        return made

    def _session(self, claim: Deciding, by_category: Mapping[str, int]) -> CertifiedSession:
        """The one session of a claim. What follows a session has no time of its own: it names that of the session."""
        held = self._originals.get(claim.id) or HeldTime(claim.starts_at, claim.ends_at, claim.zone)
        return CertifiedSession.held(
            title=claim.title,
            host=claim.host,
            kind=claim.kind.label,
            delivery=_delivery(claim),
            place=claim.hashtag,
            starts_at=held.starts_at,
            ends_at=held.ends_at,
            zone=held.zone,
            attendance=_attendance(frozenset(piece.kind for piece in self._shown(claim)), self._how)
            if claim.follow_share is None
            else "Written answers, reviewed",
            minutes=by_category,
        )

    def _step_row(self, approval: Approval) -> dict[str, object]:
        return step_row(
            self._scope,
            approval.claim,
            Step.APPROVE,
            step_id=approval.step_id,
            release_at=undo_until(self._scope.at),
            comment=approval.note,
            granted_minutes=approval.credit.minutes,
            adjust_reason=approval.change.reason if approval.change.is_any else "",
        )

    def _shown(self, claim: Deciding) -> tuple[Piece, ...]:
        """What shows the attendance: of a bundle, whatever shows one of its parts."""
        of_parts = tuple(piece for part in claim.parts for piece in part.pieces)
        return (*self._evidence.get(claim.id, ()), *of_parts)

    def _award_rows(self, approval: Approval) -> list[dict[str, object]]:
        """One ledger entry for each category, with what it was credited on: evidence is taken out, a ledger stays."""
        shown = pieces_document(self._shown(approval.claim))
        return [
            {
                "id": new_id(),
                "claim_id": approval.claim.id,
                "person_id": approval.claim.person_id,
                "step_id": approval.step_id,
                "entry": EntryKind.CREDIT,
                "category": share.category,
                "kind": approval.claim.kind,
                "minutes": share.minutes,
                "instructional_minutes": share.instructional_minutes,
                "activity_on": approval.activity_on,
                "policy_id": approval.policy_id,
                "policy_name": approval.credit.policy,
                "trace": [asdict(step) for step in approval.credit.trace],
                "evidence": shown,
                "awarded_at": self._scope.at,
            }
            for share in approval.credit.shares
        ]

    def _letter_row(self, approval: Approval) -> dict[str, object]:
        letter = letters.credited_letter(
            posting.decided(self._scope, approval.claim, self._issuer),
            approval.credit.minutes,
            approval.credit.why,
            approval.snapshot.code if approval.snapshot else None,
            approval.note,
        )
        return posting.letter_row(
            self._scope,
            approval.claim,
            letter,
            key=f"credited:{approval.step_id}",
            step_id=approval.step_id,
            not_before=undo_until(self._scope.at),
        )


def take_back(scope: Scope, steps: Mapping[int, int]) -> int:
    """Write the entries that bring these claims' credit to nothing; gives the minutes taken back.

    `steps` maps a claim to the step that takes its credit back.
    """
    if not steps:
        return 0
    standing = reviewing.standing_credit(scope, list(steps))
    rows = [
        {
            "id": new_id(),
            "claim_id": entry.claim_id,
            "person_id": entry.person_id,
            "step_id": steps[entry.claim_id],
            "entry": EntryKind.REVERSAL,
            "category": entry.category,
            "kind": entry.kind,
            "minutes": -entry.minutes,
            "instructional_minutes": None
            if entry.instructional_minutes is None
            else -entry.instructional_minutes,
            "activity_on": entry.activity_on,
            "policy_id": entry.policy_id,
            "policy_name": entry.policy_name,
            "trace": [
                {
                    "rule": "reversal",
                    "before": entry.minutes,
                    "after": 0,
                    "sentence": f"Taken back by {scope.me.name}.",
                }
            ],
            "evidence": None,
            "awarded_at": scope.at,
        }
        for entry in standing
    ]
    scope.session.insert_rows(Award, rows)
    return sum(entry.minutes for entry in standing)


def _part_sessions(claim: Deciding) -> tuple[CertifiedSession, ...]:
    """Each part of a bundle with what was attended of it, as far as its session lasted: credited is only their sum."""
    counted = claim.bundle.parts if claim.bundle else ()
    return tuple(
        CertifiedSession.held(
            title=part.title,
            host=part.host,
            kind=claim.kind.label,
            delivery=_delivery(claim),
            place=part.hashtag,
            starts_at=part.starts_at,
            ends_at=part.ends_at,
            zone=part.zone,
            attendance=_attendance(part.evidence),
            minutes={},
            attended_minutes=minutes.counted_minutes,
        )
        for part, minutes in zip(claim.parts, counted, strict=True)
    )


def _delivery(claim: Deciding) -> str:
    """How it was attended, in words."""
    if claim.follow_share is not None:
        return f"{claim.follow_share.words}, afterwards"
    if claim.is_recording:
        return "Recording"
    return "Live" if claim.kind.is_live else "In one\N{RIGHT SINGLE QUOTATION MARK}s own time"


def _attendance(kinds: frozenset[EvidenceKind], shown: str = "reviewed") -> str:
    """How attendance was shown, in words: "Link and file, reviewed"."""
    named = [kind.label for kind in EvidenceKind if kind in kinds]
    words = " and ".join([named[0], *(name.lower() for name in named[1:])]) if named else "Review"
    return f"{words}, {shown}" if named else words
