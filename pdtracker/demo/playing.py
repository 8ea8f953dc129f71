"""Plays what the demo's people do, deed by deed, through the application's own actions."""

from __future__ import annotations

from typing import assert_never

from pdtracker.actions.certificates import reissue_certificate, revoke_certificate
from pdtracker.actions.claims import (
    AttendedTime,
    SessionFacts,
    begin_from_event,
    begin_own,
    change_time,
    submit_claim,
    withdraw_claim,
)
from pdtracker.actions.evidence import add_link, add_word
from pdtracker.actions.issuing import Issuer
from pdtracker.actions.people import edit_person
from pdtracker.actions.reflections import Written, save_answers
from pdtracker.actions.reviews import Wish, approve_claims, deny_claim, return_claim, reverse_credit
from pdtracker.demo.deeds import (
    AddLink,
    AddWord,
    Answer,
    Approve,
    Begin,
    Deed,
    DemoClaim,
    DemoStep,
    Deny,
    Endorse,
    Reissue,
    Rename,
    Return,
    Reverse,
    Revoke,
    SetTime,
    Submit,
    Withdraw,
)
from pdtracker.demo.founding import Founded
from pdtracker.domain.refusals import Refusal
from pdtracker.queries import claims
from pdtracker.queries.certificates import released
from pdtracker.queries.people import person
from pdtracker.queries.reflections import answers
from pdtracker.queries.reviewing import standing_certificates
from pdtracker.scope import Scope

_FIELD_LABELS = {"minutes": "Hours", "evidence": "Evidence"}


class Player:
    """Plays one step after the other; the caller keeps the order of time. What a step needs is asked as a page asks."""

    def __init__(self, founded: Founded, issuer: Issuer) -> None:
        self._founded = founded
        self._issuer = issuer
        self._claim_ids: dict[str, int] = {}

    def play(self, claim: DemoClaim, step: DemoStep) -> None:
        """Do what this step says, as the person who does it, at its moment.

        Raises RuntimeError when the application refuses it: then the demo's values are wrong.
        """
        with self._founded.scope(step.by, step.at) as scope:
            try:
                self._play(scope, claim, step.deed)
            except Refusal as refusal:
                what = f"{claim.key}: {type(step.deed).__name__} at {step.at:%Y-%m-%d %H:%M}"
                raise RuntimeError(f"{what} was refused: {refusal.sentence}") from refusal

    def _play(self, scope: Scope, claim: DemoClaim, deed: Deed) -> None:
        match deed:
            case Begin():
                self._claim_ids[claim.key] = self._begin(scope, claim, deed)
            case SetTime() | AddLink() | AddWord() | Answer() | Submit() | Withdraw():
                self._as_claimant(scope, self._claim_ids[claim.key], deed)
            case Return() | Deny() | Approve() | Endorse() | Reverse():
                self._as_reviewer(scope, self._claim_ids[claim.key], deed)
            case Rename():
                self._rename(scope, claim, deed)
            case Revoke() | Reissue():
                self._about_certificate(scope, self._claim_ids[claim.key], deed)
            case _:
                assert_never(deed)

    def _begin(self, scope: Scope, claim: DemoClaim, deed: Begin) -> int:
        if deed.event is not None:
            return begin_from_event(scope, self._founded.event_ids[deed.event])
        if deed.own is None:
            raise ValueError(f"{claim.key} is about nothing")
        own = deed.own
        facts = SessionFacts(title=own.title, host=own.host, kind=own.kind, category=own.category, link="")
        return begin_own(scope, facts, key=f"demo:{claim.key}")

    def _as_claimant(
        self, scope: Scope, claim_id: int, deed: SetTime | AddLink | AddWord | Answer | Submit | Withdraw
    ) -> None:
        match deed:
            case SetTime():
                time = AttendedTime(
                    starts_at=deed.starts_at,
                    ends_at=deed.ends_at,
                    zone=claims.own_claim(scope, claim_id).zone,
                    minutes=deed.minutes,
                    longer_reason=deed.longer_reason,
                    split=deed.split or None,
                    log=deed.log or None,
                    application_minutes=deed.application_minutes,
                    is_recording=deed.is_recording,
                )
                change_time(scope, claim_id, time)
            case AddLink():
                add_link(scope, claim_id, deed.link, note=deed.note)
            case AddWord():
                add_word(scope, claim_id, note=deed.note)
            case Answer():
                tokens = {answer.position: answer.token for answer in answers(scope, claim_id)}
                save_answers(scope, claim_id, [Written(deed.position, deed.text, tokens[deed.position])])
            case Submit():
                submit_claim(scope, claim_id, seen_version=claims.own_claim(scope, claim_id).version)
            case Withdraw():
                withdraw_claim(scope, claim_id)
            case _:
                assert_never(deed)

    def _as_reviewer(
        self, scope: Scope, claim_id: int, deed: Return | Deny | Approve | Endorse | Reverse
    ) -> None:
        seen, issuer = claims.claim(scope, claim_id).version, self._issuer
        match deed:
            case Return():
                return_claim(
                    scope,
                    claim_id,
                    seen_version=seen,
                    comments=deed.fields,
                    labels=_FIELD_LABELS
                    | {answer.field: answer.question for answer in answers(scope, claim_id)},
                    note=deed.note,
                    issuer=issuer,
                )
            case Deny():
                deny_claim(scope, claim_id, seen_version=seen, reason=deed.reason, issuer=issuer)
            case Approve():
                (outcome,) = approve_claims(scope, [Wish(claim_id, seen, deed.minutes, deed.reason)], issuer)
                if outcome.refusal is not None:
                    raise outcome.refusal
            case Endorse():
                (outcome,) = approve_claims(scope, [Wish(claim_id, seen, note=deed.note)], issuer)
                if outcome.refusal is not None:
                    raise outcome.refusal
            case Reverse():
                reverse_credit(scope, claim_id, seen_version=seen, reason=deed.reason, issuer=issuer)
            case _:
                assert_never(deed)

    def _rename(self, scope: Scope, claim: DemoClaim, deed: Rename) -> None:
        person_id = self._founded.residents[claim.person].person_id
        known = person(scope, person_id)
        edit_person(
            scope,
            person_id,
            name=deed.name,
            title=known.title,
            school_id=known.school_id,
            employee_number=known.employee_number,
        )

    def _about_certificate(self, scope: Scope, claim_id: int, deed: Revoke | Reissue) -> None:
        (standing,) = standing_certificates(scope, [claim_id])
        issued = released(scope.session, standing.code, scope.at)
        if issued is None:
            raise LookupError(f"certificate {standing.code} hasn't left the house")
        act = revoke_certificate if isinstance(deed, Revoke) else reissue_certificate
        act(scope, issued.serial, reason=deed.reason, issuer=self._issuer)
