"""The form of a review path: who reviews which claims, as an administrator types it; and a path in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from pdtracker.domain.kinds import EventKind
from pdtracker.domain.refs import id_of, ref_of
from pdtracker.domain.regimes.shelf import shelf
from pdtracker.domain.review_path import (
    MOST_REVIEWS,
    ONE_REVIEW,
    Actor,
    Condition,
    PathReview,
    ReviewPath,
    Stop,
    in_turn,
    sentences,
)
from pdtracker.queries import rulebook
from pdtracker.queries.people import schools
from pdtracker.queries.review_paths import PathVersion, Reviewer
from pdtracker.scope import Scope
from pdtracker.web.forms import ChooseField, DayField, HoursField, needed
from pdtracker.web.rules.publishing import LookedAtForm

_NOBODY: Final = "No further review"
_ACTORS: Final = {
    actor.value: actor.words[:1].upper() + actor.words[1:]
    for actor in (Actor.ANYBODY, Actor.SCHOOL, Actor.DISTRICT)
}
_KINDS: Final = {"": "Every kind", **{kind.value: kind.label for kind in EventKind}}


class ReviewPathForm(LookedAtForm):
    """A path of reviews. Five fields for each review are added below; who is empty is no review."""

    effective_from = DayField(
        "In force from",
        [needed("Enter the first day.")],
        description="For claims that are first sent on that day or later. What is under way goes on as it began.",
    )

    def offer(self, who: Scope, people: Sequence[Reviewer]) -> None:
        """Give the lists the people, schools and regimes that there are."""
        named = {ref_of(one.id): f"{one.name}, {one.title}" if one.title else one.name for one in people}
        here = {ref_of(one.id): one.name for one in schools(who)}
        regimes = adopted_names(who)
        for number in range(1, MOST_REVIEWS + 1):
            self[f"who_{number}"].choices = {"": _NOBODY, **_ACTORS, **named}
            self[f"school_{number}"].choices = {"": "Every school", **here}
            self[f"regime_{number}"].choices = {"": "Whatever licence they hold", **regimes}

    def path(self, people: Sequence[Reviewer]) -> ReviewPath | None:
        """The path that was typed; `None` when the form has faults, which then stand at the fields."""
        if not self.validate() or self.effective_from.data is None:
            return None
        names = {one.id: one.name for one in people}
        reviews = tuple(
            self._review(number, names) for number in range(1, MOST_REVIEWS + 1) if self[f"who_{number}"].data
        )
        return ReviewPath(self.effective_from.data, reviews)

    def rows(self) -> list[tuple[int, tuple[Any, ...]]]:
        """The fields of each review, with its number."""
        return [
            (number, tuple(self[f"{name}_{number}"] for name in ("who", "kind", "hours", "school", "regime")))
            for number in range(1, MOST_REVIEWS + 1)
        ]

    def _review(self, number: int, names: Mapping[int, str]) -> PathReview:
        chosen = self[f"who_{number}"].data
        if chosen in _ACTORS:
            stop = Stop(Actor(chosen))
        else:
            person_id = id_of(chosen)
            stop = Stop(Actor.PERSON, person_id, names[person_id])
        kind, school = self[f"kind_{number}"].data, self[f"school_{number}"].data
        condition = Condition(
            EventKind(kind) if kind else None,
            self[f"hours_{number}"].data,
            id_of(school) if school else None,
            self[f"regime_{number}"].data or None,
        )
        return PathReview(stop, condition)


for _number in range(1, MOST_REVIEWS + 1):
    # WTForms finds the fields of a form among the names of its class.
    setattr(ReviewPathForm, f"who_{_number}", ChooseField("Who reviews", choices={"": _NOBODY}, default=""))
    setattr(ReviewPathForm, f"kind_{_number}", ChooseField("Of which kind", choices=_KINDS, default=""))
    setattr(
        ReviewPathForm,
        f"hours_{_number}",
        HoursField("Of more hours than", description="Such as 3. Empty: however long."),
    )
    setattr(ReviewPathForm, f"school_{_number}", ChooseField("From which school", choices={}, default=""))
    setattr(ReviewPathForm, f"regime_{_number}", ChooseField("Holders of", choices={}, default=""))


def filled(path: ReviewPath | None, on: date) -> ReviewPathForm:
    """The form as it begins: as the path is now, from another day."""
    values: dict[str, Any] = {"effective_from": on}
    reviews = path.reviews if path else tuple(PathReview(stop) for stop in ONE_REVIEW)
    for number, review in enumerate(reviews, 1):
        stop, condition = review.stop, review.condition
        values |= {
            f"who_{number}": ref_of(stop.person_id) if stop.person_id is not None else stop.actor.value,
            f"kind_{number}": condition.kind.value if condition.kind else "",
            f"hours_{number}": condition.more_than_minutes,
            f"school_{number}": ref_of(condition.school_id) if condition.school_id is not None else "",
            f"regime_{number}": condition.regime or "",
        }
    return ReviewPathForm(formdata=None, **values)


def adopted_names(who: Scope) -> dict[str, str]:
    """The regimes that the district adopted, by their names. One statement."""
    return {
        one.regime: shelf()[one.regime][-1].name
        for one in rulebook.adopted(who).values()
        if one.retired_at is None and one.regime in shelf()
    }


def path_words(who: Scope, path: ReviewPath) -> tuple[str, ...]:
    """What a path says. Two statements."""
    regimes = {name: versions[-1].name for name, versions in shelf().items()}
    return sentences(path, {one.id: one.name for one in schools(who)}, regimes)


def reviewed_words(who: Scope, found: PathVersion | None) -> tuple[str, ...]:
    """Who reviews claims now, in sentences."""
    if found is None:
        return (f"Every claim goes to {in_turn(ONE_REVIEW)}.",)
    return path_words(who, found.path)
