"""One line of a vendor's results as the outcome of its item."""

from __future__ import annotations

import json
from collections.abc import Callable

from visioncli.batch.item import Outcome
from visioncli.core.answer import Fold, problem
from visioncli.core.dialect import Dialect, HttpError
from visioncli.core.errors import BadAnswer, ProviderFailed, VisionError
from visioncli.core.reading import reader
from visioncli.core.record import record
from visioncli.core.secret import Secret
from visioncli.core.target import ModelRef
from visioncli.core.types import Answer
from visioncli.transport.outcome import complete, masked

from .kept import Kept
from .wire import Result

ENDED = {
    "expired": "the provider did not come to this request within its time",
    "cancelled": "the batch was cancelled before this request was made",
    "missing": "the provider's results hold nothing about this request",
}


@record
class Folding:
    """cost: of an answer, in US dollars, None where it is not known."""

    ref: ModelRef
    dialect: Dialect
    secret: Secret | None
    cost: Callable[[Answer], float | None]

    def outcome(self, kept: Kept, result: Result) -> Outcome:
        """Read as the answer to a single question would be, errors too."""
        if result.ended is not None:
            return self.unmade(kept, result.ended)
        body = json.dumps(result.body).encode("ascii")
        folded, failed = Fold(), None
        try:
            if not 200 <= result.status < 300:
                response = HttpError(status=result.status, headers={}, body=body)
                raise self.dialect.error(response)
            whole = reader(self.dialect, stream=False)
            for event in masked((*whole.feed(body), *whole.close()), self.secret):
                folded.add(event)
        except VisionError as error:
            failed = error
        answer = folded.answer
        if failed is not None and not answer.text:
            return self._made(kept, None, failed)
        return self._made(kept, answer, failed or problem(answer))

    def unmade(self, kept: Kept, why: str, said: str | None = None) -> Outcome:
        """why: a key of ENDED, or "failed" with what the provider `said` of the whole batch."""
        words = ENDED.get(why) or f"the provider failed on the whole batch: {said or 'no reason'}"
        kind = BadAnswer if why == "missing" else ProviderFailed
        return self._made(kept, None, kind(words, code=f"batch_{why}", retry=False))

    def unasked(self, kept: Kept) -> Outcome:
        return self._made(kept, None, kept.error)

    def _made(self, kept: Kept, answer: Answer | None, error: VisionError | None) -> Outcome:
        if error is not None and error is not kept.error:
            complete(error, self.ref.provider, self.secret)
        return Outcome(
            item=kept.item,
            ref=self.ref,
            key=kept.key,
            sha256=kept.sha256,
            answer=answer,
            error=error,
            cost_usd=self.cost(answer) if answer else None,
        )
