"""Finds the folders and files that stand beside the package in a checkout and inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def resource(name: str) -> Path:
    """The path of `templates`, `migrations` or `config.py`: in the wheel's `_bundled`, else at the top of the checkout.

    Raises FileNotFoundError when neither has it, which means that the package was put together wrongly.
    """
    for home in (PACKAGE / "_bundled", PACKAGE.parent):
        found = home / name
        if found.exists():
            return found
    raise FileNotFoundError(f"{name} is neither in {PACKAGE / '_bundled'} nor in {PACKAGE.parent}")
