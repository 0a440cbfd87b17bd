"""What vendors ask for their models: a file that says where and when each price was read."""

import re
import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from samoey.kit.ports.upstreams import Price
from samoey.kit.problems import InvalidRequest

_MICRO = 1_000_000
_ANY = "*"
# Vendors give a model the day it was made as a last name: -20250929, -2026-04-01.
_DATED = re.compile(r"-(\d{8}|\d{4}-\d{2}-\d{2})$")


class PricesUnreadable(InvalidRequest):
    """The file of prices that the settings name is not there, or has another form."""

    title = "The file of prices cannot be read."


class _Dollars(msgspec.Struct, forbid_unknown_fields=True):
    input: float
    output: float
    cache_read: float | None = None
    cache_write: float | None = None

    def price(self) -> Price:
        return Price(
            round(self.input * _MICRO),
            round(self.output * _MICRO),
            _micro(self.cache_read),
            _micro(self.cache_write),
        )


class Source(msgspec.Struct, forbid_unknown_fields=True):
    """Where prices were read, when, and at which addresses they hold (`*`: at any)."""

    url: str
    date: date
    models: dict[str, _Dollars]
    hosts: tuple[str, ...] = (_ANY,)
    note: str = ""
    second_hand: bool = False


class _File(msgspec.Struct, forbid_unknown_fields=True):
    source: list[Source] = []


class Prices:
    """Prices by address and model; what stands in a later source goes before."""

    def __init__(self, sources: list[Source]) -> None:
        self._known = {
            (host, model): dollars.price()
            for source in sources
            for host in source.hosts
            for model, dollars in source.models.items()
        }

    def of(self, base_url: str, model: str) -> Price | None:
        """What a model costs at an address, or None where nobody knows."""
        host = urlsplit(base_url).hostname or ""
        for name in (model, _DATED.sub("", model)):
            for place in (_ANY, host):
                if (price := self._known.get((place, name))) is not None:
                    return price
        return None


NO_PRICES = Prices([])


def in_the_package() -> Path:
    """The file that comes with the program."""
    return Path(__file__).with_name("prices.toml")


@lru_cache(maxsize=4)
def prices(own: Path | None = None) -> Prices:
    """The prices in the package, and before them those in the operator's own file.

    Raises:
        PricesUnreadable: it is not there, or has another form.
    """
    sources = read(in_the_package())
    return Prices(sources if own is None else [*sources, *read(own)])


def read(file: Path) -> list[Source]:
    """What a file of prices says.

    Raises:
        PricesUnreadable: it is not there, or has another form.
    """
    try:
        return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), _File).source
    except (OSError, ValueError) as error:
        raise PricesUnreadable(f"{file}: {error}") from error


def _micro(dollars: float | None) -> int | None:
    return None if dollars is None else round(dollars * _MICRO)
