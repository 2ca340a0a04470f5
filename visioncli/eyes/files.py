"""The files of the package that hold the models, and why one of them cannot be used."""

from __future__ import annotations

import hashlib
from pathlib import Path

from visioncli.core.errors import VisionError

WEIGHTS = Path(__file__).parent / "weights"
REINSTALL = "pip install --force-reinstall 'visioncli[local]'"


def unusable(path: Path, reader: str = "local/eyes") -> VisionError:
    """Why `path` could not be loaded, told by its checksum; read only now, not at every start."""
    try:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return VisionError(f"the weights file {path} is missing or unreadable", hint=REINSTALL)
    if digest != checksums().get(path.name):
        return VisionError(f"the weights file {path} is damaged (sha256 differs)", hint=REINSTALL)
    return VisionError(
        f"{reader} cannot load {path}, which is not damaged",
        hint="pip install --upgrade onnxruntime numpy",
    )


def checksums() -> dict[str, str]:
    """File name -> sha256, from weights/SHA256SUMS."""
    try:
        text = (WEIGHTS / "SHA256SUMS").read_text()
    except OSError:
        return {}
    return {name: digest for digest, name in (line.split() for line in text.splitlines())}
