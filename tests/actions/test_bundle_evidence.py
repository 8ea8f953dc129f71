"""What was recorded at an event reaches the part of a bundle as it reaches a claim."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.bundles import add_part, change_part, take_out_part
from pdtracker.actions.check_ins import check_in_by_screen, check_out
from pdtracker.actions.claims import begin_from_event
from pdtracker.actions.moderating import merge_event
from pdtracker.actions.recording import commit_import, undo_import
from pdtracker.actions.taking_along import take_along
from pdtracker.domain.checks import CheckCode, CheckLevel
from pdtracker.domain.claim import ClaimState
from pdtracker.domain.evidence import EvidenceKind
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.refusals import NotValid
from pdtracker.jobs import begin_fresh_drafts
from pdtracker.models.claims import Claim
from pdtracker.queries import bundles, evidence
from pdtracker.queries.bundles import PartRow
from pdtracker.queries.review_filters import QueueFilter
from pdtracker.queries.reviews import waiting
from pdtracker.scope import Scope
from tests.bundling import a_bundle, answer, attended, publish_bundles
from tests.checking_in import a_desk, code_at, sent
from tests.claiming import send
from tests.factories import NOW, Cast, an_event
from tests.importing import address, brought, confirmed, zoom

ADA = ("Ada Lindqvist", "ada@maplewood.example", 0, 50)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _rules(cast: Cast) -> None:
    publish_bundles(cast)


def a_part(scope: Scope, claim_id: int, event_id: int, minutes: int = 20, **more: object) -> int:
    """The event, from its beginning on, as a part."""
    return add_part(scope, claim_id, event_id, attended(scope.at - timedelta(hours=2), minutes), **more)  # type: ignore[arg-type]


def the_part(cast: Cast, claim_id: int, name: str = "ada") -> PartRow:
    (part,) = bundles.parts_of(cast.scope(name, NOW + timedelta(days=1)), claim_id)
    return part


def shown(part: PartRow) -> list[tuple[EvidenceKind, int | None]]:
    return [(one.kind, one.minutes) for one in part.recorded]


def claims_for(cast: Cast, event_id: int) -> list[tuple[int, ClaimState]]:
    rows = cast.scope("cam").session.execute(
        sa.select(Claim.id, Claim.state).where(Claim.event_id == event_id).order_by(Claim.id)
    )
    return [(row.id, row.state) for row in rows]


def test_a_report_waits_for_who_is_just_adding_the_event_to_a_bundle(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without the lock on the people in `commit_import` the report finds no part yet, and begins a draft beside it.
    ada, cam = cast.scope("ada"), cast.scope("cam")
    event_id, claim_id = an_event(cam), a_bundle(ada, kind=EventKind.WEBINAR)
    import_id = brought(cast, cam, event_id, zoom(cam, ADA))
    confirms: list[Future[None]] = []

    def confirm_meanwhile(*what: object) -> None:
        take_along(*what)  # type: ignore[arg-type]
        confirms.append(pool.submit(commit_import, cam, import_id, replaces=False, address=address))
        with pytest.raises(TimeoutError):
            confirms[0].result(timeout=1)

    monkeypatch.setattr("pdtracker.actions.bundles.take_along", confirm_meanwhile)
    with ThreadPoolExecutor(1) as pool:
        a_part(ada, claim_id, event_id)
        confirms[0].result(timeout=30)
    assert claims_for(cast, event_id) == []
    assert shown(the_part(cast, claim_id)) == [(EvidenceKind.REPORT, 50)]


def test_a_report_shows_the_part_that_there_is_and_begins_no_draft_beside_it(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    event_id, claim_id = an_event(cam), a_bundle(ada, kind=EventKind.WEBINAR)
    a_part(ada, claim_id, event_id)
    import_id = confirmed(cast, cam, event_id, zoom(cam, ADA))
    assert claims_for(cast, event_id) == []
    part = the_part(cast, claim_id)
    assert shown(part) == [(EvidenceKind.REPORT, 50)]
    assert part.evidence == {EvidenceKind.REPORT, EvidenceKind.LINK}
    # It stands with its part, not with all of them.
    assert evidence.evidence(cast.scope("ada"), claim_id) == ()
    undo_import(cast.scope("cam"), import_id, address=address)
    assert shown(the_part(cast, claim_id)) == []


def test_what_a_draft_has_of_a_report_goes_along_into_a_bundle_and_out_again(cast: Cast) -> None:
    cam = cast.scope("cam")
    event_id = an_event(cam)
    confirmed(cast, cam, event_id, zoom(cam, ADA))
    ((draft, _),) = claims_for(cast, event_id)
    ada = cast.scope("ada")
    claim_id = a_bundle(ada, kind=EventKind.WEBINAR)
    part_id = a_part(ada, claim_id, event_id, from_draft=draft)
    assert claims_for(cast, event_id) == [(draft, ClaimState.WITHDRAWN)]
    assert shown(the_part(cast, claim_id)) == [(EvidenceKind.REPORT, 50)]
    take_out_part(ada, claim_id, part_id)
    alone = begin_from_event(ada, event_id)
    assert [piece.kind for piece in evidence.evidence(ada, alone)] == [EvidenceKind.REPORT]


def test_a_part_that_comes_back_has_its_report_again(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    event_id, claim_id = an_event(cam), a_bundle(ada, kind=EventKind.WEBINAR)
    part_id = a_part(ada, claim_id, event_id)
    confirmed(cast, cam, event_id, zoom(cam, ADA))
    ada = cast.scope("ada")
    take_out_part(ada, claim_id, part_id)
    other = a_bundle(ada, "Another topic", EventKind.WEBINAR)
    a_part(ada, other, event_id)
    assert shown(the_part(cast, other)) == [(EvidenceKind.REPORT, 50)]


def test_a_check_in_shows_the_part_and_is_brought_up_to_date(cast: Cast) -> None:
    desk = a_desk(cast)
    check_in_by_screen(cast.scope("ada"), desk.id, code_at(desk, NOW), seen="", sent=sent())
    later = cast.scope("ada", NOW + 25 * MINUTE)
    claim_id = a_bundle(later, kind=EventKind.WEBINAR)
    add_part(later, claim_id, desk.event_id, attended(NOW, 20))
    assert [one.kind for one in the_part(cast, claim_id).recorded] == [EvidenceKind.CHECK_IN]
    check_out(cast.scope("ada", NOW + 30 * MINUTE), desk.id, sent=sent())
    begin_fresh_drafts(cast.database, base_url="https://pd.example", at=NOW + 60 * MINUTE)
    assert shown(the_part(cast, claim_id)) == [(EvidenceKind.CHECK_IN, 30)]
    assert claims_for(cast, desk.event_id) == []


def test_what_was_recorded_meanwhile_is_there_when_the_bundle_is_sent(cast: Cast) -> None:
    desk = a_desk(cast)
    check_in_by_screen(cast.scope("ada"), desk.id, code_at(desk, NOW), seen="", sent=sent())
    ada = cast.scope("ada", NOW + 25 * MINUTE)
    claim_id = a_bundle(ada, kind=EventKind.WEBINAR)
    add_part(ada, claim_id, desk.event_id, attended(NOW, 20))
    check_out(cast.scope("ada", NOW + 30 * MINUTE), desk.id, sent=sent())
    ada = cast.scope("ada", NOW + timedelta(hours=1))
    add_own_hour(ada, claim_id)
    answer(ada, claim_id)
    send(ada, claim_id)
    last = bundles.parts_of(cast.scope("ada"), claim_id)[-1]
    assert shown(last) == [(EvidenceKind.CHECK_IN, 30)]


def add_own_hour(scope: Scope, claim_id: int) -> None:
    """Forty minutes more, of a webinar a week ago."""
    starts_at = scope.at - timedelta(days=7)
    event_id = an_event(scope, starts_at=starts_at, ends_at=starts_at + timedelta(minutes=40))
    add_part(scope, claim_id, event_id, attended(starts_at, 40))


def test_the_desk_tells_where_a_part_claims_more_than_was_recorded(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    event_id, claim_id = an_event(cam), a_bundle(ada, kind=EventKind.WEBINAR)
    a_part(ada, claim_id, event_id, 30)
    add_own_hour(ada, claim_id)
    answer(ada, claim_id)
    send(ada, claim_id)
    confirmed(cast, cam, event_id, zoom(cam, (*ADA[:2], 0, 12)))
    (found,) = waiting(cast.scope("bo"), QueueFilter(), limit=9).rows
    (check,) = (check for check in found.checks if check.code is CheckCode.EVIDENCE)
    assert check.level is CheckLevel.STOP
    assert "12\N{NO-BREAK SPACE}minutes, claimed 30" in check.sentence
    levels = [next(one.level for one in part if one.code is CheckCode.EVIDENCE) for part in found.part_checks]
    assert levels == [CheckLevel.PASS, CheckLevel.STOP]


def test_no_other_part_has_what_was_recorded(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    event_id, claim_id = an_event(cam), a_bundle(ada, kind=EventKind.WEBINAR)
    a_part(ada, claim_id, event_id)
    add_own_hour(ada, claim_id)
    confirmed(cast, cam, event_id, zoom(cam, ADA))
    first, second = bundles.parts_of(cast.scope("ada"), claim_id)
    assert (shown(first), shown(second)) == ([], [(EvidenceKind.REPORT, 50)])


def test_a_merged_event_leaves_nobody_with_the_same_event_twice(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    first, second, third = (an_event(cam) for _ in range(3))
    claim_id = a_bundle(ada, kind=EventKind.WEBINAR)
    a_part(ada, claim_id, first)
    confirmed(cast, cam, first, zoom(cam, ADA))
    alone = begin_from_event(cast.scope("ada"), second)
    merge_event(cast.scope("cam"), first, third)
    moved = the_part(cast, claim_id)
    assert (moved.event_id, shown(moved)) == (third, [(EvidenceKind.REPORT, 50)])
    merge_event(cast.scope("cam"), second, third)
    assert [claim for claim, _ in claims_for(cast, second)] == [alone]
    assert the_part(cast, claim_id).event_id == third


def test_what_was_recorded_needs_no_link_and_no_word(cast: Cast) -> None:
    desk = a_desk(cast)
    check_in_by_screen(cast.scope("ada"), desk.id, code_at(desk, NOW), seen="", sent=sent())
    later = cast.scope("ada", NOW + 25 * MINUTE)
    claim_id = a_bundle(later, kind=EventKind.WEBINAR)
    part_id = add_part(later, claim_id, desk.event_id, attended(NOW, 20, link=""))
    assert the_part(cast, claim_id).evidence == {EvidenceKind.CHECK_IN}
    change_part(later, claim_id, part_id, attended(NOW, 15, link=""))
    assert the_part(cast, claim_id).minutes == 15


def test_a_draft_with_a_report_needs_none_either(cast: Cast) -> None:
    cam = cast.scope("cam")
    event_id = an_event(cam)
    import_id = confirmed(cast, cam, event_id, zoom(cam, ADA))
    ((draft, _),) = claims_for(cast, event_id)
    ada = cast.scope("ada")
    claim_id = a_bundle(ada, kind=EventKind.WEBINAR)
    starts_at = ada.at - timedelta(hours=2)
    add_part(ada, claim_id, event_id, attended(starts_at, 20, link=""), from_draft=draft)
    assert the_part(cast, claim_id).evidence == {EvidenceKind.REPORT}
    # When the report goes, a link is asked for again before the bundle is sent.
    undo_import(cast.scope("cam"), import_id, address=address)
    part = the_part(cast, claim_id)
    assert part.evidence == frozenset()
    with pytest.raises(NotValid) as refused:
        change_part(ada, claim_id, part.id, attended(starts_at, 20, link=""))
    assert set(refused.value.errors) == {"evidence"}


def test_an_event_where_nothing_was_recorded_of_one_asks_for_a_link(cast: Cast) -> None:
    ada, cam = cast.scope("ada"), cast.scope("cam")
    event_id, claim_id = an_event(cam), a_bundle(ada, kind=EventKind.WEBINAR)
    confirmed(cast, cam, event_id, zoom(cam, ("Bo Castellanos", "bo@maplewood.example", 0, 50)))
    with pytest.raises(NotValid) as refused:
        add_part(ada, claim_id, event_id, attended(ada.at - timedelta(hours=2), 20, link=""))
    assert set(refused.value.errors) == {"evidence"}
    assert bundles.parts_of(cast.scope("ada"), claim_id) == ()
