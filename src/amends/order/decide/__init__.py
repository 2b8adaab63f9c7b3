"""Every command of an order, one file each; here they are listed, and a command finds its file."""

from __future__ import annotations

OrderCommand = None
