"""--dry-run of a batch: what the whole list would cost. Nothing is sent, no key is needed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import field
from typing import Any

from visioncli import api, choice, costs
from visioncli.aim import Aim
from visioncli.batch.item import Item
from visioncli.batch.job import Job
from visioncli.config import Settings
from visioncli.core.errors import ImageProblem, VisionError
from visioncli.core.record import record
from visioncli.core.target import ModelRef
from visioncli.local import LOCAL

from . import report
from .ask_options import AskOptions
from .progress import Progress
from .terminal import Out

KINDS = 20  # reasons that are told apart
OFTEN = 0.5  # seconds between two looks at how far it is


@record(frozen=False)
class Sum:
    """Of what is known; of how many requests it is not known stands beside it."""

    amount: float = 0
    known: int = 0

    def add(self, amount: float | None) -> None:
        if amount is not None:
            self.amount += amount
            self.known += 1


@record(frozen=False)
class Total:
    """requests: all of them. failed: those whose pictures cannot be read, by the error's code."""

    requests: int = 0
    pictures: int = 0
    input_tokens: Sum = field(default_factory=Sum)
    usd_input: Sum = field(default_factory=Sum)
    max_output_tokens: Sum = field(default_factory=Sum)
    usd_at_most: Sum = field(default_factory=Sum)
    failed: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    priced: costs.Estimate | None = None

    def add(self, item: Item, estimate: costs.Estimate) -> None:
        self.requests += 1
        self.pictures += len(item.images)
        self.input_tokens.add(estimate.input_tokens)
        self.usd_input.add(estimate.usd_input)
        self.max_output_tokens.add(estimate.max_output_tokens)
        self.usd_at_most.add(estimate.usd_at_most)
        for reason in estimate.unknown:
            for image in item.images:  # what is said of a picture is the same of the next
                reason = reason.replace(image, "a picture")  # noqa: PLW2901 - each in turn
            _count(self.unknown, reason)
        self.priced = self.priced or estimate

    def fail(self, item: Item, error: VisionError) -> None:
        self.requests += 1
        self.pictures += len(item.images)
        _count(self.failed, error.code)


def _count(counter: Counter[str], name: str) -> None:
    counter[name if name in counter or len(counter) < KINDS else "others"] += 1


def run(
    options: AskOptions,
    settings: Settings,
    job: Job,
    target: Aim | None,
    pieces: Iterator[Sequence[Item]],
    out: Out,
    progress: Progress,
) -> int:
    total, known_as = Total(), choice.known_as(job.ref, settings)
    seen = time.monotonic()
    for piece in pieces:
        for item in piece:
            _add(total, item, job, target, known_as)
        if progress.is_terminal and time.monotonic() - seen > OFTEN:
            seen = time.monotonic()
            progress.draw(f"{total.requests:,} looked at")
    progress.clear()
    if options.json:
        report.print_json(out, as_object(job, total))
    else:
        out.write("".join(f"{line}\n" for line in as_text(job, total)))
    return 0


def _add(total: Total, item: Item, job: Job, target: Aim | None, known_as: ModelRef) -> None:
    """Raises what would be wrong with every request."""
    asked = job.asked_for(item)
    try:
        if item.problem is not None:
            raise item.problem
        provider = target.target.provider if target else LOCAL
        pictures = api.read(asked, provider, fetch=False)
    except VisionError as error:
        total.fail(item, error)
        return
    request = asked.request
    if target is not None:
        try:
            call = api.built(target, asked, pictures, began=time.monotonic())
        except ImageProblem as error:
            total.fail(item, error)
            return
        pictures, request = call.pictures, call.asked.request
    total.add(item, costs.estimate(job.ref, request, pictures, known_as))


def as_object(job: Job, total: Total) -> dict[str, Any]:
    """null: not known of any request. What is not known of some is counted in "unknown"."""

    def said(value: Sum) -> float | None:
        return value.amount if value.known else None

    priced = total.priced
    return {
        "model": str(job.ref),
        "requests": total.requests,
        "images": total.pictures,
        "unreadable": sum(total.failed.values()),
        "input_tokens": said(total.input_tokens),
        "max_output_tokens": said(total.max_output_tokens),
        "usd_input": said(total.usd_input),
        "usd_at_most": said(total.usd_at_most),
        "priced_as": priced.priced_as if priced else None,
        "price_source": priced.price_source if priced else None,
        "price_as_of": priced.price_as_of if priced else None,
        "failures": dict(total.failed),
        "unknown": dict(total.unknown),
    }


def as_text(job: Job, total: Total) -> list[str]:
    said = [f"{total.requests:,} requests to {job.ref}, {total.pictures:,} pictures"]
    good = total.requests - sum(total.failed.values())

    def told(name: str, value: Sum, shown: str) -> None:
        if value.known:
            rest = f" for {value.known:,} of them" if value.known < good else ""
            said.append(f"{name}: {shown}{rest}")

    told("tokens in", total.input_tokens, f"about {total.input_tokens.amount:,.0f}")
    told("price of these", total.usd_input, costs.shown(total.usd_input.amount))
    told("tokens out", total.max_output_tokens, f"at most {total.max_output_tokens.amount:,.0f}")
    told("price of all", total.usd_at_most, f"at most {costs.shown(total.usd_at_most.amount)}")
    if total.priced and total.priced.priced_as:
        of = total.priced
        said.append(f"prices: of {of.priced_as} ({of.price_source}, {of.price_as_of})")
    said += [f"cannot be asked ({code}): {n:,}" for code, n in total.failed.most_common()]
    said += [f"not known for {n:,}: {reason}" for reason, n in total.unknown.most_common()]
    return said
