from __future__ import annotations

from pathlib import Path

import pytest

from amends.adapters.mail.folder import FolderMailer
from amends.engine.outside import Mail
from tests.adapters.clocks import standing_clock
from tests.adapters.contract_mail import MAIL, MailerContract


class TestFolderMailer(MailerContract):
    @pytest.fixture
    def mailer(self, tmp_path: Path) -> FolderMailer:
        self.folder = tmp_path / "mail" / "out"
        return FolderMailer(self.folder, "amends@market.example", standing_clock())

    def arrived(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted(self.folder.glob("*.eml"))]

    def test_a_mail_sent_again_is_there_once(self, mailer: FolderMailer) -> None:
        mailer.send(MAIL)
        mailer.send(MAIL)
        mailer.send(Mail(MAIL.to, "Another", "Words.\n", None, "m2"))
        assert len(self.arrived()) == 2

    def test_leaves_nothing_but_whole_messages(self, mailer: FolderMailer) -> None:
        mailer.send(MAIL)
        assert [path.name for path in self.folder.iterdir()] == ["01hx.notice-1.eml"]
        assert self.folder.stat().st_mode & 0o077 == 0
