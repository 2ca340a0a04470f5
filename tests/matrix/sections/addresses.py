"""Pictures that are fetched from an address."""

from __future__ import annotations

from typing import Any

from tests.faults.kinds import HTML
from tests.faults.peer import Peer, whole
from tests.images.corpus import saved, scene
from tests.matrix.acts import closed_port
from tests.matrix.place import Done, Place
from tests.matrix.rows import Row, error, remedy, warning

INLINE = ("--inline",)
TRUSTED = ("--inline", "--allow-private")
TWICE = (*TRUSTED, "--retries", "1")
ALLOW = remedy(r"--allow-private if you trust it")
BY_HAND = remedy(r"check the address, or download the picture yourself")
HERE = r"http://SERVER/\S*cat\.png"
CANNOT = rf"{HERE} cannot be fetched"
SOON = {"set": {"visioncli.images.fetch:IDLE": 1.0}}


def private(id_: str, case: str, url: str, host: str, **inside: Any) -> Row:
    return Row(
        id=id_,
        case=case,
        exit=5,
        options=INLINE,
        words=(url, "q"),
        inside=inside,
        says=(
            error(rf"{host} is a private address, and pictures are fetched from public ones"),
            ALLOW,
        ),
    )


def from_server(fault: str, *arguments: str | float, name: str = "cat.png"):
    def act(place: Place) -> Done:
        return place.ask(place.url(name, fault, *arguments), "q")

    return act


def answered(id_: str, exit_: int, case: str, act: Any, *lines: str, **more: Any) -> Row:
    """requests: those for the picture and, where there is one, the question."""
    more = {"requests": 1, "options": TRUSTED, **more}
    return Row(id=id_, case=case, exit=exit_, act=act, says=lines, **more)


def redirected(to: str):
    return lambda place: place.ask(place.url("cat.png", "redirect", to, 302), "q")


def rebinds(place: Place) -> Done:
    url = place.url().replace("127.0.0.1", "two.example")
    return place.ask(url, "q")


def dead(place: Place) -> Done:
    done = place.ask(f"http://127.0.0.1:{closed_port()}/cat.png", "q")
    assert not place.received
    return done


def secret(place: Place) -> Done:
    """The user's name and password go nowhere, and neither they nor the signature are shown."""
    url = place.url().replace("//", "//me:hunter2@") + "?signature=c0ffee"
    done = place.ask(url, "q")
    assert "hunter2" not in done.err
    assert "c0ffee" not in done.err
    picture, question = place.received
    assert "authorization" not in picture.headers
    assert "hunter2" not in f"{picture}{question}"
    return done


def passed_through(place: Place) -> Done:
    """The vendor fetches it, and is told the signature but no password."""
    done = place.ask("https://me:hunter2@pictures.example/cat.png?signature=c0ffee", "q")
    (received,) = place.received
    assert b"hunter2" not in received.body
    assert b"c0ffee" in received.body
    assert "c0ffee" not in done.err
    return done


def serves(body: bytes, kind: str):
    """As a picture; the question is answered as ever."""

    def answer(peer: Peer) -> None:
        if peer.request.method == "GET":
            peer.send(whole(body, kind=kind))
        else:
            peer.send(whole(peer.answer, kind=peer.kind))

    return answer


def own(place: Place) -> Done:
    """The picture is what the row's own answer gives."""
    return place.ask(f"{place.base}/cat.png", "q")


ROWS = (
    private("20a", "loopback", "http://127.0.0.1:9/cat.png", r"127\.0\.0\.1"),
    private("20b", "a private network", "https://10.0.0.1/cat.png", r"10\.0\.0\.1"),
    private(
        "20c",
        "link-local: a cloud's metadata",
        "http://169.254.169.254/cat.png",
        r"169\.254\.169\.254",
    ),
    private(
        "20d", "[::ffff:127.0.0.1]", "http://[::ffff:127.0.0.1]/cat.png", r"::ffff:127\.0\.0\.1"
    ),
    private("20e", "a decimal address", "http://2130706433/cat.png", "2130706433"),
    private("20f", "localhost", "http://localhost:9/cat.png", "localhost"),
    private(
        "20g",
        "a name that leads there",
        "http://two.example/cat.png",
        r"two\.example",
        hosts={"two.example": [["93.184.216.34", "10.0.0.1"]]},
    ),
    answered(
        "20h",
        5,
        "a redirect there",
        redirected("http://10.0.0.1/cat.png"),
        error(r"10\.0\.0\.1 is a private address, .+"),
        ALLOW,
        options=INLINE,
        inside={"public": ["127.0.0.1"]},
    ),
    answered(
        "20i",
        0,
        "a name that leads elsewhere at its second look-up",
        rebinds,
        options=INLINE,
        requests=2,
        inside={"public": ["127.0.0.1"], "hosts": {"two.example": [["127.0.0.1"], ["10.0.0.1"]]}},
    ),
    *(
        Row(
            id=f"21{letter}",
            case=f"{scheme}:",
            exit=2,
            words=(f"{scheme}://h/cat.png", "q"),
            says=(
                error(rf"{scheme}://h/cat\.png is no image: {scheme}: is not fetched"),
                remedy(r"a file's name, http://, https://, data: or -"),
            ),
        )
        for letter, scheme in zip("abcd", ("file", "ftp", "gopher", "nope"), strict=True)
    ),
    answered(
        "21e",
        5,
        "a redirect to file:",
        redirected("file:///etc/passwd"),
        error(rf"{HERE} redirects to file:///etc/passwd, which is not followed"),
    ),
    answered(
        "21f",
        5,
        "redirects without end",
        from_server("loop"),
        error(rf"{HERE} is behind more than 3 redirects"),
        requests=4,
    ),
    *(
        answered(
            f"22{letter}",
            5,
            str(status),
            from_server("status", status),
            error(rf"{CANNOT}: HTTP {status}"),
            BY_HAND,
        )
        for letter, status in zip("abcd", (401, 403, 404, 410), strict=True)
    ),
    *(
        answered(
            f"22{letter}",
            5,
            str(status),
            from_server("status", status),
            error(rf"{CANNOT}: HTTP {status}"),
            requests=3,
        )
        for letter, status in (("e", 429), ("f", 503))
    ),
    answered("22g", 0, "503 once", from_server("flaky", 1, 503), requests=3),
    answered(
        "22h",
        7,
        "a name that nobody knows",
        lambda place: place.ask("http://no-such-host.invalid/cat.png", "q"),
        error(r"http://\S+ cannot be fetched: the name no-such-host\.invalid is not known: .+"),
        remedy(".+"),
        requests=0,
        options=TWICE,
    ),
    answered(
        "22i",
        7,
        "a port where nobody listens",
        dead,
        error(r"http://\S+ cannot be fetched: no connection to \S+: Connection refused"),
        requests=0,
        options=TWICE,
    ),
    answered(
        "22j",
        7,
        "no answer in time",
        from_server("stall-headers"),
        error(rf"{CANNOT}: .+"),
        remedy(r"--timeout SECONDS"),
        options=(*TRUSTED, "--timeout", "3"),
    ),
    answered(
        "22k", 7, "reset", from_server("rst"), error(rf"{CANNOT}: .+"), requests=2, options=TWICE
    ),
    answered(
        "23a",
        5,
        "a body without end",
        from_server("endless"),
        error(rf"{HERE} is larger than 50 MB"),
    ),
    answered(
        "23b",
        5,
        "a length that lies",
        from_server("cut-body"),
        error(rf"{CANNOT}: SERVER hung up in the middle of its answer"),
        BY_HAND,
    ),
    answered(
        "23c", 5, "a gzip bomb", from_server("gzip-bomb"), error(rf"{HERE} is larger than 50 MB")
    ),
    answered(
        "23d",
        5,
        "slower than the deadline",
        from_server("drip-body"),
        error(rf"{CANNOT}: .+"),
        BY_HAND,
        options=(*TRUSTED, "--timeout", "3"),
    ),
    answered(
        "24a",
        5,
        "a login page",
        own,
        error(r"http://\S+ is not an image: it looks like HTML"),
        answer=serves(HTML, "image/jpeg"),
    ),
    answered(
        "24b",
        5,
        "an empty body",
        own,
        error(r"http://\S+ is empty"),
        answer=serves(b"", "image/jpeg"),
    ),
    answered(
        "24c",
        0,
        "AVIF that is labelled octet-stream",
        own,
        r"http://\S+ .+avif.+",
        requests=2,
        answer=serves(saved(scene(), "AVIF"), "application/octet-stream"),
    ),
    answered(
        "24d",
        5,
        "no picture at all",
        own,
        error(r"http://\S+ .+"),
        remedy(".+"),
        answer=serves(bytes(range(256)) * 9, "image/png"),
    ),
    answered(
        "25a",
        0,
        "user, password and signature",
        secret,
        warning(rf"{HERE}\?…: user name and password were left out"),
        requests=2,
        answer="ok",
    ),
    answered(
        "25b",
        0,
        "the same where the vendor fetches",
        passed_through,
        warning(r"https://pictures\.example/cat\.png\?…: user name and password were left out"),
        options=(),
    ),
)
