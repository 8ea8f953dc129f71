"""What every answer tells the browser: what may run in it, who may frame it, and whether it may be kept."""

from __future__ import annotations

from flask import Flask, Response, current_app, request, session

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "connect-src 'self'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
WORKER_POLICY = CONTENT_SECURITY_POLICY.replace("trusted-types 'none'", "trusted-types check-in")
"""The same for the pages of check-in, which register a worker: under this name only its address is trusted."""
_PERMISSIONS = ", ".join(
    (
        *(f"{feature}=()" for feature in ("accelerometer", "browsing-topics", "camera", "display-capture")),
        *(f"{feature}=()" for feature in ("geolocation", "gyroscope", "magnetometer", "microphone", "midi")),
        *(f"{feature}=()" for feature in ("payment", "usb")),
    )
)
CAMERA_PERMISSIONS = _PERMISSIONS.replace("camera=()", "camera=(self)")
"""The same for the scanner at the door and for who verifies a certificate, the only pages that may use a camera."""
_ALWAYS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": _PERMISSIONS,
    "X-Frame-Options": "DENY",
}
_ONE_YEAR = "max-age=31536000; includeSubDomains"


def register(app: Flask) -> None:
    """Put the headers on every answer: pages, redirects, errors and static files alike."""
    app.after_request(_add)


def _add(response: Response) -> Response:
    # A view may set a stricter one itself: evidence is sandboxed, verification sends no referrer.
    for name, value in _ALWAYS.items():
        response.headers.setdefault(name, value)
    if current_app.config["PREFERRED_URL_SCHEME"] == "https":
        response.headers.setdefault("Strict-Transport-Security", _ONE_YEAR)
    if request.endpoint == "static":
        # Not even a look at the session: it would make the answer vary by cookie.
        return response
    if session or request.method not in {"GET", "HEAD"}:
        # Computers at schools are shared: the next person must not page back into this one's claims.
        response.headers["Cache-Control"] = "no-store, private"
    else:
        response.headers.setdefault("Cache-Control", "no-cache")
    response.vary.add("Cookie")
    return response
