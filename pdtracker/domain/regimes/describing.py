"""A version in words and as a document: every rule as a sentence, every word that it knows with its meaning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from pdtracker.domain.hours import minutes_text
from pdtracker.domain.regimes.cycles import NO_CYCLE, Anchor
from pdtracker.domain.regimes.meanings import Words, for_whom, narrowed, shown, things, whoever
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
from pdtracker.domain.regimes.vocabulary import LISTS, meanings_in, quantities_of
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
_MODES = {
    Mode.DOWN: "down to whole steps of",
    Mode.NEAREST: "to the nearest step of",
    Mode.UP: "up to whole steps of",
}
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
    unit, rules, words = version.unit, version.restrictions, version.words
    yield _cycle(version)
    yield from _target(version)
    yield from (_gate(gate, words) for gate in rules.gates)
    yield from (_accrual(accrual, unit, words) for accrual in version.accruals)
    if version.rounding is not None:
        steps, mode = unit.words(version.rounding.quantum), _MODES[version.rounding.mode]
        yield f"Rounded {mode} {steps}, for {_SCOPES[version.rounding.scope]}."
    yield from (_limit(limit, unit, words) for limit in rules.limits)
    yield from _gathered(rules, unit)
    yield from (bucket_sentence(bucket, version) for bucket in rules.buckets)
    yield _carry_over(version)


def layer_sentences(layer: Layer, version: Version) -> Iterator[str]:
    """Every rule that a layer on top of a version adds, in the order in which it is applied."""
    rules, unit, words = layer.restrictions, version.unit, version.words
    if layer.target is not None:
        yield f"A cycle asks for {unit.words(layer.target)}."
    yield from (_gate(gate, words) for gate in rules.gates)
    if layer.least_minutes:
        yield f"An activity counts from {minutes_text(layer.least_minutes)} on."
    if layer.quantum is not None:
        yield f"Rounded down to whole steps of {unit.words(layer.quantum)}, for each activity."
    yield from (_limit(limit, unit, words) for limit in rules.limits)
    yield from _gathered(rules, unit)
    yield from (bucket_sentence(bucket, version) for bucket in rules.buckets)
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
    words = {name: dict(meanings_in(version, name)) for name in LISTS}
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
    others = "".join(
        f"; {status.years} years for {whoever(status.facts, version.words)}" for status in rule.statuses
    )
    return f"A cycle lasts {years} from {_ANCHORS[rule.anchor]}{others}. Its first and last day belong to it."


def _target(version: Version) -> Iterator[str]:
    target, unit = version.target, version.unit
    if target.units is None:
        yield "It names no number to reach."
        return
    yield f"A cycle asks for {unit.words(target.units)}.{_origin(target.origin)}"
    yield from (_alternative(one, version, "instead") for one in target.instead)
    yield from (_alternative(one, version, "more") for one in target.more)
    match target.prorate:
        case Prorate.FTE:
            floor = f", never below {unit.words(target.floor)}" if target.floor else ""
            yield f"Part time: the part of it that the work is of full time (the FTE){floor}."
        case Prorate.YEARS_PRACTISED:
            yield (
                f"Whoever practised fewer than {target.of_years} years needs a part of it for each year practised: "
                f"1/{target.of_years}."
            )
        case None:
            pass
    if target.exempt_below_fte:
        yield f"Of whoever works less than {figure(target.exempt_below_fte)} of full time (the FTE) nothing is asked."


def _alternative(one: Alternative, version: Version, how: str) -> str:
    amount = version.unit.words(one.units) if one.units else "nothing"
    who = whoever(one.holders.having, version.words)
    return f"W{who[1:]}: {amount} {how}.{_origin(one.origin)}"


def _gate(gate: Gate, words: Words) -> str:
    whom = f"{for_whom(gate.holders, words)}.{_origin(gate.origin)}"
    what = f"Activities{narrowed(gate.selector, words)}"
    if not gate.needs:
        never = things(gate.selector, words)
        return f"Never counted: {never}{whom}" if never else f"{what} never count{whom}"
    due = ""
    if gate.days_before_start == 0:
        due += ", dated no later than they begin"
    elif gate.days_before_start is not None:
        due += f", dated {gate.days_before_start} days or more before they begin"
    if gate.days_after_end is not None:
        due += f", dated {gate.days_after_end} days or less after they end"
    told = " (where a day is told at all)" if gate.only_if_told else ""
    lacks = "this is shown" if len(gate.needs) == 1 else "one of these is shown"
    return f"{what} count only if {lacks}{due}{told}: {shown(gate.needs, words['evidence'])}{whom}"


def _accrual(accrual: Accrual, unit: Unit, words: Words) -> str:
    match accrual.per:
        case "hour":
            one = "An hour"
        case "activity":
            one = "An activity"
        case quantity:
            one = quantity_words(quantity, Fraction(1))
    brings = f"{one}{narrowed(accrual.selector, words)} brings {unit.words(accrual.units)}"
    times = f", times {figure(accrual.multiplier)}" if accrual.multiplier != 1 else ""
    least = f", from {minutes_text(accrual.least_minutes)} on" if accrual.least_minutes else ""
    most = f", {unit.words(accrual.most_each)} at most" if accrual.most_each is not None else ""
    return f"{brings}{times}{least}{most}{for_whom(accrual.holders, words)}.{_origin(accrual.origin)}"


def _limit(limit: Limit, unit: Unit, words: Words) -> str:
    most = (
        f"{minutes_text(limit.minutes)} of contact"
        if limit.minutes is not None
        else unit.words(limit.units or Fraction(0))
    )
    what = f"{most}{narrowed(limit.selector, words)}"
    return f"In a {limit.per}, at most {what} count{for_whom(limit.holders, words)}.{_origin(limit.origin)}"


def bucket_sentence(bucket: Bucket, version: Version) -> str:
    """What a part of the credit has to reach, or may bring."""
    if bucket.count is not None:
        asked = f"{bucket.count} of them"
    elif bucket.percent is not None:
        asked = f"{figure(bucket.percent)} % of the target"
    else:
        asked = version.unit.words(bucket.amount or Fraction(0))
    side = "at least" if bucket.op is Op.MIN else "at most"
    alone = "; what fills it fills no other such minimum" if bucket.exclusive else ""
    back = (
        f"; credit up to {bucket.look_back_years} years old at the cycle's end serves it"
        if bucket.look_back_years
        else ""
    )
    name = bucket.name[0].upper() + bucket.name[1:]
    whom = for_whom(bucket.holders, version.words)
    return f"{name}: {side} {asked}{alone}{back}{whom}.{_origin(bucket.origin)}"


def _carry_over(version: Version) -> str:
    rule = version.carry_over
    if rule is None:
        return "Nothing is carried over into the next cycle."
    most = "" if rule.most is None else f"up to {version.unit.words(rule.most)} of "
    window = "" if rule.last_months is None else f" that was earned in the last {rule.last_months} months"
    never = "" if rule.excluding is None else f"; never {things(rule.excluding, version.words)}"
    return f"Carried over: {most}what is more than the target{window}{never}.{_origin(rule.origin)}"


def _origin(origin: Origin) -> str:
    """What a rule says about itself, where it differs from its file."""
    told = []
    if origin.source:
        told.append(f"source: {origin.source}")
    if origin.confidence is not None:
        told.append(f"confidence: {origin.confidence}")
    return f" ({'; '.join(told)})" if told else ""
