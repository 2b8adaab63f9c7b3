"""A postal address as commands carry it."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from amends.kernel.texts import Code, Name

# Countries differ in the parts of an address and in their order, so the parts are the caller's.
Address = Annotated[
    dict[Code, Name],
    Meta(
        min_length=1,
        max_length=20,
        description="parts by name, as written there: street, city, postcode, country, ...",
    ),
]
