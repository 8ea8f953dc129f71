"""Bundles of the demo: Ada gathers short chats and has more to go; Beth's three were sent together and credited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from pdtracker.actions.bundles import Attended, OwnSession, add_part, begin_bundle
from pdtracker.actions.claims import submit_claim
from pdtracker.actions.issuing import Issuer
from pdtracker.actions.reflections import Written, save_answers
from pdtracker.actions.reviews import Wish, approve_claims
from pdtracker.demo.current import ZONE
from pdtracker.demo.founding import Founded
from pdtracker.domain.kinds import CreditCategory, EventKind
from pdtracker.domain.when import instant, local
from pdtracker.queries.bundles import open_bundles
from pdtracker.queries.claims import own_claim
from pdtracker.queries.reflections import answers
from pdtracker.queries.review_filters import QueueFilter
from pdtracker.queries.reviews import waiting
from pdtracker.scope import Scope

ADA_GATHERS: Final = "#edtech for English learners"
BETH_GATHERED: Final = "Primary sources in ten minutes"

_ADA, _BETH, _BO = "ada@maplewood.example", "beth.oneill@maplewood.example", "bo@maplewood.example"
_MANY: Final = 200
_TITLES: Final = {
    27: "One photograph, three readings",
    20: "What a map leaves out",
    13: "Short chat: words that travel",
    6: "Short chat: captions that help",
}
_ANSWERS: Final = (
    "One source is enough for a whole lesson if everybody looks at the same corner of it first.",
    "A photograph on the screen as they come in, and one question about what stands at its edge.",
    "They argue about what they see, not about what they are supposed to say.",
)


@dataclass(frozen=True, slots=True)
class BundleDeed:
    """What somebody does with a bundle, and when; a letter follows what `decides`."""

    at: datetime
    by: str
    _do: Callable[[Scope, Issuer], None]
    decides: bool = False

    def play(self, founded: Founded, issuer: Issuer) -> None:
        """Do it through the real actions."""
        with founded.scope(self.by, self.at) as scope:
            self._do(scope, issuer)


def bundle_deeds(now: datetime) -> tuple[BundleDeed, ...]:
    """Every deed with the demo's bundles, all of them before `now`."""
    gathers = (
        _begun(now, _ADA, 13, ADA_GATHERS, CreditCategory.ELL),
        *(_added(now, _ADA, days, minutes) for days, minutes in ((13, 20), (6, 15))),
    )
    sent = (
        _begun(now, _BETH, 27, BETH_GATHERED, CreditCategory.CONTENT),
        *(_added(now, _BETH, days, minutes) for days, minutes in ((27, 20), (20, 20), (13, 25))),
        BundleDeed(_evening(now, 12), _BETH, _send),
        BundleDeed(_evening(now, 10), _BO, _approve, decides=True),
    )
    return (*gathers, *sent)


def _evening(now: datetime, days_ago: int) -> datetime:
    on = local(now, ZONE).date() - timedelta(days=days_ago)
    return instant(datetime.combine(on, time(22)), ZONE)


def _begun(now: datetime, who: str, days_ago: int, topic: str, category: CreditCategory) -> BundleDeed:
    def begin(scope: Scope, _issuer: Issuer) -> None:
        begin_bundle(scope, topic, EventKind.HASHTAG_CHAT, category, key="")

    return BundleDeed(_evening(now, days_ago), who, begin)


def _added(now: datetime, who: str, days_ago: int, minutes: int) -> BundleDeed:
    """A chat of that evening, before the people of the demo are at anything else."""
    at = _evening(now, days_ago) + timedelta(minutes=10)

    def add(scope: Scope, _issuer: Issuer) -> None:
        (bundle, *_) = open_bundles(scope)
        starts_at = at - timedelta(minutes=10 + minutes)
        attended = Attended(
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=minutes),
            zone=ZONE,
            minutes=None,
            longer_reason="",
            link=f"https://social.example/@{who.partition('.')[0].partition('@')[0]}/{days_ago}{minutes}",
            note="",
        )
        session = OwnSession(_TITLES[days_ago], "Birch Lane teachers")
        add_part(scope, bundle.id, session, attended)

    return BundleDeed(at, who, add)


def _send(scope: Scope, _issuer: Issuer) -> None:
    (bundle, *_) = open_bundles(scope)
    rows = answers(scope, bundle.id)
    written = [Written(row.position, text, row.token) for row, text in zip(rows, _ANSWERS, strict=False)]
    save_answers(scope, bundle.id, written)
    submit_claim(scope, bundle.id, seen_version=own_claim(scope, bundle.id).version)


def _approve(scope: Scope, issuer: Issuer) -> None:
    rows = waiting(scope, QueueFilter(), limit=_MANY).rows
    approve_claims(scope, [Wish(row.id, row.version) for row in rows if row.title == BETH_GATHERED], issuer)
