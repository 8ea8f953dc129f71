"""What this installation brings to a certificate: its public addresses, its secrets, the letters its typefaces have."""

from __future__ import annotations

from pdtracker.actions.issuing import Issuer
from pdtracker.domain.refs import ref_of
from pdtracker.pdf.certificate import check_letters
from pdtracker.settings import Settings


def issuer_of(settings: Settings) -> Issuer:
    """The issuer for these settings: the web, the commands and the demo all issue under the same addresses."""
    site = settings.base_url.rstrip("/")

    def claim_address(slug: str, claim_id: int) -> str:
        return f"{site}/{slug}/claims/{ref_of(claim_id)}"

    return Issuer(
        verify_address=f"{site}/verify/",
        secrets=(settings.secret_key, *settings.secret_key_fallbacks),
        check_letters=check_letters,
        claim_address=claim_address,
    )
