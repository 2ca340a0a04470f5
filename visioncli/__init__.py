"""Ask vision models about images.

    from visioncli import ask, completion, supports_vision

Importing this package loads nothing else; each name below is loaded when it is first used.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False  # as type checkers know it; importing `typing` costs half as much as Python
if TYPE_CHECKING:
    from .core.chunks import ChatCompletionChunk
    from .core.completion import ChatCompletion
    from .core.errors import (
        BadAnswer,
        CertificateProblem,
        ImageProblem,
        Incomplete,
        KeyProblem,
        NetworkProblem,
        OutputProblem,
        ProviderFailed,
        QuotaExceeded,
        RateLimited,
        Refused,
        UnknownModel,
        UsageError,
        VisionError,
    )
    from .core.types import Answer, FinishReason, Usage
    from .python.acompletion import AsyncStream, acompletion
    from .python.asking import ask
    from .python.completion import completion
    from .python.estimating import Estimate, estimate
    from .python.sight import Verdict, check, supports_vision
    from .python.streams import Stream

__all__ = [
    "Answer",
    "AsyncStream",
    "BadAnswer",
    "CertificateProblem",
    "ChatCompletion",
    "ChatCompletionChunk",
    "Estimate",
    "FinishReason",
    "ImageProblem",
    "Incomplete",
    "KeyProblem",
    "NetworkProblem",
    "OutputProblem",
    "ProviderFailed",
    "QuotaExceeded",
    "RateLimited",
    "Refused",
    "Stream",
    "UnknownModel",
    "Usage",
    "UsageError",
    "Verdict",
    "VisionError",
    "__version__",
    "acompletion",
    "ask",
    "check",
    "completion",
    "estimate",
    "supports_vision",
]

_PLACES = {
    "python.asking": ("ask",),
    "python.acompletion": ("AsyncStream", "acompletion"),
    "python.completion": ("completion",),
    "python.estimating": ("Estimate", "estimate"),
    "python.sight": ("Verdict", "check", "supports_vision"),
    "python.streams": ("Stream",),
    "core.chunks": ("ChatCompletionChunk",),
    "core.completion": ("ChatCompletion",),
    "core.types": ("Answer", "FinishReason", "Usage"),
}


def __getattr__(name: str) -> object:
    """A public name, when it is first used. Those that stand nowhere else are errors."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    place = next((p for p, names in _PLACES.items() if name in names), "core.errors")
    value: object = getattr(import_module(f"{__name__}.{place}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
