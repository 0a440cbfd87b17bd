"""Vendors are spoken to over TLS: their certificates are held to their names and their issuers."""

import ssl
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from samoey.adapters.models.connect.http import Vendors
from samoey.adapters.network import NetworkGuard
from samoey.kit.ports.upstreams import Unreachable
from tests.adapters.test_wire import SHORT, answer, running


def certificate(folder: Path, host: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{host}.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


def secured(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@pytest.fixture
async def vendors() -> AsyncIterator[Vendors]:
    vendors = Vendors(NetworkGuard("test", private_allowed=True, outside_allowed=False))
    yield vendors
    await vendors.close()


async def test_who_shows_the_right_certificate_is_asked_over_one_connection(
    vendors: Vendors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = certificate(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))

    async with running(SHORT, SHORT, ssl=secured(path)) as server:
        url = server.url.replace("http://127.0.0.1", "https://localhost")
        for _ in range(2):
            assert await answer(vendors, url) == b"{}"

    assert server.connections == 1


async def test_who_shows_another_name_or_an_issuer_nobody_knows_is_told_nothing(
    vendors: Vendors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = certificate(tmp_path, "models.example.org")
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    stranger = certificate(tmp_path, "localhost")

    for shown in (path, stranger):
        async with running(SHORT, ssl=secured(shown)) as server:
            url = server.url.replace("http://127.0.0.1", "https://localhost")
            with pytest.raises(Unreachable, match="certificate of localhost does not hold"):
                await answer(vendors, url)
        assert server.asked == []
