"""Results of stages, on SQLite and on PostgreSQL."""

from __future__ import annotations

from pipelines.catalogue import Catalogue
from tests.making import digest
from tests.pipelines.catalogue.made import at_once


def test_a_result_is_kept_for_its_stage_and_digest(catalogue: Catalogue) -> None:
    value = {"picture": digest("p"), "notes": ["é", None, 1.5], "deep": {"a": [True]}}
    assert catalogue.result("edit", digest("a")) is None
    assert catalogue.keep_result("edit", digest("a"), value) == value  # type: ignore[arg-type]  # JSON, invariantly
    assert catalogue.result("edit", digest("a")) == value
    assert catalogue.result("score", digest("a")) is None


def test_of_many_results_for_one_digest_the_first_is_kept_for_all(catalogue: Catalogue) -> None:
    found = at_once(lambda i: catalogue.keep_result("edit", digest("a"), {"by": i}))
    assert found == [catalogue.result("edit", digest("a"))] * 8


def test_known_and_forgotten_results_go_by_the_thousand(catalogue: Catalogue) -> None:
    digests = [digest(str(i)) for i in range(1201)]
    for one in digests[::100]:
        catalogue.keep_result("edit", one, {})
    assert catalogue.known("edit", iter(digests)) == set(digests[::100])
    assert catalogue.known("score", digests) == set()
    assert catalogue.known("edit", []) == set()
    assert catalogue.forget_results("edit", digests[:1001]) == 11
    assert catalogue.known("edit", digests) == {digests[1100], digests[1200]}
