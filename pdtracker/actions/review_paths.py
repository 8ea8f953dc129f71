"""Publishing the path by which claims are reviewed. No path is ever changed, only followed by the next."""

from __future__ import annotations

import sqlalchemy as sa

from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.domain.access import Permission
from pdtracker.domain.refusals import NotValid
from pdtracker.domain.review_path import ReviewPath
from pdtracker.models.ids import new_id
from pdtracker.models.review_paths import ReviewPath as PathRow
from pdtracker.queries.review_paths import faults_of
from pdtracker.scope import Scope, action


@action(Permission.MANAGE_POLICY)
def publish_path(scope: Scope, path: ReviewPath, *, key: str = "") -> int:
    """Publish a path for claims that are first sent on its first day or later; gives its version.

    Raises NotValid as `path_faults` says. The same form (`key`) twice is one version; of two administrators who
    publish at one moment the second is refused by the schema.
    """
    asked = Asked(key, "publish_path", {"document": path.digest})
    if (before := answered(scope, asked)) is not None:
        return int(before["version"])
    if faults := faults_of(scope, path):
        raise NotValid(faults)
    last = scope.session.scalar(sa.select(sa.func.max(PathRow.version)))
    row = PathRow(
        id=new_id(),
        version=(last or 0) + 1,
        effective_from=path.effective_from,
        document=path.to_document(),
        published_by_id=scope.me.id,
        published_at=scope.at,
    )
    scope.session.add(row)
    scope.record(
        "review_path.published",
        "review_path",
        row.id,
        version=row.version,
        effective_from=path.effective_from.isoformat(),
        reviews=len(path.reviews),
        digest=path.digest,
    )
    keep_answer(scope, asked, {"version": row.version})
    return row.version
