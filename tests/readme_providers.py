"""The README's lists of the providers that are not in its table.

python -m tests.readme_providers prints them as they should be now.
"""

from __future__ import annotations

import sys
import textwrap

from visioncli import providers
from visioncli.config import Settings
from visioncli.core.target import Provider

# In the table, with all that can be said of them.
TABLE = (
    *("openai", "anthropic", "gemini", "xai", "groq", "mistral", "openrouter", "cohere", "azure"),
    *("azure_ai", "vertex_ai", "bedrock", "watsonx", "ollama", "vllm", "lm_studio", "llamafile"),
    *("xinference", "docker_model_runner", "lemonade", "litellm_proxy"),
)


def listed(*, default: bool) -> list[str]:
    """default: those that have a default model, else those that have none."""
    rows = [row for row in providers.rows(Settings()) if row.name not in TABLE]
    return [entry(row) for row in rows if bool(row.default_model) is default]


def entry(row: Provider) -> str:
    """The name; behind it what must be set, where that is not NAME_API_KEY alone."""
    places = [variables[0] for variables in row.variables.values()]
    key = row.key_env[0]
    said = [*([key] if places or key != f"{row.name.upper()}_API_KEY" else []), *places]
    return f"`{row.name}`" + (f" ({', '.join(f'`{name}`' for name in said)})" if said else "")


def main() -> int:
    for default in (True, False):
        text = ", ".join(listed(default=default)) + "."
        lines = textwrap.wrap(text, 100, break_on_hyphens=False)
        sys.stdout.write("\n".join(lines) + "\n\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
