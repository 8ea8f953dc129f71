"""What the house writes to people when what they sign in with changes, beside the password."""

from __future__ import annotations

from enum import StrEnum

from pdtracker.domain.letters import CodeNews, Letter
from pdtracker.domain.mailing import LetterKind


class FactorChange(StrEnum):
    """What happened to a second factor; the value is the name of its audit entry."""

    ADDED = "person.second_factor_added"
    REMOVED = "person.second_factor_removed"
    CODES_MADE = "person.recovery_codes_made"
    CODE_USED = "person.recovery_code_used"
    RESET = "person.second_factor_reset"
    PASSKEY_ADDED = "person.passkey_added"
    PASSKEY_REMOVED = "person.passkey_removed"


_SUBJECTS = {
    FactorChange.ADDED: "Your sign-in asks for a code of your phone from now on",
    FactorChange.REMOVED: "Your sign-in asks for the password alone again",
    FactorChange.CODES_MADE: "You have new recovery codes",
    FactorChange.CODE_USED: "A recovery code was used to sign in as you",
    FactorChange.RESET: "An administrator removed your second factor",
    FactorChange.PASSKEY_ADDED: "A passkey was added to your account",
    FactorChange.PASSKEY_REMOVED: "A passkey of your account was removed",
}


def factor_letter(change: FactorChange, news: CodeNews, *, left: int = 0, reason: str = "") -> Letter:
    """One letter for each change; `left` recovery codes are unused, `reason` is why, or a passkey's name."""
    told = {
        FactorChange.ADDED: [
            f"An authenticator app was set up for your account {news.when}.",
            "From now on your sign-in asks for the code that it shows. Other browsers are signed out.",
        ],
        FactorChange.REMOVED: [
            f"The authenticator app of your account was removed {news.when}.",
            "Your password alone signs you in again. The recovery codes are void.",
        ],
        FactorChange.CODES_MADE: [
            f"New recovery codes were made for your account {news.when}. The old ones are void.",
        ],
        FactorChange.CODE_USED: [
            f"Somebody signed in to your account {news.when} with your password and a recovery code.",
            f"{_codes(left)}.",
        ],
        FactorChange.RESET: [
            f"{news.made_by} removed the second factor of your account at {news.district} {news.when}.",
            f"The reason: {reason}",
            "You are signed out everywhere. Your password alone signs you in; you can set up an app again there.",
        ],
        FactorChange.PASSKEY_ADDED: [
            f"A passkey with the name “{reason}” was added to your account {news.when}.",
            "It signs you in without your password.",
        ],
        FactorChange.PASSKEY_REMOVED: [
            f"The passkey “{reason}” of your account was removed {news.when}. It signs in no more.",
        ],
    }[change]
    ask = (
        f"If you didn't ask for it, tell another administrator of {news.district} at once."
        if change is FactorChange.RESET
        else "If this was you, there is nothing to do. If it wasn't, change your password now"
        f" and tell an administrator of {news.district}."
    )
    body = "\n".join([f"Dear {news.to_name},", "", *told, "", ask, ""])
    return Letter(_SUBJECTS[change], body, LetterKind.ACCOUNT)


def _codes(left: int) -> str:
    if left == 0:
        return "That was the last one: make new ones on the page of your account"
    return "One recovery code is left" if left == 1 else f"{left} recovery codes are left"
