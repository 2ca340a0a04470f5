"""Who is waited for no more: every wait ends, and what was to be called is called once."""

from __future__ import annotations

import threading

import pytest

from visioncli.core.stop import Stop, Stopped


def test_what_is_to_be_called_is_called_when_it_is_set_and_once() -> None:
    stop, called = Stop(), list[int]()
    stop.then(lambda: called.append(1))
    stop.then(lambda: called.append(2))
    stop.check()
    assert called == []
    stop.set()
    stop.set()
    assert called == [1, 2]


def test_what_comes_too_late_is_called_at_once_and_its_caller_ends() -> None:
    stop, called = Stop(), list[int]()
    stop.set()
    with pytest.raises(Stopped):
        stop.then(lambda: called.append(1))
    assert called == [1]
    with pytest.raises(Stopped):
        stop.check()


def test_a_wait_ends_as_soon_as_it_is_set() -> None:
    stop = Stop()
    stop.wait(0)  # it passes, and nobody is stopped
    threading.Timer(0.01, stop.set).start()
    with pytest.raises(Stopped):
        stop.wait(60)
