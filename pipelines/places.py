"""Recipes as data that says nothing of the machine that made them: models by name instead of by path."""

from __future__ import annotations

from pathlib import PurePath

from pydantic import JsonValue

_PLACES = ("checkpoint", "file", "adapter", "embedder", "patcher", "segmenter", "upscaler")


def without_places(value: JsonValue) -> JsonValue:
    """The same data with the last part of a path in place of every absolute path to a model; its digest tells it."""
    if isinstance(value, dict):
        return {key: _named(item) if key in _PLACES else without_places(item) for key, item in value.items()}
    return [without_places(item) for item in value] if isinstance(value, list) else value


def _named(value: JsonValue) -> JsonValue:
    if isinstance(value, str) and PurePath(value).is_absolute():
        return PurePath(value).name
    return without_places(value)
