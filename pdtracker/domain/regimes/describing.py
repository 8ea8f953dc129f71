"""A version in words and as a document: every rule as a sentence, every word that it knows with its meaning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from pdtracker.domain.hours import minutes_text
from pdtracker.domain.regimes.cycles import NO_CYCLE, Anchor
from pdtracker.domain.regimes.quantities import Unit, figure, quantity_words
from pdtracker.domain.regimes.rules import (
    Accrual,
    Alternative,
    AppliesTo,
    Bucket,
    Confidence,
    Gate,
    Layer,
    Limit,
    Mode,
    Op,
    Origin,
    Prorate,
    Restrictions,
    Scope,
    Version,
)
from pdtracker.domain.regimes.selection import Holders, Selector
from pdtracker.domain.regimes.vocabulary import LISTS, quantities_of
from pdtracker.domain.regimes.words import either
from pdtracker.domain.when import date_text

_APPLIES = {
    AppliesTo.ACTIVITY_DATE: "activities from that day on",
    AppliesTo.CYCLE_START: "cycles that begin from that day on",
    AppliesTo.RENEWAL_DATE: "cycles that end from that day on",
}
_ANCHORS = {
    Anchor.FIXED_DATE: "a fixed date",
    Anchor.ISSUE_DATE: "the day of issue",
    Anchor.BIRTH_MONTH: "the first day of the month of birth",
    Anchor.SCHOOL_YEAR: "the first day of a school year",
}
_MODES = {Mode.DOWN: "down", Mode.NEAREST: "to the nearest", Mode.UP: "up"}
_SCOPES = {
    Scope.SESSION: "each sitting",
    Scope.ACTIVITY: "each activity",
    Scope.TOTAL: "the total of the cycle",
}


def in_force(version: Version) -> str:
    """From when it applies, and to what."""
    if version.effective is None:
        return "First day not found; it stands for everything before the next version."
    return f"In force since {date_text(version.effective)}, for {_APPLIES[version.applies_to]}."


def trust(version: Version) -> str:
    """Where it comes from and how far that carries."""
    weak = (
        " A weak source: check with the authority before you rely on it."
        if version.confidence is Confidence.WEAK
        else ""
    )
    checked = f"Checked on {date_text(version.checked_on)} by {version.checked_by}."
    return f"Source: {version.source}. {checked} Confidence: {version.confidence}.{weak}"


def has_weak_rules(version: Version) -> bool:
    """Whether the file as a whole, or a rule in it, rests on a weak source."""
    target, rules = version.target, version.restrictions
    groups = (version.accruals, rules.gates, rules.limits, rules.buckets, target.instead, target.more)
    origins = [target.origin, *(one.origin for group in groups for one in group)]
    return Confidence.WEAK in {version.confidence, *(origin.confidence for origin in origins)}


def sentences(version: Version) -> Iterator[str]:
    """Every rule, in the order in which it is applied."""
    unit, rules = version.unit, version.restrictions
    yield _cycle(version)
    yield from _target(version)
    yield from (_gate(gate) for gate in rules.gates)
    yield from (_accrual(accrual, unit) for accrual in version.accruals)
    if version.rounding is not None:
        steps, mode = unit.words(version.rounding.quantum), _MODES[version.rounding.mode]
        yield f"Rounded {mode} to steps of {steps}, for {_SCOPES[version.rounding.scope]}."
    yield from (_limit(limit, unit) for limit in rules.limits)
    yield from _gathered(rules, unit)
    yield from (bucket_sentence(bucket, unit) for bucket in rules.buckets)
    yield _carry_over(version)


def layer_sentences(layer: Layer, unit: Unit) -> Iterator[str]:
    """Every rule that a layer adds, in the order in which it is applied."""
    rules = layer.restrictions
    if layer.target is not None:
        yield f"A cycle asks for {unit.words(layer.target)}."
    yield from (_gate(gate) for gate in rules.gates)
    if layer.least_minutes:
        yield f"An activity counts from {minutes_text(layer.least_minutes)} on."
    if layer.quantum is not None:
        yield f"Rounded down to steps of {unit.words(layer.quantum)}, for each activity."
    yield from (_limit(limit, unit) for limit in rules.limits)
    yield from _gathered(rules, unit)
    yield from (bucket_sentence(bucket, unit) for bucket in rules.buckets)
    if layer.carry_most is not None:
        most = unit.words(layer.carry_most)
        yield f"At most {most} carried over." if layer.carry_most else "Nothing is carried over."


def _gathered(rules: Restrictions, unit: Unit) -> Iterator[str]:
    if rules.topic_minimum:
        yield f"A topic counts from {unit.words(rules.topic_minimum)} on; short sessions on one topic add up."
    if rules.once_each:
        yield "The same course counts once in a cycle."


def document_of(versions: Sequence[Version], version: Version) -> dict[str, object]:
    """All that is asked about a version: its origin, its rules in words, its vocabulary, its examples."""
    return {
        "regime": version.regime,
        "name": version.name,
        "version": version.version,
        "versions": [one.version for one in versions],
        "effective": None if version.effective is None else version.effective.isoformat(),
        "applies_to": version.applies_to.value,
        "historic": version.is_historic,
        "source": version.source,
        "checked_on": version.checked_on.isoformat(),
        "checked_by": version.checked_by,
        "confidence": version.confidence.value,
        "unit": version.unit.id,
        "rules": list(sentences(version)),
        "duties": list(version.duties),
        "left_out": list(version.left_out),
        "vocabulary": _vocabulary(version),
        "missing": list(dict.fromkeys(("total", *_minimums(version)))),
        "examples": [{"says": one.says, "facts": one.facts} for one in version.examples],
    }


def _minimums(version: Version) -> Iterator[str]:
    """What can be missing beside the total; different people can have the same."""
    yield from (one.id for one in version.restrictions.buckets if one.op is Op.MIN)


def _vocabulary(version: Version) -> dict[str, object]:
    words = {name: dict(version.words[name]) for name in LISTS}
    keys = version.words["keys"]
    return {
        **words,
        "quantities": quantities_of(version),
        "topic": keys.get("topic", "Any text; this regime asks nothing about it."),
        "repeat_key": keys.get("repeat_key", "Any text; this regime asks nothing about it."),
    }


def _cycle(version: Version) -> str:
    rule = version.cycle
    if rule == NO_CYCLE:
        return "It has no cycle; whatever first and last day the facts name are taken."
    years = f"{rule.years} {'year' if rule.years == 1 else 'years'}"
    others = "".join(f"; {status.years} years for {either(status.facts)}" for status in rule.statuses)
    return f"A cycle lasts {years} from {_ANCHORS[rule.anchor]}{others}. Its first and last day belong to it."


def _target(version: Version) -> Iterator[str]:
    target, unit = version.target, version.unit
    if target.units is None:
        yield "It names no number to reach."
        return
    yield f"A cycle asks for {unit.words(target.units)}.{_origin(target.origin)}"
    yield from (_alternative(one, unit, "instead") for one in target.instead)
    yield from (_alternative(one, unit, "more") for one in target.more)
    match target.prorate:
        case Prorate.FTE:
            floor = f", never below {unit.words(target.floor)}" if target.floor else ""
            yield f"Part time: the FTE's share of it{floor}."
        case Prorate.YEARS_PRACTISED:
            yield f"Who practised fewer years: that many of {target.of_years} parts of it."
        case None:
            pass
    if target.exempt_below_fte:
        yield f"Below an FTE of {figure(target.exempt_below_fte)} nothing is asked for."


def _alternative(one: Alternative, unit: Unit, how: str) -> str:
    return f"For {either(one.holders.having)}: {unit.words(one.units)} {how}.{_origin(one.origin)}"


def _gate(gate: Gate) -> str:
    what = _selected(gate.selector)
    if not gate.needs:
        return f"{what} never count{_holders(gate.holders)}.{_origin(gate.origin)}"
    due = ""
    if gate.days_before_start == 0:
        due += ", dated no later than it begins"
    elif gate.days_before_start is not None:
        due += f", dated {gate.days_before_start} days or more before it begins"
    if gate.days_after_end is not None:
        due += f", dated {gate.days_after_end} days or less after it ends"
    told = " where that is told" if gate.only_if_told else ""
    asked = f"{what} count only with this evidence: {either(gate.needs)}{due}{told}"
    return f"{asked}{_holders(gate.holders)}.{_origin(gate.origin)}"


def _accrual(accrual: Accrual, unit: Unit) -> str:
    match accrual.per:
        case "hour":
            one = "An hour"
        case "activity":
            one = "An activity"
        case quantity:
            one = quantity_words(quantity, Fraction(1))
    of = "" if accrual.selector == Selector() else f" {_selected(accrual.selector, first='')}"
    brings = f"{one}{of} brings {unit.words(accrual.units)}"
    times = f", times {figure(accrual.multiplier)}" if accrual.multiplier != 1 else ""
    least = f", from {minutes_text(accrual.least_minutes)} on" if accrual.least_minutes else ""
    most = f", {unit.words(accrual.most_each)} at most" if accrual.most_each is not None else ""
    return f"{brings}{times}{least}{most}{_holders(accrual.holders)}.{_origin(accrual.origin)}"


def _limit(limit: Limit, unit: Unit) -> str:
    most = (
        f"{minutes_text(limit.minutes)} of contact"
        if limit.minutes is not None
        else unit.words(limit.units or Fraction(0))
    )
    what = _selected(limit.selector)
    return f"{what}: {most} in a {limit.per} at most{_holders(limit.holders)}.{_origin(limit.origin)}"


def bucket_sentence(bucket: Bucket, unit: Unit) -> str:
    """What a part of the credit has to reach, or may bring."""
    if bucket.count is not None:
        asked = f"{bucket.count} of them"
    elif bucket.percent is not None:
        asked = f"{figure(bucket.percent)} % of the target"
    else:
        asked = unit.words(bucket.amount or Fraction(0))
    side = "at least" if bucket.op is Op.MIN else "at most"
    alone = "; what fills it fills no other such minimum" if bucket.exclusive else ""
    back = (
        f"; credit up to {bucket.look_back_years} years old at the cycle's end serves it"
        if bucket.look_back_years
        else ""
    )
    name = bucket.name[0].upper() + bucket.name[1:]
    return f"{name}: {side} {asked}{alone}{back}{_holders(bucket.holders)}.{_origin(bucket.origin)}"


def _carry_over(version: Version) -> str:
    rule = version.carry_over
    if rule is None:
        return "Nothing is carried over into the next cycle."
    most = "" if rule.most is None else f"up to {version.unit.words(rule.most)} of "
    window = "" if rule.last_months is None else f" that was earned in the last {rule.last_months} months"
    never = "" if rule.excluding is None else f"; never {_selected(rule.excluding, first='')}"
    return f"Carried over: {most}what is more than the target{window}{never}.{_origin(rule.origin)}"


def _selected(selector: Selector, first: str = "Activities") -> str:
    """`Activities of the kind conference`; without anything selected, `Activities`."""
    parts = [
        f"{label} {either(found)}"
        for label, found in (
            ("of the kind", selector.kinds),
            ("of the level", selector.levels),
            ("about", selector.categories),
            ("with", selector.evidence),
            ("not of the kind", selector.other_kinds),
            ("without", selector.lacking_evidence),
        )
        if found
    ]
    return " ".join(filter(None, (first, *parts)))


def _holders(holders: Holders) -> str:
    """For whom a rule holds: ` (for administrator)`, ` (not for nbct)`."""
    told = []
    if holders.having:
        told.append(f"for {either(holders.having)}")
    if holders.lacking:
        told.append(f"not for {either(holders.lacking)}")
    return f" ({', '.join(told)})" if told else ""


def _origin(origin: Origin) -> str:
    """What a rule says about itself, where it differs from its file."""
    told = []
    if origin.source:
        told.append(f"source: {origin.source}")
    if origin.confidence is not None:
        told.append(f"confidence: {origin.confidence}")
    return f" ({'; '.join(told)})" if told else ""
