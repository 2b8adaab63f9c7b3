"""What can have happened to an order, and what each event makes of its state.

Events are the record: JSON, tagged by ``type``, never changed once released. ``at`` is when it
happened. Texts are references (``..._ref``) to contents kept apart.
"""

from __future__ import annotations

from amends.kernel.record import tagged
from amends.order.events import books, life, money, proof
from amends.order.events.base import OrderEvent

ORDER_EVENTS = tagged(OrderEvent, books, life, money, proof)
