"""What a camera wrote into the file: date, camera, place, exposure. Only what is there is told."""

from __future__ import annotations

from PIL import ExifTags, Image

from visioncli.core.record import record

Base, Gps = ExifTags.Base, ExifTags.GPS


@record(kw_only=True)
class Shot:
    """taken: as written, YYYY-MM-DD HH:MM:SS. position: degrees north, east. exposure: in words."""

    taken: str = ""
    camera: str = ""
    lens: str = ""
    exposure: str = ""
    position: tuple[float, float] | None = None
    orientation: int = 1


def printable(value: object, limit: int = 100) -> str:
    """A string out of a file, without control characters."""
    return "".join(c for c in str(value) if c.isprintable()).strip()[:limit]


def read_shot(raw: Image.Image) -> Shot:
    """raw: an open picture. Errors: whatever Pillow raises on damaged notes."""
    exif = raw.getexif()
    inner = exif.get_ifd(ExifTags.IFD.Exif)
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    maker, model = (printable(exif.get(tag, "")) for tag in (Base.Make, Base.Model))
    camera = model if model.lower().startswith(maker.lower()) else f"{maker} {model}".strip()
    when = inner.get(Base.DateTimeOriginal) or exif.get(Base.DateTime) or ""
    orientation = exif.get(Base.Orientation, 1)
    return Shot(
        taken=_date(printable(when)),
        camera=camera,
        lens=printable(inner.get(Base.LensModel, "")),
        exposure=_exposure(inner),
        position=_position(place),
        orientation=orientation if isinstance(orientation, int) else 1,
    )


def _date(text: str) -> str:
    """ "2023:07:04 10:11:12" -> "2023-07-04 10:11:12"; blank dates are none."""
    day, _, time = text.partition(" ")
    if not any("1" <= c <= "9" for c in day):
        return ""
    return f"{day.replace(':', '-')} {time}".strip()


def _exposure(inner: dict[int, object]) -> str:
    parts = []
    seconds = _number(inner.get(Base.ExposureTime))
    if seconds:
        parts.append(f"1/{round(1 / seconds)} s" if seconds < 0.5 else f"{seconds:g} s")
    if aperture := _number(inner.get(Base.FNumber)):
        parts.append(f"f/{aperture:g}")
    if speed := _number(inner.get(Base.ISOSpeedRatings)):
        parts.append(f"ISO {speed:g}")
    if length := _number(inner.get(Base.FocalLength)):
        parts.append(f"{length:g} mm")
    return ", ".join(parts)


def _number(value: object) -> float | None:
    """A positive finite number, or None."""
    try:
        number = float(value)  # type: ignore[arg-type]  # whatever the file holds
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return number if 0 < number < float("inf") else None


def _position(place: dict[int, object]) -> tuple[float, float] | None:
    north = _degrees(place.get(Gps.GPSLatitude), place.get(Gps.GPSLatitudeRef), "S", 90)
    east = _degrees(place.get(Gps.GPSLongitude), place.get(Gps.GPSLongitudeRef), "W", 180)
    return None if north is None or east is None else (north, east)


def _degrees(value: object, side: object, negative: str, most: float) -> float | None:
    """(degrees, minutes, seconds) -> degrees; None if it is no such thing."""
    if not isinstance(value, tuple) or len(value) != 3:
        return None
    try:
        degrees, minutes, seconds = (float(part) for part in value)
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    total = degrees + minutes / 60 + seconds / 3600
    if not 0 <= total <= most:
        return None
    return round(-total if str(side).strip("\0 ") == negative else total, 5)
