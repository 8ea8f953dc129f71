"""What the district asks on top of licensing bodies' rules: the layers that it published, edition by edition."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Final

import sqlalchemy as sa

from pdtracker.domain.regimes.cycles import Cycle
from pdtracker.domain.regimes.facts import Facts, Person
from pdtracker.domain.regimes.layers import read_layer
from pdtracker.domain.regimes.rules import Layer, Version
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.regimes.table import BadRules
from pdtracker.domain.regimes.versions import governing
from pdtracker.domain.regimes.vocabulary import categories_of
from pdtracker.models.licences import RegimeLayer
from pdtracker.scope import Scope

_REMEMBERED: Final = 512


@dataclass(frozen=True, slots=True)
class LayerEdition:
    """An edition of a layer as it was published."""

    regime: str
    edition: int
    effective_from: date
    document: str

    def under(self, version: Version) -> Layer | str:
        """The layer under one version of its regime, or the sentence that refuses it there.

        It was read when it was published; a version that came later can ask for more than it does.
        """
        return _read(self, version.version)


@dataclass(frozen=True, slots=True)
class Layers:
    """Every edition of every layer of the district."""

    _editions: Mapping[str, tuple[LayerEdition, ...]] = field(default_factory=lambda: MappingProxyType({}))

    def and_edition(self, edition: LayerEdition) -> Layers:
        """The same with an edition that isn't published yet, to see what it would do."""
        others = self._editions.get(edition.regime, ())
        return Layers(MappingProxyType({**self._editions, edition.regime: (*others, edition)}))

    def latest(self, regime: str) -> int:
        """The number of the latest edition; 0 without one."""
        return max((one.edition for one in self._editions.get(regime, ())), default=0)

    def edition(self, regime: str, cycle: Cycle) -> LayerEdition | None:
        """The edition for a cycle: of those in force on its last day, the latest."""
        known = [one for one in self._editions.get(regime, ()) if one.effective_from <= cycle.end]
        return max(known, key=lambda one: (one.effective_from, one.edition), default=None)

    def under(self, version: Version, cycle: Cycle) -> tuple[Layer, ...]:
        """What the district asks on top of a version in a cycle; nothing where that doesn't fit the version."""
        edition = self.edition(version.regime, cycle)
        layer = None if edition is None else edition.under(version)
        return (layer,) if isinstance(layer, Layer) else ()

    def left_out(self, version: Version, cycle: Cycle) -> str | None:
        """Why the district's rules for a cycle aren't counted, if they don't fit the version that governs it."""
        edition = self.edition(version.regime, cycle)
        layer = None if edition is None else edition.under(version)
        return layer if isinstance(layer, str) else None

    def categories(self, regime: str) -> frozenset[str]:
        """The words for categories that the regime itself or a layer on top of it knows."""
        return _categories(regime, self._editions.get(regime, ()))


def layers_of(scope: Scope) -> Layers:
    """All layers of the district. One statement."""
    found: dict[str, list[LayerEdition]] = defaultdict(list)
    for row in scope.session.execute(_EDITIONS):
        found[row.regime].append(LayerEdition(*row))
    return Layers(MappingProxyType({regime: tuple(editions) for regime, editions in found.items()}))


def layers_for(scope: Scope, regime: str, cycle: Cycle) -> tuple[Layer, ...]:
    """What the district asks on top of a regime in a cycle. One statement."""
    return layers_of(scope).under(governing(shelf()[regime], _facts_of(cycle)), cycle)


def _facts_of(cycle: Cycle) -> Facts:
    return Facts(cycle=cycle, person=Person(), as_of=cycle.end, activities=())


@lru_cache(maxsize=_REMEMBERED)
def _read(edition: LayerEdition, under: str) -> Layer | str:
    version = next(one for one in shelf()[edition.regime] if one.version == under)
    try:
        return read_layer(f"{edition.regime}, edition {edition.edition}", edition.document, version)
    except BadRules as refusal:
        return refusal.sentence


@lru_cache(maxsize=_REMEMBERED)
def _categories(regime: str, editions: tuple[LayerEdition, ...]) -> frozenset[str]:
    versions = shelf()[regime]
    layers = (edition.under(version) for edition in editions for version in versions)
    return frozenset().union(
        *(version.words["categories"] for version in versions),
        *(categories_of(layer) for layer in layers if isinstance(layer, Layer)),
    )


# Made once: to put a statement together takes longer than to run it.
_EDITIONS = sa.select(
    RegimeLayer.regime, RegimeLayer.edition, RegimeLayer.effective_from, RegimeLayer.document
)
