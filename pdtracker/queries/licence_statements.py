"""What a statement of progress to a licence says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import sqlalchemy as sa

from pdtracker.domain.claim import ClaimState
from pdtracker.domain.codes import code_text
from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.licence_statement import Attended, Holder, LicenceStatement, statement_of
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotHere
from pdtracker.models.certificates import Certificate, CertificateStatus
from pdtracker.models.claims import Claim
from pdtracker.queries.licence_record import Done, records
from pdtracker.queries.licensing import licence, rules_for
from pdtracker.queries.rulebook import adopted
from pdtracker.scope import Scope


def licence_statement(scope: Scope, licence_id: int, as_of: date, verify_address: str) -> LicenceStatement:
    """The statement of one licence on a day, in a number of statements that doesn't grow with the record.

    Raises NotHere for a licence that the district doesn't have, or whose holder's credit one may not look at.
    """
    held = licence(scope, licence_id)
    if held is None:
        raise NotHere
    record = records(scope, [held.person_id])
    progress = rules_for(scope).progress(held, record, as_of)
    shown = _shown(scope, held.person_id)
    attended = {
        ref_of(one.claim_id): Attended(
            one.title,
            _about(one, shown.get(one.claim_id), record.provider_number(one, held.regime)),
            _by_name(one.spent),
        )
        for one in record.done.get(held.person_id, ())
    }
    holder = Holder(
        district=scope.district.name,
        place=scope.district.place,
        person=held.person_name,
        school=held.school_name,
        licence=held.name,
        verify_address=verify_address,
    )
    signers = [*(one.by for one in held.adjustments), *(one.by for one in held.attestations)]
    found = statement_of(holder, progress, signers, attended)
    number = adopted(scope).get(held.regime)
    return replace(found, sponsor=number.sponsor_number if number and number.retired_at is None else "")


def _by_name(spent: Mapping[CreditCategory, int]) -> tuple[tuple[str, int], ...]:
    return tuple((category.label, spent[category]) for category in CreditCategory if category in spent)


def _shown(scope: Scope, person_id: int) -> Mapping[int, tuple[str, str]]:
    """The host of each of a person's claims, and the code of its certificate that is in force. One statement."""
    out_of_force = sa.exists(
        sa.select(CertificateStatus.id).where(
            CertificateStatus.district_id == Certificate.district_id,
            CertificateStatus.certificate_id == Certificate.id,
        )
    )
    rows = scope.session.execute(
        sa.select(Claim.id, Claim.host, sa.func.max(Certificate.code).label("code"))
        .outerjoin(
            Certificate,
            sa.and_(
                Certificate.district_id == Claim.district_id,
                Certificate.claim_id == Claim.id,
                Certificate.release_at <= scope.at,
                ~out_of_force,
            ),
        )
        .where(Claim.person_id == person_id, Claim.state.in_((ClaimState.SUBMITTED, ClaimState.CREDITED)))
        .group_by(Claim.id, Claim.host)
    )
    return {row.id: (row.host, row.code or "") for row in rows}


def _about(one: Done, shown: tuple[str, str] | None, number: str) -> str:
    """`Webinar, NCTE, provider 23187, certificate 7MQ4-...`: what whoever checks the record asks about."""
    host, code = shown or ("", "")
    told = (one.kind.label, host, number and f"provider {number}", code and f"certificate {code_text(code)}")
    return ", ".join(filter(None, told))
