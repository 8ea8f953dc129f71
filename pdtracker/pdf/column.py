"""A column of blocks with elastic gaps between them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gap:
    """The space before a block: smallest, natural, largest."""

    least: float = 0
    natural: float = 0
    most: float = 0


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the left column: its height, how it is drawn below a given top, and the gap before it."""

    height: float
    draw: Callable[[float], None]
    gap: Gap = Gap()


class Column:
    """Blocks from top to bottom with elastic gaps."""

    def __init__(self, blocks: Sequence[Block]) -> None:
        self.blocks = blocks

    def fits(self, room: float, ease: float) -> bool:
        """Whether the blocks stand in the room with their smallest gaps and this share of the ease above them."""
        least = sum(block.height + block.gap.least for block in self.blocks)
        return least + ease * sum(block.gap.natural - block.gap.least for block in self.blocks) <= room

    def place(self, top: float, bottom: float) -> None:
        """Draws the blocks; spare room goes into the gaps up to their largest, the rest stays below."""
        gaps = [block.gap for block in self.blocks]
        spare = bottom - top - sum(block.height + block.gap.natural for block in self.blocks)
        if spare < 0:
            give = sum(gap.natural - gap.least for gap in gaps) or 1
            share = max(-1.0, spare / give)
            spaces = [gap.natural + (gap.natural - gap.least) * share for gap in gaps]
        else:
            take = sum(gap.most - gap.natural for gap in gaps) or 1
            share = min(1.0, spare / take)
            spaces = [gap.natural + (gap.most - gap.natural) * share for gap in gaps]
        y = top
        for block, space in zip(self.blocks, spaces, strict=True):
            y += space
            block.draw(y)
            y += block.height
