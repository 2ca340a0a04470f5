"""One question that was not asked before: built, sent in its turn, answered."""

from __future__ import annotations

import time

from visioncli import api, retry, schema
from visioncli.aim import Aim
from visioncli.core.answer import Fold, problem
from visioncli.core.errors import RateLimited, VisionError
from visioncli.core.types import Answer, Event
from visioncli.images.picture import Picture
from visioncli.local import EyesCall
from visioncli.transport.asend import attempt
from visioncli.transport.channel import Channel
from visioncli.transport.clock import Clock, Deadlines
from visioncli.transport.outcome import was_sent

from .credentials import Credentials
from .item import Item, Outcome
from .pace import Turn
from .run import Run, ends_all

OVERLOADED = (503, 529)  # of a provider that has too much to do for the moment


async def outcome(
    run: Run,
    item: Item,
    asked: api.Asked,
    pictures: tuple[Picture, ...],
    key: str,
    sha256: tuple[str | None, ...],
    channel: Channel | None,
) -> Outcome:
    began = time.monotonic()
    answer: Answer | None = None
    failed: VisionError | None = None
    cost: float | None = None
    try:
        if run.aim is None or run.credentials is None or channel is None:
            run.pace.check()
            answer, failed = await run.aside(_looked, asked, pictures)
            cost = 0.0
        else:
            call = await _built(run, run.aim, asked, pictures, began)
            run.warn(call.warnings, item)
            answer, failed, cost = await _asked(run, call, run.credentials, channel)
    except VisionError as error:
        if ends_all(error):
            raise
        failed = error
    if answer is not None:
        run.warn(answer.warnings, item)
    return Outcome(
        item=item,
        ref=run.job.ref,
        key=key,
        sha256=sha256,
        answer=answer,
        error=failed or (_wrong(asked, answer) if answer else None),
        cost_usd=cost,
        ms=round((time.monotonic() - began) * 1000),
    )


def _wrong(asked: api.Asked, answer: Answer) -> VisionError | None:
    """Of an answer that came to its end."""
    form = asked.request.options.schema
    return problem(answer) or (schema.misfit(answer.text, form) if form is not None else None)


def _looked(asked: api.Asked, pictures: tuple[Picture, ...]) -> tuple[Answer, VisionError | None]:
    """What local/eyes says."""
    folded = Fold()
    try:
        for event in EyesCall(pictures=pictures, warnings=(), asked=asked).events():
            folded.add(event)
    except VisionError as error:
        return folded.answer, error
    return folded.answer, None


async def _built(
    run: Run, aim: Aim, asked: api.Asked, pictures: tuple[Picture, ...], began: float
) -> api.HttpCall:
    """Pixels are decoded in a thread; Pillow lets the others go on meanwhile."""
    todo = api.plans(aim, asked, pictures)
    if any(plan is not None and plan.is_heavy for plan in todo):
        return await run.aside(lambda: api.built(aim, asked, pictures, began=began, todo=todo))
    return api.built(aim, asked, pictures, began=began, todo=todo)


async def _asked(
    run: Run, call: api.HttpCall, credentials: Credentials, channel: Channel
) -> tuple[Answer, VisionError | None, float | None]:
    """(the answer, what ended it early, its cost). Raises a VisionError that came before text.

    The time for everything begins with the first attempt: a turn may be long in coming. A refusal
    is the whole run's matter: it is waited for, and not counted as an attempt.
    """
    clock: Clock | None = None
    attempts = 0
    while True:
        turn = await run.pace.turn()
        if clock is None:
            deadlines = Deadlines(total=call.asked.timeout)
            clock = Clock(deadlines, call.ref.provider, call.asked.stop)
        attempts += 1
        try:
            answer, failed, cost = await _attempted(run, call, turn, credentials, channel, clock)
        except RateLimited as error:
            if not error.retry or (error.wait or 0) > retry.CAP or clock.is_over:
                raise
            attempts -= 1
        except VisionError as error:
            await _before_another(run, error, attempts, clock, call)
        else:
            return answer, failed, cost


async def _attempted(
    run: Run,
    call: api.HttpCall,
    turn: Turn,
    credentials: Credentials,
    channel: Channel,
    clock: Clock,
) -> tuple[Answer, VisionError | None, float | None]:
    """As `_asked`, once. Its turn has ended when this returns, and its cost is settled."""
    reserved: float | None = None
    cost: float | None = None
    may_be_charged = False
    events: list[Event] = []
    failed: VisionError | None = None
    try:
        reserved = await run.spending.reserved(_most(run, call))
        request = await credentials.authorised(call.request)
        key = credentials.key
        run.attempts.calls += 1
        may_be_charged = True
        try:
            await attempt(
                request,
                call.dialect,
                channel=channel,
                stream=call.asked.request.stream,
                provider=call.ref.provider,
                secret=key.secret if key else None,
                clock=clock,
                into=events,
            )
        except VisionError as error:
            may_be_charged = error.status is None and was_sent(error)
            _felt(run, turn, error)
            if not (text := folded(events)).text:
                raise
            failed, answer = error, text
        else:
            answer = folded(events)
            run.pace.answered(turn, _tokens(answer))
        may_be_charged = True
        cost = run.cost(answer)
        return answer, failed, cost
    finally:
        run.pace.dropped(turn)
        if reserved is not None:
            run.spending.settle(reserved, cost, asked=may_be_charged)


def _most(run: Run, call: api.HttpCall) -> float | None:
    return None if run.spending.cap is None else run.most(call)


def _felt(run: Run, turn: Turn, error: VisionError) -> None:
    """What an error says of the pace."""
    if isinstance(error, RateLimited):
        if error.retry and (error.wait or 0) <= retry.CAP:
            run.pace.refused(turn, error.wait)
    elif error.status in OVERLOADED and error.retry and (error.wait or 0) <= retry.CAP:
        run.pace.refused(turn, error.wait)


def _tokens(answer: Answer) -> int | None:
    usage = answer.usage
    counts = [n for n in (usage.input, usage.output) if n is not None]
    return sum(counts) if counts else None


async def _before_another(
    run: Run, error: VisionError, attempts: int, clock: Clock, call: api.HttpCall
) -> None:
    """Waits; raises the error where there is no further attempt."""
    delay = retry.next_delay(
        error,
        attempts,
        time.monotonic() - clock.began,
        retries=call.asked.retries,
        total=call.asked.timeout,
    )
    if delay is None or not run.attempts.may_try_again():
        raise error
    await run.pace.sleep(delay)


def folded(events: list[Event]) -> Answer:
    made = Fold()
    for event in events:
        made.add(event)
    return made.answer
