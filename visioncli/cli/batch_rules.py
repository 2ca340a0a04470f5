"""When `ask` is a batch, and which of its options mean something then."""

from __future__ import annotations

import os
from collections.abc import Iterator

from visioncli.core.errors import OutputProblem, UsageError
from visioncli.images import names, sniff

from .ask_options import AskOptions
from .inputs import Inputs
from .options import Engine

STDOUT = "-"  # as the value of -O
IN_PIECES = "leave one of them out"


def is_batch(options: AskOptions, inputs: Inputs) -> bool:
    """Raises UsageError (2) for options that exclude each other, or mean nothing here."""
    _exclusive(options)
    if options.nul and inputs.listed is None:
        raise UsageError("-0 says how a list is read, and there is none", hint="--from - or FILE")
    if options.recursive and not inputs.images:
        raise UsageError("-r goes down into directories, and none is named", hint="-r DIRECTORY …")
    apart = options.each or options.per_request is not None
    several = not options.together and (inputs.listed is not None or inputs.many or apart)
    if several or options.output is not None:
        _batch(options, inputs)
        return True
    if meaningless := next(_of_batches(options), None):
        raise UsageError(
            f"{meaningless} is for many requests, and this is one",
            hint="--each for a request an image, or -O FILE for a record of one",
        )
    return False


def _exclusive(options: AskOptions) -> None:
    said = {
        "--together": options.together,
        "--each": options.each,
        "--per-request": options.per_request is not None,
    }
    both = [name for name, is_said in said.items() if is_said]
    if len(both) > 1:
        raise UsageError(f"{both[0]} and {both[1]} exclude each other", hint=IN_PIECES)


def _of_batches(options: AskOptions) -> Iterator[str]:
    """Those that were given."""
    said = {
        "--errors": options.errors is not None,
        "--ordered": options.ordered,
        "--overwrite": options.overwrite,
        "--retry-failed": options.retry_failed,
        "--rehash": options.rehash,
        "--jobs": options.jobs is not None,
        "--rpm": options.rpm is not None,
        "--tpm": options.tpm is not None,
        "--max-cost": options.max_cost is not None,
        "--fail-fast": options.fail_fast,
        "--engine": options.engine is not None,
        "--address": options.address is not None,
    }
    return (name for name, is_said in said.items() if is_said)


def _batch(options: AskOptions, inputs: Inputs) -> None:
    if len(options.model) > 1:
        raise UsageError(
            f"a batch asks one model, and {len(options.model)} are named",
            hint=f"-m {options.model[0]} now, another file of results and -m for the next",
        )
    for name, is_said in (("--curl", options.curl), ("--full", options.full)):
        if is_said:
            raise UsageError(
                f"{name} shows one request, and this is a batch",
                hint=f"vision ask --dry-run {name} IMAGE QUESTION",
            )
    if options.raw:
        raise UsageError(
            "--raw is for one answer, and a batch writes JSON Lines", hint="jq -r .answer"
        )
    if options.show:
        raise UsageError("--show is for one request, and this is a batch", hint="leave it out")
    if inputs.picture is not None:
        raise UsageError("a picture on stdin has no name to be known by", hint="save it as a file")
    if options.output is None or options.output == STDOUT:
        for name in ("--overwrite", "--retry-failed", "--rehash"):
            if name in _of_batches(options):
                raise UsageError(f"{name} is about the file of -O", hint=f"-O FILE {name}")
    if options.overwrite and options.retry_failed:
        raise UsageError("--overwrite and --retry-failed exclude each other", hint=IN_PIECES)
    if options.address is not None and options.engine is not Engine.RAY:
        raise UsageError("--address is a cluster's", hint="--engine ray --address ADDRESS")
    _apart(options, inputs)


def _apart(options: AskOptions, inputs: Inputs) -> None:
    """Files that are written are no others that are named."""
    listed = inputs.listed.file if inputs.listed else None
    named = {"-O": options.output, "--errors": options.errors, "--from": listed}
    places: dict[str, str] = {}
    for name, file in named.items():
        if file is not None and file != STDOUT:
            other = places.setdefault(os.path.realpath(file), name)
            if other != name:
                raise UsageError(f"{other} and {name} are the same file", hint=f"{other} ANOTHER")
            if name != "--from":
                _no_picture(name, file)
                _not_stdin(name, file)


def _not_stdin(option: str, file: str) -> None:
    """`vision ask q < list.txt -O list.txt`, which would write into what it reads."""
    try:
        same = os.path.samestat(os.fstat(0), os.stat(file))  # noqa: PTH116 - as below
    except (OSError, ValueError):
        return
    if same:
        raise UsageError(f"stdin and {option} are the same file", hint=f"{option} ANOTHER")


def _no_picture(option: str, file: str) -> None:
    """Results in a picture's place are a slip, whatever --overwrite says. Raises OutputProblem."""
    try:
        if not os.path.isfile(file):  # noqa: PTH113 - the name may hold anything
            return
        with open(file, "rb") as stream:  # noqa: PTH123 - as above
            head = stream.read(sniff.HEAD)
    except (OSError, ValueError):  # whoever writes it says what is wrong
        return
    if not head.startswith(b"{") and sniff.picture_type(head) is not None:
        raise OutputProblem(
            f"{names.shown(file)} is a picture, and results are not written into one",
            hint=f"name another file with {option}",
        )
