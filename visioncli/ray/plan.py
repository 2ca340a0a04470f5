"""What a worker is told before it is dealt anything."""

from __future__ import annotations

from dataclasses import replace

from visioncli import __version__
from visioncli.aim import Aim
from visioncli.asked import Asked
from visioncli.batch.item import Item
from visioncli.batch.job import Job
from visioncli.batch.run import Run
from visioncli.config import Settings
from visioncli.core.record import record
from visioncli.core.target import Provider
from visioncli.core.types import ImagePart, Message

from . import files


@record(kw_only=True)
class Plan:
    """aim: None for local/eyes; its key goes along, unless it is one that signs: that is looked for
    on the node. jobs: of the whole cluster. cap: US dollars. knows: whether there are hashes of
    earlier runs.
    """

    job: Job
    aim: Aim | None
    settings: Settings
    jobs: int
    cap: float | None
    rehash: bool
    knows: bool
    free: float
    version: str = __version__


def of(run: Run, settings: Settings, *, jobs: int, knows: bool, free: float) -> Plan:
    job = run.job
    aim = run.aim
    if aim is not None and aim.key is not None and aim.key.sign is not None:
        aim = replace(aim, key=None)
    return Plan(
        job=replace(job, asked=replace(job.asked, stop=None, key=None, kept={})),
        aim=aim,
        settings=settings,
        jobs=jobs,
        cap=run.spending.cap,
        rehash=run.rehash,
        knows=knows,
        free=free,
    )


@record(kw_only=True)
class FarJob(Job):
    """A job whose pictures may be in any file system. provider: who may fetch some itself."""

    provider: Provider | None = None

    def asked_for(self, item: Item) -> Asked:
        asked = Job.asked_for(self, item)
        if not any(files.is_far(image, self.provider) for image in item.images):
            return asked
        messages = tuple(self._near(message) for message in asked.request.messages)
        return replace(asked, request=replace(asked.request, messages=messages))

    def _near(self, message: Message) -> Message:
        parts = tuple(
            replace(part, source=files.FarBlob(part.source))
            if isinstance(part, ImagePart)
            and isinstance(part.source, str)
            and files.is_far(part.source, self.provider)
            else part
            for part in message.parts
        )
        return replace(message, parts=parts)
