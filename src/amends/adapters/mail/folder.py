"""Mail that stays here: each message a file in a folder, for demos, tests and small set-ups."""

from __future__ import annotations

import os
from email.headerregistry import Address
from pathlib import Path

from amends.adapters.mail.message import compose
from amends.engine.outside import Clock, Mail


class FolderMailer:
    """Writes ``<message_id>.eml`` into ``folder``, which is made when missing.

    A file is complete or absent; a mail sent again replaces its file, so it is there once.
    """

    def __init__(self, folder: Path, sender: str, clock: Clock) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._sender = Address(addr_spec=sender)
        self._clock = clock

    def send(self, mail: Mail) -> None:
        """Write the message. Raises MailRefused when it cannot be one, OSError without disk."""
        message = compose(mail, self._sender, self._clock.now())
        unfinished = self._folder / f".{mail.message_id}.part"
        with unfinished.open("wb") as file:
            file.write(message.as_bytes())
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._folder / f"{mail.message_id}.eml")
