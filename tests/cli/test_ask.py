"""`vision ask` as a process against a mock of each wire: what is sent, what comes, how it ends."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests import vendors
from tests.eyes.pictures import made
from tests.mock import Mock, Received, Reply
from tests.program import CAT, CUP, HORSE, KEY, Done, vision
from tests.vendors import MODELS, TEXT, WIRES

Ask = Callable[..., Done]
QUESTION = "what's in this?"


def pictures_of(received: Received) -> list[tuple[str, bytes | str]]:
    """(media type, bytes or address) of every picture, as the wire has them."""
    body = received.json
    match received.wire:
        case "openai":
            urls = [
                p["image_url"]["url"] for p in body["messages"][-1]["content"] if "image_url" in p
            ]
            return [_data(url) for url in urls]
        case "anthropic":
            sources = [p["source"] for p in body["messages"][-1]["content"] if p["type"] == "image"]
            return [
                (s["media_type"], base64.b64decode(s["data"]))
                if s["type"] == "base64"
                else ("", s["url"])
                for s in sources
            ]
        case "gemini":
            blobs = [p["inlineData"] for p in body["contents"][-1]["parts"] if "inlineData" in p]
            return [(b["mimeType"], base64.b64decode(b["data"])) for b in blobs]
    return [("", base64.b64decode(data)) for data in body["messages"][-1]["images"]]


def _data(url: str) -> tuple[str, bytes | str]:
    if not url.startswith("data:"):
        return "", url
    head, _, data = url.partition(";base64,")
    return head.removeprefix("data:"), base64.b64decode(data)


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize("streaming", ["--stream", "--no-stream"])
@pytest.mark.parametrize("source", ["file", "url", "stdin", "data"])
def test_every_wire_streamed_and_plain_from_every_source(
    ask: Ask, mock: Mock, wire: str, streaming: str, source: str
) -> None:
    data = Path(CAT).read_bytes()
    mock.files["/cat.jpg"] = data
    image = {
        "file": CAT,
        "url": f"{mock.url}/cat.jpg",
        "stdin": "-",
        "data": "data:image/jpeg;base64," + base64.b64encode(data).decode(),
    }[source]
    more = ("--inline", "--allow-private") if source == "url" else ()
    stdin = data if source == "stdin" else None
    done = ask("-m", MODELS[wire], streaming, *more, image, QUESTION, stdin=stdin)
    assert (done.status, done.out, done.err) == (0, TEXT + "\n", "")
    (sent,) = mock.posts
    assert sent.wire == wire
    assert vendors.is_stream(sent.path, sent.json) is (streaming == "--stream")
    media_type = "" if wire == "ollama" else "image/jpeg"
    assert pictures_of(sent) == [(media_type, data)]
    assert QUESTION in sent.body.decode()


@pytest.mark.parametrize("wire", ["openai", "anthropic"])
def test_a_url_is_passed_to_a_provider_that_fetches_it(ask: Ask, mock: Mock, wire: str) -> None:
    done = ask("-m", MODELS[wire], "https://pictures.test/cat.jpg?size=2", QUESTION)
    assert done.status == 0
    assert pictures_of(mock.posts[0]) == [("", "https://pictures.test/cat.jpg?size=2")]


@pytest.mark.parametrize("wire", ["openai", "anthropic"])
def test_a_type_that_the_wire_has_no_place_for_is_left_out_with_a_warning(
    ask: Ask, mock: Mock, wire: str
) -> None:
    done = ask("-m", MODELS[wire], "--format", "png", "https://pictures.test/cat", QUESTION)
    assert done.status == 0
    assert f"{wire} finds out the type of https://pictures.test/cat itself" in done.err
    assert "image/png" not in mock.posts[0].body.decode()


def test_a_picture_piped_in_without_a_name(ask: Ask, mock: Mock) -> None:
    data = Path(HORSE).read_bytes()
    done = ask("-m", MODELS["openai"], QUESTION, stdin=data)
    assert done.status == 0
    assert pictures_of(mock.posts[0]) == [("image/png", data)]


@pytest.mark.parametrize("wire", WIRES)
def test_pictures_come_first_in_the_order_given(ask: Ask, mock: Mock, wire: str) -> None:
    done = ask("-m", MODELS[wire], HORSE, CAT, QUESTION, "-i", CUP, "-s", "Be brief.")
    assert done.status == 0
    sent = mock.posts[0]
    data = [Path(p).read_bytes() for p in (HORSE, CAT, CUP)]
    assert [picture for _, picture in pictures_of(sent)] == data
    if wire != "ollama":  # there the pictures are no part of the order
        text = sent.body.decode()
        assert text.index(base64.b64encode(data[2]).decode()) < text.index(QUESTION)
    assert "Be brief." in sent.body.decode()


def test_options_reach_the_request(ask: Ask, mock: Mock) -> None:
    done = ask(
        *("-m", "openai/gpt-4o", "--max-tokens", "7", "--temperature", "0.5", "--detail", "low"),
        *("-o", "top_p=0.9", "-o", "user=me", "-o", 'metadata={"a": [1]}', CAT, "q"),
    )
    assert done.status == 0
    body = mock.posts[0].json
    wanted = {"max_tokens": 7, "temperature": 0.5, "top_p": 0.9, "user": "me"}
    assert {name: body[name] for name in wanted} == wanted
    assert body["metadata"] == {"a": [1]}
    assert body["messages"][-1]["content"][0]["image_url"]["detail"] == "low"


def test_what_a_wire_cannot_say_is_left_out_with_a_warning(ask: Ask) -> None:
    done = ask("-m", MODELS["anthropic"], "--detail", "high", CAT, "q")
    assert done.status == 0
    assert done.err.startswith("warning: ")
    assert "detail" in done.err
    assert ask("-q", "-m", MODELS["anthropic"], "--detail", "high", CAT, "q").err == ""


def test_the_json_object_of_an_answer(ask: Ask) -> None:
    done = ask("--json", "-m", "openai/gpt-4o", CAT, QUESTION)
    assert done.status == 0
    answer = done.json
    assert answer["ms"] >= 0
    data = Path(CAT).read_bytes()
    sent = {"media_type": "image/jpeg", "bytes": len(data), "width": 451, "height": 300}
    (image,) = answer["images"]
    assert len(image.pop("sha256")) == 64
    assert image == {"source": CAT, **sent, "sent": sent}
    assert 0 < answer["cost_usd"] < 0.01  # test_cost.py knows how much
    rest = {k: v for k, v in answer.items() if k not in ("ms", "images", "cost_usd")}
    assert rest == {
        "model": "openai/gpt-4o",
        "answer": TEXT,
        "finish": "stop",
        "usage": {"input": 85, "output": 9, "cached": None, "reasoning": None},
        "id": "chatcmpl-1",
        "warnings": [],
    }


def test_usage_goes_to_stderr(ask: Ask) -> None:
    done = ask("-u", "-m", "openai/gpt-4o", CAT, "q")
    assert done.out == TEXT + "\n"
    assert done.err.startswith("tokens: 85 in, 9 out; ")


def test_a_comparison_answers_all_and_returns_the_first_failure(ask: Ask, mock: Mock) -> None:
    mock.replies.append(Reply(b'{"error": {"message": "no such model", "code": "x"}}', status=404))
    done = ask("-m", "openai/gpt-4o", "-m", MODELS["ollama"], CAT, "q")
    assert done.status == 3
    assert "no such model" in done.err
    assert f"{MODELS['ollama']}" in done.out
    assert TEXT in done.out
    assert [r.wire for r in mock.posts] == ["openai", "ollama"]


@pytest.mark.parametrize("wrong", ["nope/nothing", "gpt-99", "openai/gpt-3.5-turbo"])
def test_a_model_that_cannot_be_asked_does_not_keep_the_others_from_it(
    ask: Ask, mock: Mock, wrong: str
) -> None:
    done = ask("-m", wrong, "-m", "openai/gpt-4o", CAT, "q")
    assert done.status == 3
    assert TEXT in done.out
    assert len(mock.posts) == 1
    shown = ask("--dry-run", "--json", "-m", wrong, "-m", "openai/gpt-4o", CAT, "q")
    assert shown.status == 3
    assert [set(o) == {"error"} for o in shown.objects] == [True, False]


def test_a_comparison_in_json_is_one_object_a_model(ask: Ask, mock: Mock) -> None:
    mock.replies.append(Reply(b"{}", status=401))
    models = [word for wire in WIRES for word in ("-m", MODELS[wire])]
    done = ask("--json", *models, "-", "q", stdin=Path(CAT).read_bytes())
    assert done.status == 4
    first, *rest = done.objects
    assert first["error"]["exit"] == 4
    assert [answer["model"] for answer in rest] == [MODELS[w] for w in WIRES[1:]]
    assert {len(pictures_of(sent)[0][1]) for sent in mock.posts} == {Path(CAT).stat().st_size}


@pytest.mark.parametrize("wire", WIRES)
def test_a_stream_cut_before_its_end_is_exit_10_with_the_text_so_far(
    ask: Ask, mock: Mock, wire: str
) -> None:
    mock.replies.append(Reply(vendors.streamed(wire, whole=False), "text/event-stream"))
    done = ask("-m", MODELS[wire], CAT, "q")
    assert done.status == 10
    assert done.out == TEXT + "\n"
    assert done.err.startswith("error: the answer was cut off")
    assert len(mock.posts) == 1


def test_a_stream_cut_before_its_end_in_json(ask: Ask, mock: Mock) -> None:
    mock.replies.append(Reply(vendors.streamed("openai", whole=False), "text/event-stream"))
    answer = ask("--json", "--stream", "-m", "openai/gpt-4o", CAT, "q").json
    assert answer["answer"] == TEXT
    assert answer["finish"] == "incomplete"
    assert answer["error"] == {
        "code": "cut",
        "message": "the answer was cut off before its end",
        "hint": None,
        "retryable": False,
        "exit": 10,
    }


@pytest.mark.parametrize(
    ("status", "exit_status", "requests"),
    [(401, 4, 1), (403, 4, 1), (404, 3, 1), (413, 5, 1), (429, 6, 2), (500, 8, 2), (503, 8, 2)],
)
def test_an_error_status_has_its_exit_status(
    ask: Ask, mock: Mock, status: int, exit_status: int, requests: int
) -> None:
    error = b'{"error": {"message": "because of \x1b[31m' + KEY.encode() + b'", "type": "x"}}'
    mock.replies += [Reply(error, status=status)] * 5
    done = ask("-m", "openai/gpt-4o", "--retries", "1", CAT, "q")
    assert done.status == exit_status
    assert done.out == ""
    errors = [line for line in done.err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert "\x1b" not in done.err
    assert KEY not in done.err
    assert "Traceback" not in done.err
    assert len(mock.posts) == requests


def test_an_error_in_json_is_also_an_object_on_stdout(ask: Ask, mock: Mock) -> None:
    mock.replies.append(
        Reply(b'{"error": {"message": "bad key", "code": "invalid_api_key"}}', status=401)
    )
    done = ask("--json", "-m", "openai/gpt-4o", CAT, "q")
    assert done.status == 4
    error = done.json["error"]
    assert set(error) == {"code", "message", "hint", "retryable", "exit"}
    assert error["code"] == "invalid_api_key"
    assert error["retryable"] is False
    assert done.err.startswith("error: ")


def test_retries_hold_for_the_download_of_a_picture_too(ask: Ask, mock: Mock) -> None:
    words = ("-m", "openai/gpt-4o", "--inline", "--allow-private", f"{mock.url}/none.jpg", "q")
    mock.statuses["/none.jpg"] = 503
    done = ask("--retries", "0", *words)
    assert done.status == 5
    assert len(mock.received) == 1


def test_one_deadline_holds_for_picture_and_answer(ask: Ask, mock: Mock) -> None:
    """Each of the two alone would be in time."""
    mock.files["/cat.jpg"] = Path(CAT).read_bytes()
    mock.delay = 1.0
    words = ("-m", "openai/gpt-4o", "--inline", "--allow-private", f"{mock.url}/cat.jpg", "q")
    done = ask("--timeout", "1.6", "--retries", "0", *words)
    assert done.status == 7
    assert "within 1.6 s" in done.err


def test_a_model_that_the_provider_does_not_have_is_told_with_near_names(
    ask: Ask, mock: Mock
) -> None:
    mock.replies.append(Reply(b'{"error": {"message": "no such model"}}', status=404))
    done = ask("-m", "openai/gpt-5.4-minni", CAT, "q")
    assert done.status == 3
    assert "did you mean openai/gpt-5.4-mini" in done.err


def test_a_retry_is_told(ask: Ask, mock: Mock) -> None:
    mock.replies.append(Reply(b"busy", "text/plain", 503, {"retry-after": "0.01"}))
    done = ask("-m", "openai/gpt-4o", CAT, "q")
    assert (done.status, done.out) == (0, TEXT + "\n")
    assert "again in" in done.err
    assert len(mock.posts) == 2


def test_models_own_control_characters_reach_neither_pipe_nor_json(ask: Ask, mock: Mock) -> None:
    mock.pieces = ("\x1b]52;c;aGk=\x07", "red\u202e \x9b31m\r", "done")
    mock.text = "".join(mock.pieces)
    done = ask("-m", "openai/gpt-4o", CAT, "q")
    assert done.out == "\\x1b]52;c;aGk=\\x07red\\u202e \\x9b31m\\x0ddone\n"
    done = ask("--json", "-m", "openai/gpt-4o", CAT, "q")
    assert done.json["answer"] == mock.text
    assert done.out.strip().isprintable()


def test_raw_is_as_it_came(ask: Ask, mock: Mock) -> None:
    mock.pieces = ("\x1b[31mred\r\n", "\x00")
    assert ask("--raw", "-m", "openai/gpt-4o", CAT, "q").out == "\x1b[31mred\r\n\x00"


@pytest.mark.parametrize(
    "name", ["a\nb\x1b[31m.png", "-x.png", "@x.png", "quo'\"te.png", "ü\u202e.png"]
)
def test_any_file_name_works_and_is_shown_escaped(
    ask: Ask, mock: Mock, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).write_bytes(Path(HORSE).read_bytes())
    done = ask("-m", "openai/gpt-4o", "--json", "--", name, "q", cwd=tmp_path)
    assert done.status == 0
    assert done.json["images"][0]["source"].endswith(name)
    assert done.out.strip().isprintable()
    (tmp_path / name).write_text("<html>")
    done = ask("-m", "openai/gpt-4o", "--", name, "q", cwd=tmp_path)
    assert done.status == 5
    assert all(line.isprintable() for line in done.err.splitlines())
    assert len(mock.posts) == 1


def test_a_name_that_is_not_utf_8(ask: Ask, tmp_path: Path) -> None:
    name = b"\xff\xfe.png"
    (tmp_path / name.decode("utf-8", "surrogateescape")).write_bytes(Path(HORSE).read_bytes())
    done = ask(
        "-m", "openai/gpt-4o", "--json", name.decode("utf-8", "surrogateescape"), "q", cwd=tmp_path
    )
    assert done.status == 0


def test_the_environment_may_be_as_bare_as_can_be(ask: Ask) -> None:
    bare = {
        "LANG": "C",
        "LC_ALL": "C",
        "PYTHONIOENCODING": "ascii",
        "TERM": "",
        "HOME": "/nonexistent",
    }
    mocked = ask("-m", "openai/gpt-4o", CAT, "q", env=bare)
    assert mocked.status == 0


def test_text_is_utf_8_whatever_the_locale_says(ask: Ask, mock: Mock) -> None:
    mock.pieces = ("日本 ", "🐈 é")
    done = ask("-m", "openai/gpt-4o", CAT, "q", env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"})
    assert done.out == "日本 🐈 é\n"


def test_the_question_of_a_file_and_of_stdin(ask: Ask, mock: Mock, tmp_path: Path) -> None:
    (tmp_path / "prompt.txt").write_text("What\nnow?\n")
    assert ask("-m", "openai/gpt-4o", CAT, "-Q", f"@{tmp_path}/prompt.txt").status == 0
    assert ask("-m", "openai/gpt-4o", CAT, "-Q", "-", stdin=b"Piped?").status == 0
    texts = [sent.json["messages"][-1]["content"][-1]["text"] for sent in mock.posts]
    assert texts == ["What\nnow?", "Piped?"]


def test_format_overrides_the_bytes_with_a_warning(ask: Ask, mock: Mock) -> None:
    done = ask("-m", "openai/gpt-4o", "--format", "webp", CAT, "q")
    assert done.status == 0
    assert done.err.startswith("warning: ")
    assert pictures_of(mock.posts[0])[0][0] == "image/webp"
    done = ask("-m", "openai/gpt-4o", "--format", f"{CAT}=image/png", CAT, HORSE, "q")
    assert [kind for kind, _ in pictures_of(mock.posts[1])] == ["image/png", "image/png"]


def test_a_label_that_is_wrong_loses_to_the_bytes(ask: Ask, mock: Mock, tmp_path: Path) -> None:
    wrong = tmp_path / "cat.png"
    wrong.write_bytes(Path(CAT).read_bytes())
    done = ask("-m", "openai/gpt-4o", wrong, "q")
    assert done.status == 0
    assert "warning" in done.err
    assert pictures_of(mock.posts[0])[0][0] == "image/jpeg"


def usage_errors() -> list[Any]:
    return [
        ((), "no image"),
        ((CAT,), "no question"),
        ((CAT, ""), "empty"),
        ((CAT, "-Q", ""), "empty"),
        ((CAT, "what", "is", "it"), "quoted"),
        (("-", "-Q", "-"), "stdin"),
        (("-", "-", "q"), "stdin"),
        ((CAT, "q", "--curl"), "--dry-run"),
        ((CAT, "q", "--raw", "--json"), "exclude"),
        ((CAT, "q", "--no-prep", "--max-side", "64"), "--max-side makes them smaller"),
        ((CAT, "q", "-o", "novalue"), "KEY=VALUE"),
        ((CAT, "q", "-o", "messages=[]"), "'messages' is no option"),
        ((CAT, "q", "-o", "model=other"), "'model' is no option"),
        ((CAT, "q", "--format", "x.png=png"), "--format"),
        ((CAT, "q", "--format", "nonsense"), "nonsense"),
        ((CAT, "q", "--nonsense"), "--nonsense"),
        ((CAT, "q", "-m", "vllm/x"), "address"),
        ((CAT, "q", "-m", "openai/gpt-4o", "--base-url", "ftp://x"), "--base-url"),
        ((*[CAT] * 21, "q"), "21 images"),
        (("file:///etc/passwd.png", "q"), "file: is not fetched"),
        (("ftp://x.test/a", "q"), "ftp: is not fetched"),
        ((CAT, "q", "--max-tokens", "0"), "max-tokens"),
    ]


@pytest.mark.parametrize(("words", "said"), usage_errors())
def test_a_usage_error_is_exit_2_and_sends_nothing(
    ask: Ask, mock: Mock, words: tuple[str, ...], said: str
) -> None:
    done = ask(*words, *(() if "-m" in words else ("-m", "openai/gpt-4o")))
    assert done.status == 2
    assert done.out == "" or "--json" in words
    error, *remedy = done.err.splitlines()
    assert error.startswith("error: ")
    assert said in error
    assert all(line.startswith("  try: ") for line in remedy)
    assert not mock.received


def test_more_than_20_together_go_into_one_request_when_said(ask: Ask, mock: Mock) -> None:
    done = ask("-m", "openai/gpt-4o", *[HORSE] * 21, "q", "--together")
    assert done.status == 0
    assert len(pictures_of(mock.posts[0])) == 21


def test_no_words_at_all_show_the_help() -> None:
    done = vision()
    assert done.status == 2
    assert done.out.startswith("Usage: vision")
    assert done.err == ""


def test_a_forgotten_ask_is_shown() -> None:
    done = vision(CAT, "what is it?")
    assert done.status == 2
    assert f'try: vision ask {CAT} "what is it?"' in done.err


@pytest.mark.parametrize(
    ("model", "status"),
    [("nope/nothing", 3), ("openai/gpt-3.5-turbo", 3), ("gpt-nothing", 3), ("local/other", 3)],
)
def test_a_model_that_cannot_be_asked_is_exit_3(
    ask: Ask, mock: Mock, model: str, status: int
) -> None:
    done = ask("-m", model, CAT, "q")
    assert done.status == status
    assert not mock.received


def test_a_providers_name_alone_means_its_default_model(ask: Ask, mock: Mock) -> None:
    assert ask("-m", "openai", CAT, "q").status == 0
    assert mock.posts[0].json["model"] == "gpt-5.4-mini"
    done = ask("-m", "ollama", CAT, "q")
    assert done.status == 2
    assert "try: -m ollama/MODEL" in done.err


def test_a_wrong_choice_made_earlier_names_who_made_it(ask: Ask) -> None:
    done = ask(CAT, "q", env={"VISION_MODEL": "bogus"})
    assert done.status == 3
    assert "as VISION_MODEL says" in done.err


def test_a_private_providers_alias(ask: Ask, mock: Mock, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        f'[providers.mine]\naliases = ["ours"]\ndialect = "openai_chat"\n'
        f'base_url = "{mock.url}/v1"\nauth = "none"\n'
    )
    done = ask("-m", "ours/llava", CAT, "q", env={"VISION_CONFIG": str(file)})
    assert done.status == 0
    assert mock.posts[0].json["model"] == "llava"


def test_text_that_was_read_in_a_picture_keeps_its_lines(tmp_path: Path) -> None:
    receipt = made("receipt")
    assert isinstance(receipt, bytes)
    (tmp_path / "receipt.png").write_bytes(receipt)
    words = ("ask", "-q", "-m", "local/eyes", "receipt.png", "read the text")
    piped = vision(*words, cwd=tmp_path)
    drawn = vision(*words, "--color", "always", cwd=tmp_path)
    assert len(piped.out.splitlines()) > 5
    assert drawn.out == piped.out


def test_a_key_that_goes_over_plain_http_is_warned_of(ask: Ask) -> None:
    words = ("-m", "openai/gpt-4o", "--base-url", "http://far.invalid/v1", "--retries", "0")
    done = ask(*words, CAT, "q")
    assert "warning: the key goes to far.invalid over plain http" in done.err


def test_force_sends_to_a_model_known_not_to_see(ask: Ask, mock: Mock) -> None:
    done = ask("-m", "openai/gpt-3.5-turbo", "--force", CAT, "q")
    assert done.status == 0
    assert "warning" in done.err
    assert len(mock.posts) == 1


def test_an_unknown_model_is_sent_with_a_warning(ask: Ask, mock: Mock) -> None:
    done = ask("-m", "openai/gpt-99-nobody-knows", CAT, "q")
    assert done.status == 0
    assert "not known" in done.err
    assert mock.posts[0].json["model"] == "gpt-99-nobody-knows"


def test_a_missing_key_is_exit_4_before_any_picture_is_read(tmp_path: Path) -> None:
    broken = tmp_path / "no-picture.png"
    broken.write_text("<html>")
    done = vision("ask", "-m", "openai/gpt-4o", broken, "q")
    assert done.status == 4
    assert "OPENAI_API_KEY" in done.err


@pytest.mark.parametrize("content", [b"", b"<!doctype html><html>", b'{"error": 1}', b"just text"])
def test_what_is_no_picture_is_exit_5_and_sends_nothing(
    ask: Ask, mock: Mock, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "x.png"
    file.write_bytes(content)
    assert ask("-m", "openai/gpt-4o", file, "q").status == 5
    assert not mock.received


def test_a_private_provider_of_the_configuration(ask: Ask, mock: Mock, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        f'default_model = "llava"\n[aliases]\nllava = "mine/llava-v1.6"\n[ask]\nsystem = "Short."\n'
        f'[providers.mine]\ndialect = "openai_chat"\nbase_url = "{mock.url}/v1"\nauth = "none"\n'
        '[models."mine/llava-v1.6"]\nvision = true\n'
    )
    done = ask(CAT, "q", env={"VISION_CONFIG": str(file)})
    assert done.status == 0
    assert "mine/llava-v1.6 answers" in done.err
    body = mock.posts[0].json
    assert body["model"] == "llava-v1.6"
    assert body["messages"][0] == {"role": "system", "content": "Short."}
    assert "authorization" not in mock.posts[0].headers
