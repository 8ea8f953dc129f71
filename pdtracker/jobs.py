"""What happens by itself, after the commit: letters leave, jobs are carried out, what comes with the time is done.

A thread within `serve` on SQLite, any number of processes of `worker` on PostgreSQL. Several take different letters and
different jobs, and what is to be done once in a stretch of time one of them does.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import sqlalchemy as sa

from pdtracker.actions import automatic, event_news, fresh_drafts, mailing, reminders
from pdtracker.actions.bounces import tell_bounced
from pdtracker.actions.checkpoints import write_checkpoint
from pdtracker.actions.follow_ups import AT_ONCE, ask_follow_ups
from pdtracker.actions.issuing import Issuer
from pdtracker.actions.jobs import purge_job_files, purge_jobs
from pdtracker.actions.leases import Slot, end_slot, leave_slot, take_slot
from pdtracker.actions.outbox import Mail, take_due_mail, tell_not_sent, tell_sent
from pdtracker.actions.participation import count_programmes
from pdtracker.actions.purging import purge_district, purge_files, purge_rates, purge_reports, purge_sign_ins
from pdtracker.actions.rosters import purge_rosters
from pdtracker.actions.standings import count_licences
from pdtracker.actions.summing_up import sum_up_due
from pdtracker.blobs import BlobStore
from pdtracker.db import Database
from pdtracker.domain.job import slot_of
from pdtracker.domain.joining import LINK_PLACE
from pdtracker.domain.letter_template import filled
from pdtracker.domain.refs import ref_of
from pdtracker.domain.stop_links import StopLink
from pdtracker.mail import Bounced, NotDelivered, Post, message_of
from pdtracker.queries.letter_templates import KeptTemplate, letter_templates
from pdtracker.queries.outbox import districts, has_due_mail
from pdtracker.scope import Scope
from pdtracker.signing import KeyLocked
from pdtracker.work import Shop, carry_on

POLL_SECONDS = 2.0
PURGE_EVERY = timedelta(days=1)
ASK_EVERY = timedelta(minutes=10)
"""So often it is looked for follow-ups and reminders that are due; a new day begins at another moment in each zone."""
WRITE_EVERY = timedelta(minutes=1)
"""So often it is looked for news about events: long enough that two changes in a row are one letter."""
COUNT_EVERY = timedelta(minutes=1)
PUBLISH_EVERY = timedelta(hours=1)
"""So often the counts are counted anew that districts publish of a programme."""
COUNTED_AT_ONCE = 2_000
SUM_UP_EVERY = timedelta(hours=6)
"""So often it is looked for programmes, years and cycles that are over: whoever can't wait asks for theirs."""

logger = logging.getLogger("pdtracker.jobs")


def deliver_due_mail(
    database: Database,
    post: Post,
    *,
    base_url: str,
    clock: Callable[[], datetime],
    key: str | None = None,
) -> int:
    """Hand over every letter that is due, in all districts; gives how many left.

    `key` signs the links with which letters of a kind are stopped; without it letters have none.
    """
    sent = 0
    with database.session(None, installation=True) as session:
        everyone = districts(session)
    for district in everyone:
        with database.session(district.id) as session:
            while has_due_mail(Scope(session, district, clock())):
                session.rollback()
                taken = take_due_mail(Scope(session, district, clock()))
                if not taken:
                    break
                words = letter_templates(Scope(session, district, clock()))
                session.rollback()
                for mail in taken:
                    stop = _stop_address(base_url, district.slug, mail, key)
                    sent += _deliver(
                        Scope(session, district, clock()), mail, post, base_url, stop, words.get(mail.kind)
                    )
    return sent


def _stop_address(base_url: str, slug: str, mail: Mail, key: str | None) -> str | None:
    if key is None or not mail.kind.may_stop:
        return None
    return f"{base_url.rstrip('/')}/letters/stop/{StopLink(slug, mail.to_person_id, mail.kind).token(key)}"


def _deliver(
    scope: Scope, mail: Mail, post: Post, base_url: str, stop: str | None, kept: KeptTemplate | None
) -> int:
    try:
        leaving = _in_the_district_s_words(scope, _with_its_link(mail, base_url), kept)
        post.deliver(
            message_of(
                leaving,
                sender_name=scope.district.name,
                base_url=base_url,
                at=scope.at,
                stop_address=stop,
            )
        )
    except Bounced as bounce:
        logger.warning("mail bounced", extra={"mail": mail.id, "why": str(bounce)})
        tell_bounced(scope, mail.id, mail.to_email, str(bounce))
        return 0
    except NotDelivered as failure:
        logger.warning("mail not delivered", extra={"mail": mail.id, "why": str(failure)})
        tell_not_sent(scope, mail.id, attempts=mail.attempts, error=str(failure))
        return 0
    tell_sent(scope, mail.id)
    return 1


def _with_its_link(mail: Mail, base_url: str) -> Mail:
    """The letter with its link written where it belongs: by the configured address, whatever a request said."""
    if mail.link_secret is None:
        return mail
    address = f"{base_url.rstrip('/')}/join/letter/{mail.link_secret}"
    return replace(mail, body=mail.body.replace(LINK_PLACE, address, 1))


def _in_the_district_s_words(scope: Scope, mail: Mail, kept: KeptTemplate | None) -> Mail:
    """The letter in the template of its kind. After its link is in it: no template can move that elsewhere."""
    if kept is None or kept.template.is_original:
        return mail
    subject, body = filled(
        kept.template, mail.subject, mail.body, name=mail.to_name, district=scope.district.name
    )
    return replace(mail, subject=subject, body=body)


def _in_each_district(database: Database, at: datetime) -> Iterator[Scope]:
    """A scope of each district in turn; its session ends when the next one is asked for."""
    with database.session(None, installation=True) as session:
        everyone = districts(session)
    for district in everyone:
        with database.session(district.id) as session:
            yield Scope(session, district, at)


def ask_due_follow_ups(database: Database, *, base_url: str, at: datetime) -> int:
    """Write to everybody whose follow-up is due, in all districts; gives how many were asked."""
    asked = 0
    for scope in _in_each_district(database, at):
        address, some = partial(_follow_up_address, base_url, scope.district.slug), AT_ONCE
        while some == AT_ONCE:
            some = ask_follow_ups(scope, address)
            asked += some
    return asked


def begin_fresh_drafts(database: Database, *, base_url: str, at: datetime) -> int:
    """Begin drafts for those who checked out or were there, in all districts; gives how many were looked at."""
    looked_at = 0
    for scope in _in_each_district(database, at):
        address, some = partial(_claim_address, base_url, scope.district.slug), fresh_drafts.AT_ONCE
        while some == fresh_drafts.AT_ONCE:
            some = fresh_drafts.begin_fresh_drafts(scope, address)
            looked_at += some
    return looked_at


def write_event_letters(database: Database, *, base_url: str, at: datetime) -> int:
    """Write to those who registered what is due, in all districts; gives how many registrations were looked at."""
    looked_at = 0
    for scope in _in_each_district(database, at):
        some = event_news.AT_ONCE
        while some == event_news.AT_ONCE:
            some = event_news.write_event_letters(scope, partial(_event_address, base_url))
            looked_at += some
    return looked_at


def write_reminders(database: Database, *, base_url: str, at: datetime) -> int:
    """Remind everybody of what is due by their district's policy, in all districts; gives how many letters."""
    written = 0
    for scope in _in_each_district(database, at):
        slug = scope.district.slug
        site = f"{base_url.rstrip('/')}/{slug}"
        addresses = reminders.Addresses(
            claim=partial(_claim_address, base_url, slug),
            review=partial(_review_address, base_url, slug),
            desk=f"{site}/reviews",
            licences=f"{site}/licences",
        )
        while some := reminders.write_reminders(scope, addresses):
            written += some
    return written


def approve_automatically(database: Database, issuer: Issuer, at: datetime) -> int:
    """Let each district's policy look at the claims that were sent under it; gives how many it looked at."""
    looked_at = 0
    for scope in _in_each_district(database, at):
        automatic.keep_seeds(scope, issuer)
        while some := automatic.approve_automatically(scope, issuer):
            looked_at += some
    return looked_at


def write_digests(database: Database, *, base_url: str, at: datetime) -> int:
    """Write the digests that are due, in all districts; gives how many."""
    written = 0
    for scope in _in_each_district(database, at):
        choices = f"{base_url.rstrip('/')}/{scope.district.slug}/letters"
        while some := mailing.write_digests(scope, choices):
            written += some
    return written


def _event_address(base_url: str, event_id: int) -> str:
    return f"{base_url.rstrip('/')}/events/{ref_of(event_id)}"


def _claim_address(base_url: str, slug: str, claim_id: int) -> str:
    return f"{base_url.rstrip('/')}/{slug}/claims/{ref_of(claim_id)}"


def _review_address(base_url: str, slug: str, claim_id: int) -> str:
    return f"{base_url.rstrip('/')}/{slug}/reviews/{ref_of(claim_id)}"


def _follow_up_address(base_url: str, slug: str, follow_up_id: int) -> str:
    return f"{base_url.rstrip('/')}/{slug}/follow-ups/{ref_of(follow_up_id)}"


def purge(database: Database, store: BlobStore, at: datetime) -> None:
    """Let go of what nobody needs any more, in all districts; the log says how much."""
    sign_ins, rates = purge_sign_ins(database, at), purge_rates(database, at)
    codes = keys = files = 0
    for scope in _in_each_district(database, at):
        while (purged := purge_district(scope)).codes or purged.keys:
            codes, keys = codes + purged.codes, keys + purged.keys
        while purge_reports(scope) or purge_job_files(scope) or purge_jobs(scope) or purge_rosters(scope):
            pass
        files += purge_files(scope, store)
    logger.info(
        "purged", extra={"sign_ins": sign_ins, "rates": rates, "codes": codes, "keys": keys, "files": files}
    )


def count_standings(database: Database, at: datetime) -> int:
    """Count licences whose record, rules or day changed, in all districts; how many people, `COUNTED_AT_ONCE` at most.

    Letters are waiting: so many take a second or two, and the worker comes back for the rest.
    """
    done = 0
    for scope in _in_each_district(database, at):
        done += count_licences(scope, at_most=COUNTED_AT_ONCE - done)
        if done >= COUNTED_AT_ONCE:
            break
    if done:
        logger.info("licences counted", extra={"people": done})
    return done


def publish_counts(database: Database, at: datetime) -> int:
    """Count anew what districts publish of programmes; gives how many counts that were."""
    return sum(count_programmes(scope) for scope in _in_each_district(database, at))


def sum_up(database: Database, issuer: Issuer, at: datetime) -> int:
    """Sum up what is over by the districts' policies; gives how many certificates were issued."""
    issued = sum(sum_up_due(scope, issuer) for scope in _in_each_district(database, at))
    if issued:
        logger.info("certificates summed up", extra={"certificates": issued})
    return issued


def write_checkpoints(database: Database, secrets: tuple[str, ...], at: datetime) -> int:
    """Sign how far each audit trail has grown, where its district's day has none yet; gives how many.

    A district whose key no secret opens keeps none of the others from theirs; `doctor` tells of it.
    """
    written = 0
    for scope in _in_each_district(database, at):
        try:
            written += write_checkpoint(scope, secrets)
        except KeyLocked as locked:
            logger.warning(
                "no checkpoint", extra={"district": scope.district.slug, "why": type(locked).__name__}
            )
    return written


@dataclass(frozen=True, slots=True)
class Periodic:
    """What is done once in each stretch of time by whichever worker comes first; it says whether more is to do."""

    kind: str
    every: timedelta
    work: Callable[[datetime], bool]


class Worker:
    """Does what is due, again and again, until it is told to stop. Any number of them share the work."""

    def __init__(
        self, database: Database, post: Post, store: BlobStore, *, base_url: str, issuer: Issuer
    ) -> None:
        self._database, self._post, self._store, self._base_url = database, post, store, base_url
        self._key, self._issuer = issuer.secrets[0], issuer

        self._key, self._secrets = issuer.secrets[0], issuer.secrets
        self.name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._shop = Shop(database, issuer, store, self.name, _now, self._stop.is_set)
        self._over: dict[str, int] = {}
        self._periodic = (
            Periodic("follow-ups", ASK_EVERY, self._ask),
            Periodic("reminders", ASK_EVERY, self._remind),
            Periodic("digests", WRITE_EVERY, self._gather),
            Periodic("counts", PUBLISH_EVERY, self._publish),
            Periodic("event news", WRITE_EVERY, self._write),
            Periodic("automatic approval", WRITE_EVERY, self._approve),
            Periodic("purge", PURGE_EVERY, self._purge),
            Periodic("checkpoints", ASK_EVERY, self._sign),
            Periodic("standings", COUNT_EVERY, self._count),
            Periodic("summaries", SUM_UP_EVERY, self._sum_up),
        )

    def run(self) -> None:
        """Work until `stop`. A lost database is waited for; nothing else ends the work either."""
        while not self._stop.is_set():
            has_more = False
            try:
                has_more = self._do_what_is_due()
            except sa.exc.DBAPIError as error:
                logger.warning("the database is away; trying again", extra={"why": type(error).__name__})
            except Exception:
                logger.exception("the worker stumbled; going on")
            if not has_more:
                self._stop.wait(POLL_SECONDS)

    def _do_what_is_due(self) -> bool:
        """Letters first, then what comes with the time, then a while of the most urgent job; whether there was one."""
        deliver_due_mail(self._database, self._post, base_url=self._base_url, clock=_now, key=self._key)
        for periodic in self._periodic:
            if not self._stop.is_set():
                self._do_once(periodic)
        return carry_on(self._shop)

    def _do_once(self, periodic: Periodic) -> None:
        """Do it, unless it was done in this stretch of time; what it stumbles over, it meets again in the next."""
        slot = slot_of(_now(), periodic.every)
        if self._over.get(periodic.kind) == slot:
            return
        found = take_slot(self._database, periodic.kind, slot, owner=self.name, at=_now())
        if found is not Slot.HELD:
            self._over[periodic.kind] = slot
        if found is not Slot.TAKEN:
            return
        error, has_more = "", False
        try:
            has_more = periodic.work(_now())
        except Exception as stumbled:
            logger.exception("the worker stumbled; going on", extra={"periodic": periodic.kind})
            error = f"{type(stumbled).__name__}: {stumbled}"
        if has_more:
            # Letters are waiting, and another worker may be free.
            del self._over[periodic.kind]
            leave_slot(self._database, periodic.kind, slot, owner=self.name, at=_now())
        else:
            end_slot(self._database, periodic.kind, slot, owner=self.name, at=_now(), error=error)

    def _ask(self, at: datetime) -> bool:
        ask_due_follow_ups(self._database, base_url=self._base_url, at=at)
        return False

    def _sum_up(self, at: datetime) -> bool:
        sum_up(self._database, self._issuer, at)
        return False

    def _remind(self, at: datetime) -> bool:
        write_reminders(self._database, base_url=self._base_url, at=at)
        return False

    def _gather(self, at: datetime) -> bool:
        write_digests(self._database, base_url=self._base_url, at=at)
        return False

    def _publish(self, at: datetime) -> bool:
        publish_counts(self._database, at)
        return False

    def _write(self, at: datetime) -> bool:
        # Drafts first: whoever finds one is not asked whether they were there.
        begin_fresh_drafts(self._database, base_url=self._base_url, at=at)
        write_event_letters(self._database, base_url=self._base_url, at=at)
        return False

    def _approve(self, at: datetime) -> bool:
        approve_automatically(self._database, self._issuer, at)
        return False

    def _purge(self, at: datetime) -> bool:
        purge(self._database, self._store, at)
        return False

    def _sign(self, at: datetime) -> bool:
        write_checkpoints(self._database, self._secrets, at)
        return False

    def _count(self, at: datetime) -> bool:
        return count_standings(self._database, at) >= COUNTED_AT_ONCE

    def start(self) -> None:
        """Work in a thread beside the server."""
        self._thread = threading.Thread(target=self.run, name="worker", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the letter or the part in hand and stop."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=10)


def _now() -> datetime:
    return datetime.now(UTC)
