"""Sending what waits for each endpoint, apart from all other jobs: whoever does not answer keeps
nobody else waiting."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from datetime import timedelta

import structlog
from msgspec.structs import replace
from standardwebhooks import Webhook

from amends.engine.outside import Post, Unanswered
from amends.engine.webhooks import Attempt, Endpoint, OffWhy, Taken, Webhooks
from amends.kernel.instants import Instant

_log = structlog.get_logger(__name__)
# After each failure; about three days in all.
WAITS = (
    timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10),
    timedelta(minutes=30), timedelta(hours=1), timedelta(hours=3), timedelta(hours=6),
    timedelta(hours=12), timedelta(hours=24), timedelta(hours=24),
)  # fmt: skip
SWITCHED_OFF_AFTER = timedelta(days=5)
"""How long everything may fail at an endpoint before it is switched off."""
# Longer than an attempt may take, so that nobody sends beside us.
_LEASE = timedelta(minutes=2)
_AT_ONCE, _THREADS = 4, 64
_GONE = 410


class Courier:
    """Takes what is due, one message at a time, and sends it.

    ``world`` is the time receivers have, by which they judge a signature's age; on a sandbox it is
    not that of ``clock``.
    """

    def __init__(
        self,
        webhooks: Webhooks,
        post: Post,
        clock: Callable[[], Instant],
        world: Callable[[], Instant],
    ) -> None:
        self._webhooks = webhooks
        self._post = post
        self._clock = clock
        self._world = world
        self._lock = threading.Lock()
        self._busy: set[tuple[str, int]] = set()

    def send_due(self) -> bool:
        """Send all that is due now, one after the other; whether there was anything."""
        sent = False
        for endpoint in self._webhooks.waiting(self._clock()):
            while self._send_next(endpoint):
                sent = True
        return sent

    def begin(self, goes_on: Callable[[], bool]) -> None:
        """Have threads send what is due, as long as it ``goes_on``: a few for each endpoint, and
        one alone for one that fails."""
        for endpoint in self._webhooks.waiting(self._clock()):
            for lane in range(1 if endpoint.failing_since else _AT_ONCE):
                place = (endpoint.id, lane)
                with self._lock:
                    if place in self._busy or len(self._busy) >= _THREADS:
                        continue
                    self._busy.add(place)
                threading.Thread(
                    target=self._work_off, args=(endpoint, place, goes_on), name="webhook",
                    daemon=True,
                ).start()  # fmt: skip

    def _work_off(
        self, endpoint: Endpoint, place: tuple[str, int], goes_on: Callable[[], bool]
    ) -> None:
        try:
            while goes_on() and self._send_next(endpoint):
                pass
        except Exception as error:  # it is begun again in a second
            _log.error("webhooks_failed", endpoint=endpoint.id, error=type(error).__name__)
        finally:
            with self._lock:
                self._busy.discard(place)

    def _send_next(self, endpoint: Endpoint) -> bool:
        now = self._clock()
        taken = self._webhooks.take(endpoint, now, now + _LEASE)
        if taken is None or taken.endpoint.off:
            return False
        attempt = self._attempt(taken)
        if attempt.status is not None and 200 <= attempt.status < 300:
            self._webhooks.tried(taken, attempt, "delivered", None)
            self._note(endpoint.id, failing=False)
            return True
        if taken.number > len(WAITS):
            self._webhooks.tried(taken, attempt, "given_up", None)
        else:
            at = self._clock() + wait_after(taken.message.id, taken.number)
            self._webhooks.tried(taken, attempt, "waiting", at)
        return self._note(endpoint.id, failing=True, gone=attempt.status == _GONE)

    def _attempt(self, taken: Taken) -> Attempt:
        sent, message = self._world().replace(microsecond=0), taken.message
        signed = (Webhook(s).sign(message.id, sent, message.body) for s in taken.secrets)
        headers = {
            "content-type": "application/json",
            "webhook-id": message.id,
            "webhook-timestamp": str(int(sent.timestamp())),
            "webhook-signature": " ".join(signed),
        }
        at = self._clock()
        try:
            status, answer = self._post(taken.endpoint.url, headers, message.body.encode())
        except Unanswered as error:
            return Attempt(at, None, error.problem)
        return Attempt(at, status, answer=answer)

    def _note(self, id_: str, *, failing: bool, gone: bool = False) -> bool:
        """Whether an endpoint fails, and since when; whether it is still to be sent to."""
        endpoint = next((e for e in self._webhooks.endpoints() if e.id == id_), None)
        if endpoint is None:
            return False
        now = self._clock()
        since = (endpoint.failing_since or now) if failing else None
        off: OffWhy = endpoint.off
        if gone:
            off = "gone"
        elif since is not None and now - since >= SWITCHED_OFF_AFTER:
            off = off or "failing"
        if (since, off) != (endpoint.failing_since, endpoint.off):
            self._webhooks.change(replace(endpoint, failing_since=since, off=off))
        return not off


def wait_after(message: str, number: int) -> timedelta:
    """How long to wait after the ``number``-th failure: up to a tenth longer for some messages than
    for others, so that what failed together does not come back together."""
    spread = int.from_bytes(hashlib.sha256(f"{message}:{number}".encode()).digest()[:2]) / 655_360
    return WAITS[number - 1] * (1 + spread)
