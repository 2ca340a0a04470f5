"""What one source says on one day: the form in which every list of models reaches the merge."""

from __future__ import annotations

from collections.abc import Mapping

from visioncli.core.record import record


@record
class Stated:
    """What one source says of one model; None, "" and () mean that it does not say.

    vision: whether it takes pictures, where the source states that itself. input, output:
    modalities ("text", "image", "audio", "video", "pdf"). mode: what it is for, where that is not
    chat (LiteLLM's words: "embedding", "image_generation", "responses", "completion", …).
    context, max_output: tokens. usd_in, usd_out: US dollars a million tokens of text; usd_image:
    US dollars a picture. retires: YYYY-MM-DD, past or future. released, knowledge: YYYY,
    YYYY-MM or YYYY-MM-DD. status: "deprecated" or "beta".
    """

    vision: bool | None = None
    mode: str = ""
    input: tuple[str, ...] = ()
    output: tuple[str, ...] = ()
    context: int | None = None
    max_output: int | None = None
    usd_in: float | None = None
    usd_out: float | None = None
    usd_image: float | None = None
    retires: str = ""
    released: str = ""
    knowledge: str = ""
    status: str = ""


@record
class Snapshot:
    """Everything that one source lists on one day.

    source: a key of index.SOURCES: "L" LiteLLM, "M" models.dev, "P" a provider's own list.
    as_of: YYYY-MM-DD. rows: "provider/model" as a user types it, to what is said of it.
    dropped: how many entries of the document could not be used. A list of "P" speaks for those
    providers alone that it holds rows of.
    """

    source: str
    as_of: str
    rows: Mapping[str, Stated]
    dropped: int = 0
