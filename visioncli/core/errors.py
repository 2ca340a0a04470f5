"""Everything that can go wrong, as one tree.

    VisionError                    1   any other failure
    ├── UsageError                 2   the command line, the configuration
    ├── UnknownModel               3   no such provider or model, or it cannot see
    ├── KeyProblem                 4   key missing or rejected
    ├── ImageProblem               5   missing, unreadable, not an image, refused by a limit
    ├── RateLimited                6   rate limit (retried)
    │   └── QuotaExceeded          6   quota or billing: waiting does not help
    ├── NetworkProblem             7   name, connection, timeout, cut before the answer began
    │   └── CertificateProblem     7   TLS: never retried
    ├── ProviderFailed             8   5xx (retried)
    │   └── BadAnswer              8   an answer that cannot be understood
    ├── Refused                    9   the model refused, or a filter did; out of reach
    ├── Incomplete                10   the stream was cut, or the token limit was reached
    └── OutputProblem             13   disk full, stdout closed

`exit` is the process's exit status. `retryable` tells the caller that the same request may succeed
later; `retry` tells the retry loop to try again now.
"""

from __future__ import annotations

from typing import ClassVar


class VisionError(Exception):
    """Base of all errors.

    message: what happened and where, one line. hint: the remedy, or None. code: the provider's own
    error code where it gave one, else ours. status: the HTTP status. request_id: the provider's.
    wait: seconds the server asked us to wait. retry: whether the retry loop may try again. text:
    what had been answered by then, where the caller has not seen it.
    """

    exit: ClassVar[int] = 1
    default_code: ClassVar[str] = "failed"
    retried: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        code: str | None = None,
        provider: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        wait: float | None = None,
        retry: bool | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.default_code
        self.provider = provider
        self.status = status
        self.request_id = request_id
        self.wait = wait
        self.text = ""
        self.retry = self.retried if retry is None else retry

    @property
    def retryable(self) -> bool:
        """Whether the same request may succeed later (exits 6, 7 and 8)."""
        return self.exit in (6, 7, 8)


class UsageError(VisionError):
    exit = 2
    default_code = "usage"


class UnknownModel(VisionError):
    exit = 3
    default_code = "unknown_model"


class KeyProblem(VisionError):
    exit = 4
    default_code = "key"


class ImageProblem(VisionError):
    exit = 5
    default_code = "image"


class RateLimited(VisionError):
    exit = 6
    default_code = "rate_limit"
    retried = True


class QuotaExceeded(RateLimited):
    default_code = "quota"
    retried = False


class NetworkProblem(VisionError):
    exit = 7
    default_code = "network"
    retried = True


class CertificateProblem(NetworkProblem):
    default_code = "certificate"
    retried = False


class ProviderFailed(VisionError):
    exit = 8
    default_code = "provider"
    retried = True


class BadAnswer(ProviderFailed):
    default_code = "bad_answer"
    retried = False


class Refused(VisionError):
    exit = 9
    default_code = "refused"


class Incomplete(VisionError):
    exit = 10
    default_code = "incomplete"


class OutputProblem(VisionError):
    exit = 13
    default_code = "output"
