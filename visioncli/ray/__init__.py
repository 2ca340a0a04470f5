"""Many questions from many machines: the workers of a batch, one on each node of a Ray cluster.

    import visioncli.ray
    visioncli.ray.run("s3://bucket/pictures.txt", "alt text, one sentence",
                      model="openai/gpt-4o-mini", output="answers/")

The process that starts a run deals the items out, keeps the journal and holds every limit; a node
asks what it is dealt. So a node that dies takes nothing with it but what was on its way, and needs
no disk that others see.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .running import Done, run

__all__ = ["Done", "run"]


def __getattr__(name: str) -> object:
    """Ray itself is loaded when it is used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import running

    return getattr(running, name)
