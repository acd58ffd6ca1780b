"""What every reply tells the browser not to do. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'; frame-ancestors {ancestors}"
)
_ALWAYS = {
    "x-content-type-options": "nosniff",
    # Not `no-referrer`: with it, browsers send our own forms with `Origin: null`, which is refused.
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), payment=(), usb=(), microphone=(self)",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


def always(scheme: str) -> Mapping[str, str]:
    """Headers of every reply; over https also that it stays so."""
    return {**_ALWAYS, "strict-transport-security": "max-age=31536000"} if scheme == "https" else _ALWAYS


def policy(origins: Sequence[str] | None = None) -> str:
    """The Content-Security-Policy. `origins`: other sites that may frame this reply; None: nobody but ourselves."""
    return _POLICY.format(ancestors=" ".join(("'self'", *(origins or ()))))
