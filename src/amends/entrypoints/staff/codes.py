"""The second factor: codes from an authenticator, and recovery codes for when it is lost."""

from __future__ import annotations

import base64
import hmac
import io
import re
import secrets
from datetime import timedelta

import pyotp
import segno

from amends.kernel.instants import Instant

_STEP = timedelta(seconds=30)
_EARLIER_OR_LATER = 1  # steps, for clocks that are not quite right
_ISSUER = "amends"
_RECOVERY_CODES = 10
_RECOVERY_BYTES = 10  # 80 bits each: too many to be guessed from a digest


def new_secret() -> str:
    """A fresh shared secret, in base32."""
    return pyotp.random_base32()


def uri_of(secret: str, email: str) -> str:
    """What an authenticator reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=_ISSUER)


def picture_of(uri: str, title: str) -> str:
    """A QR code as inline SVG of any size, black on white in light and dark as cameras want it."""
    out = io.BytesIO()
    segno.make(uri, error="m").save(
        out, kind="svg", omitsize=True, border=4, light="#fff", dark="#000", title=title,
        xmldecl=False, svgns=False, nl=False,
    )  # fmt: skip
    return out.getvalue().decode()


def step_of(secret: str, code: str, now: Instant) -> int | None:
    """The time step whose code it is, at most one before or after now's; None: no such."""
    code = re.sub(r"\s", "", code)
    totp = pyotp.TOTP(secret)
    this = int(now.timestamp()) // int(_STEP.total_seconds())
    for step in range(this - _EARLIER_OR_LATER, this + _EARLIER_OR_LATER + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), code.encode()):
            return step
    return None


def new_recovery_codes() -> tuple[str, ...]:
    """Fresh ones, as they are shown: ``ABCD-EFGH-IJKL-MNOP``."""
    return tuple(_shown(secrets.token_bytes(_RECOVERY_BYTES)) for _ in range(_RECOVERY_CODES))


def plain_recovery_code(typed: str) -> str:
    """As it is kept, whatever case and dashes it was typed with."""
    return re.sub(r"[^A-Z2-7]", "", typed.upper())


def _shown(random: bytes) -> str:
    text = base64.b32encode(random).decode()
    return "-".join(text[i : i + 4] for i in range(0, len(text), 4))
