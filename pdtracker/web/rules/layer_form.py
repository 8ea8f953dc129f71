"""The form of a district's layer: the common tightenings as fields, or the TOML itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar, Final

from wtforms import HiddenField, TextAreaField

from pdtracker.domain.hours import MAX_DAY_MINUTES
from pdtracker.domain.kinds import EventKind
from pdtracker.domain.licence import APPROVED_PROVIDER, REFLECTED, kind_word
from pdtracker.domain.refs import id_of
from pdtracker.domain.regimes.describing import bucket_sentence
from pdtracker.domain.regimes.layer_writing import Tightenings
from pdtracker.domain.regimes.rules import Op, Period, Version
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.web.forms import AmountField, ChooseSomeField, DayField, LineField, needed
from pdtracker.web.rules.fields import WholeField
from pdtracker.web.rules.publishing import LookedAtForm

BY_TOML: Final = "toml"
MOST_TOML_CHARACTERS: Final = 20_000
_NAME_CHARACTERS: Final = 80
_EVIDENCE: Final = {
    REFLECTED: "A written reflection",
    APPROVED_PROVIDER: "An approved provider",
}
_KIND: Final = "kind_"
_KINDS: Final = {kind_word(kind, (), ()): kind.plural for kind in EventKind}


class LayerForm(LookedAtForm):
    """What a district asks on top of a regime. The regime's own buckets and the kinds are added for each regime."""

    name = LineField(
        "Name of your district’s rules",
        [needed("Give the rules a name.")],
        limit=_NAME_CHARACTERS,
        description="It stands in every reason: Maplewood counts from 30 minutes on.",
    )
    effective_from = DayField(
        "For cycles that end from",
        [needed("Enter the first day.")],
        description="On that day or later: earlier cycles go by what was asked until now. We propose the first day "
        "of the next school year, so that nobody who renews this year is asked for more.",
    )
    target = AmountField("A cycle asks for", description="As much as the regime, or more.")
    least_minutes = WholeField("An activity counts from, in minutes", least=0, most=MAX_DAY_MINUTES)
    quantum = AmountField("Rounded down to steps of", description="For each activity.")
    topic_minimum = AmountField(
        "A topic counts from", description="Short sessions on one topic add up to it."
    )
    carry_most = AmountField("At most carried over", description="0 for nothing.")
    limit_day = AmountField("In a day at most")
    limit_week = AmountField("In a week at most")
    limit_year = AmountField("In a year at most")
    evidence = ChooseSomeField("Counts only with one of", choices={})
    document = TextAreaField("Your district’s rules as TOML")
    units: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """What an amount is in, by the name of its field."""

    mode = HiddenField()
    after = HiddenField()

    def __init__(self, *args: Any, **told: Any) -> None:
        super().__init__(*args, **told)
        for name, unit in self.units.items():
            self[name].label.text += f", in {unit}"

    @property
    def is_by_toml(self) -> bool:
        """Whether the text was sent, not the fields."""
        return bool(self.mode.data == BY_TOML)

    @property
    def after_id(self) -> int | None:
        """The licence behind which the list of the trial goes on; `None` at its beginning."""
        try:
            return id_of(self.after.data or "")
        except ValueError:
            return None

    def asked(self) -> Tightenings:
        """What the fields ask for."""
        return Tightenings(
            name=self.name.data or "",
            target=self.target.data,
            least_minutes=self.least_minutes.data or 0,
            quantum=self.quantum.data,
            topic_minimum=self.topic_minimum.data,
            carry_most=self.carry_most.data,
            limits={per: units for per in Period if (units := self[f"limit_{per.value}"].data) is not None},
            evidence=frozenset(self.evidence.data or ()),
            buckets={
                place: amount
                for place, field in enumerate(self.buckets())
                if (amount := field.data) is not None
            },
            kinds={
                field.name.removeprefix(_KIND): most
                for field in self.kinds()
                if (most := field.data) is not None
            },
        )

    def buckets(self) -> list[AmountField]:
        """A field for each bucket of the regime."""
        return [field for field in self if field.name.startswith("bucket_")]

    def kinds(self) -> list[AmountField]:
        """A field for each kind of activity: the calendar's, then those that only the regime names."""
        return [field for field in self if field.name.startswith(_KIND)]

    def limits(self) -> list[AmountField]:
        """The fields of the most that counts in a day, a week, a year."""
        return [self.limit_day, self.limit_week, self.limit_year]


def kinds_of(version: Version) -> dict[str, str]:
    """The kinds whose most a district can say, with their names: the calendar's and those that the regime names.

    Without those of which none counts, and those that have a most of their own among the regime's parts.
    """
    never = [gate.selector for gate in version.restrictions.gates if not gate.needs]
    capped = [one.selector for one in version.restrictions.buckets if one.op is Op.MAX]
    taken = frozenset().union(*(one.kinds for one in (*never, *capped)))
    named = {
        word: means[0].upper() + means[1:]
        for word, means in version.words["kinds"].items()
        if word not in _KINDS and word not in taken
    }
    return _KINDS | named


def can_say(regime: str, asked: Tightenings) -> bool:
    """Whether the form has a field for all of it; a text can name kinds that nobody is offered."""
    return asked.kinds.keys() <= kinds_of(shelf()[regime][-1]).keys()


@cache
def form_of(regime: str) -> type[LayerForm]:
    """The form for a regime: with its buckets, and the evidence that it knows."""
    version = shelf()[regime][-1]
    fields: dict[str, Any] = {
        f"bucket_{place}": AmountField(
            bucket.name[0].upper() + bucket.name[1:],
            description=f"The regime: {bucket_sentence(bucket, version)}",
        )
        for place, bucket in enumerate(version.restrictions.buckets)
    }
    fields |= {f"{_KIND}{word}": AmountField(words) for word, words in kinds_of(version).items()}
    fields["evidence"] = ChooseSomeField(
        "Counts only with one of",
        choices=dict(version.words["evidence"]) | _EVIDENCE,
        description="None: what the regime asks for is enough.",
    )
    fields["units"] = _units_of(version)
    return type("LayerFormOfRegime", (LayerForm,), fields)


def _units_of(version: Version) -> Mapping[str, str]:
    """What each amount of the form is in. Those of the kinds stand under a heading that says it for all."""
    unit = version.unit.many
    plain = ("target", "quantum", "topic_minimum", "carry_most", *(f"limit_{per.value}" for per in Period))
    return dict.fromkeys(plain, unit) | {
        f"bucket_{place}": "percent"
        if one.percent is not None
        else unit
        if one.count is None
        else "activities"
        for place, one in enumerate(version.restrictions.buckets)
    }


def filled(
    regime: str, found: Tightenings | None, name: str, document: str, effective_from: date
) -> LayerForm:
    """The form as it begins: by the tightenings that hold now, where they can be said so."""
    asked = found or Tightenings(name=name)
    amounts: dict[str, Fraction | None] = {
        "target": asked.target,
        "quantum": asked.quantum,
        "topic_minimum": asked.topic_minimum,
        "carry_most": asked.carry_most,
        **{f"limit_{per.value}": units for per, units in asked.limits.items()},
        **{f"bucket_{place}": amount for place, amount in asked.buckets.items()},
        **{f"{_KIND}{word}": most for word, most in asked.kinds.items()},
    }
    return form_of(regime)(
        formdata=None,
        name=asked.name,
        effective_from=effective_from,
        least_minutes=asked.least_minutes or None,
        evidence=sorted(asked.evidence),
        document=document,
        **amounts,
    )
