"""Loads the demo into an empty database: everything in it goes the way that people's own deeds go.

Each deed is played through its action, with the scope of the person who does it and at the moment when it happened,
all districts together in order of time. So the demo has its audit trail, its letters and its signatures like any
other installation, and nothing in it could not have been entered by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain

import sqlalchemy as sa

from pdtracker.actions.issuing import Issuer
from pdtracker.blobs import BlobStore
from pdtracker.db import Database
from pdtracker.demo.afterwards import look_back
from pdtracker.demo.attendance import take_attendance
from pdtracker.demo.auditing import keep_checkpoints
from pdtracker.demo.bundles import BundleDeed, bundle_deeds
from pdtracker.demo.claims import demo_claims, in_order_of_time
from pdtracker.demo.current import ZONE, current_programme
from pdtracker.demo.deeds import (
    Approve,
    DemoClaim,
    DemoStep,
    Deny,
    Reissue,
    Return,
    Reverse,
    Revoke,
)
from pdtracker.demo.founding import before_it_begins, found
from pdtracker.demo.going import GoingDeed, go_to_events, going_deed
from pdtracker.demo.joining import open_a_way_in
from pdtracker.demo.licences import settle_licences
from pdtracker.demo.people import districts, people
from pdtracker.demo.playing import Player
from pdtracker.demo.reports import bring_reports
from pdtracker.demo.summaries import sum_up_early
from pdtracker.demo.summit import hold_book_talks, hold_summit
from pdtracker.demo.taking_part import choose_designs, promise, set_automatic, set_path, take_part
from pdtracker.domain.access import Permission
from pdtracker.domain.claim import undo_until
from pdtracker.domain.when import local
from pdtracker.jobs import deliver_due_mail
from pdtracker.mail import Post
from pdtracker.models.districts import District
from pdtracker.models.records import AuditEntry
from pdtracker.scope import Scope, action
from pdtracker.terminal import Progress

SEED = 2014
_LOADED = "demo.loaded"
# The worker looks every two seconds: a letter leaves within them.
_WORKER_LOOKS = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Content:
    """What a database holds: the slugs of its districts, and the day around which the demo in it is dated.

    `demo_on` is `None` where no demo was loaded whole.
    """

    slugs: frozenset[str]
    demo_on: date | None

    @property
    def added_slugs(self) -> tuple[str, ...]:
        """The districts that somebody added to the demo's own."""
        return tuple(sorted(self.slugs - {district.slug for district in districts()}))


def content(database: Database) -> Content:
    """Look into a migrated database, also into one of an earlier version. Two statements."""
    with database.session(None, installation=True) as session:
        ids = {row.slug: row.id for row in session.execute(sa.select(District.id, District.slug))}
    own_id = ids.get(districts()[0].slug)
    if own_id is None:
        return Content(frozenset(ids), None)
    with database.session(own_id) as session:
        facts = session.scalar(
            sa.select(AuditEntry.facts).where(
                AuditEntry.subject == "district",
                AuditEntry.subject_id == own_id,
                AuditEntry.action == _LOADED,
            )
        )
    return Content(frozenset(ids), date.fromisoformat(facts["on"]) if facts else None)


def load_demo(
    database: Database,
    issuer: Issuer,
    post: Post,
    store: BlobStore,
    *,
    base_url: str,
    now: datetime,
    seed: int = SEED,
) -> None:
    """Load the demo, dated around `now`, into a migrated and empty database; letters of the past go to `post`.

    A letter is taken and handed over as the worker would have done it then, so its date and the outbox say so, and
    nothing is left to be sent again. The decisions of the last minutes can still be undone, and their letters wait.
    """
    on = local(now, ZONE).date()
    current = current_programme(on)
    claims = demo_claims(now, current.events, people(), seed)
    moments = tuple(_moments(in_order_of_time(claims), bundle_deeds(now), now))
    with Progress("Loading the demo", len(people()) + len(moments)) as progress:
        founded = found(database, current, secret=issuer.secrets[0], on=on, seed=seed, step=progress.step)
        began_at = before_it_begins(current, founded.districts[districts()[0].slug].zone)
        settle_licences(founded, on, lambda slug: before_it_begins(current, founded.districts[slug].zone))
        promise(founded, began_at, is_first=True)
        set_path(founded, began_at + timedelta(minutes=20))
        set_automatic(founded, began_at + timedelta(minutes=25), on, issuer)
        choose_designs(founded, before_it_begins(current, founded.districts[districts()[1].slug].zone))
        player = Player(founded, issuer)
        for at, deed in moments:
            if deed is None:
                deliver_due_mail(database, post, base_url=base_url, clock=_standing_at(at))
            elif isinstance(deed, BundleDeed):
                deed.play(founded, issuer)
            elif isinstance(deed, GoingDeed):
                deed.play(founded)
            else:
                player.play(*deed)
            progress.step()
    take_part(founded, current, now)
    go_to_events(founded, now)
    take_attendance(founded, now)
    hold_summit(founded, now)
    hold_book_talks(founded, now)
    bring_reports(founded, store, now, base_url)
    look_back(founded, now, base_url)
    open_a_way_in(founded, now, base_url, issuer.secrets[0])
    promise(founded, now, is_first=False)
    sum_up_early(founded, now, issuer)
    keep_checkpoints(founded, now, base_url, issuer.secrets)
    deliver_due_mail(database, post, base_url=base_url, clock=_standing_at(now))
    district = founded.districts[districts()[0].slug]
    with database.session(district.id) as session:
        _say_that_it_is_loaded(Scope(session, district, now), on, seed)


@action(Permission.MANAGE_DISTRICT)
def _say_that_it_is_loaded(scope: Scope, on: date, seed: int) -> None:
    """The last entry: without it the demo is not whole."""
    scope.record(_LOADED, "district", scope.district.id, on=on.isoformat(), seed=seed)


def _moments(
    deeds: tuple[tuple[DemoClaim, DemoStep], ...], gathered: tuple[BundleDeed, ...], now: datetime
) -> Iterator[tuple[datetime, tuple[DemoClaim, DemoStep] | BundleDeed | GoingDeed | None]]:
    """Deeds, and between them the moments at which letters leave (`None`), in order of time up to `now`."""
    letters = {at for _, step in deeds if (at := _letter_leaves(step)) is not None and at < now}
    letters |= {undo_until(deed.at) + _WORKER_LOOKS for deed in gathered if deed.decides}
    told: Iterator[tuple[datetime, tuple[DemoClaim, DemoStep] | BundleDeed | GoingDeed | None]] = chain(
        ((step.at, (claim, step)) for claim, step in deeds),
        ((deed.at, deed) for deed in gathered),
        ((deed.at, deed) for deed in (going_deed(now),)),
        ((at, None) for at in letters),
    )
    yield from sorted(told, key=lambda moment: moment[0])


def _standing_at(at: datetime) -> Callable[[], datetime]:
    return lambda: at


def _letter_leaves(step: DemoStep) -> datetime | None:
    """When the letter about a deed leaves, if it has one: decisions can be undone until then."""
    match step.deed:
        case Approve() | Return() | Deny():
            return undo_until(step.at) + _WORKER_LOOKS
        case Reverse() | Revoke() | Reissue():
            return step.at + _WORKER_LOOKS
        case _:
            return None
