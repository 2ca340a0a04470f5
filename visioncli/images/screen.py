"""`screen:`, a picture of the whole screen, through the platform's own programs."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

from visioncli.core.errors import ImageProblem
from visioncli.core.types import Blob

from . import desktop
from .desktop import FILE, Tool

NAME = "the screen"
POWERSHELL = (
    "Add-Type -AssemblyName System.Windows.Forms, System.Drawing;"
    " $area = [System.Windows.Forms.SystemInformation]::VirtualScreen;"
    " $picture = New-Object System.Drawing.Bitmap $area.Width, $area.Height;"
    " $pen = [System.Drawing.Graphics]::FromImage($picture);"
    " $pen.CopyFromScreen($area.Location, [System.Drawing.Point]::Empty, $area.Size);"
    " $memory = New-Object System.IO.MemoryStream;"
    " $picture.Save($memory, [System.Drawing.Imaging.ImageFormat]::Png);"
    " $out = [Console]::OpenStandardOutput();"
    " $memory.WriteTo($out); $out.Flush()"
)
MAC = (Tool(("screencapture", "-x", "-t", "png", FILE)),)
WINDOWS = (
    Tool(("powershell.exe", "-NoProfile", "-NonInteractive", "-STA", "-Command", POWERSHELL)),
)
ELSEWHERE = (
    Tool(("grim", "-"), needs="WAYLAND_DISPLAY"),
    Tool(("spectacle", "-b", "-n", "-f", "-o", FILE), needs="WAYLAND_DISPLAY"),
    Tool(("gnome-screenshot", "-f", FILE), needs="WAYLAND_DISPLAY"),
    Tool(("maim",), needs="DISPLAY"),
    Tool(("scrot", "--overwrite", FILE), needs="DISPLAY"),
    Tool(("import", "-silent", "-window", "root", "png:-"), needs="DISPLAY"),
    Tool(("gnome-screenshot", "-f", FILE), needs="DISPLAY"),
)


def picture(platform: str = sys.platform, env: Mapping[str, str] = os.environ) -> Blob:
    """Raises ImageProblem: no program here that takes it, or none that succeeds."""
    found = desktop.usable(_tools(platform), env)
    if not found:
        raise ImageProblem(f"nothing here looks at {NAME}", hint=_remedy(env), code="image_tool")
    if (blob := desktop.first(found, NAME, env)) is not None:
        return blob
    raise ImageProblem(f"{NAME} gave no picture", hint=_remedy(env), code="image_missing")


def _tools(platform: str) -> tuple[Tool, ...]:
    if platform == "darwin":
        return MAC
    return WINDOWS if platform == "win32" else ELSEWHERE


def _remedy(env: Mapping[str, str]) -> str:
    if env.get("WAYLAND_DISPLAY"):
        return "install grim, or the screenshot program of your desktop"
    if env.get("DISPLAY"):
        return "install maim"
    return "in a desktop session, or save the picture and name the file"
