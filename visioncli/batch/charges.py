"""What answers cost, and may cost at most, for a run that asks one model."""

from __future__ import annotations

from visioncli import api, costs
from visioncli.core.errors import VisionError
from visioncli.core.target import ModelRef
from visioncli.core.types import Answer

from .job import Job


class Charges:
    """wire: the dialect that is spoken. known_as: the catalogue's name of the model. capped:
    whether there is a cap, without which nobody asks what a call may cost.
    """

    def __init__(self, job: Job, wire: str, known_as: ModelRef, *, capped: bool) -> None:
        self._job, self._wire, self._known_as, self._capped = job, wire, known_as, capped

    def cost(self, answer: Answer) -> float | None:
        """US dollars; None where it is not known: whatever is wrong there, it is paid for."""
        extra = self._job.asked.request.options.extra
        ref, known_as = self._job.ref, self._known_as
        try:
            return costs.cost(ref, answer.usage, wire=self._wire, extra=extra, known_as=known_as)
        except (VisionError, OSError, ValueError, LookupError):
            return None

    def most(self, call: api.HttpCall) -> float | None:
        """US dollars; None where nothing bounds it."""
        if not self._capped:
            return None
        request, pictures = call.asked.request, call.pictures
        return costs.estimate(call.ref, request, pictures, self._known_as).usd_at_most
