"""The regimes that come with the program, read once from the files in `data`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from types import MappingProxyType

from pdtracker.domain.refusals import NotHere
from pdtracker.domain.regimes.document import read_version, refuse_twins
from pdtracker.domain.regimes.rules import Version


@cache
def shelf() -> Mapping[str, tuple[Version, ...]]:
    """Every regime by its name, its versions from the first to the latest."""
    files = sorted(
        (file for file in (resources.files(__package__) / "data").iterdir() if file.name.endswith(".toml")),
        key=lambda file: file.name,
    )
    read = {file.name: read_version(file.name, file.read_text(encoding="utf-8")) for file in files}
    refuse_twins(read)
    found: dict[str, list[Version]] = {}
    for version in read.values():
        found.setdefault(version.regime, []).append(version)
    return MappingProxyType({name: in_order(versions) for name, versions in found.items()})


def in_order(versions: Sequence[Version]) -> tuple[Version, ...]:
    """From the first to the latest; one without a day is the first."""
    return tuple(sorted(versions, key=lambda one: (one.effective is not None, one.effective)))


def regime(name: str) -> tuple[Version, ...]:
    """The versions of the regime that somebody means: `texas-cpe`, `Texas CPE`, `tx`; one of them with `@2012`.

    Refuses what isn't here.
    """
    wanted, _, number = name.partition("@")
    versions = shelf().get(_meant().get(_plain(wanted), ""))
    if versions is None:
        raise NotHere("no_regime", f"There is no regime {wanted}. Run: pdtracker rules list")
    if not number:
        return versions
    chosen = tuple(one for one in versions if one.version == number)
    if not chosen:
        known = ", ".join(one.version for one in versions)
        raise NotHere("no_version", f"{versions[0].name} has no version {number}. It has {known}.")
    return chosen


@cache
def _meant() -> Mapping[str, str]:
    """Every way to name a regime."""
    return {
        _plain(called): name
        for name, versions in shelf().items()
        for one in versions
        for called in (name, one.name, *one.also)
    }


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
