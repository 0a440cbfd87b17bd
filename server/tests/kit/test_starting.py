import gc
import os

import pytest

from samoey.kit.starting import GO_FD_VARIABLE, undisturbed, wait_for_go


def test_the_collector_rests_while_much_is_imported() -> None:
    with undisturbed():
        assert not gc.isenabled()

    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    gc.unfreeze()


def test_without_a_supervisor_nothing_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(GO_FD_VARIABLE, raising=False)

    wait_for_go()


def test_a_role_goes_on_when_it_is_told_to(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    monkeypatch.setenv(GO_FD_VARIABLE, str(reading))
    os.write(writing, b"!")
    os.close(writing)

    wait_for_go()

    assert GO_FD_VARIABLE not in os.environ


def test_a_role_whose_supervisor_died_ends_too(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    monkeypatch.setenv(GO_FD_VARIABLE, str(reading))
    os.close(writing)

    with pytest.raises(SystemExit):
        wait_for_go()
