"""Where the gateway's bench runs: our relay with everything on, and the peer, on one upstream."""

import asyncio
import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM
from urllib.parse import urlsplit

from start import pss_mb, tree

HERE = Path(__file__).resolve().parent
CACHE = HERE.parent / ".build" / "bench"
PEER = "litellm"
PEER_KEY = "sk-bench-9f2c41d07ab84e5c"
PATIENCE_S = 120.0
TICKS = os.sysconf("SC_CLK_TCK")
BODY = json.dumps(
    {
        "model": "bench",
        "messages": [
            {"role": "system", "content": "You are a helpful assistant."},
            {"role": "user", "content": "Write a function that adds two numbers. " * 8},
        ],
        "temperature": 0.2,
    }
)
STREAMED = json.dumps(json.loads(BODY) | {"stream": True})


@dataclass
class Place:
    """A running process that answers chats."""

    name: str
    process: "subprocess.Popen[bytes]"
    url: str
    key: str

    def cpu_s(self) -> float:
        """CPU seconds of the process and all that it started."""
        spent = 0
        for pid in tree(self.process.pid):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            spent += int(fields[11]) + int(fields[12])
        return spent / TICKS

    def mb(self) -> float:
        return sum(pss_mb(pid) for pid in tree(self.process.pid))


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def answered(url: str, key: str) -> bool:
    """Whether a chat is answered there by now."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=PATIENCE_S)
    head = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    try:
        connection.request("POST", address.path, BODY, head)
        response = connection.getresponse()
        response.read()
    except OSError:
        return False
    finally:
        connection.close()
    return response.status == http.client.OK


@contextmanager
def running(
    name: str, command: list[str], url: str, key: str, log: Path, **more: str
) -> Iterator[tuple[Place, float]]:
    """A process, and the seconds until its first answer."""
    began = time.perf_counter()
    with log.open("ab") as written:
        process = subprocess.Popen(
            command, stdout=written, stderr=written, env=os.environ | more, cwd=log.parent
        )
    try:
        while not answered(url, key):
            if process.poll() is not None or time.perf_counter() - began > PATIENCE_S:
                raise RuntimeError(f"{name} does not answer; see {log}\n{log.read_text()[-2000:]}")
            time.sleep(0.02)
        yield Place(name, process, url, key), time.perf_counter() - began
    finally:
        process.send_signal(SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def upstream(folder: Path) -> Iterator[Place]:
    port = free_port()
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    command = [sys.executable, str(HERE / "gateway_upstream.py"), str(port)]
    with running("upstream", command, url, "none", folder / "upstream.log") as (place, _):
        yield place


@contextmanager
def house(folder: Path, upstream_url: str) -> Iterator[dict[str, str]]:
    """Servers with a key that has limits and a budget, a price, and models of each behaviour."""
    from samoey.adapters.embedded.servers import running_servers
    from samoey.kit.schema import migrate

    with running_servers(folder / "home") as servers:
        migrate(servers.database_url)
        given = {
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "SAMOEY_HOME": str(folder / "home"),
            "SAMOEY_LOG__LEVEL": "warning",
        }
        yield given | {"key": asyncio.run(_furnish(upstream_url, given))}


async def _furnish(upstream_url: str, given: dict[str, str]) -> str:
    from samoey.domains.identity import service as identity
    from samoey.domains.identity.keys.schemas import NewKey
    from samoey.domains.models.policies import service as policies
    from samoey.domains.models.policies.schemas import PolicyShape
    from samoey.domains.models.providers import service as providers
    from samoey.domains.models.providers.schemas import NewDeployment, NewProvider
    from samoey.domains.workspaces import service as workspaces
    from samoey.kit.context import SYSTEM, Actor
    from samoey.kit.settings import Settings
    from samoey.tools import open_house

    settings = Settings.model_validate(
        {
            "home": given["SAMOEY_HOME"],
            "database_url": given["DATABASE_URL"],
            "redis_url": given["REDIS_URL"],
        }
    )
    async with open_house(settings) as opened:
        tools = opened.tools
        async with tools.work(SYSTEM) as ctx:
            user = await identity.create_person(
                ctx, name="Bench", email="bench@example.org", password_hash="none"
            )
            _, workspace_id = await workspaces.local_operator(ctx)
            await workspaces.join(ctx, workspace_id, user.id, workspaces.Role.OWNER)
            key = await identity.make_key_for(ctx, user.id, NewKey(name="bench"))
        actor = Actor(user.id)
        for name, path in (("bench", ""), ("waits", "/d50"), ("paced", "/d50/s50x10")):
            base = upstream_url.replace("/v1/chat/completions", f"{path}/v1")
            new = NewProvider(
                workspace_id=workspace_id, name=f"p-{name}", kind="openai", base_url=base
            )
            provider = await providers.add_provider(tools, actor, new)
            price = {"input": 150_000, "output": 600_000}
            async with tools.work(actor) as ctx:
                model = NewDeployment(
                    workspace_id=workspace_id, provider_id=provider.id, model=name, price=price
                )
                await providers.add_deployment(ctx, tools.settings, model)
        policy = PolicyShape(
            version=0, rpm=2_000_000_000, tpm=2_000_000_000, day_micro=10**15, month_micro=10**15
        )
        async with tools.work(actor) as ctx:
            await policies.set_policy(ctx, key.id, policy)
        return key.key.get_secret_value()


@contextmanager
def ours(folder: Path, given: dict[str, str]) -> Iterator[tuple[Place, float]]:
    """`samoey serve --doors relay`, and the seconds until its first relayed answer."""
    port = free_port()
    command = [sys.executable, "-m", "samoey.cli.main", "serve", "--doors", "relay"]
    command += ["--port", str(port)]
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    more = {name: value for name, value in given.items() if name != "key"}
    with running("samoey", command, url, given["key"], folder / "samoey.log", **more) as told:
        yield told


def peer_python() -> Path:
    """The peer's own environment, made once from its lock."""
    folder = CACHE / PEER
    python = folder / "bin" / "python"
    ready = folder / ".ready"
    lock = HERE / "litellm-requirements.lock"
    if not ready.exists() or ready.stat().st_mtime < lock.stat().st_mtime:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*install, "--no-deps", "--require-hashes", "-r", str(lock)], check=True)
        ready.touch()
    return python


@contextmanager
def peer(folder: Path, upstream_url: str) -> Iterator[tuple[Place, float]]:
    """LiteLLM's proxy with one worker and no database, as its makers advise for production."""
    port = free_port()
    base = upstream_url.removesuffix("/chat/completions")
    model = {"model": "openai/bench", "api_base": base, "api_key": "none"}
    config = folder / "litellm.json"
    config.write_text(
        json.dumps({"model_list": [{"model_name": "bench", "litellm_params": model}]})
    )
    command = [str(peer_python().parent / "litellm"), "--config", str(config)]
    command += ["--host", "127.0.0.1", "--port", str(port), "--num_workers", "1"]
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    more = {
        "LITELLM_MODE": "PRODUCTION",
        "LITELLM_LOG": "ERROR",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "LITELLM_MASTER_KEY": PEER_KEY,
    }
    with running(PEER, command, url, PEER_KEY, folder / "litellm.log", **more) as told:
        yield told
