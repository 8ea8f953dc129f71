"""One certificate of a programme, a year or a cycle: what it states, when it comes, and that it stays true."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from pdtracker.actions.licences import close_licence
from pdtracker.actions.reviews import reverse_credit
from pdtracker.actions.summing_up import sum_up_due, sum_up_mine, sum_up_people
from pdtracker.domain.refusals import NotHere, NotNow
from pdtracker.domain.summary import SummaryKind
from pdtracker.models.certificates import Certificate, CertificateNews, Summary
from pdtracker.models.claims import Claim
from pdtracker.models.records import OutboxMail
from pdtracker.queries.certificates import Issued, certificate
from pdtracker.queries.proving import contradictions
from pdtracker.queries.reissuing import is_responsible
from pdtracker.queries.summaries import gathered, summary_with
from pdtracker.queries.verification import Verdict, of_issued
from tests.certifying import (
    Numbers,
    a_programme,
    certified,
    pdf,
    reissue,
    revoke,
    sum_everything_up,
    text_of,
)
from tests.factories import AN_ISSUER, NOW, Cast, a_licence, an_event

SOON = NOW + timedelta(hours=3)
NEXT_YEAR = NOW + timedelta(days=300)


@pytest.fixture(autouse=True)
def _chosen(cast: Cast) -> None:
    """Maplewood sums up all that there is to sum up."""
    sum_everything_up(cast)


def attended(cast: Cast, programme_id: int, at: datetime = NOW) -> str:
    """A certificate of Ada's for an event of the programme."""
    event_id = an_event(cast.scope("cam", at), programme_id=programme_id)
    return certified(cast, at, event_id=event_id).serial


def newest(cast: Cast, kind: SummaryKind = SummaryKind.PROGRAMME) -> Issued:
    scope = cast.scope("cam", NEXT_YEAR)
    serial = scope.session.scalars(
        sa.select(Certificate.serial)
        .join(Summary, Summary.certificate_id == Certificate.id)
        .where(Summary.kind == kind)
        .order_by(Summary.edition.desc())
        .limit(1)
    ).one()
    return certificate(scope, serial)


def letters(cast: Cast, key: str) -> int:
    found = sa.select(sa.func.count(OutboxMail.id)).where(OutboxMail.dedupe_key.startswith(key))
    return cast.scope("cam").session.scalars(found).one()


def test_one_certificate_of_the_programme_states_what_its_activities_state(cast: Cast) -> None:
    month = a_programme(cast)
    parts = [attended(cast, month), attended(cast, month)]
    serial = sum_up_mine(cast.scope("ada", SOON), AN_ISSUER, SummaryKind.PROGRAMME, month)
    stated = certificate(cast.scope("ada", SOON), serial).snapshot
    assert (stated.title, stated.total_minutes) == ("Connected Educator Month 2014", 120)
    assert len(stated.sessions) == len(parts)
    assert stated.summary is not None
    assert {one.serial for one in stated.summary.certificates} == set(parts)
    told = text_of(pdf(cast, Numbers(stated.serial, stated.code)))
    assert "count once" in told
    assert of_issued(certificate(cast.scope("ada", SOON), serial), SOON).verdict is Verdict.GENUINE
    assert list(contradictions(cast.scope("cam").session)) == []


def test_asked_for_twice_it_is_one(cast: Cast) -> None:
    month = a_programme(cast)
    attended(cast, month)
    attended(cast, month)
    first = sum_up_mine(cast.scope("ada", SOON), AN_ISSUER, SummaryKind.PROGRAMME, month)
    assert sum_up_mine(cast.scope("ada", SOON), AN_ISSUER, SummaryKind.PROGRAMME, month) == first
    assert letters(cast, "summed_up:") == 0


def test_it_comes_by_itself_when_the_programme_is_over_and_not_before(cast: Cast) -> None:
    month = a_programme(cast, ends_on=date(2014, 11, 30))
    attended(cast, month)
    attended(cast, month)
    assert sum_up_due(cast.operator(cast.maplewood, SOON), AN_ISSUER) == 0
    over = cast.operator(cast.maplewood, NOW + timedelta(days=60))
    assert sum_up_due(over, AN_ISSUER) == 1
    assert sum_up_due(over, AN_ISSUER) == 0
    assert letters(cast, "summed_up:") == 1


def test_year_and_cycle_have_their_own(cast: Cast) -> None:
    a_licence(cast.scope("ada"))
    certified(cast)
    certified(cast)
    assert sum_up_due(cast.operator(cast.maplewood, NEXT_YEAR), AN_ISSUER) == 1
    assert newest(cast, SummaryKind.YEAR).snapshot.title == "School year 2014\N{EN DASH}15"
    wish = next(
        one.span
        for one in gathered(cast.scope("ada", NEXT_YEAR), [cast.scope("ada").me.id])
        if one.span.kind is SummaryKind.CYCLE
    )
    sum_up_mine(cast.scope("ada", NEXT_YEAR), AN_ISSUER, *wish.key)
    assert newest(cast, SummaryKind.CYCLE).snapshot.total_minutes == 120
    assert list(contradictions(cast.scope("cam").session)) == []


def test_more_hours_make_a_newer_edition_to_which_the_old_one_leads(cast: Cast) -> None:
    month = a_programme(cast)
    attended(cast, month)
    attended(cast, month)
    first = sum_up_mine(cast.scope("ada", SOON), AN_ISSUER, SummaryKind.PROGRAMME, month)
    attended(cast, month, NOW + timedelta(days=1))
    ada = cast.scope("ada").me.id
    assert sum_up_people(cast.operator(cast.maplewood, NOW + timedelta(days=2)), AN_ISSUER, [ada]) == 1
    old = certificate(cast.scope("ada", NEXT_YEAR), first)
    assert old.news is not None
    assert (old.news.news, old.news.by_name) == (CertificateNews.SUPERSEDED, cast.scope("bo").me.name)
    assert old.news.successor is not None
    assert old.news.successor.code == newest(cast).code
    assert newest(cast).snapshot.supersedes == first
    assert newest(cast).snapshot.total_minutes == 180
    assert list(contradictions(cast.scope("cam").session)) == []


def test_what_is_taken_back_leaves_it_at_once(cast: Cast) -> None:
    month = a_programme(cast)
    serials = [attended(cast, month), attended(cast, month)]
    first = sum_up_mine(cast.scope("ada", SOON), AN_ISSUER, SummaryKind.PROGRAMME, month)
    claim_id = certificate(cast.scope("cam"), serials[0]).claim_id
    assert claim_id is not None
    bo = cast.scope("bo", NOW + timedelta(days=1))
    version = bo.session.scalars(sa.select(Claim.version).where(Claim.id == claim_id)).one()
    reverse_credit(bo, claim_id, seen_version=version, reason="It was another session.", issuer=AN_ISSUER)
    left = newest(cast)
    assert (left.snapshot.total_minutes, left.snapshot.supersedes) == (60, first)
    revoke(cast, Numbers(serials[1], ""))
    assert newest(cast).serial == left.serial
    gone = newest(cast).news
    assert gone is not None
    assert (gone.news, gone.by_name) == (CertificateNews.REVOKED, cast.scope("cam").me.name)
    assert list(contradictions(cast.scope("cam").session)) == []


def test_a_cycle_that_its_holder_closed_certifies_nothing_that_was_taken_back(cast: Cast) -> None:
    licence_id = a_licence(cast.scope("ada"))
    first, _ = certified(cast), certified(cast)
    sum_up_mine(cast.scope("ada", SOON), AN_ISSUER, SummaryKind.CYCLE, licence_id)
    close_licence(cast.scope("ada", SOON), licence_id)
    assert newest(cast, SummaryKind.CYCLE).news is None
    revoke(cast, first)
    gone = newest(cast, SummaryKind.CYCLE).news
    assert gone is not None
    assert gone.news is CertificateNews.REVOKED
    assert list(contradictions(cast.scope("cam").session)) == []


def test_the_holder_words_no_title_that_the_district_signs(cast: Cast) -> None:
    licence_id = a_licence(cast.scope("ada"), name="Doctor of Education, with distinction")
    certified(cast)
    certified(cast)
    sum_up_mine(cast.scope("ada", SOON), AN_ISSUER, SummaryKind.CYCLE, licence_id)
    assert newest(cast, SummaryKind.CYCLE).snapshot.title.startswith("New York CTLE, July")


def test_one_that_is_issued_again_leaves_the_summary_as_it_is(cast: Cast) -> None:
    month = a_programme(cast)
    first, _ = attended(cast, month), attended(cast, month)
    serial = sum_up_mine(cast.scope("ada", SOON), AN_ISSUER, SummaryKind.PROGRAMME, month)
    reissue(cast, Numbers(first, ""))
    assert sum_up_due(cast.operator(cast.maplewood, NEXT_YEAR), AN_ISSUER) == 1  # that of the year
    assert newest(cast).serial == serial


def test_a_summary_is_revoked_and_issued_again_like_any_other(cast: Cast) -> None:
    month = a_programme(cast)
    part = attended(cast, month)
    attended(cast, month)
    serial = sum_up_mine(cast.scope("ada", SOON), AN_ISSUER, SummaryKind.PROGRAMME, month)
    again = reissue(cast, Numbers(serial, ""))
    assert newest(cast).serial == again.serial
    part_id = certificate(cast.scope("ada"), part).id
    assert [one.serial for one in summary_with(cast.scope("ada"), part_id)] == [again.serial]
    revoke(cast, again)
    assert summary_with(cast.scope("ada"), part_id) == ()
    with pytest.raises(NotNow):
        sum_up_mine(cast.scope("ada", NEXT_YEAR), AN_ISSUER, SummaryKind.PROGRAMME, month)
    assert list(contradictions(cast.scope("cam").session)) == []


def test_nobody_revokes_their_own(cast: Cast) -> None:
    month = a_programme(cast)
    attended(cast, month)
    attended(cast, month)
    serial = sum_up_mine(cast.scope("ada", SOON), AN_ISSUER, SummaryKind.PROGRAMME, month)
    issued = certificate(cast.scope("ada", SOON), serial)
    assert is_responsible(cast.scope("cam", SOON), issued)
    assert not is_responsible(cast.scope("ada", SOON), issued)


def test_of_one_activity_or_of_nothing_there_is_none(cast: Cast) -> None:
    month = a_programme(cast)
    with pytest.raises(NotHere):
        sum_up_mine(cast.scope("ada", SOON), AN_ISSUER, SummaryKind.PROGRAMME, month)
    attended(cast, month)
    with pytest.raises(NotNow):
        sum_up_mine(cast.scope("ada", SOON), AN_ISSUER, SummaryKind.PROGRAMME, month)


def test_another_district_gathers_nothing_of_it(cast: Cast) -> None:
    month = a_programme(cast)
    attended(cast, month)
    attended(cast, month)
    ada = cast.scope("ada").me.id
    assert gathered(cast.operator(cast.riverton, NEXT_YEAR), [ada]) == ()
    assert sum_up_due(cast.operator(cast.riverton, NEXT_YEAR), AN_ISSUER) == 0
