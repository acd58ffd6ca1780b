"""Where PostgreSQL is missing, tests say so: NOT RUN, and failed in CI."""

from __future__ import annotations

import pytest

from tests.support import postgres


def _missing() -> postgres.Server:
    raise postgres.ServerMissingError("PostgreSQL's server is missing: run `apt-get install postgresql`")


def test_a_missing_server_names_the_test_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "server", _missing)
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"NOT RUN: .*apt-get install postgresql"):
        postgres.required_server()


def test_in_ci_a_missing_server_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "server", _missing)
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install postgresql"):
        postgres.required_server()
