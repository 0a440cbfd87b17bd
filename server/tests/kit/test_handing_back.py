import asyncio

import pytest
from procrastinate.jobs import Job

from samoey.kit.jobs import Backoff
from samoey.kit.problems import NotFound


def job(attempts: int) -> Job:
    return Job(id=1, queue="q", lock=None, queueing_lock=None, task_name="t", attempts=attempts)


@pytest.mark.parametrize("attempts", [0, 2, 99])
def test_a_job_whose_process_ends_is_handed_back_however_often(attempts: int) -> None:
    decision = Backoff(3, 1).get_retry_decision(
        exception=asyncio.CancelledError(), job=job(attempts)
    )

    assert decision is not None


def test_a_job_that_fails_is_given_up_after_its_last_attempt() -> None:
    backoff = Backoff(3, 1)

    assert backoff.get_retry_decision(exception=OSError(), job=job(1)) is not None
    assert backoff.get_retry_decision(exception=OSError(), job=job(2)) is None
    assert backoff.get_retry_decision(exception=NotFound(), job=job(0)) is None
