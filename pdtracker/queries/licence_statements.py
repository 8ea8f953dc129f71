"""What a statement of progress to a licence says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from pdtracker.domain.kinds import CreditCategory
from pdtracker.domain.licence_statement import Attended, Holder, LicenceStatement, statement_of
from pdtracker.domain.refs import ref_of
from pdtracker.domain.refusals import NotHere
from pdtracker.queries.licence_record import records
from pdtracker.queries.licensing import licence, rules_for
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
    attended = {
        ref_of(one.claim_id): Attended(one.title, one.kind.label, _by_name(one.spent))
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
    return statement_of(holder, progress, signers, attended)


def _by_name(spent: Mapping[CreditCategory, int]) -> tuple[tuple[str, int], ...]:
    return tuple((category.label, spent[category]) for category in CreditCategory if category in spent)
