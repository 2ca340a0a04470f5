"""Pictures as rows need them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from PIL import Image

from tests.images.corpus import Png, saved, scene
from tests.matrix.acts import sent_picture
from tests.matrix.place import Done, Place
from tests.matrix.rows import Row

PNG = Png(2, 8, False, False)


MOST = 200 << 20  # bytes of memory


def refused(id_: str, case: str, name: str, data: Any, *lines: str, **more: Any) -> Row:
    """Nothing is sent. data: None where the row makes the file itself."""
    more = {"files": {} if data is None else {name: data}, "words": (f"./{name}", "q"), **more}
    return Row(id=id_, case=case, exit=5, says=lines, **more)


def sent(id_: str, case: str, name: str, data: Any, kind: str, *lines: str, **more: Any) -> Row:
    """What arrives is an upright picture of the type `kind`, without metadata."""
    more = {"files": {name: data}, "words": (f"./{name}", "q"), "requests": 1, **more}
    act = more.pop("act", None) or arrives(kind)
    return Row(id=id_, case=case, exit=0, says=lines, act=act, **more)


def arrives(kind: str, size: tuple[int, int] | None = None) -> Callable[[Place], Done]:
    def act(place: Place) -> Done:
        done = place.ask()
        if done.status == 0:
            told, data = sent_picture(place)
            assert told == kind
            picture = Image.open(io.BytesIO(data))
            assert picture.get_format_mimetype() == kind
            assert not picture.getexif()
            assert picture.mode in ("RGB", "RGBA", "L", "P"), picture.mode
            assert size in (None, picture.size)
        return done

    return act


def small(place: Place) -> Done:
    """Refused before it costs memory."""
    done = place.ask()
    assert 0 < done.peak < MOST, done.peak
    return done


def jpeg(**how: Any) -> bytes:
    return saved(scene(), "JPEG", **how)


PEAK = {"peak": ""}
