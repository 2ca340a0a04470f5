"""Suppression, the box coding and the two rules that keep false names away."""

from __future__ import annotations

import numpy as np

from visioncli.eyes import detector
from visioncli.eyes.seen import Found, Labels
from visioncli.eyes.view import View

from .pictures import made


def boxes(*rows):
    return np.array(rows, np.float32)


def test_the_surer_of_two_overlapping_boxes_is_kept():
    near = boxes((0, 0, 10, 10), (1, 0, 11, 10), (50, 50, 60, 60))
    assert detector.suppress(near, np.array([0.6, 0.9, 0.7], np.float32), 0.55) == [1, 2]


def test_boxes_that_overlap_less_are_two_things():
    near = boxes((0, 0, 10, 10), (6, 0, 16, 10))
    assert detector.suppress(near, np.array([0.6, 0.9], np.float32), 0.55) == [1, 0]


def test_nothing_and_empty_boxes_do_no_harm():
    assert detector.suppress(np.zeros((0, 4), np.float32), np.zeros(0, np.float32), 0.5) == []
    flat = boxes((5, 5, 5, 5), (5, 5, 5, 5))
    assert 0 in detector.suppress(flat, np.array([0.9, 0.8], np.float32), 0.5)


def test_one_thing_with_two_names_keeps_the_surer_name():
    both = boxes((0, 0, 100, 100), (1, 1, 100, 100))
    scores = np.array([[0, 0.9, 0.1], [0, 0.1, 0.7]], np.float32)
    found = detector.collect(both, scores, {1: "cup", 2: "bowl"})
    assert [(f.label, round(f.score, 2)) for f in found] == [("cup", 0.9)]


def test_two_things_of_one_name_are_two_and_surest_first():
    both = boxes((0, 0, 10, 10), (80, 80, 90, 90))
    found = detector.collect(both, np.array([[0, 0.5], [0, 0.8]], np.float32), {1: "cup"})
    assert [round(f.score, 1) for f in found] == [0.8, 0.5]
    assert found[0].box == (80, 80, 90, 90)


def test_resizing_as_tensorflow_1_did_starts_at_the_corner():
    line = np.array([[[0], [100]]], np.uint8)
    assert detector.resize_tf1(np.repeat(line, 3, 2), 4)[0, :, 0].tolist() == [0, 50, 100, 100]


def labels(name: str, chance: float, kinds: set[str]) -> Labels:
    return Labels(((name, chance),), {}, None, None, {name: frozenset(kinds)}, {name: chance})


def test_a_sure_classifier_overrules_another_animal(monkeypatch):
    found = [Found("bird", 1.0, (0, 0, 9, 9)), Found("car", 0.9, (0, 0, 9, 9))]
    monkeypatch.setattr(detector, "detect", lambda image: found)
    view = View("p", made("red"))
    view.__dict__["labels"] = labels("cheetah", 0.9, {"cheetah", "cat", "animal"})
    assert [f.label for f in view.objects] == ["car"]
    unsure = View("p", made("red"))
    unsure.__dict__["labels"] = labels("cheetah", 0.4, {"cheetah", "cat", "animal"})
    assert [f.label for f in unsure.objects] == ["bird", "car"]


def test_an_animal_that_the_classifier_confirms_stays(monkeypatch):
    monkeypatch.setattr(detector, "detect", lambda image: [Found("cat", 0.7, (0, 0, 9, 9))])
    view = View("p", made("red"))
    view.__dict__["labels"] = labels("tabby", 0.9, {"tabby", "cat", "animal"})
    assert [f.label for f in view.objects] == ["cat"]
