"""The web application, put together: settings, database, doors, answers, pages. Wiring only."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, g, request
from flask_login import current_user
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from pdtracker.db import Database
from pdtracker.resources import resource
from pdtracker.settings import SettingError, Settings
from pdtracker.web import answers, doors, frame, headers, requests, urls
from pdtracker.web.about import about
from pdtracker.web.account import account
from pdtracker.web.asking_person import asking_person
from pdtracker.web.attendance import attendance
from pdtracker.web.attendance.bundles import gathering
from pdtracker.web.audit_packs import packs
from pdtracker.web.badges import badges
from pdtracker.web.certificate_design import certificate_design
from pdtracker.web.certificates import certificates
from pdtracker.web.check_ins.desk import desks
from pdtracker.web.check_ins.phone import phone
from pdtracker.web.check_ins.scanner import scanners
from pdtracker.web.check_ins.screen import screens
from pdtracker.web.check_ins.sheet import sheets
from pdtracker.web.checkpoints import checkpoints
from pdtracker.web.claims import own_claims
from pdtracker.web.collections import collections
from pdtracker.web.coming_in import coming_in
from pdtracker.web.commitments import commitments
from pdtracker.web.drafts import drafts
from pdtracker.web.event_imports import event_imports
from pdtracker.web.events import events
from pdtracker.web.events.archiving import archiving
from pdtracker.web.events.changing import changing
from pdtracker.web.events.discussing import discussing
from pdtracker.web.events.document import documents
from pdtracker.web.events.feeds import feeds
from pdtracker.web.events.going import going
from pdtracker.web.events.inviting import inviting
from pdtracker.web.events.now_next import now_next
from pdtracker.web.events.own_calendar import own_calendar
from pdtracker.web.events.own_feed import own_feed
from pdtracker.web.events.proposing import proposals
from pdtracker.web.events.registering import registering
from pdtracker.web.events.repeating import repeating
from pdtracker.web.evidence import evidence
from pdtracker.web.face import dress
from pdtracker.web.factor_rule import factor_rule
from pdtracker.web.follow_ups import following
from pdtracker.web.front import front
from pdtracker.web.health import health
from pdtracker.web.home import home
from pdtracker.web.imports.bringing import bringing
from pdtracker.web.imports.reading import reading
from pdtracker.web.invitations import invitations
from pdtracker.web.jobs import jobs
from pdtracker.web.joining import joining
from pdtracker.web.letter_templates import templates
from pdtracker.web.letters import letters
from pdtracker.web.licence_statements import licence_statements
from pdtracker.web.licences.keeping import keeping_licences
from pdtracker.web.licences.signing import signing
from pdtracker.web.licences.standing import licences
from pdtracker.web.mail import mail
from pdtracker.web.notices import notices
from pdtracker.web.own_record import taking_along
from pdtracker.web.participation import participation
from pdtracker.web.passkeys import passkeys
from pdtracker.web.people import people
from pdtracker.web.programmes import programmes
from pdtracker.web.reflections import reflecting
from pdtracker.web.reminders import reminders
from pdtracker.web.reports.credit import credit_reports
from pdtracker.web.reports.index import reports
from pdtracker.web.reports.licences import licence_reports
from pdtracker.web.reports.reciprocal import reciprocal_reports
from pdtracker.web.requests import DemoSignIn, Wiring
from pdtracker.web.reviews.absences import absences
from pdtracker.web.reviews.batch import batches
from pdtracker.web.reviews.bulk import bulk
from pdtracker.web.reviews.decisions import decisions
from pdtracker.web.reviews.one import review
from pdtracker.web.reviews.queue import reviews
from pdtracker.web.rosters.bringing import rosters
from pdtracker.web.rosters.looking import roster
from pdtracker.web.rules.automatic import automatic
from pdtracker.web.rules.book import rules
from pdtracker.web.rules.handing_over import handing_over
from pdtracker.web.rules.layers import layers
from pdtracker.web.rules.policies import policies
from pdtracker.web.rules.providers import providers
from pdtracker.web.rules.regimes import regimes
from pdtracker.web.rules.review_paths import review_paths
from pdtracker.web.second_factor import second_factor
from pdtracker.web.set_up import setting_up
from pdtracker.web.sharing import sharing
from pdtracker.web.sign_in import sign_in
from pdtracker.web.submissions import submissions
from pdtracker.web.trail import trail
from pdtracker.web.transcript import transcript
from pdtracker.web.verify import verify

logger = logging.getLogger("pdtracker.request")

PAGES: Sequence[Blueprint] = (
    sign_in,
    joining,
    account,
    second_factor,
    passkeys,
    people,
    taking_along,
    setting_up,
    invitations,
    coming_in,
    factor_rule,
    rosters,
    roster,
    front,
    events,
    proposals,
    feeds,
    documents,
    inviting,
    archiving,
    changing,
    repeating,
    bringing,
    discussing,
    reading,
    event_imports,
    registering,
    going,
    now_next,
    own_calendar,
    own_feed,
    programmes,
    participation,
    phone,
    desks,
    screens,
    scanners,
    sheets,
    home,
    jobs,
    own_claims,
    drafts,
    attendance,
    gathering,
    reflecting,
    submissions,
    following,
    evidence,
    reviews,
    review,
    decisions,
    batches,
    bulk,
    health,
    about,
    verify,
    badges,
    certificates,
    collections,
    sharing,
    transcript,
    licence_statements,
    rules,
    policies,
    absences,
    asking_person,
    automatic,
    handing_over,
    review_paths,
    regimes,
    layers,
    providers,
    licences,
    keeping_licences,
    signing,
    reports,
    licence_reports,
    reciprocal_reports,
    credit_reports,
    trail,
    checkpoints,
    packs,
    mail,
    templates,
    letters,
    notices,
    reminders,
    certificate_design,
    commitments,
)

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def create_app(
    settings: Settings, *, database: Database | None = None, demo: Sequence[DemoSignIn] = ()
) -> Flask:
    """The application for these settings; `demo` lists sign-ins on the sign-in page.

    Raises SettingError when Flask's debugger is asked for: it gives whoever sees an error a shell on the server.
    """
    if os.environ.get("FLASK_DEBUG", "0").lower() not in {"", "0", "false", "no"}:
        raise SettingError("FLASK_DEBUG", "is set: the debugger opens the server to everybody. Unset it.")
    app = Flask(__name__, static_folder=None, template_folder=str(resource("templates")))
    app.config.from_pyfile(str(resource("config.py")))
    app.config.from_mapping(settings.for_flask())
    app.config["TRUSTED_HOSTS"] = _trusted_hosts(settings)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    app.jinja_env.undefined = StrictUndefined
    dress(app.jinja_env)
    urls.register(app)
    app.before_request(_begin_log)
    requests.register(app, Wiring(settings, database or Database(settings.database_url), tuple(demo)))
    doors.register(app)
    answers.register(app)
    frame.register(app)
    headers.register(app)
    app.after_request(_log)
    for pages in PAGES:
        app.register_blueprint(pages)
    return app


def _trusted_hosts(settings: Settings) -> list[str]:
    """The site's own name only; what runs on loopback may be called by any of its names."""
    host = urlsplit(settings.base_url).hostname or ""
    return sorted({host, *_LOOPBACK}) if host in _LOOPBACK else [host]


def _begin_log() -> None:
    g.began = time.perf_counter()


def _log(response: Response) -> Response:
    # The rule, not the path: codes, serials and search words stay out of the log.
    rule = request.url_rule.rule if request.url_rule is not None else "(no page)"
    signed_in = current_user if "_login_user" in g and current_user.is_authenticated else None
    logger.info(
        "request",
        extra={
            "method": request.method,
            "rule": rule,
            "status": response.status_code,
            "milliseconds": round((time.perf_counter() - g.get("began", time.perf_counter())) * 1000),
            "request_id": requests.visit().request_id,
            "account": signed_in.facts.account_id if signed_in is not None else None,
        },
    )
    response.headers["X-Request-ID"] = requests.visit().request_id
    return response
