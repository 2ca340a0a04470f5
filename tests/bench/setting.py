"""What every measurement is given: how long it may take, a folder, and who stands beside ours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mock import Mock
from tests.program import KEY, environment

from .environments import Peers
from .figures import Figure
from .measure import Command, Run, milliseconds

HERE = Path(__file__).parent
CLIENTS = ("openai", "anthropic", "llm", "litellm")
NAMES = {  # how the pages call what they do
    "openai": "openai, a script",
    "anthropic": "anthropic, a script",
    "llm": "llm -a",
    "litellm": "litellm, a script",
}


@dataclass(frozen=True)
class Setting:
    folder: Path
    peers: Peers
    quick: bool = False

    def runs(self, whole: int, quick: int) -> int:
        return quick if self.quick else whole

    def env(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """No key and no address of the machine's; modules are compiled once, as for a user."""
        env = environment(more)
        env.pop("PYTHONDONTWRITEBYTECODE", None)
        return env | {"LITELLM_LOCAL_MODEL_COST_MAP": "True"}  # else it fetches a list first

    def towards(self, mock: Mock) -> dict[str, str]:
        """The environment of ours, with that server in every provider's place."""
        return self.env({**mock.env(KEY), "VLLM_BASE_URL": f"{mock.url}/v1"})

    def present(self, names: Sequence[str] = CLIENTS) -> list[str]:
        return [name for name in names if name in self.peers]

    def peer_asks(self, name: str, port: int, picture: Path | str, *, stream: bool) -> Command:
        """That client asking the same of 127.0.0.1:`port`."""
        how = "stream" if stream else "whole"
        if name != "llm":
            script = str(HERE / "peer_ask.py")
            words = [self.peers.python, script, name, str(port), str(picture), how]
            return Command(words, self.env())
        stream_option = [] if stream else ["--no-stream"]
        words = [self.peers.program("llm"), *stream_option, "-n", "-m", "loop", "-a", str(picture)]
        return Command([*words, "q"], self.llm_env(port))

    def llm_env(self, port: int) -> dict[str, str]:
        """llm with a model that is the server at `port`."""
        home = self.folder / "llm"
        home.mkdir(exist_ok=True)
        row = f"- model_id: loop\n  model_name: gpt-4o\n  api_base: http://127.0.0.1:{port}/v1\n"
        (home / "extra-openai-models.yaml").write_text(f"{row}  vision: true\n")
        return self.env({"LLM_USER_PATH": str(home), "OPENAI_API_KEY": KEY})


def times_of(name: str, runs: Sequence[Run], times: float, goal: float | None = None) -> Figure:
    """A row of start-up: the ratio to bare Python, and what that was in milliseconds."""
    return Figure(name, times, "x python3 -c pass", f"{milliseconds(runs):.0f} ms", goal)
