"""Models and configuration: what is wrong before anything is sent."""

from __future__ import annotations

import re

from tests.matrix.rows import Row, error, remedy, warning

from .early import UNSET, configured, early

CHOOSE = remedy(r"choose another with -m, or send all the same with --force")


def wrong(id_: str, case: str, text: str, *lines: str) -> Row:
    return early(id_, 2, case, *lines, **configured(text))


def checks(*words: str):
    return lambda place: place.vision("check", *words)


MODELS = (
    early(
        "18a",
        3,
        "a provider that is not known",
        error(r"there is no provider 'opnai'"),
        remedy(r"did you mean openai\?"),
        model="opnai/gpt-4o",
    ),
    early(
        "18b",
        3,
        "a model that is known not to see",
        error(r"openai/gpt-3\.5-turbo cannot see pictures: .+"),
        CHOOSE,
        model="openai/gpt-3.5-turbo",
    ),
    Row(
        id="18c",
        case="the same with --force",
        exit=0,
        requests=1,
        model="openai/gpt-3.5-turbo",
        options=("--force",),
        says=(warning(".+"),),
    ),
    Row(
        id="18d",
        case="a model that is not known",
        exit=0,
        requests=1,
        model="openai/gpt-4ooo",
        says=(warning(r".*gpt-4ooo.*"),),
    ),
    early(
        "18e",
        2,
        "a provider without an address",
        error(r"vllm has no default address and none was given"),
        remedy(r"--base-url http://127\.0\.0\.1:8000/v1, or set VLLM_BASE_URL"),
        model="vllm/x",
    ),
    Row(
        id="18f",
        case="check of a provider that is not known",
        exit=3,
        verdict=True,
        act=checks("opnai/gpt-4o"),
        out=re.compile(r"unknown +opnai/gpt-4o .+\n"),
        says=(r".*did you mean openai/.+",),
    ),
    Row(
        id="18g",
        case="check of a model that does not see",
        exit=1,
        verdict=True,
        act=checks("openai/gpt-3.5-turbo"),
        out=re.compile(r"no +openai/gpt-3\.5-turbo .+\n"),
    ),
    Row(
        id="18h",
        case="check of several: the worst counts",
        exit=3,
        verdict=True,
        act=checks("openai/gpt-4o", "openai/gpt-3.5-turbo", "nope/nothing", "-q"),
        out="",
    ),
    early(
        "18i",
        2,
        "keys of several providers, and no model chosen",
        error(r"keys of several providers are set: .+"),
        remedy(r"choose with -m .+"),
        act=lambda place: place.vision("ask", "p.png", "q"),
    ),
    early(
        "19a",
        4,
        "no key, and no look at any picture",
        error(r"openai needs a key: OPENAI_API_KEY is not set"),
        remedy(r"export OPENAI_API_KEY=.+"),
        env=UNSET,
        files={"it.png": b"no picture"},
        words=("it.png", "q"),
    ),
    early(
        "19b",
        4,
        "a key that is empty",
        error(r"openai needs a key: OPENAI_API_KEY .+"),
        remedy(r"export OPENAI_API_KEY=.+"),
        env={"OPENAI_API_KEY": ""},
    ),
    Row(
        id="19c",
        case="a dry run without a key",
        exit=0,
        env=UNSET,
        options=("--dry-run",),
        out=re.compile(r"POST http://\S+/chat/completions\n.+", re.DOTALL),
        says=(r".*",),
    ),
)


CONFIGURATION = (
    wrong(
        "70a",
        "a key that is not known",
        'default_modl = "x"\n',
        error(r"unknown key 'default_modl', .*c\.toml, line 1"),
        remedy(r"did you mean 'default_model'\?"),
    ),
    wrong(
        "70b",
        "a wrong type",
        '[ask]\nmax_side = "big"\n',
        error(r"'ask\.max_side' must be a whole number, not 'big', .*c\.toml, line 2"),
    ),
    wrong("70c", "no TOML", "[[[\n", error(r"the configuration .*c\.toml is not TOML: .+line 1.+")),
    wrong(
        "70d",
        "a key in the open",
        '[keys]\nopenai = "sk-in-a-file"\n',
        error(r"'keys\.openai' must be a table, .*c\.toml, line 2"),
        remedy(".+keys set openai"),
    ),
    wrong(
        "70e",
        "NaN for a number",
        "[ask]\nmax_side = nan\n",
        error(r"'ask\.max_side' must be a whole number, not nan, .*c\.toml, line 2"),
    ),
    wrong(
        "70f",
        "a control character in a name",
        '"a\\u001b[31mb" = 1\n',
        error(r"unknown key '?.*a\\x1b\[31mb.*, .*c\.toml, line 1"),
        ".*",
    ),
    early(
        "70g",
        2,
        "a configuration that is not there",
        error(r"the configuration nowhere\.toml does not exist"),
        remedy(r"correct or unset VISION_CONFIG"),
        env={"VISION_CONFIG": "nowhere.toml"},
    ),
    early(
        "70h",
        2,
        "a configuration that is a folder",
        error(r"the configuration \. cannot be read: .+"),
        env={"VISION_CONFIG": "."},
    ),
    early(
        "70i",
        2,
        "an option that is not known",
        error(r".*--sparkle.*"),
        ".*",
        options=("--sparkle",),
    ),
    early(
        "70j", 2, "an address that is none", error(r".+"), ".*", options=("--base-url", "nowhere")
    ),
)

ROWS = (
    *MODELS,
    *CONFIGURATION,
)
