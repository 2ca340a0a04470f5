"""What the camera wrote is told as it is; what is damaged or absurd is left out."""

from __future__ import annotations

import pytest
from PIL import ExifTags, Image
from PIL.TiffImagePlugin import IFDRational

from visioncli.eyes.picture import Picture

from .pictures import encoded, made

Base, Gps, IFD = ExifTags.Base, ExifTags.GPS, ExifTags.IFD


def shot(tags=(), inner=(), place=()):
    exif = Image.Exif()
    for tag, value in dict(tags).items():
        exif[tag] = value
    exif.get_ifd(IFD.Exif).update(dict(inner))
    exif.get_ifd(IFD.GPSInfo).update(dict(place))
    return Picture("p", encoded(Image.new("RGB", (8, 8)), "JPEG", exif=exif)).shot


def test_everything_a_camera_says():
    said = Picture("p", made("exif_photo")).shot
    assert said.taken == "2023-07-04 10:11:12"
    assert said.camera == "Testcam One"
    assert said.position == (51.5, -0.125)


def test_maker_and_model_are_joined_once():
    assert shot({Base.Make: "Acme", Base.Model: "X100"}).camera == "Acme X100"
    assert shot({Base.Make: "Acme", Base.Model: "ACME X100"}).camera == "ACME X100"


def test_exposure_in_words():
    said = shot(
        inner={
            Base.ExposureTime: IFDRational(1, 250),
            Base.FNumber: 2.8,
            Base.ISOSpeedRatings: 400,
            Base.FocalLength: 35.0,
            Base.LensModel: "35mm",
        }
    )
    assert said.exposure == "1/250 s, f/2.8, ISO 400, 35 mm"
    assert said.lens == "35mm"


def test_without_exif_nothing_is_said():
    said = Picture("p", encoded(Image.new("RGB", (8, 8)))).shot
    assert (said.taken, said.camera, said.exposure, said.position) == ("", "", "", None)


@pytest.mark.parametrize("date", ["0000:00:00 00:00:00", "    :  :     :  :  ", ""])
def test_a_blank_date_is_none(date):
    assert shot({Base.DateTime: date}).taken == ""


@pytest.mark.parametrize(
    "place",
    [
        {Gps.GPSLatitude: (951.0, 0.0, 0.0), Gps.GPSLongitude: (1.0, 0.0, 0.0)},
        {Gps.GPSLatitude: (51.0, 0.0, 0.0)},
        {Gps.GPSLatitude: (0.0,), Gps.GPSLongitude: (0.0,)},
    ],
)
def test_a_place_that_cannot_be_is_none(place):
    assert shot(place=place).position is None


def test_south_and_west_are_negative():
    said = shot(
        place={
            Gps.GPSLatitudeRef: "S",
            Gps.GPSLatitude: (33.0, 51.0, 0.0),
            Gps.GPSLongitudeRef: "W",
            Gps.GPSLongitude: (70.0, 30.0, 36.0),
        }
    )
    assert said.position == (-33.85, -70.51)


def test_control_characters_in_a_camera_name_are_dropped():
    assert shot({Base.Model: "Evil\x1b]0;pwned\x07\x9bcam"}).camera.isprintable()
