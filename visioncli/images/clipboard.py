"""`clip:`, the picture on the clipboard, through the platform's own programs."""

from __future__ import annotations

import binascii
import os
import re
import sys
from collections.abc import Mapping

from visioncli.core.errors import ImageProblem
from visioncli.core.types import Blob

from . import desktop
from .desktop import Tool

NAME = "the clipboard"
HEX = re.compile(rb"\xc2?\xabdata PNGf([0-9A-Fa-f]*)\xc2?\xbb")  # «data PNGf89504E47…»
POWERSHELL = (
    "Add-Type -AssemblyName System.Windows.Forms, System.Drawing;"
    " $picture = [System.Windows.Forms.Clipboard]::GetImage();"
    " if ($picture -ne $null) {"
    " $memory = New-Object System.IO.MemoryStream;"
    " $picture.Save($memory, [System.Drawing.Imaging.ImageFormat]::Png);"
    " $out = [Console]::OpenStandardOutput();"
    " $memory.WriteTo($out); $out.Flush() }"
)


def _from_applescript(said: bytes) -> bytes:
    found = HEX.search(said)
    return binascii.unhexlify(found[1]) if found and len(found[1]) % 2 == 0 else b""


MAC = (
    Tool(("pngpaste", "-")),
    Tool(
        ("osascript", "-e", "the clipboard as «class PNGf»"),
        check=("osascript", "-e", "clipboard info"),
        word="«class PNGf»".encode(),
        decode=_from_applescript,
    ),
)
WINDOWS = (
    Tool(("powershell.exe", "-NoProfile", "-NonInteractive", "-STA", "-Command", POWERSHELL)),
)
ELSEWHERE = (
    Tool(
        ("wl-paste", "--no-newline", "--type", "image/png"),
        needs="WAYLAND_DISPLAY",
        check=("wl-paste", "--list-types"),
        word=b"image/png",
    ),
    Tool(
        ("xclip", "-selection", "clipboard", "-target", "image/png", "-out"),
        needs="DISPLAY",
        check=("xclip", "-selection", "clipboard", "-target", "TARGETS", "-out"),
        word=b"image/png",
    ),
)


def picture(platform: str = sys.platform, env: Mapping[str, str] = os.environ) -> Blob:
    """Raises ImageProblem: no picture on it, or no program here that reads it."""
    found = desktop.usable(_tools(platform), env)
    if not found:
        raise ImageProblem(
            f"nothing here reads {NAME}", hint=_remedy(platform, env), code="image_tool"
        )
    if (blob := desktop.first(found, NAME, env)) is not None:
        return blob
    raise ImageProblem(
        f"there is no picture on {NAME}", hint="copy one first", code="image_missing"
    )


def _tools(platform: str) -> tuple[Tool, ...]:
    if platform == "darwin":
        return MAC
    return WINDOWS if platform == "win32" else ELSEWHERE


def _remedy(platform: str, env: Mapping[str, str]) -> str:
    if platform in ("darwin", "win32"):
        return "save the picture, and name the file"
    if env.get("WAYLAND_DISPLAY"):
        return "install wl-clipboard, which has wl-paste"
    if env.get("DISPLAY"):
        return "install xclip"
    return "in a desktop session, or save the picture and name the file"
