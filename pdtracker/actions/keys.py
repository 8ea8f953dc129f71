"""A district's signing key gives way to a new one, for which it vouches; what it signed stays proved by it."""

from __future__ import annotations

import sqlalchemy as sa

from pdtracker import signing
from pdtracker.actions.issuing import Issuer, newest_key
from pdtracker.domain.access import Permission
from pdtracker.domain.key_history import succession
from pdtracker.domain.refusals import NotNow
from pdtracker.models.districts import SigningKey
from pdtracker.models.ids import new_id
from pdtracker.scope import Scope, action


@action(Permission.MANAGE_DISTRICT)
def rotate_key(scope: Scope, *, issuer: Issuer) -> str:
    """Let a new key sign from now on, endorsed by the one that did; gives the new key's id.

    Raises NotNow in a district without a key.
    """
    old = newest_key(scope)
    if old is None:
        raise NotNow("no_key", "The district has no key yet. Its first certificate makes one.")
    # Whole seconds: the endorsement and the list of keys state the moment as text.
    at = max(scope.at.replace(microsecond=0), old.valid_from)
    new = signing.new_key()
    vouched = succession(scope.district.slug, old.kid, new.kid, new.public, at)
    private = signing.unlock(old.sealed_private_key, old.kid, issuer.secrets)
    key_id = new_id()
    scope.session.add(
        SigningKey(
            id=key_id,
            kid=new.kid,
            public_key=new.public,
            sealed_private_key=signing.lock(new.private, new.kid, issuer.secrets[0]),
            valid_from=at,
            retired_at=None,
            predecessor=old.kid,
            endorsement=signing.sign(private, vouched),
        )
    )
    scope.session.execute(sa.update(SigningKey).where(SigningKey.id == old.id).values(retired_at=at))
    scope.record("signing_key.rotated", "signing_key", key_id, kid=new.kid, predecessor=old.kid)
    return new.kid
