"""What a passkey proves: options for the browser, and whether what its authenticator signed is right (WebAuthn).

Only passkeys that the authenticator lists by itself, and that ask for finger, face or PIN, are made and taken: each
is possession and knowledge at once, and nobody types whose it is.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import webauthn
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)


class NotProved(Exception):
    """What the browser sent proves nothing: another site's, another challenge's, unverified, copied, or no passkey."""


@dataclass(frozen=True, slots=True)
class Site:
    """For which name passkeys are made, and from which origin alone they are used."""

    name: str
    origin: str


@dataclass(frozen=True, slots=True)
class NewPasskey:
    """A passkey as the authenticator made it."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


def making_options(site: Site, challenge: bytes, account: int, email: str, known: Sequence[bytes]) -> str:
    """What a browser needs to make a passkey, as JSON; an authenticator that has one of the `known` makes none."""
    options = webauthn.generate_registration_options(
        rp_id=site.name,
        rp_name="pdtracker",
        user_name=email,
        user_id=account.to_bytes(8, "big"),
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
    )
    return webauthn.options_to_json(options)


def using_options(site: Site, challenge: bytes) -> str:
    """What a browser needs to use a passkey, as JSON: the same for everybody."""
    options = webauthn.generate_authentication_options(
        rp_id=site.name, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return webauthn.options_to_json(options)


def made(site: Site, challenge: bytes, credential: str) -> NewPasskey:
    """The passkey that was made for this challenge. Raises NotProved."""
    try:
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise NotProved(str(error)) from error
    return NewPasskey(verified.credential_id, verified.credential_public_key, verified.sign_count)


def named(credential: str) -> bytes:
    """Which passkey the browser says to have used. Raises NotProved."""
    try:
        return base64url_to_bytes(str(json.loads(credential)["rawId"]))
    except (ValueError, KeyError, TypeError) as error:
        raise NotProved(str(error)) from error


def used(site: Site, challenge: bytes, credential: str, public_key: bytes, sign_count: int) -> int:
    """The counter of the passkey after this use; one that doesn't grow is of a copy. Raises NotProved."""
    try:
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.name,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise NotProved(str(error)) from error
    return verified.new_sign_count
