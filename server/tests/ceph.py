"""A real S3 server for tests: Ceph's, on this machine alone, its data in memory."""

import base64
import contextlib
import hashlib
import hmac
import os
import secrets
import socket
import subprocess
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

PROGRAMS = ("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "monmaptool")
START_S = 120


@dataclass(frozen=True)
class S3:
    """Where it answers, and one user of it."""

    endpoint: str
    key: str
    secret: str

    def request(self, method: str, path: str) -> int:
        """Do what obstore cannot: make a bucket."""
        date = formatdate(usegmt=True)
        told = f"{method}\n\n\n{date}\n{path}".encode()
        signed = base64.b64encode(hmac.new(self.secret.encode(), told, hashlib.sha1).digest())
        headers = {"Date": date, "Authorization": f"AWS {self.key}:{signed.decode()}"}
        wanted = urllib.request.Request(self.endpoint + path, method=method, headers=headers)  # noqa: S310 - our own server
        with urllib.request.urlopen(wanted, timeout=30) as answer:  # noqa: S310 - as above
            return int(answer.status)

    def new_bucket(self) -> str:
        name = f"b{secrets.token_hex(6)}"
        self.request("PUT", f"/{name}")
        return name


def installed() -> bool:
    places = [Path("/usr/bin"), Path("/usr/sbin")]
    return all(any((place / name).exists() for place in places) for name in PROGRAMS)


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def configuration(home: Path, mon: tuple[int, int], gateway: int) -> str:
    return f"""
[global]
fsid = {uuid.uuid4()}
mon host = [v2:127.0.0.1:{mon[0]},v1:127.0.0.1:{mon[1]}]
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = {home}/keyring
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd crush chooseleaf type = 0
mon allow pool size one = true
mon warn on pool no redundancy = false
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = true
run dir = {home}/run
admin socket = {home}/run/$name.asok
pid file = {home}/run/$name.pid
log file = {home}/log/$name.log
mon data = {home}/mon
mon data avail crit = 1
mon data avail warn = 2
osd data = {home}/osd
osd objectstore = memstore
memstore device bytes = 2147483648
mon max pg per osd = 500
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:{gateway}
rgw dns name = localhost
"""


@contextlib.contextmanager
def running_s3(home: Path) -> Iterator[S3]:
    """Start it in `home`, which must have a short path, and stop it again."""
    for name in ("mon", "osd", "rgw", "run", "log"):
        (home / name).mkdir(parents=True)
    gateway = free_port()
    conf = home / "ceph.conf"
    conf.write_text(configuration(home, (free_port(), free_port()), gateway))
    environment = os.environ | {"CEPH_CONF": str(conf)}
    daemons: list[subprocess.Popen[bytes]] = []

    def do(*command: str) -> None:
        subprocess.run(command, check=True, capture_output=True, env=environment, timeout=START_S)

    def serve(*command: str) -> None:
        out = (home / "log" / f"{command[0]}.out").open("wb")
        daemons.append(subprocess.Popen([*command, "-f"], stdout=out, stderr=out, env=environment))
        out.close()

    try:
        keyring = str(home / "keyring")
        caps = ["--cap", "osd", "allow *", "--cap", "mon"]
        do(
            "ceph-authtool",
            "--create-keyring",
            keyring,
            "--gen-key",
            "-n",
            "mon.",
            *caps[-2:],
            "allow *",
        )
        for name, mon in (
            ("client.admin", "allow *"),
            ("client.rgw", "allow rwx"),
            ("osd.0", "allow profile osd"),
        ):
            do("ceph-authtool", keyring, "--gen-key", "-n", name, *caps, mon)
        fsid = conf.read_text().split("fsid = ")[1].split()[0]
        monmap = str(home / "monmap")
        hosts = conf.read_text().split("mon host = ")[1].splitlines()[0]
        do("monmaptool", "--create", "--addv", "a", hosts, "--fsid", fsid, "--clobber", monmap)
        do("ceph-mon", "--mkfs", "-i", "a", "--monmap", monmap, "--keyring", keyring)
        serve("ceph-mon", "-i", "a")
        osd = str(uuid.uuid4())
        do("ceph", "osd", "new", osd)
        (home / "osd" / "fsid").write_text(osd)
        (home / "osd" / "keyring").write_text((home / "keyring").read_text())
        do("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", osd)
        serve("ceph-osd", "-i", "0")
        do("ceph", "osd", "crush", "add", "osd.0", "1", "root=default", "host=localhost")
        serve("radosgw", "-n", "client.rgw", "--keyring", keyring)
        s3 = S3(f"http://127.0.0.1:{gateway}", "AKIATEST", "secret-of-tests")
        answers(s3)
        user = ("--uid=samoey", "--display-name=Samoey")
        do(
            "radosgw-admin",
            "user",
            "create",
            *user,
            f"--access-key={s3.key}",
            f"--secret-key={s3.secret}",
        )
        yield s3
    finally:
        for daemon in reversed(daemons):
            daemon.kill()
        for daemon in daemons:
            daemon.wait()


def answers(s3: S3) -> None:
    """Wait until the gateway says anything."""
    end = time.monotonic() + START_S
    while True:
        try:
            urllib.request.urlopen(s3.endpoint, timeout=5)  # noqa: S310 - our own server
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return
