"""A certificate of a test's own, for servers named localhost."""

import ssl
import subprocess
from pathlib import Path


def certificate(folder: Path) -> ssl.SSLContext:
    """Return what a server named localhost shows; `cert.pem` in the folder vouches for it."""
    key, cert = folder / "key.pem", folder / "cert.pem"
    asked = (
        "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost "
        f"-addext subjectAltName=DNS:localhost -keyout {key} -out {cert}"
    )
    subprocess.run(["/usr/bin/openssl", *asked.split()], check=True, capture_output=True)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(cert, key)
    return made
