"""Python, the package and what belongs to it."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterator
from pathlib import Path

from visioncli import __version__
from visioncli.core.errors import VisionError
from visioncli.images import libmagic

from . import requirements
from .finding import Finding, Patient, Status

EXTRAS = {  # what each of the package's gives
    "local": "local/eyes, the model that needs no network",
    "vertex": "Google's own credentials for vertex_ai",
    "bedrock": "AWS's own credentials for bedrock",
    "fast": "batches for a quarter of the CPU time",
    "heic": "HEIC and HEIF pictures",
    "svg": "SVG pictures",
    "pdf": "pages of PDFs",
    "serve": "vision serve, the gateway",
    "keyring": "keys in the system's keyring",
    "ray": "batches on a Ray cluster",
}
COLLECTIONS = ("all", "dev")  # of the others
MAGIC = "pylibmagic"  # the system's library does as well: `magic` tells which there is


def python(_patient: Patient) -> Iterator[Finding]:
    version = platform.python_version()
    facts = {
        "version": version,
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
        "environment": sys.prefix if sys.prefix != sys.base_prefix else None,
    }
    kind = "" if sys.implementation.name == "cpython" else f" ({facts['implementation']})"
    yield Finding("python", Status.OK, f"{version}{kind}, {sys.executable}", facts=facts)


def system(_patient: Patient) -> Iterator[Finding]:
    libc = " ".join(filter(None, platform.libc_ver()))
    detail = ", ".join(filter(None, (platform.platform(), libc)))
    facts = {
        "system": platform.system(),
        "release": platform.release(),
        "machine": platform.machine(),
        "libc": libc or None,
        "cpus": os.cpu_count(),
    }
    yield Finding("platform", Status.OK, detail, facts=facts)


def package(_patient: Patient) -> Iterator[Finding]:
    """What it cannot do without."""
    where = Path(__file__).parents[2]
    facts = {"version": __version__, "folder": str(where)}
    needs = tuple(requirements.needs())
    for need in needs:
        if not need.fits and need.package != MAGIC:
            yield Finding(
                "package",
                Status.WRONG,
                _lacks(need),
                f"pip install '{need.package}{need.wanted}'",
                need.package,
            )
    yield Finding("package", Status.OK, f"visioncli {__version__}, {where}", facts=facts)


def extras(_patient: Patient) -> Iterator[Finding]:
    """One that is not installed is no mistake; one that is of another version than is wanted is."""
    for extra in sorted(set(requirements.extras()) - {*COLLECTIONS}):
        gives = EXTRAS.get(extra, "")
        needs = tuple(requirements.needs(extra))
        facts = {
            "installed": all(need.fits for need in needs),
            "gives": gives,
            "packages": {need.package: need.have for need in needs},
        }
        have = ", ".join(f"{need.package} {need.have}" for need in needs)
        lacking = [need for need in needs if not need.fits]
        remedy = f"pip install 'visioncli[{extra}]'"
        if not lacking:
            found = Finding("extra", Status.OK, f"{gives} ({have})", None, extra, facts)
        elif all(need.have is None for need in lacking):
            found = Finding("extra", Status.OK, f"not installed: {gives}", remedy, extra, facts)
        else:
            told = "; ".join(map(_lacks, lacking))
            found = Finding("extra", Status.WARN, f"{told}: {gives}", remedy, extra, facts)
        yield found


def magic(_patient: Patient) -> Iterator[Finding]:
    """Without it no picture's type is known, and so none is sent."""
    try:
        library = libmagic.found()
    except VisionError as error:
        yield Finding(
            "libmagic",
            Status.WRONG,
            f"no picture can be read: {error.message}",
            f"{error.hint or 'pip install pylibmagic'}, or the system's own"
            " (apt install libmagic1, apk add libmagic, brew install libmagic)",
        )
        return
    detail = f"{library.version}, from {library.origin}, {library.path}"
    yield Finding("libmagic", Status.OK, detail, facts=library._asdict())


def _lacks(need: requirements.Need) -> str:
    if need.have is None:
        return f"{need.package} is not installed"
    return f"{need.package} is {need.have}, and {need.wanted} is needed"
