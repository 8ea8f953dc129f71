"""Bundles from the first short session to the certificate: what gathers, what is refused, what is credited."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from pdtracker.actions.bundles import (
    OwnSession,
    add_part,
    begin_bundle,
    change_bundle,
    change_part,
    take_out_part,
)
from pdtracker.actions.claims import (
    AttendedTime,
    begin_from_event,
    change_session,
    change_time,
    withdraw_claim,
)
from pdtracker.actions.reflections import Written, save_answers
from pdtracker.actions.reviews import Wish, approve_claims, return_claim, reverse_credit
from pdtracker.actions.undoing import undo_decisions
from pdtracker.domain.bundle import BundleRule
from pdtracker.domain.certificate import Snapshot
from pdtracker.domain.certified_sessions import CertifiedChange
from pdtracker.domain.checks import CheckCode, CheckGroup, CheckLevel
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.policy import KindCap
from pdtracker.domain.refusals import NotHere, NotNow, NotValid
from pdtracker.domain.split import split_of
from pdtracker.domain.statement import statement
from pdtracker.domain.text import words
from pdtracker.models.certificates import Certificate
from pdtracker.models.claims import Claim
from pdtracker.models.credit import Award
from pdtracker.models.events import Event, EventState
from pdtracker.models.records import AuditEntry
from pdtracker.queries import bundles, claims, details, events, one_event, reflections, sending
from pdtracker.queries.certificates import certificate
from pdtracker.queries.dossier import dossier
from pdtracker.queries.evidence import evidence
from pdtracker.queries.going import mine_among
from pdtracker.queries.licence_record import records
from pdtracker.queries.proving import contradictions
from pdtracker.queries.review_filters import QueueFilter
from pdtracker.queries.reviews import waiting
from pdtracker.queries.standing_awards import standing_awards
from pdtracker.queries.transcript import transcript
from pdtracker.queries.verification import sound_snapshot
from pdtracker.scope import Scope
from tests.bundling import (
    CHATS,
    TOPIC,
    WORDS,
    a_bundle,
    a_chat,
    a_full_bundle,
    a_sent_bundle,
    add_chat,
    add_own,
    answer,
    attended,
    event_of,
    let_host,
    publish_bundles,
)
from tests.calendars import statements
from tests.claiming import complete, send
from tests.factories import AN_ISSUER, NOW, Cast, a_claim

LATER = NOW + timedelta(minutes=15)


def row(scope: Scope, claim_id: int) -> claims.ClaimRow:
    found = claims.own_claim(scope, claim_id)
    scope.session.rollback()
    return found


def missing(scope: Scope, claim_id: int) -> dict[str, str]:
    """What keeps a draft from being sent."""
    claim = claims.own_claim(scope, claim_id)
    lacking = sending.lacking(scope, claim, evidence(scope, claim_id), ())
    found = sending.against_sending(lacking, sending.obstacles(scope, claim))
    scope.session.rollback()
    return found


def approve(scope: Scope, claim_id: int, version: int, **wish: Any) -> int:
    (outcome,) = approve_claims(scope, [Wish(claim_id, version, **wish)], AN_ISSUER)
    assert outcome.refusal is None, outcome.refusal
    assert outcome.step_id is not None
    return outcome.step_id


def approved(cast: Cast, lengths: tuple[int, ...] = (20, 20, 20)) -> int:
    """The id of a credited bundle of Ada's."""
    ada = cast.scope("ada")
    claim_id = a_sent_bundle(ada, lengths)
    approve(cast.scope("bo"), claim_id, row(ada, claim_id).version)
    return claim_id


def snapshot_of(scope: Scope, claim_id: int) -> Snapshot:
    frozen = scope.session.scalars(
        sa.select(Certificate.snapshot).where(Certificate.claim_id == claim_id)
    ).one()
    scope.session.rollback()
    return Snapshot.from_bytes(frozen)


def faults(cast: Cast) -> list[str]:
    """What `db check` says of the district."""
    with cast.database.session(cast.maplewood.id) as session:
        return list(contradictions(session))


def test_short_sessions_gather_until_they_are_enough_and_are_sent_once(cast: Cast) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    claim_id = a_bundle(ada)
    assert "parts" in missing(ada, claim_id)
    add_chat(ada, claim_id, 14)
    add_own(ada, claim_id, 7)
    assert missing(ada, claim_id)["parts"].startswith("40 of 60")
    add_chat(ada, claim_id, 3)
    gathered = row(ada, claim_id)
    assert (gathered.minutes, gathered.parts, gathered.is_bundle) == (60, 3, True)
    assert missing(ada, claim_id) == {}
    answer(ada, claim_id)
    send(ada, claim_id)
    assert row(ada, claim_id).state is ClaimState.SUBMITTED


def test_a_bundle_that_is_too_short_is_not_sent(cast: Cast) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    claim_id = a_full_bundle(ada, (20, 20))
    with pytest.raises(NotValid) as refused:
        send(ada, claim_id)
    assert "20\N{NO-BREAK SPACE}minutes or more" in refused.value.errors["parts"]


def test_the_same_form_twice_is_one_bundle_and_one_part(cast: Cast) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    twice = [
        begin_bundle(ada, TOPIC, EventKind.HASHTAG_CHAT, CreditCategory.ELL, key="k" * 32) for _ in range(2)
    ]
    assert twice[0] == twice[1]
    event_id = a_chat(ada, 7)
    when = attended(ada.at - timedelta(days=7, hours=2))
    assert add_part(ada, twice[0], event_id, when) == add_part(ada, twice[0], event_id, when)
    own = [
        add_part(ada, twice[0], OwnSession("A", "B"), attended(ada.at - timedelta(days=2)), key="p" * 32)
        for _ in range(2)
    ]
    assert own[0] == own[1]
    assert row(ada, twice[0]).parts == 2


def test_a_part_is_changed_and_taken_out_and_the_sum_follows(cast: Cast) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    claim_id = a_bundle(ada)
    first, second = add_chat(ada, claim_id, 14, 30), add_own(ada, claim_id, 7, 30)
    change_bundle(
        ada, claim_id, "Captions", split_of({CreditCategory.ELL: 40, CreditCategory.CONTENT: 20}), None
    )
    change_part(
        ada, claim_id, second, attended(ada.at - timedelta(days=6), 15), OwnSession("Another chat", "A group")
    )
    assert (row(ada, claim_id).title, row(ada, claim_id).minutes) == ("Captions", 45)
    assert sum(minutes for _, minutes in details.split_of_claim(ada, claim_id)) == 45
    ada.session.rollback()
    take_out_part(ada, claim_id, first)
    take_out_part(ada, claim_id, first)
    assert [part.title for part in bundles.parts_of(ada, claim_id)] == ["Another chat"]
    ada.session.rollback()
    take_out_part(ada, claim_id, second)
    assert (row(ada, claim_id).minutes, row(ada, claim_id).starts_at) == (None, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"minutes": 4}, "minutes"),
        ({"minutes": 25}, "minutes"),
        ({"link": "", "note": " "}, "evidence"),
    ],
)
def test_a_part_that_cannot_be_is_refused_at_its_field(
    cast: Cast, change: dict[str, Any], field: str
) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    claim_id = a_bundle(ada)
    with pytest.raises(NotValid) as refused:
        add_part(
            ada, claim_id, a_chat(ada, 7), replace(attended(ada.at - timedelta(days=7, hours=2)), **change)
        )
    assert set(refused.value.errors) == {field}


def test_what_is_to_come_is_no_part_yet(cast: Cast) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    with pytest.raises(NotValid) as refused:
        add_part(ada, a_bundle(ada), OwnSession("A", "B"), attended(ada.at + timedelta(days=1)))
    assert "ends" in refused.value.errors


def test_two_parts_never_share_a_minute(cast: Cast) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    claim_id = a_bundle(ada)
    add_own(ada, claim_id, 7)
    with pytest.raises(NotValid) as refused:
        add_own(ada, claim_id, 7, 5)
    assert "“Chat 7” of this bundle" in refused.value.errors["starts"]


def test_a_kind_that_is_not_gathered_is_refused(cast: Cast) -> None:
    publish_bundles(cast, bundles=BundleRule(kinds=(EventKind.WEBINAR,)))
    ada = cast.scope("ada")
    with pytest.raises(NotValid) as refused:
        add_own(ada, a_bundle(ada), 7)
    assert "short hashtag chats" in refused.value.errors["starts"]
    with pytest.raises(NotNow, match="gathers webinars"):
        add_chat(ada, a_bundle(ada, kind=EventKind.WEBINAR), 6)
    with pytest.raises(NotValid):
        a_bundle(ada, kind=EventKind.FORUM)


def test_only_its_claimant_sees_a_bundle_and_only_there_parts_are(cast: Cast) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    claim_id = a_bundle(ada)
    part_id = add_own(ada, claim_id, 7)
    dee = cast.scope("dee")
    with pytest.raises(NotHere):
        add_own(dee, claim_id, 7)
    with pytest.raises(NotHere):
        take_out_part(dee, claim_id, part_id)
    with pytest.raises(NotHere):
        add_own(ada, a_claim(ada), 7)
    with pytest.raises(NotHere):
        change_part(ada, a_bundle(ada), part_id, attended(ada.at - timedelta(days=3)))


def test_a_bundle_has_no_session_of_its_own_to_change(cast: Cast) -> None:
    ada = cast.scope("ada")
    claim_id = a_bundle(ada)
    with pytest.raises(NotNow, match="entered one by one"):
        change_session(ada, claim_id, None)  # type: ignore[arg-type]


def test_an_event_is_held_once_by_a_claim_or_by_a_part(cast: Cast) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    claim_id = a_bundle(ada)
    event_id = event_of(ada, add_chat(ada, claim_id, 7))
    assert event_id is not None
    assert begin_from_event(ada, event_id) == claim_id
    held = one_event.my_claim(ada, event_id)
    assert held is not None
    assert held.is_bundle
    assert mine_among(ada, [event_id]).drafted == {event_id}
    assert event_id not in [one.id for one in events.attended_candidates(ada, [], 50)]
    ada.session.rollback()
    other = a_bundle(ada, "Another topic")
    with pytest.raises(NotNow, match="claim this session already"):
        add_part(ada, other, event_id, attended(ada.at - timedelta(days=7, hours=2)))
    withdraw_claim(ada, claim_id)
    add_part(ada, other, event_id, attended(ada.at - timedelta(days=7, hours=2)))
    answer(ada, claim_id)
    assert "is claimed in “Another topic” already" in missing(ada, claim_id)["starts"]


@pytest.mark.parametrize("beyond", [2**63, 2**64, 10**30, -1])
def test_an_id_beyond_all_ids_is_nowhere(cast: Cast, beyond: int) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    claim_id, when = a_bundle(ada), attended(ada.at - timedelta(days=7, hours=2))
    with pytest.raises(NotHere):
        add_part(ada, claim_id, beyond, when)
    with pytest.raises(NotHere):
        add_part(ada, beyond, OwnSession("A", "B"), when)
    with pytest.raises(NotHere):
        add_part(ada, claim_id, OwnSession("A", "B"), when, from_draft=beyond)
    with pytest.raises(NotHere):
        change_part(ada, claim_id, beyond, when)
    take_out_part(ada, claim_id, beyond)


def test_the_check_of_the_database_tells_of_an_event_credited_twice(cast: Cast) -> None:
    publish_bundles(cast)
    claim_id = approved(cast)
    ada = cast.scope("ada", LATER)
    event_id = bundles.parts_of(ada, claim_id)[0].event_id
    assert faults(cast) == []
    other = a_claim(ada, submitted_at=ada.at, decided_at=ada.at)
    with ada.session.writing():
        ada.session.execute(
            sa.update(Claim).where(Claim.id == other).values(event_id=event_id, state=ClaimState.CREDITED)
        )
    told = f"event {event_id} is credited to one person in claim {claim_id} and in claim {other}"
    assert told in faults(cast)


def test_a_draft_that_is_too_short_alone_becomes_a_part(cast: Cast) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    event_id = a_chat(ada, 7)
    draft = begin_from_event(ada, event_id)
    claim_id = a_bundle(ada)
    when = attended(ada.at - timedelta(days=7, hours=2))
    add_part(ada, claim_id, event_id, when, from_draft=draft)
    add_part(ada, claim_id, event_id, when, from_draft=draft)
    assert row(ada, draft).state is ClaimState.WITHDRAWN
    assert row(ada, claim_id).minutes == 20


def test_each_part_holds_its_own_time_and_what_lies_between_is_free(cast: Cast) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    a_sent_bundle(ada)
    between = ada.at - timedelta(days=10)
    free = a_claim(ada, starts_at=between, ends_at=between + timedelta(hours=1), kind=EventKind.WEBINAR)
    assert "starts" not in missing(ada, free)
    there = ada.at - timedelta(days=7, hours=2, minutes=-10)
    taken = a_claim(ada, starts_at=there, ends_at=there + timedelta(hours=1), kind=EventKind.WEBINAR)
    assert "“#edtech chat 7” already" in missing(ada, taken)["starts"]


def test_a_bundle_whose_part_overlaps_another_claim_is_not_sent(cast: Cast) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    there = ada.at - timedelta(days=14, hours=2)
    other = a_claim(
        ada, starts_at=there, ends_at=there + timedelta(hours=1), kind=EventKind.WEBINAR, title="A webinar"
    )
    complete(ada, other)
    send(ada, other)
    claim_id = a_full_bundle(ada)
    with pytest.raises(NotValid) as refused:
        send(ada, claim_id)
    assert "“A webinar” already" in refused.value.errors["starts"]


def test_all_parts_lie_in_one_school_year(cast: Cast) -> None:
    publish_bundles(cast, year_starts=(10, 10))
    ada = cast.scope("ada")
    claim_id = a_bundle(ada)
    add_own(ada, claim_id, 3, 60)
    assert missing(ada, claim_id) == {}
    add_own(ada, claim_id, 14)
    assert missing(ada, claim_id)["starts"].startswith("These sessions lie in two school years")


def test_from_the_first_to_the_last_part_there_are_not_too_many_days(cast: Cast) -> None:
    publish_bundles(cast, bundles=BundleRule(kinds=CHATS, most_days=10))
    ada = cast.scope("ada")
    claim_id = a_bundle(ada)
    add_own(ada, claim_id, 3, 60)
    add_own(ada, claim_id, 14)
    assert "at most 10" in missing(ada, claim_id)["parts"]


def test_credit_counts_the_sum_and_the_certificate_lists_each_part(cast: Cast) -> None:
    publish_bundles(cast)
    claim_id = approved(cast, (15, 15, 20, 25))
    bo = cast.scope("bo")
    (award,) = bo.session.scalars(sa.select(Award).where(Award.claim_id == claim_id)).all()
    assert (award.minutes, award.instructional_minutes, award.kind) == (75, 75, EventKind.HASHTAG_CHAT)
    assert award.trace[0]["sentence"] == f"Four sessions on “{TOPIC}” of 15, 15, 20 and 25 minutes make 75."
    bo.session.rollback()
    told = snapshot_of(bo, claim_id)
    assert told.title == TOPIC
    assert [session.title for session in told.sessions] == [
        f"#edtech chat {days}" for days in (28, 21, 14, 7)
    ]
    assert [session.attended_minutes for session in told.sessions] == [25, 20, 15, 15]
    assert told.changes == ()
    assert {session.attendance for session in told.sessions} == {"Link, reviewed"}
    assert told.total_minutes == 75
    assert faults(cast) == []


def test_a_capped_and_split_bundle_adds_up_on_its_certificate(cast: Cast) -> None:
    publish_bundles(cast, caps=(KindCap(EventKind.HASHTAG_CHAT, 60),))
    ada, bo = cast.scope("ada"), cast.scope("bo")
    claim_id = a_full_bundle(ada, (25, 25, 25))
    change_bundle(ada, claim_id, TOPIC, split_of({CreditCategory.ELL: 50, CreditCategory.CONTENT: 25}), None)
    send(ada, claim_id)
    approve(bo, claim_id, row(ada, claim_id).version)
    told = snapshot_of(bo, claim_id)
    assert [session.attended_minutes for session in told.sessions] == [25, 25, 25]
    assert told.changes == (CertifiedChange("Limit of the school year", -15),)
    assert told.total_minutes == 60
    assert {one.name: one.minutes for one in told.categories} == {
        "Content": 20,
        "English language learners": 40,
    }
    assert faults(cast) == []


def test_a_certificate_says_what_was_attended_and_what_rounding_made_of_it(cast: Cast) -> None:
    publish_bundles(cast, step_minutes=15)
    claim_id = approved(cast, (20, 20, 25))
    told = snapshot_of(cast.scope("bo"), claim_id)
    assert [session.attended_minutes for session in told.sessions] == [25, 20, 20]
    assert told.changes == (CertifiedChange("Rounded down to quarter hours", -5),)
    assert told.total_minutes == 60
    assert Snapshot.from_bytes(told.to_bytes()) == told
    assert statement(told).reckoning == (
        "65\N{NO-BREAK SPACE}minutes attended; rounded down to quarter hours, 5 fewer;"
        " 60\N{NO-BREAK SPACE}minutes certified"
    )
    assert faults(cast) == []


def test_a_credited_bundle_is_undone_approved_again_and_reversed(cast: Cast) -> None:
    publish_bundles(cast)
    ada, bo = cast.scope("ada"), cast.scope("bo")
    claim_id = a_sent_bundle(ada)
    undo_decisions(bo, [approve(bo, claim_id, row(ada, claim_id).version)])
    assert row(ada, claim_id).state is ClaimState.SUBMITTED
    approve(bo, claim_id, row(ada, claim_id).version)
    reverse_credit(
        cast.scope("bo", LATER),
        claim_id,
        seen_version=row(ada, claim_id).version,
        reason="Not attended.",
        issuer=AN_ISSUER,
    )
    sum_of_all = sa.select(sa.func.sum(Award.minutes)).where(Award.claim_id == claim_id)
    assert bo.session.scalar(sum_of_all) == 0
    bo.session.rollback()
    assert faults(cast) == []


def test_an_hour_of_a_credited_part_is_never_credited_twice(cast: Cast) -> None:
    publish_bundles(cast)
    approved(cast)
    there = NOW - timedelta(days=7, hours=2)
    ada, bo = cast.scope("ada"), cast.scope("bo")
    clash = a_claim(ada, ClaimState.SUBMITTED, starts_at=there, ends_at=there + timedelta(hours=1))
    (outcome,) = approve_claims(bo, [Wish(clash, 1)], AN_ISSUER)
    assert outcome.refusal is not None
    assert outcome.refusal.code == "credited_already"
    between = NOW - timedelta(days=10)
    free = a_claim(ada, ClaimState.SUBMITTED, starts_at=between, ends_at=between + timedelta(hours=1))
    approve(bo, free, 1)


def test_an_undo_sees_that_a_part_was_given_to_another_claim(cast: Cast) -> None:
    publish_bundles(cast)
    ada, bo = cast.scope("ada"), cast.scope("bo")
    claim_id = a_sent_bundle(ada)
    step_id = return_claim(
        bo,
        claim_id,
        seen_version=row(ada, claim_id).version,
        comments={},
        labels={},
        note="Look again.",
        issuer=AN_ISSUER,
    )
    (outcome,) = undo_decisions(bo, [step_id])
    assert outcome.refusal is None


def test_nobody_decides_about_a_part_of_an_event_that_they_host(cast: Cast) -> None:
    publish_bundles(cast)
    ada, bo = cast.scope("ada"), cast.scope("bo")
    claim_id = a_sent_bundle(ada)
    part = bundles.parts_of(ada, claim_id)[1]
    ada.session.rollback()
    let_host(cast.operator(), part.event_id, bo.me.id)
    (outcome,) = approve_claims(bo, [Wish(claim_id, row(ada, claim_id).version)], AN_ISSUER)
    assert outcome.refusal is not None
    assert outcome.refusal.code == "own_event"
    assert [one.id for one in waiting(bo, QueueFilter(), limit=9).rows] == []


def test_the_same_text_as_every_answer_counts_once_and_the_desk_says_so(cast: Cast) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    claim_id = a_full_bundle(ada)
    rows = reflections.answers(ada, claim_id)
    assert len(rows) > 1
    save_answers(ada, claim_id, [Written(row.position, WORDS, row.token) for row in rows])
    send(ada, claim_id)
    (found,) = waiting(cast.scope("bo"), QueueFilter(), limit=9).rows
    assert found.reflection_words == words(WORDS)
    (check,) = (check for check in found.checks if check.code is CheckCode.REFLECTION)
    assert (check.level, check.title) == (CheckLevel.GLANCE, "The same answer to several prompts")
    assert found.group is CheckGroup.GLANCE


def test_the_desk_checks_each_part(cast: Cast) -> None:
    publish_bundles(cast)
    ada, bo = cast.scope("ada"), cast.scope("bo")
    claim_id = a_sent_bundle(ada)
    there = NOW - timedelta(days=14, hours=2)
    a_claim(
        ada, ClaimState.SUBMITTED, starts_at=there, ends_at=there + timedelta(minutes=5), title="Beside it"
    )
    bo.session.rollback()
    found = next(one for one in waiting(bo, QueueFilter(), limit=9).rows if one.id == claim_id)
    assert [next(check.level for check in part) for part in found.part_checks] == [
        CheckLevel.PASS,
        CheckLevel.STOP,
        CheckLevel.PASS,
    ]
    overlap = next(check for check in found.checks if check.code is CheckCode.OVERLAP)
    assert overlap.sentence.startswith("“#edtech chat 14”: “Beside it” was on")
    beside = next(one for one in waiting(bo, QueueFilter(), limit=9).rows if one.id != claim_id)
    assert any(check.title == "Overlaps #edtech chat 14" for check in beside.checks)


def test_the_statements_of_the_desk_and_of_a_decision_do_not_grow_with_the_parts(cast: Cast) -> None:
    publish_bundles(cast)
    ada, bo = cast.scope("ada"), cast.scope("bo")
    counts = []
    for lengths in ((30, 30), (12, 12, 12, 12, 12)):
        claim_id = a_sent_bundle(ada, lengths)
        version = row(ada, claim_id).version
        bo.session.rollback()
        with statements(cast.database) as told:
            assert dossier(bo, claim_id, QueueFilter()).preview is not None
            bo.session.rollback()
            step_id = approve(bo, claim_id, version)
            assert transcript(ada, ada.me.id, None, NOW.date()).lines
            assert records(ada, [ada.me.id]).done
            standing_awards(bo, NOW.date() - timedelta(days=300), NOW.date())
        counts.append(len(told))
        ada.session.rollback()
        bo.session.rollback()
        undo_decisions(bo, [step_id])
        withdraw_claim(ada, claim_id)
    assert counts[0] == counts[1]


def test_a_licence_sees_one_activity_with_the_topic_of_the_bundle(cast: Cast) -> None:
    publish_bundles(cast)
    claim_id = approved(cast, (30, 45))
    ada = cast.scope("ada")
    (done,) = records(ada, [ada.me.id]).done[ada.me.id]
    assert (done.claim_id, done.minutes, done.topic) == (claim_id, 75, TOPIC)
    assert (done.ends_on - done.on).days == 7
    (activity,) = records(ada, [ada.me.id]).activities(ada.me.id, "massachusetts-pdp", waiting=False)
    assert activity.topic == TOPIC


def test_a_stored_bundle_is_recounted_as_a_bundle(cast: Cast) -> None:
    publish_bundles(cast)
    approved(cast)
    found = standing_awards(cast.scope("bo"), NOW.date() - timedelta(days=300), NOW.date())
    (award,) = found.awards
    assert award.facts.bundle is not None
    assert [part.minutes for part in award.facts.bundle.parts] == [20, 20, 20]


def test_the_transcript_and_the_proof_of_a_certificate_know_a_bundle(cast: Cast) -> None:
    publish_bundles(cast)
    claim_id = approved(cast)
    ada = cast.scope("ada", LATER)
    (line,) = transcript(ada, ada.me.id, None, NOW.date()).lines
    assert (line.claim_id, line.minutes, line.parts) == (claim_id, 60, 3)
    assert line.certificate is not None
    assert sound_snapshot(certificate(ada, line.certificate.serial)) is not None


def test_the_last_part_stays_in_a_bundle_that_was_returned(cast: Cast) -> None:
    publish_bundles(cast)
    ada, bo = cast.scope("ada"), cast.scope("bo")
    claim_id = a_sent_bundle(ada, (60,))
    (part,) = bundles.parts_of(ada, claim_id)
    ada.session.rollback()
    return_claim(
        bo,
        claim_id,
        seen_version=row(ada, claim_id).version,
        comments={part.field: "Which post is yours?"},
        labels={part.field: part.title},
        note="",
        issuer=AN_ISSUER,
    )
    with pytest.raises(NotNow, match="Add another session"):
        take_out_part(ada, claim_id, part.id)
    change_part(ada, claim_id, part.id, attended(part.starts_at, 60, link="https://posts.example/mine"))
    send(ada, claim_id)


def test_what_a_host_changes_later_changes_no_part(cast: Cast) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    claim_id = a_full_bundle(ada)
    before = bundles.parts_of(ada, claim_id)
    ada.session.rollback()
    operator = cast.operator()
    with operator.session.writing():
        operator.session.execute(sa.update(Event).values(state=EventState.CANCELLED, title="Cancelled"))
    assert bundles.parts_of(ada, claim_id) == before
    ada.session.rollback()
    send(ada, claim_id)


def test_every_change_of_a_bundle_has_its_audit_entry(cast: Cast) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    claim_id = a_bundle(ada)
    part_id = add_own(ada, claim_id, 7)
    change_part(ada, claim_id, part_id, attended(ada.at - timedelta(days=3)))
    take_out_part(ada, claim_id, part_id)
    change_bundle(ada, claim_id, "Captions", None, 30)
    told = ada.session.scalars(
        sa.select(AuditEntry.action).where(AuditEntry.subject_id == claim_id).order_by(AuditEntry.seq)
    ).all()
    assert told == ["claim.begun", "part.added", "part.changed", "part.removed", "bundle.changed"]


def test_a_rule_of_two_kinds_counts_each_by_itself(cast: Cast) -> None:
    publish_bundles(cast)
    ada = cast.scope("ada")
    assert {one.kind for one in bundles.open_bundles(ada)} == set()
    for kind in CHATS:
        a_bundle(ada, kind=kind)
    assert [one.kind for one in bundles.open_bundles(ada, EventKind.WEBINAR)] == [EventKind.WEBINAR]


def test_an_event_in_a_bundle_is_not_sent_again_by_itself(cast: Cast) -> None:
    """A claim that was laid aside comes back after its event went into a bundle, at another time of the same event."""
    publish_bundles(cast, minimum_session_minutes=15)
    ada = cast.scope("ada")
    event_id = a_chat(ada, 7, 60)
    starts_at = ada.at - timedelta(days=7, hours=2)
    single = begin_from_event(ada, event_id)
    complete(ada, single)
    change_time(
        ada,
        single,
        AttendedTime(
            starts_at=starts_at - timedelta(minutes=30),
            ends_at=starts_at + timedelta(minutes=30),
            zone="America/New_York",
            minutes=60,
            longer_reason="",
        ),
    )
    withdraw_claim(ada, single)
    bundle_id = a_bundle(ada)
    add_part(
        ada, bundle_id, event_id, attended(starts_at + timedelta(minutes=30), 60, longer_reason="It went on.")
    )
    answer(ada, bundle_id)
    send(ada, bundle_id)
    with pytest.raises(NotValid) as refused:
        send(ada, single)
    assert "has this session already" in " ".join(refused.value.errors.values())


def test_each_session_keeps_its_category_and_a_change_of_it_is_shown_to_the_reviewer(cast: Cast) -> None:
    publish_bundles(cast)
    ada, at = cast.scope("ada"), cast.scope("ada").at
    claim_id = a_bundle(ada)
    parts = []
    for days_ago, category in ((7, CreditCategory.ELL), (14, CreditCategory.PEDAGOGY)):
        event_id = a_chat(ada, days_ago, 30, category=category)
        parts.append(add_part(ada, claim_id, event_id, attended(at - timedelta(days=days_ago, hours=2), 30)))
    by_calendar = split_of({CreditCategory.PEDAGOGY: 30, CreditCategory.ELL: 30})
    assert details.split_of_claim(ada, claim_id) == by_calendar
    answer(ada, claim_id)
    send(ada, claim_id)
    assert _category_check(cast) == ("Categories as the calendar lists them", CheckLevel.PASS)

    ada.session.rollback()
    return_claim(
        cast.scope("bo"),
        claim_id,
        seen_version=row(ada, claim_id).version,
        comments={},
        labels={},
        note="Which of them was for English learners?",
        issuer=AN_ISSUER,
    )
    change_bundle(ada, claim_id, TOPIC, ((CreditCategory.ELL, 60),), None)
    send(ada, claim_id)
    assert _category_check(cast) == ("Categories differ from the calendar", CheckLevel.GLANCE)


def test_a_session_that_is_taken_out_takes_its_category_along(cast: Cast) -> None:
    publish_bundles(cast)
    ada, at = cast.scope("ada"), cast.scope("ada").at
    claim_id = a_bundle(ada)
    chat = add_part(
        ada,
        claim_id,
        a_chat(ada, 7, category=CreditCategory.PEDAGOGY),
        attended(at - timedelta(days=7, hours=2)),
    )
    add_part(
        ada,
        claim_id,
        a_chat(ada, 14, category=CreditCategory.ELL),
        attended(at - timedelta(days=14, hours=2)),
    )
    take_out_part(ada, claim_id, chat)
    claim = row(ada, claim_id)
    assert (details.split_of_claim(ada, claim_id), claim.category) == ((), CreditCategory.ELL)


def _category_check(cast: Cast) -> tuple[str, CheckLevel]:
    [found] = waiting(cast.scope("bo"), QueueFilter()).rows
    return next((check.title, check.level) for check in found.checks if check.code is CheckCode.CATEGORY)
