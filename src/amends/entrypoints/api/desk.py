"""Calls that come down to a command, worked off many at once.

What a call asks of the record - who is behind a key, the command itself, the texts of what is shown
after it - is asked for all calls that wait, so that they share round trips and a durable commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import structlog

from amends.engine.access import ApiKey
from amends.engine.store import Unavailable
from amends.entrypoints.api.auth import Asker
from amends.entrypoints.api.calls import Asked, Call, Reply
from amends.entrypoints.api.commands import accepted
from amends.entrypoints.api.context import Api
from amends.entrypoints.api.routes import Route
from amends.entrypoints.clock import drain
from amends.entrypoints.looking import texts_of_each
from amends.entrypoints.service import CaseAnswer
from amends.kernel.people import Actor

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Arrived:
    """A call of which is not known yet who makes it: ``call`` takes them, and their scopes.

    ``authorization`` and ``key`` are headers as they came, if they did.
    """

    route: Route
    authorization: str | None
    key: str | None
    call: Callable[[Actor, tuple[str, ...]], Call]


@dataclass(frozen=True, eq=False)
class _Waiting:
    """A call in line, and its reply to come."""

    arrived: Arrived
    coming: asyncio.Future[Reply | Exception]


class Desk:
    """Takes calls one by one, and answers each."""

    def __init__(self, api: Api, asker: Asker) -> None:
        self._api = api
        self._asker = asker
        self._groups = api.service.groups

    async def reply(self, arrived: Arrived) -> Reply:
        """The reply. Raises what went wrong: Problem, TooBusy, Unavailable, and faults of ours."""
        caller = arrived.authorization or ""
        with self._api.in_flight.hold(caller, arrived.key):
            return await self._place(caller, arrived)

    async def _place(self, caller: str, arrived: Arrived) -> Reply:
        loop = asyncio.get_running_loop()
        waiting = _Waiting(arrived, loop.create_future())
        place = self._groups.ask(self._answered, waiting, _tell, caller)
        patience = loop.call_later(self._groups.patience, self._groups.give_up, place)
        try:
            reply = await waiting.coming
        finally:
            patience.cancel()
        if isinstance(reply, Exception):
            raise reply
        return reply

    def _answered(self, waiting: Sequence[_Waiting]) -> list[Reply | Exception]:
        try:
            return self._replies([each.arrived for each in waiting])
        except Unavailable as error:
            _log.error("database_away", why=str(error), calls=len(waiting))
            raise

    def _replies(self, arrived: Sequence[Arrived]) -> list[Reply | Exception]:
        service = self._api.service
        replies: dict[int, Reply | Exception] = {}
        keys = self._asker.keys(each.authorization for each in arrived)
        asked: dict[int, Asked] = {}
        for n, each in enumerate(arrived):
            with _alone(n, replies):
                asked[n] = self._asked(each, keys)
        requests = [call.request for call in asked.values()]
        answers: dict[int, CaseAnswer] = {}
        about: dict[int, tuple[str, object]] = {}
        for (n, call), answer in zip(asked.items(), service.engine.handle(requests), strict=True):
            with _alone(n, replies):
                answers[n] = accepted(service, call.request, answer)
                about[n] = (answers[n].order, call.about(answers[n]))
        texts = texts_of_each(service, about.values())
        for n, found in zip(about, texts, strict=True):
            with _alone(n, replies):
                replies[n] = asked[n].show(answers[n], found)
        if service.sandbox is not None:
            # Answers are made from what the commands left; their jobs are done before they are
            # sent, so that whoever asks next finds everything at rest.
            drain(service)
        return [replies[n] for n in range(len(arrived))]

    def _asked(self, arrived: Arrived, keys: Mapping[str, ApiKey]) -> Asked:
        by, scopes = self._asker.admitted(arrived.route, arrived.authorization, keys)
        asked = arrived.route.handler(self._api, arrived.call(by, scopes))
        if not isinstance(asked, Asked):
            raise TypeError(f"{arrived.route.path} does not come down to a command")
        return asked


def _tell(answered: Sequence[tuple[_Waiting, Reply | Exception]]) -> None:
    loop = answered[0][0].coming.get_loop()  # a server has one
    # A server that could not wait any longer is gone, and so is whoever asked.
    with suppress(RuntimeError):
        loop.call_soon_threadsafe(_settle, answered)


def _settle(answered: Sequence[tuple[_Waiting, Reply | Exception]]) -> None:
    for waiting, reply in answered:
        if not waiting.coming.done():
            waiting.coming.set_result(reply)


@contextmanager
def _alone(n: int, replies: dict[int, Reply | Exception]) -> Iterator[None]:
    """What goes wrong with one call is its own reply, and does not touch its neighbours."""
    try:
        yield
    except Exception as error:
        replies[n] = error
