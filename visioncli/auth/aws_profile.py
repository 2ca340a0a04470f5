"""What AWS's own configuration file says of the profile in use, without botocore.

https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-files.html
"""

from __future__ import annotations

from collections.abc import Mapping
from configparser import Error, RawConfigParser
from pathlib import Path


def setting(name: str, env: Mapping[str, str]) -> str:
    """A setting of $AWS_PROFILE, else of the default profile; "" where nothing says it.

    The file is $AWS_CONFIG_FILE or ~/.aws/config. One that cannot be read says nothing: who needs
    credentials from it is told by botocore what is wrong.
    """
    home = env.get("HOME") or env.get("USERPROFILE") or ""
    file = env.get("AWS_CONFIG_FILE") or (f"{home}/.aws/config" if home else "")
    profile = env.get("AWS_PROFILE") or env.get("AWS_DEFAULT_PROFILE") or "default"
    parser = RawConfigParser(default_section="", strict=False)
    try:
        parser.read_string(Path(file).expanduser().read_text("utf-8"))
    except (OSError, ValueError, RuntimeError, Error):  # no file, no text, no home, no such format
        return ""
    for section in ("default",) if profile == "default" else (f"profile {profile}", profile):
        if value := parser.get(section, name, fallback=""):
            return value.strip()
    return ""
