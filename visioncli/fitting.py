"""What of a picture is sent: as much as the model looks at, in a form that its provider takes."""

from __future__ import annotations

from .asked import Asked
from .core.target import ModelRef, Provider
from .core.types import PDF, Detail, Unfetched
from .images import examine, reading
from .images.picture import Picture
from .images.preparing import plan, prepare

EVERYBODYS = 512  # px: a picture of this size is looked at whole by every model that has a formula

Plans = tuple[prepare.Planned | None, ...]


def plans(asked: Asked, ref: ModelRef, provider: Provider, pictures: tuple[Picture, ...]) -> Plans:
    """What is to be done to each picture, None for one that stays as it is; pixels are not touched.

    ref: as the catalogue knows the model. Raises ImageProblem (5).
    """
    details = [image.detail for image in reading.images(asked.request)]
    return tuple(
        prepare.planned(picture, wanted(asked, picture, ref, provider, detail))
        if asked.prep and _is_here(picture)
        else None
        for picture, detail in zip(pictures, details, strict=True)
    )


def fitted(
    asked: Asked,
    ref: ModelRef,
    provider: Provider,
    pictures: tuple[Picture, ...],
    todo: Plans | None = None,
) -> tuple[Picture, ...]:
    """ref: as the catalogue knows the model. todo: what `plans` has said. Raises ImageProblem (5).

    What is passed through as an address, and documents, are left alone.
    """
    details = [image.detail for image in reading.images(asked.request)]
    return tuple(
        _fitted(asked, picture, ref, provider, detail, plan)
        for picture, detail, plan in zip(
            pictures, details, todo or (None,) * len(pictures), strict=True
        )
    )


def _fitted(
    asked: Asked,
    picture: Picture,
    ref: ModelRef,
    provider: Provider,
    detail: Detail | None,
    todo: prepare.Planned | None,
) -> Picture:
    if not _is_here(picture):
        return picture
    if not asked.prep:
        return examine.unprepared(picture, provider)
    if todo is None:
        todo = prepare.planned(picture, wanted(asked, picture, ref, provider, detail))
    return prepare.prepared(picture, todo.wanted, todo).into(picture)


def _is_here(picture: Picture) -> bool:
    gone = picture.blob is None or isinstance(picture.blob, Unfetched)
    return not gone and picture.media_type != PDF


def wanted(
    asked: Asked, picture: Picture, ref: ModelRef, provider: Provider, detail: Detail | None
) -> plan.Wanted:
    """The least of what the row allows, the model uses and the user says."""
    if picture.pixels and max(picture.pixels) <= EVERYBODYS:
        return plan.wanted(provider, max_side=asked.max_side)
    from .catalogue import image_tokens  # 5 ms, which a small picture does not pay

    bound = image_tokens.used(ref.provider, ref.model, detail)
    return plan.wanted(provider, max_side=asked.max_side, used=bound.fit if bound else None)
