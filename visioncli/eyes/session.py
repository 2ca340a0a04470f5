"""Loads a model file of the package into onnxruntime."""

from __future__ import annotations

import threading
from functools import lru_cache
from pathlib import Path

import onnxruntime

from .files import WEIGHTS, unusable

LOG_FATAL_ONLY = 4  # onnxruntime writes to fd 2 by itself
_LOADING = threading.Lock()


def session(name: str) -> onnxruntime.InferenceSession:
    """The model in weights/`name`, kept for the next picture; VisionError where it is damaged."""
    with _LOADING:
        return _session(WEIGHTS / name)


@lru_cache(maxsize=4)
def _session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = LOG_FATAL_ONLY
    options.enable_cpu_mem_arena = False  # with the next line: 150 MB less at the peak for 0.1 s
    options.enable_mem_pattern = False
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's errors share no other base
        raise unusable(path, f"onnxruntime {onnxruntime.__version__}") from error
