"""Reading the forms that files come with."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.datastructures import FormMultiDict
from litestar.exceptions import ClientException


class NotWhole(ClientException):
    """A form that came broken, or was cut off on its way: 400."""


async def form_in(request: Request[Any, Any, Any]) -> FormMultiDict:
    """The form in the body. Raises NotWhole, and HTTPException for a body that is too large."""
    try:
        return await request.form()
    except ClientException as error:
        if error.status_code != NotWhole.status_code:
            raise
        raise NotWhole from error
    except (UnicodeDecodeError, LookupError) as error:  # a field in no charset that is known
        raise NotWhole from error
