"""Bugs planted on purpose in a copy of the source, each of which a test has to find.

    python -m tests.money.planted [--only NAME] [--lives 200]

Each is a way in which money has gone twice, nowhere, or unseen in some system. With ``--lives`` it
is also counted how many lives of the simulation go wrong with it.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

ROOT = Path(__file__).parents[2]
_KNOWN = "tests/money/test_known_bugs.py::"


class Bug(Struct, frozen=True):
    """``before`` stands once in ``file`` and becomes ``after``; ``found_by`` fails then."""

    name: str
    file: str
    before: str
    after: str
    found_by: str


BUGS = (
    Bug(
        "a key for each attempt",
        "entrypoints/jobs/payments.py",
        "order.money(refund.amount), refund.id\n",
        "order.money(refund.amount), f'{refund.id}-{refund.state}'\n",
        _KNOWN + "test_a_call_that_arrives_just_before_it_is_sent_again",
    ),
    Bug(
        "a key of payment and amount",
        "entrypoints/jobs/payments.py",
        "order.money(refund.amount), refund.id\n",
        "order.money(refund.amount), f'{order.payment.reference}-{refund.amount}'\n",
        _KNOWN + "test_two_equal_partial_refunds_are_both_paid_once_each",
    ),
    Bug(
        "sent again without reading",
        "entrypoints/jobs/payments.py",
        "begun = job.attempts > 1 or refund.state != \"recorded\"",
        "begun = False",
        _KNOWN + "test_a_provider_that_is_down_for_72_hours",
    ),
    Bug(
        "an attempt that is not on record",
        "entrypoints/jobs/payments.py",
        "begun = job.attempts > 1 or refund.state != \"recorded\"",
        "begun = refund.state == \"unknown\"",
        _KNOWN + "test_a_process_that_dies_after_paying_and_comes_back_later",
    ),
    Bug(
        "an unclear answer taken for a failure",
        "entrypoints/jobs/payments.py",
        "            self._tell(order, ReportRefundUnknown(refund.id))\n"
        "            return self._look(provider, order, refund, job.attempts)\n",
        "            return self._tell(order, ReportRefundFailed(refund.id, \"timeout\"))\n",
        _KNOWN + "test_a_lost_reply_then_a_retry",
    ),
    Bug(
        "what is under way is not counted",
        "order/state.py",
        "        return self.under_way or self.state == \"settled\"\n",
        "        return self.state == \"settled\"\n",
        _KNOWN + "test_two_refunds_of_60_on_100_racing",
    ),
    Bug(
        "written at whatever version",
        "store/sqlite/records.py",
        "if w.expected != heads.get(w.order",
        "if False and w.expected != heads.get(w.order",
        _KNOWN + "test_two_refunds_of_60_on_100_racing",
    ),
    Bug(
        "refunded while a bank decides",
        "order/freezing.py",
        "    if order.chargeback_open:\n",
        "    if False:\n",
        _KNOWN + "test_a_refund_waits_for_a_bank_that_has_taken_a_part",
    ),
    Bug(
        "what a bank gave back is refunded too",
        "order/retries.py",
        "    return refund.amount <= order.captured - order.taken_by_bank - first\n",
        "    return True\n",
        _KNOWN + "test_a_bank_that_takes_a_part_leaves_the_rest",
    ),
    Bug(
        "a chargeback borne in full by each order",
        "entrypoints/webhooks_in/chargebacks.py",
        "    split = iter(allocate(min(max(rest, 0), sum(left)), left) if orders else [])\n",
        "    split = iter(min(max(rest, 0), part) for part in left)\n",
        "tests/entrypoints/test_chargebacks.py::TestOnePaymentOverSeveralOrders",
    ),
    Bug(
        "a failure heard twice is tried again twice",
        "order/decide/refund_failed.py",
        "    if refund.state in (\"failed\", \"reversed\") or ",
        "    if ",
        "tests/order/decide/test_refund_reports.py",
    ),
    Bug(
        "sent beside what will be tried again",
        "dispute/money.py",
        "        if refund.counts or _is_tried_again(order, refund)\n",
        "        if refund.counts\n",
        "tests/dispute/test_money.py",
    ),
    Bug(
        "a report believed instead of read",
        "entrypoints/webhooks_in/intake.py",
        "        refund = provider.find_refund(about.intent, order.payment.reference)\n",
        "        import msgspec\n"
        "        from amends.engine.outside import ProviderRefund\n"
        "        told = msgspec.json.decode(callback.body).get('refund')\n"
        "        refund = msgspec.convert(told, ProviderRefund)\n",
        "tests/entrypoints/test_callbacks.py::test_an_old_report_does_not_undo_a_newer_one",
    ),
    Bug(
        "a report that could not be taken counts as taken",
        "entrypoints/webhooks_in/intake.py",
        "                self._later(callback, type(error).__name__)\n",
        "                self._store.callbacks.finish(callback, \"understood\", \"\")\n",
        "tests/money/test_callbacks.py",
    ),
    Bug(
        "a report answered and not kept",
        "entrypoints/webhooks_in/intake.py",
        "        return self._store.callbacks.keep(provider, heard, self._clock.now())\n",
        "        return True\n",
        "tests/entrypoints/test_callbacks.py",
    ),
    Bug(
        "a job done before it was done",
        "engine/jobs.py",
        "            outcome = handlers[job.kind](job)\n",
        "            jobs.finish(job)\n            outcome = handlers[job.kind](job)\n",
        "tests/money/test_fail_at_n.py",
    ),
    Bug(
        "a refund after the payout that nobody owes",
        "projections/ledger.py",
        "        \"seller\": fee - share if order.released is not None else 0,\n",
        "        \"seller\": fee - order.released if order.released is not None else 0,\n",
        _KNOWN + "test_a_refund_after_the_payout_is_recovered_from_the_seller",
    ),
    Bug(
        "a dead card tried for ever",
        "order/decide/refund_failed.py",
        "    elif refund.attempt <= terms.retries and not refund.traced:\n",
        "    elif not refund.traced:\n",
        _KNOWN + "test_an_expired_card",
    ),
)  # fmt: skip


def planted(bug: Bug, folder: Path) -> Path:
    """A copy of the source with the bug in it; the folder it is imported from.

    Raises ValueError when its place is not in the source any more, or not alone.
    """
    shutil.copytree(ROOT / "src", folder / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for beside in ("policies", "examples"):
        (folder / beside).symlink_to(ROOT / beside)
    file = folder / "src" / "amends" / bug.file
    text = file.read_text("utf-8")
    if text.count(bug.before) != 1:
        raise ValueError(f"the place of {bug.name} stands {text.count(bug.before)} times")
    file.write_text(text.replace(bug.before, bug.after), "utf-8")
    return folder / "src"


def finds(test: str, source: Path) -> str:
    """The name of the first test that fails on ``source``; nothing when none does."""
    command = ["-m", "pytest", test, "-x", "-q", "--no-header", "-n", "0"]
    found = re.search(r"^(?:FAILED|ERROR) (\S+)", _ran(command, source), re.MULTILINE)
    return found[1].rpartition("::")[2] if found else ""


def lives(source: Path, seeds: int) -> int:
    """How many of so many lives go wrong on ``source``."""
    said = _ran(["-m", "tests.money.simulation", "--seeds", str(seeds)], source)
    found = re.search(r"(\d+) wrong", said)
    return int(found[1]) if found else seeds


def _ran(command: list[str], source: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def main() -> None:
    """The command line. Exit code 1 when a bug is found by nobody."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", default="")
    parser.add_argument("--lives", type=int, default=0)
    asked = parser.parse_args()
    survivors = 0
    for bug in BUGS:
        if asked.only not in bug.name:
            continue
        with TemporaryDirectory() as folder:
            source = planted(bug, Path(folder))
            by = finds(bug.found_by, source)
            wrong = f", {lives(source, asked.lives)} of {asked.lives} lives" if asked.lives else ""
        survivors += not by
        sys.stdout.write(f"{bug.name}: {by or 'SURVIVES'}{wrong}\n")
        sys.stdout.flush()
    raise SystemExit(1 if survivors else 0)


if __name__ == "__main__":
    main()
