"""Certificates that sum up others: what there is to sum up for somebody, what was, and whose turn it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, assert_never

import sqlalchemy as sa

from pdtracker.domain.credit import CreditPolicy, policy_for
from pdtracker.domain.refusals import NotNow
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.summary import Change, Earlier, Part, Span, SummaryKind, change_of, summed_up
from pdtracker.domain.when import school_year
from pdtracker.models.bundles import ClaimPart
from pdtracker.models.certificates import Certificate, CertificateStatus, Summary, SummaryPart
from pdtracker.models.claims import Claim, ClaimStep
from pdtracker.models.credit import Award, EntryKind
from pdtracker.models.events import Event, Programme
from pdtracker.models.licences import Licence
from pdtracker.queries import facts
from pdtracker.scope import Scope

# Any: columns that are read by their names.
_Row = sa.Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Decider:
    """By whose decision hours came in."""

    person_id: int
    name: str


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """A certificate that sums up others, in a list."""

    serial: str
    code: str
    title: str
    minutes: int


@dataclass(frozen=True, slots=True)
class Gathered:
    """What belongs together of one person's certificates, and the newest summary of it, if there was one."""

    person_id: int
    span: Span
    parts: tuple[Part, ...]
    earlier: Earlier | None
    line: SummaryLine | None
    decider: Decider | None

    @property
    def minutes(self) -> int:
        """What is certified in all."""
        return sum(part.minutes for part in self.parts)

    def change(self, on: date, *, is_asked: bool = False) -> Change | None:
        """What is to be done about its summary on this day."""
        return change_of(self.parts, self.earlier, is_wanted=is_asked or self.span.is_over(on))


def gathered(scope: Scope, person_ids: Collection[int]) -> tuple[Gathered, ...]:
    """All that there is to sum up for these people, also what was summed up and has no parts any more.

    Seven statements, whatever they have; three where the district sums up nothing.
    """
    policies = [edition.policy for edition in facts.policies(scope)]
    earlier = _earlier(scope, person_ids)
    if not any(policy.summaries for policy in policies) and not earlier:
        return ()
    rows = _certified(scope, person_ids)
    bundled = _programmes_of_bundles(scope, [row.claim_id for row in rows if row.is_bundle])
    cycles = _cycles(scope, person_ids)
    parts, deciders = defaultdict[int, list[Part]](list), dict[int, Decider]()
    standing = {row.step_id for row in rows}
    for row in rows:
        if (policy := _policy_on(policies, row.activity_on)) is None:
            continue
        parts[row.person_id].append(_part(row, policy, bundled.get(row.claim_id)))
        deciders[row.step_id] = Decider(row.by_person_id, row.by_name)
    found: list[Gathered] = []
    for person_id in sorted(set(person_ids)):
        together = {
            span.key: (span, some)
            for span, some in summed_up(parts[person_id], cycles.get(person_id, ())).items()
        }
        before = {key[1:]: told for key, told in earlier.items() if key[0] == person_id}
        for key in sorted(together.keys() | before.keys()):
            if key not in together and before[key][1].step_ids <= standing:
                # Another cycle or other rules: what it certifies is still true, as long as none of it was taken back.
                continue
            span, some = together.get(key) or (before[key][0], ())
            _, newest_edition, line = before.get(key, (None, None, None))
            newest = max(some, key=lambda part: part.step_id, default=None)
            found.append(
                Gathered(
                    person_id,
                    span,
                    some,
                    newest_edition,
                    line,
                    deciders[newest.step_id] if newest else None,
                )
            )
    return tuple(found)


def due_people(scope: Scope, after_id: int, limit: int) -> Sequence[int]:
    """Whose summaries may lack a certificate, by id `after_id` onward. One statement, and one for the policies.

    Somebody may be named for whom nothing is to be done, never the other way round.
    """
    policies = [edition.policy for edition in facts.policies(scope)]
    kinds = [kind for kind in SummaryKind if any(kind in policy.summaries for policy in policies)]
    if not kinds:
        return ()
    year_begins = _year_begins(policies, scope.today)
    conditions = [_lacks(kind, scope.today, year_begins) for kind in kinds]
    return scope.session.scalars(
        sa.select(Certificate.person_id)
        .join(Claim, sa.and_(Claim.district_id == Certificate.district_id, Claim.id == Certificate.claim_id))
        .where(*_stands(scope), Certificate.person_id > after_id, sa.or_(*conditions))
        .distinct()
        .order_by(Certificate.person_id)
        .limit(limit)
    ).all()


def summary_with(scope: Scope, certificate_id: int) -> tuple[SummaryLine, ...]:
    """The summaries that stand and have this certificate among theirs. One statement."""
    rows = scope.session.execute(
        sa.select(Certificate.serial, Certificate.code, Certificate.title, Certificate.minutes)
        .join(
            SummaryPart,
            sa.and_(
                SummaryPart.district_id == Certificate.district_id, SummaryPart.summary_id == Certificate.id
            ),
        )
        .where(SummaryPart.certificate_id == certificate_id, ~_said())
        .order_by(Certificate.id)
    )
    return tuple(SummaryLine(*row) for row in rows)


def claims_of_parts(scope: Scope, summary_id: int) -> Sequence[int]:
    """The claims whose credit a summary certifies. One statement."""
    return scope.session.scalars(
        sa.select(Claim.id)
        .join(
            Certificate,
            sa.and_(Certificate.district_id == Claim.district_id, Certificate.claim_id == Claim.id),
        )
        .join(
            SummaryPart,
            sa.and_(
                SummaryPart.district_id == Certificate.district_id,
                SummaryPart.certificate_id == Certificate.id,
            ),
        )
        .where(SummaryPart.summary_id == summary_id)
    ).all()


def summary_row(scope: Scope, certificate_id: int) -> Summary | None:
    """Over what a certificate sums up others; `None` for one of a decision. One statement."""
    return scope.session.scalar(sa.select(Summary).where(Summary.certificate_id == certificate_id))


def _said() -> sa.ColumnElement[bool]:
    return sa.exists(
        sa.select(CertificateStatus.id).where(
            CertificateStatus.district_id == Certificate.district_id,
            CertificateStatus.certificate_id == Certificate.id,
        )
    )


def _stands(scope: Scope) -> tuple[sa.ColumnElement[bool], ...]:
    """It is of a decision, left the house, and nothing was said of it since."""
    return Certificate.claim_id.is_not(None), Certificate.release_at <= scope.at, ~_said()


def _certified(scope: Scope, person_ids: Collection[int]) -> Sequence[_Row]:
    """These people's certificates that stand, each with its day, its programme and who decided. One statement."""
    given = (
        sa.select(Award.step_id, sa.func.min(Award.activity_on).label("activity_on"))
        .where(Award.person_id.in_(person_ids), Award.entry == EntryKind.CREDIT)
        .group_by(Award.step_id)
        .subquery()
    )
    return scope.session.execute(
        sa.select(
            Certificate.id,
            Certificate.person_id,
            Certificate.step_id,
            Certificate.claim_id,
            Certificate.minutes,
            given.c.activity_on,
            Claim.is_bundle,
            ClaimStep.by_person_id,
            ClaimStep.by_name,
            Programme.id.label("programme_id"),
            Programme.name.label("programme"),
            Programme.starts_on,
            Programme.ends_on,
        )
        .join(Claim, sa.and_(Claim.district_id == Certificate.district_id, Claim.id == Certificate.claim_id))
        .join(
            ClaimStep,
            sa.and_(ClaimStep.district_id == Certificate.district_id, ClaimStep.id == Certificate.step_id),
        )
        .join(given, given.c.step_id == Certificate.step_id)
        .outerjoin(Event, Event.id == Claim.event_id)
        .outerjoin(Programme, Programme.id == Event.programme_id)
        .where(Certificate.person_id.in_(person_ids), *_stands(scope))
        .order_by(Certificate.id)
    ).all()


def _programmes_of_bundles(scope: Scope, claim_ids: Collection[int]) -> Mapping[int, Span]:
    """The programme of each bundle whose parts are all of it. One statement."""
    rows = scope.session.execute(
        sa.select(
            ClaimPart.claim_id,
            Programme.id.label("programme_id"),
            Programme.name.label("programme"),
            Programme.starts_on,
            Programme.ends_on,
        )
        .outerjoin(Event, Event.id == ClaimPart.event_id)
        .outerjoin(Programme, Programme.id == Event.programme_id)
        .where(ClaimPart.claim_id.in_(claim_ids))
    )
    found: dict[int, set[Span | None]] = defaultdict(set)
    for row in rows:
        found[row.claim_id].add(_programme(row))
    return {
        claim_id: span
        for claim_id, spans in found.items()
        for span in spans
        if span is not None and len(spans) == 1
    }


def _cycles(scope: Scope, person_ids: Collection[int]) -> Mapping[int, list[Span]]:
    """The licence cycles of these people, under the names of their rules. One statement.

    What a licence is called its holder types, and nobody reviews it: the district signs no title of theirs.
    """
    rows = scope.session.execute(
        sa.select(Licence.id, Licence.person_id, Licence.regime, Licence.starts_on, Licence.ends_on)
        .where(Licence.person_id.in_(person_ids), Licence.closed_at.is_(None))
        .order_by(Licence.id)
    )
    found: dict[int, list[Span]] = defaultdict(list)
    for row in rows:
        rules = shelf().get(row.regime)
        name = rules[-1].name if rules else "Licence cycle"
        found[row.person_id].append(Span(SummaryKind.CYCLE, row.id, row.starts_on, row.ends_on, name))
    return found


def _earlier(
    scope: Scope, person_ids: Collection[int]
) -> Mapping[tuple[int, SummaryKind, int], tuple[Span, Earlier, SummaryLine]]:
    """The newest edition of each summary of these people. Two statements."""
    rows = scope.session.execute(
        sa.select(
            Summary.certificate_id,
            Summary.person_id,
            Summary.kind,
            Summary.subject_id,
            Summary.first_on,
            Summary.last_on,
            Summary.edition,
            Certificate.serial,
            Certificate.code,
            Certificate.title,
            Certificate.minutes,
            _told_of(Summary.certificate_id).label("said"),
        )
        .join(
            Certificate,
            sa.and_(Certificate.district_id == Summary.district_id, Certificate.id == Summary.certificate_id),
        )
        .where(Summary.person_id.in_(person_ids))
        .order_by(Summary.edition)
    ).all()
    newest = {(row.person_id, row.kind, row.subject_id): row for row in rows}
    certificates, steps = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    if newest:
        parts = scope.session.execute(
            sa.select(SummaryPart.summary_id, SummaryPart.certificate_id, Certificate.step_id)
            .join(
                Certificate,
                sa.and_(
                    Certificate.district_id == SummaryPart.district_id,
                    Certificate.id == SummaryPart.certificate_id,
                ),
            )
            .where(SummaryPart.summary_id.in_([row.certificate_id for row in newest.values()]))
        )
        for part in parts:
            certificates[part.summary_id].add(part.certificate_id)
            steps[part.summary_id].add(part.step_id)
    return {
        key: (
            Span(row.kind, row.subject_id, row.first_on, row.last_on, ""),
            Earlier(
                row.certificate_id,
                row.edition,
                not row.said,
                frozenset(certificates[row.certificate_id]),
                frozenset(steps[row.certificate_id]),
            ),
            SummaryLine(row.serial, row.code, row.title, row.minutes),
        )
        for key, row in newest.items()
    }


def _told_of(certificate_id: sa.ColumnElement[int] | Any) -> sa.ColumnElement[bool]:
    return sa.exists(
        sa.select(CertificateStatus.id).where(CertificateStatus.certificate_id == certificate_id)
    )


def _lacks(kind: SummaryKind, today: date, year_begins: date) -> sa.ColumnElement[bool]:
    """That no summary of this kind has the certificate, though one is due: its span is over, or one stands."""
    has = sa.exists(
        sa.select(SummaryPart.certificate_id)
        .join(
            Summary,
            sa.and_(
                Summary.district_id == SummaryPart.district_id,
                Summary.certificate_id == SummaryPart.summary_id,
            ),
        )
        .where(SummaryPart.certificate_id == Certificate.id, Summary.kind == kind)
    )
    stands = sa.exists(
        sa.select(Summary.certificate_id).where(
            Summary.person_id == Certificate.person_id, Summary.kind == kind
        )
    )
    return sa.and_(~has, sa.or_(_is_over(kind, today, year_begins), stands))


def _is_over(kind: SummaryKind, today: date, year_begins: date) -> sa.ColumnElement[bool]:
    """That the span of the certificate may be over; of a bundle's programme that is seen when it is looked at."""
    match kind:
        case SummaryKind.PROGRAMME:
            ended = (
                sa.select(Programme.id)
                .join(Event, Event.programme_id == Programme.id)
                .where(Event.id == Claim.event_id, Programme.ends_on < today)
            )
            return sa.or_(sa.exists(ended), Claim.is_bundle.is_(True))
        case SummaryKind.YEAR:
            return sa.exists(
                sa.select(Award.id).where(
                    Award.step_id == Certificate.step_id, Award.activity_on < year_begins
                )
            )
        case SummaryKind.CYCLE:
            return sa.exists(
                sa.select(Licence.id).where(
                    Licence.person_id == Certificate.person_id,
                    Licence.closed_at.is_(None),
                    Licence.ends_on < today,
                )
            )
        case _:
            assert_never(kind)


def _year_begins(policies: Sequence[CreditPolicy], today: date) -> date:
    policy = _policy_on(policies, today)
    return policy.year_of(today)[0] if policy else school_year(today, (7, 1))[0]


def _policy_on(policies: Sequence[CreditPolicy], on: date) -> CreditPolicy | None:
    try:
        return policy_for(policies, on)
    except NotNow:
        return None


def _part(row: _Row, policy: CreditPolicy, bundled: Span | None) -> Part:
    return Part(
        row.id,
        row.step_id,
        row.activity_on,
        row.minutes,
        policy.summaries,
        policy.year_of(row.activity_on),
        bundled if row.is_bundle else _programme(row),
    )


def _programme(row: _Row) -> Span | None:
    if row.programme_id is None:
        return None
    return Span(SummaryKind.PROGRAMME, row.programme_id, row.starts_on, row.ends_on, row.programme)
