"""An answer on its way: as it is, or a large one a piece at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any, BinaryIO

from anyio import to_thread
from litestar import Response
from litestar.response import Stream

from amends.entrypoints.api.calls import Reply

_PIECE = 1 << 18


def sent(reply: Reply, headers: Mapping[str, str]) -> Response[Any]:
    """The answer for the framework to send."""
    if reply.file is None:
        return Response(
            reply.body, status_code=reply.status, media_type=reply.media_type, headers=headers
        )
    return Stream(
        _pieces(reply.file),
        status_code=reply.status,
        media_type=reply.media_type,
        headers=headers,
    )


async def _pieces(file: BinaryIO) -> AsyncIterator[bytes]:
    try:
        while piece := await to_thread.run_sync(file.read, _PIECE):
            yield piece
    finally:
        file.close()
