"""Publishing what a district commits to: each version is kept, and followed by the next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import sqlalchemy as sa

from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.domain.access import Permission
from pdtracker.domain.commitment import Promise, commitment_faults, read_pledges, to_document
from pdtracker.domain.refusals import NotNow, NotValid
from pdtracker.models.commitments import Commitment
from pdtracker.models.districts import District
from pdtracker.models.ids import new_id
from pdtracker.scope import Scope, action


@action(Permission.MANAGE_DISTRICT, installation=True)
def publish_commitment(
    scope: Scope, words: str, entered: Mapping[Promise, str], until_on: date | None, *, key: str = ""
) -> int:
    """Publish what the district commits to from today on, until a day; gives the version.

    It is counted from the day of the first version that still holds. Refuses with `NotValid`. The same form (`key`)
    sent twice is one version.
    """
    wish = {"words": words, "entered": {one.value: told for one, told in entered.items()}, "until": until_on}
    asked = Asked(key, "publish_commitment", wish)
    if (before := answered(scope, asked)) is not None:
        return int(before["version"])
    today = scope.today
    if faults := commitment_faults(until_on, today):
        raise NotValid(faults)
    pledges = read_pledges(entered)
    last = _latest(scope)
    from_on = last.from_on if last is not None and last.promises and last.until_on >= today else today
    version = _add(scope, last, words, to_document(pledges), from_on, until_on or today)
    keep_answer(scope, asked, {"version": version.version})
    scope.record("commitment.published", "commitment", version.id, version=version.version)
    return version.version


@action(Permission.MANAGE_DISTRICT, installation=True)
def take_back_commitment(scope: Scope) -> None:
    """Take the commitment back, for everybody to see; the versions before stay. Again changes nothing."""
    last = _latest(scope)
    if last is None:
        raise NotNow("no_commitment", "There is no commitment to take back.")
    if not last.promises:
        return
    today = scope.today
    version = _add(scope, last, "", [], today, today)
    scope.record("commitment.taken_back", "commitment", version.id, version=version.version)


def _latest(scope: Scope) -> Commitment | None:
    return scope.session.scalar(sa.select(Commitment).order_by(Commitment.version.desc()).limit(1))


def _add(
    scope: Scope,
    last: Commitment | None,
    words: str,
    promises: list[dict[str, object]],
    from_on: date,
    until_on: date,
) -> Commitment:
    version = Commitment(
        id=new_id(),
        version=last.version + 1 if last is not None else 1,
        words=words,
        promises=promises,
        from_on=from_on,
        until_on=until_on,
        published_by_id=scope.me.id,
        published_at=scope.at,
    )
    scope.session.add(version)
    district = scope.session.get_one(District, scope.district.id, with_for_update=True)
    district.committed_at = scope.at if promises else None
    return version
