"""The role `worker`: does what recorded events and the clock cause, until it is told to stop."""

import asyncio
import logging
import signal

from samoey.kit.schema import migrate
from samoey.kit.settings import Settings
from samoey.kit.telemetry import start_logging
from samoey.tools import open_house

log = logging.getLogger(__name__)


def work(settings: Settings) -> None:
    """Run jobs until a signal comes; what is being done then is finished or handed back.

    Raises:
        Problem: the database, its schema or the bus are not as they must be.
    """
    start_logging(settings.log)
    asyncio.run(_work(settings))


async def _work(settings: Settings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    if settings.database_url is not None:
        await asyncio.to_thread(migrate, settings.database_url.get_secret_value())
    async with open_house(settings) as house, house.jobs.open(house.tools):
        await house.gate.models.ready()
        log.info("working")
        await house.jobs.work(stop=stop)
