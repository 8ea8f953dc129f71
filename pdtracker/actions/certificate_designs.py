"""Choosing how a district's certificates look: each version is kept, and issued certificates keep theirs."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from pdtracker.actions.idempotency import Asked, answered, keep_answer
from pdtracker.domain.access import Permission
from pdtracker.domain.appearance import Appearance, Signatory
from pdtracker.domain.certificate_design import CertificateDesign, DesignWish, WishedPicture, wish_faults
from pdtracker.domain.refusals import NotValid
from pdtracker.models.certificate_designs import CertificateDesign as DesignRow
from pdtracker.models.certificate_designs import CertificatePicture
from pdtracker.models.ids import new_id
from pdtracker.pdf.certificate import check_letters
from pdtracker.pdf.logos import NotALogo, prepare_logo, prepare_signature, read_logo
from pdtracker.pdf.samples import Sample, sample_of
from pdtracker.queries.certificate_designs import newest_design
from pdtracker.scope import Scope, action

Pictures = dict[str, bytes]
"""PNG by digest."""


@action(Permission.MANAGE_DISTRICT)
def choose_design(scope: Scope, wish: DesignWish, *, key: str = "") -> int:
    """Choose the design of every certificate issued from now on; gives the version.

    Refuses with NotValid, by the fields of the form; also for a letter that can't be printed, and a picture that can't
    stand on a sheet. The same form (`key`) sent twice is one version.
    """
    asked = Asked(key, "choose_design", {"wish": repr(wish)})
    if (before := answered(scope, asked)) is not None:
        return int(before["version"])
    design, pictures = read_wish(scope, wish)
    kept = scope.session.scalars(
        sa.select(CertificatePicture.digest).where(CertificatePicture.digest.in_(pictures))
    ).all()
    for digest, png in pictures.items():
        if digest not in kept:
            scope.session.add(CertificatePicture(id=new_id(), digest=digest, png=png, kept_at=scope.at))
    last = scope.session.scalar(sa.select(sa.func.max(DesignRow.version)))
    row = DesignRow(
        id=new_id(),
        version=(last or 0) + 1,
        document=design.to_document(),
        chosen_by_id=scope.me.id,
        chosen_at=scope.at,
    )
    scope.session.add(row)
    keep_answer(scope, asked, {"version": row.version})
    scope.record(
        "certificate_design.chosen",
        "certificate_design",
        row.id,
        version=row.version,
        design=design.design.value,
        paper=design.paper,
        form=design.form,
    )
    return row.version


def read_wish(scope: Scope, wish: DesignWish) -> tuple[CertificateDesign, Pictures]:
    """The design that a form describes, and its new pictures as PNG by digest. Refuses as `choose_design` does.

    A picture that the form neither sends nor takes away is that of the design before; a signature only where the name
    is the same as well. One statement.
    """
    faults = wish_faults(wish)
    before = newest_design(scope.session)
    pictures: Pictures = {}

    def kept(
        field: str, wished: WishedPicture, stands: str | None, prepare: Callable[[bytes], bytes]
    ) -> str | None:
        if wished.uploaded is None:
            return None if wished.is_removed else stands
        try:
            png = prepare(wished.uploaded)
        except NotALogo as problem:
            faults[field] = str(problem)
            return None
        digest = read_logo(png).digest
        pictures[digest] = png
        return digest

    signed = {one.name: one.signature for one in before.appearance.signatories} if before else {}
    mark = kept("logo", wish.logo, before.mark if before else None, prepare_logo)
    signing = []
    for number, who in enumerate(wish.signatories):
        signature = kept(f"signature_{number + 1}", who.signature, signed.get(who.name), prepare_signature)
        if who.name and who.title:
            signing.append(Signatory(who.name, who.title, signature))
    if faults:
        raise NotValid(faults)
    appearance = Appearance(wish.accent or None, wish.statement or None, tuple(signing))
    design = CertificateDesign(wish.design, wish.paper, mark, appearance, wish.form)
    check_letters(sample_of(scope.district.name, scope.district.place, design, Sample.EIGHT, scope.at))
    return design, pictures
