"""The files of the models: damaged, missing, and listed with their true checksums."""

from __future__ import annotations

import hashlib
import shutil

import pytest

from visioncli.core.errors import VisionError
from visioncli.eyes import detector, files, session, wordnet
from visioncli.eyes.answerer import look

from .pictures import IMAGES, made


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """A copy of the small files in a folder of its own, which every reader of them uses."""
    for name in ("SHA256SUMS", "hyper.json", "ssd_anchors.npy"):
        shutil.copy(files.WEIGHTS / name, tmp_path)
    for module in (files, session, detector, wordnet):
        monkeypatch.setattr(module, "WEIGHTS", tmp_path)
    wordnet.names.cache_clear()
    yield tmp_path
    wordnet.names.cache_clear()


def test_every_file_has_the_checksum_that_is_listed():
    listed = files.checksums()
    there = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files.WEIGHTS.iterdir()
        if path.suffix in (".onnx", ".npy", ".json")
    }
    assert listed == there


def test_provenance_speaks_of_the_files_that_are_there_and_no_other():
    text = (files.WEIGHTS / "PROVENANCE.md").read_text("utf-8")
    assert all(f"`{name}`" in text for name in files.checksums())
    assert "nanodet" not in text.lower()


def test_a_damaged_model_is_told_by_its_checksum(weights):
    (weights / "ssd2_w8.onnx").write_bytes(b"not a model")
    with pytest.raises(VisionError, match=r"ssd2_w8\.onnx is damaged \(sha256 differs\)") as caught:
        session.session("ssd2_w8.onnx")
    assert caught.value.exit == 1
    assert "pip install" in caught.value.hint


def test_a_missing_model_is_named(weights):
    with pytest.raises(VisionError, match=r"ocr_det_w8\.onnx is missing or unreadable"):
        session.session("ocr_det_w8.onnx")


def test_a_model_that_is_whole_and_does_not_load_is_onnxruntimes_fault(weights):
    bad = weights / "odd.onnx"
    bad.write_bytes(b"whole, but no model")
    digest = hashlib.sha256(bad.read_bytes()).hexdigest()
    (weights / "SHA256SUMS").write_text(f"{digest}  odd.onnx\n")
    with pytest.raises(VisionError, match=r"onnxruntime .* cannot load .*, which is not damaged"):
        session.session("odd.onnx")


def test_damaged_names_and_anchors(weights):
    (weights / "hyper.json").write_text("[{")
    with pytest.raises(VisionError, match=r"hyper\.json is damaged"):
        wordnet.names()
    (weights / "ssd_anchors.npy").write_bytes(b"\x93NUMPY")
    with pytest.raises(VisionError, match=r"ssd_anchors\.npy is damaged"):
        detector._anchors()


def test_a_question_that_needs_no_model_does_not_mind(weights):
    shutil.rmtree(weights)
    assert look([("red", made("red"))], "what is the resolution?").answer.startswith("64x64 pixels")
    with pytest.raises(VisionError, match="missing or unreadable"):
        look([("chelsea.jpg", IMAGES / "chelsea.jpg")], "is there a flibbertigibbet?")
