"""Which words make a batch, what is asked then, and what is written about it."""

from __future__ import annotations

import json
import subprocess
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from tests import vendors
from tests.batch.pictures import png
from tests.batch.server import Reply, Server
from tests.program import PROGRAM, environment, vision

from .batches import Ask, ask, images, place, records, server

__all__ = ["ask", "place", "server"]

SIX = [f"pics/{n}.png" for n in range(6)]


def shell(command: str, server: Server, place: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["bash", "-c", command],
        cwd=place,
        env=environment(server.env() | {"V": f"{PROGRAM} ask -m openai/gpt-4o"}),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("words", [["pics"], ["pics/*.png"], ["--each", *SIX], ["-r", "."]])
def test_a_folder_a_glob_and_each_are_a_request_a_picture(
    ask: Ask, server: Server, words: list[str]
) -> None:
    done = ask(*words, "what is it?")
    assert done.status == 0
    assert sorted(image.removeprefix("./") for image in images(done.objects)) == SIX
    assert server.calls == 6
    assert {record["answer"] for record in done.objects} == {vendors.TEXT}
    assert done.err.startswith("answered 6, skipped 0, failed 0; $")


def test_a_record_has_what_the_contract_names(ask: Ask) -> None:
    (record,) = ask("--from", "-", "q", stdin=b'{"image":"pics/0.png","id":"x"}').objects
    assert record.pop("ms") >= 0
    assert len(record.pop("key")) == len(record.pop("sha256")) == 64
    assert record.pop("cost_usd") > 0
    assert record == {
        "id": "x",
        "image": "pics/0.png",
        "model": "openai/gpt-4o",
        "answer": vendors.TEXT,
        "finish": "stop",
        "usage": {"input": 85, "output": 9, "cached": None, "reasoning": None},
    }


@pytest.mark.parametrize(
    "command",
    [
        'ls pics/* | $V "q"',
        'find pics -name "*.png" -print0 | $V -0 "q"',
        'ls pics/* > list; $V --from list "q"',
        'ls pics/* | $V --from - "q"',
        '$V --from <(ls pics/*) "q"',
        'ls pics/* | $V --json "q"',
        'ls pics/* | head -5 | $V --from - pics/5.png "q"',
        'printf "%s\\0" pics/* | xargs -0 $V --each -Q "q"',
    ],
)
def test_lists_as_a_shell_makes_them(server: Server, place: Path, command: str) -> None:
    done = shell(command, server, place)
    assert done.returncode == 0, done.stderr
    assert sorted(images([json.loads(line) for line in done.stdout.splitlines()])) == SIX
    assert server.calls == 6


def test_a_question_of_a_line_comes_before_the_one_of_all(ask: Ask, server: Server) -> None:
    asked: list[bytes] = []
    server.reply = lambda said: asked.append(said.body) or Reply()  # type: ignore[func-returns-value]
    lines = b'{"image":"pics/0.png","question":"which colour?"}\npics/1.png\n'
    assert ask("-j", "1", "how many?", stdin=lines).status == 0
    assert [b"which colour?" in body for body in asked] == [True, False]
    assert [b"how many?" in body for body in asked] == [False, True]


def test_so_many_in_each_request(ask: Ask, server: Server) -> None:
    done = ask("pics", "--per-request", "4", "--ordered", "q")
    assert images(done.objects) == [SIX[:4], SIX[4:]]
    assert server.calls == 2


@pytest.mark.parametrize("words", [["pics"], ["pics/*.png"], ["--from", "list"]])
def test_together_is_one_request_and_no_batch(
    ask: Ask, server: Server, place: Path, words: list[str]
) -> None:
    (place / "list").write_text("\n".join(SIX))
    done = ask("--together", *words, "q")
    assert (done.status, done.out) == (0, vendors.TEXT + "\n")
    assert server.calls == 1
    assert server.pictures.total() == 6


def test_a_named_picture_beside_a_folder_is_an_item_of_its_own(ask: Ask, place: Path) -> None:
    (place / "one.png").write_bytes(png(99))
    done = ask("one.png", "pics", "-i", "pics/0.png", "--ordered", "q")
    assert images(done.objects) == ["one.png", *SIX, "pics/0.png"]


def test_a_folder_with_one_picture_is_a_batch_and_o_makes_one_of_one(
    ask: Ask, place: Path, server: Server
) -> None:
    (place / "in").mkdir()
    (place / "in" / "a.png").write_bytes(png(50))
    assert images(ask("in", "q").objects) == ["in/a.png"]
    assert ask("pics/0.png", "pics/1.png", "-O", "out", "q").status == 0
    assert images(records(place / "out")) == [["pics/0.png", "pics/1.png"]]
    assert server.calls == 2


def test_the_same_picture_twice_costs_one_call_and_gives_two_records(
    ask: Ask, server: Server, place: Path
) -> None:
    (place / "again.png").write_bytes((place / "pics/0.png").read_bytes())
    done = ask("--each", "pics/0.png", "again.png", "pics/0.png", "q")
    assert sorted(images(done.objects)) == ["again.png", "pics/0.png", "pics/0.png"]
    assert server.calls == 1


def test_the_same_command_again_goes_on_where_it_ended(
    ask: Ask, server: Server, place: Path
) -> None:
    (place / "list").write_text("\n".join([*SIX[:3], "gone.png"]))
    first = ask("--from", "list", "-O", "out", "q")
    assert (first.status, server.calls) == (11, 3)
    assert "failed: no such file: gone.png" in first.err
    with (place / "list").open("a") as file:
        file.write("\n" + "\n".join(SIX[3:]))
    again = ask("--from", "list", "-O", "out", "q")
    assert (again.status, server.calls) == (11, 6)  # a failure stands
    assert "answered 3, skipped 3, failed 1" in again.err
    (place / "gone.png").write_bytes(png(77))
    there = ask("--from", "list", "-O", "out", "q")
    assert (there.status, server.calls) == (11, 6)  # it is not asked for before that is said
    mended = ask("--from", "list", "-O", "out", "--retry-failed", "q")
    assert (mended.status, server.calls) == (0, 7)
    assert "answered 1, skipped 6, failed 0" in mended.err
    whole = ask("--from", "list", "-O", "out", "q")
    assert (whole.status, server.calls) == (0, 7)  # what is mended stays so
    assert "answered 0, skipped 7, failed 0" in whole.err
    assert ask("--from", "list", "-O", "out", "another q").status == 0
    assert server.calls == 14


def test_no_pixels_of_a_data_address_stand_in_the_results(
    ask: Ask, server: Server, place: Path
) -> None:
    pixels = [b64encode((place / "pics" / f"{n}.png").read_bytes()).decode() for n in (0, 1)]
    listed = "\n".join(f"data:image/png;base64,{data}" for data in pixels).encode()
    assert ask("-O", "out", "q", stdin=listed).status == 0
    assert (len(records(place / "out")), server.calls) == (2, 2)
    assert not any(data[60:] in (place / "out").read_text() for data in pixels)
    again = ask("-O", "out", "q", stdin=listed)
    assert "answered 0, skipped 2" in again.err


def test_no_password_of_an_address_stands_in_the_results(ask: Ask, server: Server) -> None:
    listed = b"https://me:secret@pictures.example/a.jpg?size=2"
    (record,) = ask("q", stdin=listed).objects
    assert record["image"] == "https://pictures.example/a.jpg?size=2"
    assert server.calls == 1


def test_errors_go_to_a_file_of_their_own_too_which_is_a_list(ask: Ask, place: Path) -> None:
    lines = b"pics/0.png\ngone.png\n{bad\n"
    assert ask("-O", "out", "--errors", "bad", "q", stdin=lines).status == 11
    assert sorted(images(records(place / "bad"))) == ["gone.png", "{bad"]
    assert len(records(place / "out")) == 3
    (place / "gone.png").write_bytes(png(1))
    done = ask("--from", "bad", "q")
    assert [record["image"] for record in done.objects if "answer" in record] == ["gone.png"]


def test_the_order_of_the_list_is_kept_where_that_is_asked_for(ask: Ask, server: Server) -> None:
    server.reply = lambda said: Reply(delay=0.3 if said.number == 0 else 0.0)
    assert images(ask("pics", "--ordered", "-j", "3", "q").objects) == SIX
    server.calls = 0
    assert images(ask("pics", "-j", "3", "q").objects) != SIX


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["pics", "-m", "openai/gpt-4.1", "q"], 2, "a batch asks one model"),
        (["--each", "--together", *SIX, "q"], 2, "exclude each other"),
        (["--each", "--per-request", "2", *SIX, "q"], 2, "exclude each other"),
        (["-", "--each", "q"], 2, "stdin"),
        (["--from", "-", "-", "q"], 2, "asked for twice"),
        (["--from", "-", "-Q", "-"], 2, "asked for twice"),
        (["--from", "nolist", "q"], 2, "nolist cannot be read"),
        (["--from", "pics", "q"], 2, "pics cannot be read"),
        (["--from", "pics/0.png", "q"], 2, "is a picture"),
        (["--from", "list"], 2, "there is no question"),
        (["--from", "empty", "q"], 2, "the list is empty"),
        (["nopics", "pics", "q"], 2, "nopics"),
        (["nothere/*.png", "q"], 5, "no picture matches"),
        (["none", "q"], 5, "holds no picture"),
        (["pics", "none", "q"], 5, "holds no picture"),
        (["pics", "-0", "q"], 2, "-0"),
        (["--from", "list", "-r", "q"], 2, "-r"),
        (["pics/0.png", "--rpm", "3", "q"], 2, "--rpm is for many"),
        (["pics/0.png", "-j", "3", "q"], 2, "--jobs is for many"),
        (["pics/0.png", "--max-cost", "3", "q"], 2, "--max-cost is for many"),
        (["pics", "--overwrite", "q"], 2, "-O FILE --overwrite"),
        (["pics", "--retry-failed", "q"], 2, "-O FILE --retry-failed"),
        (["pics", "--rehash", "-O", "-", "q"], 2, "-O FILE --rehash"),
        (["pics", "-O", "x", "--overwrite", "--retry-failed", "q"], 2, "exclude each other"),
        (["pics", "-O", "x", "--errors", "./x", "q"], 2, "the same file"),
        (["--from", "list", "-O", "list", "q"], 2, "the same file"),
        (["pics", "--raw", "q"], 2, "--raw"),
        (["pics", "--show", "q"], 2, "--show"),
        (["pics", "--dry-run", "--curl", "q"], 2, "--curl"),
        (["pics", "--address", "auto", "q"], 2, "--engine ray"),
        (["pics", "-j", "0", "q"], 2, "jobs"),
        (["pics", "--max-cost", "1", "-o", "service_tier=priority", "q"], 2, "no price is known"),
        (["pics", "-O", "pics", "q"], 13, "pics cannot be opened"),
        (["pics", "-O", "notours", "q"], 13, "notours"),
        (["pics", "-O", "pics/0.png", "q"], 13, "pics/0.png is a picture"),
        (["pics", "-O", "pics/0.png", "--overwrite", "q"], 13, "pics/0.png is a picture"),
        (["pics", "--errors", "pics/0.png", "q"], 13, "pics/0.png is a picture"),
        (["pics", "--errors", "no/x", "q"], 13, "no/x cannot be opened"),
    ],
)
def test_what_ends_it_before_anything_is_sent(
    ask: Ask, server: Server, place: Path, words: list[str], status: int, said: str
) -> None:
    (place / "list").write_text("\n".join(SIX))
    (place / "empty").write_text("\n\n")
    (place / "notours").write_text("my diary\n")
    (place / "none").mkdir()
    picture = (place / "pics" / "0.png").read_bytes()
    done = ask(*words, stdin=b"pics/0.png\n")
    assert (done.status, server.calls) == (status, 0), done.err
    assert said in done.err
    assert done.out == ""
    assert (place / "notours").read_text() == "my diary\n"
    assert (place / "pics" / "0.png").read_bytes() == picture
    assert "Traceback" not in done.err


def test_more_than_twenty_named_pictures_are_one_request_only_where_that_is_said(
    ask: Ask, server: Server
) -> None:
    many = SIX * 4
    refused = ask(*many, "q")
    assert (refused.status, server.calls) == (2, 0)
    assert "--each" in refused.err
    for words, calls in ((["--together"], 1), (["--per-request", "5"], 5), (["--each"], 6)):
        server.calls = 0
        assert ask(*words, *many, "q").status == 0
        assert server.calls == calls  # the same four times are asked about once


def test_the_key_is_missed_before_any_file_is_made(ask: Ask, place: Path) -> None:
    done = ask("pics", "-O", "out", "--errors", "bad", "q", env={"OPENAI_API_KEY": ""})
    assert done.status == 4
    assert not (place / "out").exists()
    assert not (place / "bad").exists()


def test_a_rejected_key_ends_the_run(ask: Ask, server: Server) -> None:
    server.reply = lambda _: Reply(401, b'{"error":{"message":"no such key"}}')
    done = ask("pics", "-j", "2", "q")
    assert done.status == 4
    assert server.calls <= 2
    assert done.err.count("error:") == 1


def test_quota_ends_the_run_and_a_failure_does_not(ask: Ask, server: Server) -> None:
    server.reply = lambda _: Reply(
        429,
        b'{"error":{"message":"no money","type":"insufficient_quota","code":"insufficient_quota"}}',
    )
    assert ask("pics", "-j", "1", "q").status == 6
    assert server.calls == 1
    server.calls = 0
    server.reply = lambda said: (
        Reply(400, b'{"error":{"message":"bad image"}}') if said.number == 2 else Reply()
    )
    done = ask("pics", "-j", "1", "q")
    assert (done.status, server.calls) == (11, 6)
    assert "answered 5, skipped 0, failed 1" in done.err


def test_fail_fast_ends_at_the_first_failure(ask: Ask, server: Server) -> None:
    server.reply = lambda _: Reply(400, b'{"error":{"message":"bad image"}}')
    assert ask("pics", "-j", "1", "--fail-fast", "q").status == 11
    assert server.calls == 1


def test_the_cap_ends_the_run_before_it_is_passed(ask: Ask, server: Server) -> None:
    each = (85 * 2.5 + 9 * 10) / 1e6
    done = ask("pics", "-j", "1", "--max-cost", str(each * 3.4), "q")
    assert done.status == 12
    assert 1 <= server.calls <= 3
    assert "cap" in done.err


def test_an_estimate_of_all_sends_nothing_and_needs_no_key(ask: Ask, server: Server) -> None:
    nobody = {"OPENAI_API_KEY": ""}
    done = ask("pics", "--dry-run", "--max-tokens", "100", "q", env=nobody)
    assert (done.status, server.calls) == (0, 0)
    assert done.out.splitlines()[0] == "6 requests to openai/gpt-4o, 6 pictures"
    assert "tokens out: at most 600" in done.out
    lines = b"pics/0.png\ngone.png\nhttps://x.test/a.png\n"
    found: dict[str, Any] = ask("--dry-run", "--json", "q", stdin=lines, env=nobody).json
    assert (found["requests"], found["unreadable"]) == (3, 1)
    assert found["failures"] == {"image_missing": 1}
    assert found["input_tokens"] > 0
    assert found["max_output_tokens"] is found["usd_at_most"] is None
    assert 1 in found["unknown"].values()


def test_the_cost_that_nobody_knows_is_counted_and_is_not_zero(ask: Ask) -> None:
    done = ask("pics", "q", "-o", "service_tier=priority")
    assert [record["cost_usd"] for record in done.objects] == [None] * 6
    assert "the cost of 6 not known" in done.err
    assert "$0" not in done.err


def test_quiet_says_nothing_but_errors(ask: Ask) -> None:
    done = ask("-q", "q", stdin=b"pics/0.png\ngone.png\n")
    assert (done.status, done.err) == (11, "")


def test_a_warning_is_told_once_for_all_pictures_alike(ask: Ask, place: Path) -> None:
    for picture in (place / "pics").iterdir():
        picture.rename(picture.with_suffix(".jpg"))
    done = ask("pics", "q")
    assert done.status == 0
    assert done.err.count("warning:") == 1


def test_the_offline_model_takes_lists(place: Path) -> None:
    done = vision("ask", "-m", "local/eyes", "pics", "describe", cwd=place)
    assert done.status == 0, done.err
    assert len(done.objects) == 6
    assert {record["cost_usd"] for record in done.objects} == {0.0}
    refused = vision("ask", "-m", "local/nothing", "pics", "describe", cwd=place)
    assert refused.status == 3


def test_the_configuration_says_how_many_at_once(ask: Ask, server: Server, place: Path) -> None:
    (place / "config.toml").write_text("[ask]\njobs = 2\n")
    server.delay = 0.1
    env = {"VISION_CONFIG": str(place / "config.toml")}
    assert ask("pics", "q", env=env).status == 0
    assert server.most == 2
    assert ask("pics", "-j", "3", "another q", env=env).status == 0
    assert server.most == 3


def test_a_narrow_limit_of_open_files_lowers_the_workers(server: Server, place: Path) -> None:
    server.delay = 0.05
    done = shell('ulimit -n 64; $V pics -j 500 "q"', server, place)
    assert done.returncode == 0, done.stderr
    assert b"-j 500 is lowered to 12" in done.stderr
    assert len(done.stdout.splitlines()) == 6


def test_names_of_any_kind(server: Server, place: Path) -> None:
    names = [b"new\nline.png", b"caf\xe9.png", b"'quoted' \"\\.png", "\u202egnp.png".encode()]
    for number, name in enumerate(names):
        (place / "pics").joinpath(name.decode("utf-8", "surrogateescape")).write_bytes(png(number))
    done = shell('find pics -print0 | $V -0 "q"', server, place)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 11  # the folder itself is in the list, and is no picture
    assert {r["image"].encode("utf-8", "surrogateescape") for r in found if "answer" in r} >= {
        b"pics/" + name for name in names
    }
    assert b"\x1b" not in done.stdout + done.stderr


def test_the_list_that_is_read_from_stdin_is_not_written_to(place: Path, server: Server) -> None:
    (place / "list").write_text("pics/0.png\n")
    with (place / "list").open("rb") as listed:
        done = subprocess.run(
            [PROGRAM, "ask", "-m", "openai/gpt-4o", "-O", "list", "--overwrite", "q"],
            stdin=listed,
            capture_output=True,
            env=environment({"OPENAI_API_KEY": "sk-x"}),
            cwd=place,
            check=False,
        )
    assert done.returncode == 2
    assert b"stdin and -O are the same file" in done.stderr
    assert (place / "list").read_text() == "pics/0.png\n"
    assert server.calls == 0
