"""The pictures of a certificate: the district's logo, and the signatures of who signs."""

from __future__ import annotations

from collections.abc import Sequence

from pdtracker.domain.certificate import Snapshot
from pdtracker.pdf.logos import Logo
from pdtracker.pdf.palette import figure
from pdtracker.pdf.sheet import Sheet


class Pictures:
    """What a snapshot names by digests, in the order in which a file holds it."""

    def __init__(self, logo: Logo | None, signatures: Sequence[Logo] = ()) -> None:
        self.logo = logo
        self.all = [*([logo] if logo else []), *signatures]
        self._numbers = {each.digest: number for number, each in enumerate(self.all)}

    def check(self, s: Snapshot) -> None:
        """Raises ValueError unless these are exactly the pictures that the snapshot names."""
        if (self.logo.digest if self.logo else None) != s.district.mark:
            raise ValueError("the logo is not the one that the snapshot names")
        named = s.appearance.signatures if s.appearance else ()
        if tuple(each.digest for each in self.all[1 if self.logo else 0 :]) != named:
            raise ValueError("the signatures are not those that the snapshot names")

    def size(self, digest: str, widest: float, tallest: float) -> tuple[float, float]:
        """How wide and tall the picture stands in this room, in its own proportions."""
        picture = self.all[self._numbers[digest]]
        scale = min(widest / picture.width, tallest / picture.height)
        return picture.width * scale, picture.height * scale

    def draw(
        self, sheet: Sheet, digest: str, said: str, x: float, top: float, size: tuple[float, float]
    ) -> None:
        """Draws the picture as a figure that says what it is."""
        with sheet.tag("Figure", figure(said, x, top, *size, sheet)):
            sheet.picture(self._numbers[digest], x, top, *size)
