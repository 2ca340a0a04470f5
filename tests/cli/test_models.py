"""`vision models` into a pipe: which models, in what order, with what beside them."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.program import KEY, Done, vision
from visioncli.catalogue import image_tokens

from .catalogue import MODELS, write

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="the folder of a cache is named otherwise there"
)
Models = Callable[..., Done]
SEEING = {m for m, v, end, gone, *_ in MODELS if v == "y" and not gone and end != "2025-01-31"}
OURS = SEEING - {"strange/eye"}


def ids(done: Done) -> list[str]:
    assert done.status == 0, done.err
    return done.out.splitlines()


# ---------------------------------------------------------------------------------- which


def test_those_that_see_and_are_there_by_provider_the_newest_first(models: Models) -> None:
    rows = models().out.splitlines()
    assert [row.split()[0] for row in rows] == [
        "MODEL",
        "anthropic/claude-eye",
        "groq/picture-eye",
        "groq/nothing-eye",
        "groq/cheap-eye",
        "local/eyes",
        "ollama/llava",
        "openai/undated-eye",  # only the newest list has it
        "openai/ends-eye",
        "openai/gpt-4o",
        "vertex_ai/gemini-eye",
    ]


def test_retired_ones_are_added_and_say_since_when(models: Models) -> None:
    done = models("--retired", "openai/")
    assert re.search(r"^openai/gone-eye .* since 2025-06-01$", done.out, re.MULTILINE)
    assert re.search(r"^openai/past-eye .* since 2025-01-31$", done.out, re.MULTILINE)
    assert re.search(r"^openai/ends-eye .*[0-9]  +2999-01-01$", done.out, re.MULTILINE)
    assert "openai/blind" not in done.out
    assert set(ids(models("--retired", "--ids"))) == OURS | {"openai/gone-eye", "openai/past-eye"}


def test_all_shows_every_one_with_its_verdict(models: Models) -> None:
    done = models("--all")
    sees = {row.split()[0]: row.split()[1] for row in done.out.splitlines()[1:]}
    words = {"y": "yes", "n": "no", "u": "unknown"}
    assert sees == {model: words[verdict] for model, verdict, *_ in MODELS}
    assert done.out.splitlines()[0].split()[:2] == ["MODEL", "SEES"]


@pytest.mark.parametrize(
    ("patterns", "wanted"),
    [
        (["GPT"], {"openai/gpt-4o"}),
        (["gpt", "llav"], {"openai/gpt-4o", "ollama/llava"}),
        (["gpt-4*"], {"openai/gpt-4o"}),
        (["OpenAI/g*"], {"openai/gpt-4o"}),
        (["*-ey?"], {m for m in OURS if m.endswith("-eye")}),
        (["gpt-4[a-p]"], {"openai/gpt-4o"}),
        (["groq/"], {m for m in OURS if m.startswith("groq/")}),
        (["gpt-4o*", "*/llava"], {"openai/gpt-4o", "ollama/llava"}),
        (["gpt.4o", "llava"], {"ollama/llava"}),  # no regular expression
    ],
)
def test_a_pattern_is_a_part_or_a_glob(
    models: Models, patterns: list[str], wanted: set[str]
) -> None:
    assert set(ids(models("--ids", *patterns))) == wanted


@pytest.mark.parametrize("spelling", ["vertex_ai", "Vertex-AI", "vertex", "google_vertex"])
def test_a_provider_goes_by_its_names(models: Models, spelling: str) -> None:
    assert ids(models("--provider", spelling, "--ids")) == ["vertex_ai/gemini-eye"]


def test_a_provider_that_only_the_catalogue_knows_is_listed_when_named(models: Models) -> None:
    assert ids(models("--provider", "strange", "--ids")) == ["strange/eye"]
    assert models("--provider", "strange", "--json").json["key"] is None


def test_an_unknown_provider_is_3_with_near_names(models: Models) -> None:
    done = models("--provider", "opnai")
    assert (done.status, done.out) == (3, "")
    assert done.err.startswith("error: there is no provider 'opnai'\n  try: did you mean openai")
    assert models("--provider", "opnai", "--json").json["error"]["code"] == "unknown_provider"


# ---------------------------------------------------------------------------------- prices


def test_at_most_a_price_and_what_has_none_is_left_out_aloud(models: Models) -> None:
    done = models("--max-price", "1", "--ids")
    assert ids(done) == [
        "groq/cheap-eye",
        "local/eyes",
        "openai/ends-eye",
        "vertex_ai/gemini-eye",
    ]
    unpriced = {"groq/nothing-eye", "groq/picture-eye", "ollama/llava", "openai/undated-eye"}
    assert done.err == f"{len(unpriced)} models left out: no price is known\n"
    assert models("--max-price", "1", "--ids", "-q").err == ""


def test_a_slip_of_the_unit_is_no_price(tmp_path: Path) -> None:
    row = ("groq/slip-eye", "y", "", "", "", "55000", "200000", "", "")
    told = vision("models", "slip", "--json", env=write(tmp_path, [row])).json
    assert (told["usd_in"], told["usd_out"], told["usd_picture"]) == (None, None, None)


def test_a_picture_is_priced_by_its_makers_count(models: Models) -> None:
    """OpenAI: a square of 1024 is scaled to 768, four tiles of 512: 85 + 4 * 170 tokens."""
    assert image_tokens.tokens("openai", "gpt-4o", 1024, 1024) == 765
    (row,) = models("gpt-4o").out.splitlines()[1:]
    assert row.split() == ["openai/gpt-4o", "128k", "2.50", "10.00", "0.00191"]
    assert models("gpt-4o", "--json").json["usd_picture"] == pytest.approx(765 * 2.5e-6)


def test_what_is_not_known_is_blank_and_a_registrys_nought_is_not_known(models: Models) -> None:
    rows = {row.split()[0]: row.split()[1:] for row in models().out.splitlines()}
    assert rows["groq/nothing-eye"] == []
    assert rows["openai/undated-eye"] == []
    assert rows["groq/picture-eye"] == ["0.0004"]
    assert rows["groq/cheap-eye"] == ["131k", "0.075", "0.30"]
    assert rows["local/eyes"][:4] == ["0", "0", "0", "n/a"]  # nobody is paid
    nothing = models("nothing", "--json").json
    assert [nothing[name] for name in ("usd_in", "usd_out", "usd_picture")] == [None] * 3


@pytest.mark.parametrize("price", ["nan", "inf", "-1", "cheap"])
def test_a_price_that_is_none_is_2(models: Models, price: str) -> None:
    done = models("--max-price", price)
    assert done.status == 2
    assert "--max-price" in done.err


# ---------------------------------------------------------------------------------- keys


def test_available_is_what_could_be_asked_now(models: Models) -> None:
    assert ids(models("--available", "--ids")) == ["local/eyes"]
    keys = {"OPENAI_API_KEY": KEY, "OLLAMA_HOST": "127.0.0.1"}
    assert set(ids(models("--available", "--ids", env=keys))) == {
        "local/eyes",
        "ollama/llava",
        *(m for m in OURS if m.startswith("openai/")),
    }


def test_a_command_for_a_key_counts_and_is_not_run(models: Models, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    config = f'[keys]\ngroq = {{ cmd = ["touch", "{ran}"] }}\n'
    assert set(ids(models("--available", "--ids", "groq", config=config))) == {
        m for m in OURS if m.startswith("groq/")
    }
    assert not ran.exists()


def test_credentials_where_the_vendors_tools_leave_them_count(
    models: Models, tmp_path: Path
) -> None:
    assert models("gemini-eye", "--json").json["key"] == "missing"
    assert models("gemini-eye", "--json", env={"VERTEX_API_KEY": KEY}).json["key"] == "set"
    file = tmp_path / "credentials.json"
    file.touch()
    there = models("gemini-eye", "--json", env={"GOOGLE_APPLICATION_CREDENTIALS": str(file)}).json
    assert (there["key"], there["available"]) == ("set", True)
    absent = {"GOOGLE_APPLICATION_CREDENTIALS": str(file) + "x"}
    assert models("gemini-eye", "--json", env=absent).json["key"] == "missing"


def test_no_key_is_printed(models: Models) -> None:
    done = models("--json", env={"OPENAI_API_KEY": KEY})
    assert {o["key"] for o in done.objects if o["model"].startswith("openai/")} == {"set"}
    assert KEY not in done.out + done.err


# ---------------------------------------------------------------------------------- the user's own

CONFIG = """
default_model = "mine"  # which VISION_MODEL comes before
[aliases]
mine = "openai/gpt-4o"
four = "gpt-4o"
odd = "vllm/qwen"
blind = "openai/blind"
broken = "nobody-makes-this"
[providers.home]
dialect = "openai_chat"
base_url = "http://localhost:8000/v1"
auth = "none"
default_model = "llava"
[models."home/bakllava"]
vision = true
[models."openai/unsaid"]
vision = true
[models."ollama/llava"]
vision = false
"""


def test_aliases_and_the_default_stand_beside_their_models(models: Models) -> None:
    done = models(config=CONFIG, env={"VISION_MODEL": ""})
    assert re.search(r"^openai/gpt-4o .*  default, mine, four$", done.out, re.MULTILINE)
    assert re.search(r"^vllm/qwen .*  odd, not known to see$", done.out, re.MULTILINE)
    assert "openai/blind" not in done.out
    assert done.err.startswith("warning: alias broken: no one maker lists a model")
    assert ids(models("--ids", "four", config=CONFIG)) == ["openai/gpt-4o"]  # by its alias
    assert models("gpt-4o", "--json", config=CONFIG).json["aliases"] == ["mine", "four"]


def test_an_alias_means_its_model_and_not_whatever_has_it_in_its_id(models: Models) -> None:
    config = '[aliases]\neye = "openai/gpt-4o"\nclaude-eye = "groq/cheap-eye"\nbad = "no-one"\n'
    assert ids(models("--ids", "eye", config=config)) == ["openai/gpt-4o"]
    assert ids(models("--ids", "claude-eye", config=config)) == ["groq/cheap-eye"]
    both = ids(models("--ids", "eye", "claude*", config=config))
    assert both == ["anthropic/claude-eye", "groq/cheap-eye", "openai/gpt-4o"]
    assert {"anthropic/claude-eye", "groq/cheap-eye"} < {*ids(models("--ids", "ye", config=config))}
    assert models("--ids", "eye", "--provider", "groq", config=config).status == 1  # is openai's
    assert models("--ids", "bad", config=config).status == 1  # an alias of nothing


def test_the_default_is_the_one_that_ask_would_choose(models: Models) -> None:
    none = {"VISION_MODEL": ""}
    chosen = {o["model"] for o in models("--json", env=none).objects if o["default"]}
    assert chosen == {"local/eyes"}
    env = {"VISION_MODEL": "claude-eye"}
    chosen = {o["model"] for o in models("--json", env=env).objects if o["default"]}
    assert chosen == {"anthropic/claude-eye"}
    several = {"OPENAI_API_KEY": KEY, "ANTHROPIC_API_KEY": KEY, **none}
    done = models("--json", env=several)
    assert not [o for o in done.objects if o["default"]]
    assert done.err == ""
    done = models("--json", env={"VISION_MODEL": "nobody-makes-this"})
    assert done.status == 0
    assert done.err.startswith("warning: the default model: no one maker lists a model")


def test_the_configuration_comes_before_the_catalogue(models: Models) -> None:
    found = {o["model"]: o for o in models("--json", config=CONFIG).objects}
    assert "ollama/llava" not in found
    assert found["openai/unsaid"]["source"] == "configuration"
    assert found["openai/unsaid"]["why"].startswith("the configuration says so (")
    own = found["home/bakllava"]
    assert (own["vision"], own["key"], own["available"]) == (True, "not_needed", True)
    assert found["home/llava"]["vision"] is None  # its provider's default
    every = {o["model"]: o for o in models("--all", "--json", config=CONFIG).objects}
    assert every["ollama/llava"]["vision"] is False
    assert every["openai/blind"]["aliases"] == ["blind"]


def test_a_deployment_has_the_facts_of_its_base_model(models: Models) -> None:
    config = '[models."azure/ours"]\nbase_model = "openai/gpt-4o"\n'
    one = models("azure/ours", "--json", config=config).json
    assert (one["vision"], one["base_model"], one["usd_in"]) == (True, "openai/gpt-4o", 2.5)
    assert one["usd_picture"] == pytest.approx(765 * 2.5e-6)
    assert one["why"].startswith("openai/gpt-4o by the configuration (")


def test_a_mistake_in_the_configuration_is_2(models: Models) -> None:
    done = models(config="[providers.home]\nbase_url = 3\n")
    assert done.status == 2
    assert "config.toml, line" in done.err
