"""Whether the district insists on a second factor, and who of its reviewers and administrators has one."""

from __future__ import annotations

from flask import Blueprint

from pdtracker.actions.second_factor_rules import insist_on_factor, stop_insisting_on_factor
from pdtracker.domain.access import Permission
from pdtracker.domain.when import moment_text
from pdtracker.queries.second_factors import deciders, rule_since
from pdtracker.web import answers, requests
from pdtracker.web.answers import Answer
from pdtracker.web.doors import confirmed, permitted

factor_rule = Blueprint("factor_rule", __name__)


@factor_rule.get("/<slug:district>/people/second-factor")
@permitted(Permission.MANAGE_DISTRICT)
def show() -> Answer:
    """The rule as it stands, and who is meant by it."""
    who = requests.scope()
    people, since = deciders(who, requests.installation_session()), rule_since(who)
    return answers.page(
        "people/second_factor.html",
        since=moment_text(since, who.at, who.zone) if since else None,
        rows=[
            (
                one,
                ", ".join(role.label for role in one.roles),
                one.since and moment_text(one.since, who.at, who.zone),
            )
            for one in people
        ],
        without=sum(one.since is None for one in people),
        has_own=any(one.since for one in people if one.person_id == who.me.id),
    )


@factor_rule.post("/<slug:district>/people/second-factor")
@permitted(Permission.MANAGE_DISTRICT)
@confirmed
def insist() -> Answer:
    """Insist from here on."""
    insist_on_factor(requests.scope(), requests.wiring().database)
    return answers.see(
        "factor_rule.show", saying="From now on nobody reviews or administers without a second factor."
    )


@factor_rule.post("/<slug:district>/people/second-factor/end")
@permitted(Permission.MANAGE_DISTRICT)
@confirmed
def stop() -> Answer:
    """Insist no longer."""
    stop_insisting_on_factor(requests.scope())
    return answers.see("factor_rule.show", saying="A second factor is everybody’s own choice again.")
