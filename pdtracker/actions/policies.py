"""Publishing editions of the district's credit policy. Nothing that was published is ever changed."""

from __future__ import annotations

from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.actions.issuing import newest_key
from pdtracker.domain.access import Permission
from pdtracker.domain.policy import CreditPolicy
from pdtracker.models.districts import CreditPolicy as CreditPolicyRow
from pdtracker.models.ids import new_id
from pdtracker.queries.rulebook import PUBLISHED, require_publishable
from pdtracker.scope import Scope, action


@action(Permission.MANAGE_POLICY)
def publish_policy(scope: Scope, policy: CreditPolicy, *, key: str = "") -> int:
    """Publish an edition, from its first day on; gives its id. `key` makes pressing the button twice one edition.

    Raises NotValid: name, edition, effective_from; for a day that has passed only while no award names it or a later
    one.
    """
    asked = Asked(key, "publish_policy", {"document": policy.digest})
    if (before := answered(scope, asked)) is not None:
        return int(before["policy"])
    # Whoever credits holds the key from before they read the rules: what they credit is seen below, or reads this.
    newest_key(scope)
    require_publishable(scope, policy)
    row = CreditPolicyRow(
        id=new_id(),
        name=policy.name,
        edition=policy.edition,
        document=policy.to_document(),
        created_at=scope.at,
    )
    scope.session.add(row)
    scope.record(
        PUBLISHED,
        "credit_policy",
        row.id,
        name=policy.name,
        edition=policy.edition,
        effective_from=policy.effective_from.isoformat(),
        digest=policy.digest,
    )
    keep_answer(scope, asked, {"policy": row.id})
    return row.id
