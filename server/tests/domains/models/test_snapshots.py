"""What gateway processes decide by: loaded whole, and soon after every change anew."""

import asyncio
import contextlib
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any, cast
from uuid import UUID

import httpx
import pytest
from pydantic import SecretStr

from samoey.domains.identity import service as identity
from samoey.domains.identity.keys.schemas import NewKey
from samoey.domains.models.gateway.shapes import KeyPolicy
from samoey.domains.models.snapshots.service import LOOK_EACH_S, Keeper, load
from samoey.domains.workspaces import service as workspaces
from samoey.kit.context import SYSTEM, Tools
from samoey.kit.ports.bus import BusUnavailable, Listener
from tests.conftest import OpenHouse
from tests.domains.models.door import KEY, PLACE, URL, alias, deployment, provider
from tests.house.processes import RunningHouse
from tests.make import Somebody

NEVER = 3600.0

WATCHER = """
import asyncio, sys
from samoey.domains.models.snapshots.service import Keeper
from samoey.kit.settings import read_settings
from samoey.tools import open_house

async def watch(digest):
    async with open_house(read_settings()) as house, Keeper(house.tools).open() as keeper:
        print("known" if digest in keeper.current.keys else "unknown", flush=True)
        while digest in keeper.current.keys:
            await asyncio.sleep(0.01)
        print("gone", flush=True)

asyncio.run(watch(bytes.fromhex(sys.argv[1])))
"""


class DeafBus:
    """A bus of which nothing is ever heard."""

    @contextlib.asynccontextmanager
    async def listen(self, *_: str) -> AsyncIterator[Listener]:
        if self is not None:
            raise BusUnavailable
        yield cast("Any", None)


class Silent:
    """A recorder that writes nothing down, as if a clock had put its events into the past."""

    async def record(self, *_: object) -> None:
        pass


class Doors:
    """The database's door, which can be closed."""

    def __init__(self, sessions: Any) -> None:
        self.sessions, self.closed = sessions, False

    def begin(self) -> Any:
        if self.closed:
            raise ConnectionRefusedError
        return self.sessions.begin()


async def key_of(http: httpx.AsyncClient, who: Somebody) -> tuple[bytes, str]:
    made = await http.post("/api/v1/identity/keys", json={"name": "ci"}, headers=who.headers)
    return identity.fingerprint(made.json()["key"]), made.json()["id"]


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not holds():  # noqa: ASYNC110 - a snapshot is replaced, and says nothing
            await asyncio.sleep(0.005)


async def test_a_snapshot_holds_everything_that_was_decided(open_test_house: OpenHouse) -> None:
    given = {
        "groq_api_key": SecretStr("gsk-environment-0123456789"),
        "groq_base_url": "http://127.0.0.1:7/v1",
    }
    async with open_test_house(**given) as house, house.client() as http:
        ada = await house.make.user()
        made, off = await provider(http, ada), await provider(http, ada, name="off", enabled=False)
        price = {"input": 1, "output": 2, "cache_read": None, "cache_write": None}
        model = await deployment(http, ada, made["id"], price=price, max_parallel=3)
        await deployment(http, ada, off["id"])
        await alias(http, ada, model["id"], strategy="cost", retries=1, trim=True, repairs=1)
        digest, key_id = await key_of(http, ada)
        policy = {"version": 0, "models": ["fast"], "rpm": 9, "month_micro": 7}
        await http.put(f"{PLACE}/policies/{key_id}", json=policy, headers=ada.headers)

        snapshot = await load(house.tools)

    endpoint, kept = sorted(snapshot.deployments.values(), key=lambda it: it.provider)
    assert (endpoint.provider, endpoint.model, endpoint.kind) == ("groq", "*", "openai")
    assert endpoint.key is not None
    assert endpoint.key.reveal() == "gsk-environment-0123456789"
    assert (kept.id, kept.provider, kept.base_url) == (model["id"], "ours", URL)
    assert kept.key is not None
    assert (kept.key.reveal(), kept.max_parallel) == (KEY, 3)
    assert kept.price is not None
    assert (kept.price.input, kept.price.output) == (1, 2)
    fast = snapshot.aliases["fast"]
    assert (fast.strategy, fast.retries, fast.workspace_id) == ("cost", 1, str(ada.workspace_id))
    assert (fast.trim, fast.repairs) == (True, 1)
    assert [it.deployment_id for it in fast.targets] == [kept.id]
    assert snapshot.keys == {
        digest: KeyPolicy(
            key_id=key_id,
            user_id=str(ada.id),
            workspace_id=str(ada.workspace_id),
            models=frozenset({"fast"}),
            rpm=9,
            month_micro=7,
        )
    }
    assert KEY not in repr(snapshot)


async def test_a_viewers_key_opens_no_model_and_a_strangers_opens_nothing(
    house: RunningHouse,
) -> None:
    async with house.client() as http:
        viewer = await house.make.user("Vic", role="viewer")
        stranger = await house.make.user("Eve", role=None)
        theirs, nobodys = await key_of(http, viewer), await key_of(http, stranger)

        snapshot = await load(house.tools)

    assert snapshot.keys[theirs[0]].models == frozenset()
    assert nobodys[0] not in snapshot.keys


@pytest.mark.parametrize("way", ["by its nudge", "by a look, when every nudge is lost"])
async def test_a_revoked_key_is_forgotten(house: RunningHouse, way: str) -> None:
    deaf = "lost" in way
    tools = replace(house.tools, bus=cast("Any", DeafBus())) if deaf else house.tools
    keeper = Keeper(tools) if deaf else Keeper(tools, look_each_s=NEVER)
    async with house.client() as http:
        ada = await house.make.user()
        digest, key_id = await key_of(http, ada)
        async with keeper.open():
            assert digest in keeper.current.keys
            # Until it is heard that the bus listens, a nudge could be said too soon.
            await until(lambda: deaf or keeper.listening)

            await identity.revoke_key(house.tools, ada.actor, UUID(key_id))
            await until(lambda: digest not in keeper.current.keys)

    assert LOOK_EACH_S <= 0.5


async def test_another_process_forgets_a_revoked_key(house: RunningHouse) -> None:
    async with house.client() as http:
        ada = await house.make.user()
        digest, key_id = await key_of(http, ada)
        watcher = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            WATCHER,
            digest.hex(),
            env=house.environment(),
            stdout=subprocess.PIPE,
        )
        assert watcher.stdout is not None
        first = await watcher.stdout.readline()

        await identity.revoke_key(house.tools, ada.actor, UUID(key_id))
        then = await watcher.stdout.readline()
        await watcher.wait()

    assert (first, then) == (b"known\n", b"gone\n")


async def test_a_key_that_was_made_a_moment_ago_is_found_when_it_is_shown(
    house: RunningHouse,
) -> None:
    deaf = replace(house.tools, bus=cast("Any", DeafBus()))
    async with house.client() as http, Keeper(deaf, look_each_s=NEVER).open() as keeper:
        ada = await house.make.user()
        digest, _ = await key_of(http, ada)

        async with asyncio.timeout(20):
            while digest not in (await keeper.fresh()).keys:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)


@pytest.mark.parametrize("change", ["alias", "policy", "member", "person"])
async def test_every_decision_reaches_the_keeper_by_itself(
    house: RunningHouse, change: str
) -> None:
    async with house.client() as http:
        ada, mia = await house.make.user(), await house.make.user("Mia", role="member")
        digest, key_id = await key_of(http, mia)
        made = await provider(http, ada)
        model = await deployment(http, ada, made["id"])
        async with Keeper(house.tools).open() as keeper:
            match change:
                case "alias":
                    await alias(http, ada, model["id"])
                    await until(lambda: "fast" in keeper.current.aliases)
                case "policy":
                    place = f"{PLACE}/policies/{key_id}"
                    await http.put(place, json={"version": 0, "rpm": 7}, headers=ada.headers)
                    await until(lambda: keeper.current.keys[digest].rpm == 7)
                case "member":
                    async with house.tools.work(ada.actor) as ctx:
                        await workspaces.remove_member(ctx, ada.workspace_id, mia.id)
                    await until(lambda: digest not in keeper.current.keys)
                case "person":
                    async with house.tools.work(SYSTEM) as ctx:
                        operator, _ = await workspaces.local_operator(ctx)
                    await identity.disable(house.tools, operator, mia.email)
                    await until(lambda: digest not in keeper.current.keys)


async def test_while_the_database_is_away_the_last_snapshot_stays(house: RunningHouse) -> None:
    doors = Doors(house.tools.sessions)
    tools: Tools = replace(house.tools, sessions=cast("Any", doors))
    async with house.client() as http:
        ada = await house.make.user()
        digest, _ = await key_of(http, ada)
        async with Keeper(tools, look_each_s=0.01).open() as keeper:
            doors.closed = True
            last = keeper.current
            second, _ = await key_of(http, ada)
            await keeper.fresh()
            await asyncio.sleep(0)
            assert keeper.current is last
            assert digest in keeper.current.keys

            doors.closed = False
            await until(lambda: second in keeper.current.keys)


async def test_whatever_clocks_do_no_snapshot_becomes_old(house: RunningHouse) -> None:
    deaf = replace(house.tools, bus=cast("Any", DeafBus()))
    silent = replace(house.tools, recorder=cast("Any", Silent()))
    ada = await house.make.user()
    async with Keeper(deaf, look_each_s=0.01, oldest_s=0.1).open() as keeper:
        async with silent.work(ada.actor) as ctx:
            made = await identity.make_key_for(ctx, ada.id, NewKey(name="ci"))
        digest = identity.fingerprint(made.key.get_secret_value())

        await until(lambda: digest in keeper.current.keys)
