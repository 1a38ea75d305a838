from __future__ import annotations

from pipelines.recent import Recent


def test_no_more_is_kept_than_there_is_room_for() -> None:
    made: list[int] = []
    recent: Recent[int] = Recent(2)
    for key in (1, 2, 1, 3, 1, 2):
        recent.get(key, lambda key=key: made.append(key) or key)  # type: ignore[func-returns-value,misc]
    assert made == [1, 2, 3, 2]
