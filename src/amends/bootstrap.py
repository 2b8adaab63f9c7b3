"""The composition root: picks adapters, puts engine and entry points together."""

from __future__ import annotations

import shutil
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from amends.adapters.calendars import calendar_for
from amends.adapters.carriers.numbers import check_number
from amends.adapters.clock import SystemClock, VirtualClock
from amends.adapters.documents.typesetting import ChildTypesetter
from amends.adapters.evidence.inspection import ChildInspector
from amends.adapters.files.folder import FolderFiles
from amends.adapters.ids import new_id, new_token
from amends.adapters.mail.folder import FolderMailer
from amends.adapters.mail.smtp import SmtpMailer
from amends.adapters.meanings import sentence_meanings
from amends.adapters.packs import check_packs, load_packs, shipped_packs
from amends.adapters.payments.simulator import PaymentSimulator
from amends.adapters.signing import KeptSigner
from amends.adapters.webhooks import WebhookPoster
from amends.adapters.word_key import kept_key, word_digests
from amends.dispute.state import Case
from amends.engine.backup import Manifest, NotEmpty, Tell
from amends.engine.engine import Engine
from amends.engine.groups import Groups
from amends.engine.outside import (
    Clock,
    ConnectedProvider,
    IdentityProvider,
    Mailer,
    PaymentProvider,
)
from amends.engine.service import Meta
from amends.engine.store import Store
from amends.engine.webhooks import ANNOUNCE
from amends.entrypoints.cli.telling import shown
from amends.entrypoints.cli.toolkit import Toolkit
from amends.entrypoints.doctor.findings import Premises
from amends.entrypoints.domain import OrderDomain
from amends.entrypoints.goodwill import GoodwillReader
from amends.entrypoints.jobs.announcing import AnnounceJob
from amends.entrypoints.jobs.chargebacks import ChargebackAnswerJob
from amends.entrypoints.jobs.digest import DigestJob
from amends.entrypoints.jobs.links import SignInLinkJob
from amends.entrypoints.jobs.mail import MailJob
from amends.entrypoints.jobs.payments import CaptureJob, RefundJob
from amends.entrypoints.jobs.watching import WatchCaseJob, WatchListJob
from amends.entrypoints.judging.ties import TiesReader
from amends.entrypoints.judging.watching import WATCH_LIST
from amends.entrypoints.links import SignInLinks
from amends.entrypoints.pinning import claim, pin
from amends.entrypoints.service import CaseEngine, Sandbox, Service
from amends.entrypoints.similar.index import IndexRulingJob, RulingIndex
from amends.entrypoints.webhooks_in.intake import Intake
from amends.entrypoints.webhooks_out.sending import Courier
from amends.kernel.instants import Calendar, Instant, from_micros, to_micros
from amends.policy.library import Library
from amends.projections.rulings import INDEX_RULING
from amends.projections.watching import WATCH_CASE
from amends.settings import Settings
from amends.store import migrate, open_store
from amends.store.backup import back_up, restore
from amends.store.migrate import database_exists, database_path, schema_is_current
from amends.store.tables import TABLES
from amends.store.urls import is_postgres

__all__ = ["Settings", "build_service", "main", "serve", "toolkit"]

if TYPE_CHECKING:
    from amends.adapters.payments.stripe import StripePayments

_CLOCK = "sandbox_clock"


def build_service(settings: Settings) -> Service:
    """Everything an entry point needs, on the settings' database, which is made if missing.

    Raises SchemaNotCurrent, PackError, PinnedPackError, or ValueError for a sandbox on a database
    that is not one's own, and the other way round.
    """
    _keep_logs_plain()
    library = load_packs(settings.packs or shipped_packs())
    if not database_exists(settings.database):
        migrate(settings.database)
    settings.beside("files").parent.mkdir(parents=True, exist_ok=True)
    store = open_store(settings.database, synced=settings.synced)
    try:
        sandbox = claim(store, sandbox=settings.sandbox)
        pin(store.meta, library)
        return _service(replace(settings, sandbox=sandbox), store, library)
    except BaseException:
        store.close()
        raise


def _keep_logs_plain() -> None:
    """One line an event to stderr, tracebacks without the values of variables: those hold keys and
    people's words."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def _service(settings: Settings, store: Store, library: Library) -> Service:
    virtual = _virtual_clock(store.meta) if settings.sandbox else None
    clock: Clock = virtual or settings.clock or SystemClock()

    def working_days(state: Case | None) -> Calendar:
        country = state.order.buyer_country if state else None
        return calendar_for(country or None, clock.now())

    goodwill = GoodwillReader(store.views, settings.goodwill_budgets)
    engine: CaseEngine = Engine(
        OrderDomain(library),
        store,
        clock.now,
        new_id,
        working_days,
        store.staff.members,
        TiesReader(store.staff, library, clock),
        goodwill,
    )
    simulator = PaymentSimulator(settings.beside("payments"), clock, synced=settings.synced)

    stripe = _stripe_payments(settings, clock)
    connected: dict[str, ConnectedProvider] = {"simulator": simulator}
    if stripe is not None:
        connected["stripe"] = stripe

    def provider_for(name: str) -> PaymentProvider | None:
        return simulator if settings.sandbox else connected.get(name)

    intake = Intake(engine, store, connected, provider_for, clock)

    def hear(headers: Mapping[str, str], body: bytes) -> None:
        intake.receive("simulator", headers, body)
        intake.understand_due()

    simulator.listener = hear

    mailer = _mailer(settings, clock)
    links = SignInLinks(store.access, new_token, clock, settings.base_url)

    key = kept_key(settings.beside("words.key"))
    digest = word_digests(key)
    private = bool(settings.sandbox) or settings.webhooks_private
    rulings = RulingIndex(store, digest, sentence_meanings(key, digest))

    def close() -> None:
        simulator.close()
        store.close()

    return Service(
        engine=engine,
        groups=Groups(),
        store=store,
        library=library,
        clock=clock,
        files=FolderFiles(settings.beside("files")),
        inspector=ChildInspector(),
        check_number=check_number,
        handlers={
            "capture": CaptureJob(engine, simulator, all_of_it=bool(settings.sandbox)),
            "refund": RefundJob(engine, provider_for, clock),
            "chargeback_answer": ChargebackAnswerJob(engine, store, library, provider_for, clock),
            "mail": MailJob(
                engine.view,
                store,
                mailer,
                settings.base_url,
                clock,
                library,
                reply_to=settings.reply_to,
                links=links,
            ),
            "digest": DigestJob(engine, store, mailer, settings.base_url, clock),
            "sign_in_link": SignInLinkJob(engine.view, store, mailer, links),
            WATCH_CASE: WatchCaseJob(engine),
            WATCH_LIST: WatchListJob(engine),
            ANNOUNCE: AnnounceJob(engine),
            INDEX_RULING: IndexRulingJob(engine.view, rulings),
        },
        simulator=simulator,
        provider_for=provider_for,
        readers=connected,
        new_token=new_token,
        listings=_listings,
        calendar_for=working_days,
        base_url=settings.base_url,
        sandbox=Sandbox(virtual, simulator) if virtual else None,
        schema_is_current=partial(schema_is_current, settings.database),
        close=close,
        identity=_identity(settings),
        mailer=mailer,
        reply_to=settings.reply_to,
        mail_in_key=settings.mail_in_key,
        goodwill=goodwill,
        rulings=rulings,
        typesetter=ChildTypesetter(),
        signer=KeptSigner(settings.beside("casefile.key")),
        # Receivers judge a signature's age by the world's time, whatever a sandbox does.
        courier=Courier(
            store.webhooks, WebhookPoster(private=private), clock.now, SystemClock().now
        ),
        webhooks_private=private,
    )


def _stripe_payments(settings: Settings, clock: Clock) -> StripePayments | None:
    """Stripe, where it is connected; on a sandbox everything is paid at the simulator."""
    if settings.stripe is None or settings.sandbox:
        return None
    # Stripe's library is large, and most calls of the command line do without.
    from amends.adapters.payments.stripe import StripePayments  # noqa: PLC0415

    return StripePayments(settings.stripe, clock)


def _identity(settings: Settings) -> IdentityProvider | None:
    if settings.oidc is None:
        return None
    # As large, and few calls of the command line sign anybody in.
    from amends.adapters.identity.oidc import OidcProvider  # noqa: PLC0415

    # A company's sign-in keeps the world's time, whatever a sandbox does.
    return OidcProvider(settings.oidc, SystemClock())


def _listings(table: str, by: str) -> tuple[frozenset[str], ...]:
    return tuple(frozenset(x.where) for x in TABLES[table].listings if x.by == by)


def _mailer(settings: Settings, clock: Clock) -> Mailer:
    if settings.smtp is not None:
        return SmtpMailer(settings.smtp, clock)
    return FolderMailer(settings.beside("mail"), settings.sender, clock)


def _virtual_clock(meta: Meta) -> VirtualClock:
    def load() -> Instant | None:
        kept = meta.get(_CLOCK)
        return None if kept is None else from_micros(int(kept))

    return VirtualClock(load, lambda at: meta.put(_CLOCK, str(to_micros(at))))


def open_service(
    database: str,
    *,
    base_url: str = "",
    sandbox: bool | None = False,
    synced: bool = True,
) -> Service:
    """A service by what the command line was told, the rest from the environment."""
    return build_service(Settings.read(database, sandbox=sandbox, base_url=base_url, synced=synced))


def serve(service: Service, listening: socket.socket, worker: str) -> None:
    """Pages, API and the clock behind them in this process, until it is told to stop."""
    # Only a server needs these, and every command line call would wait for them.
    from amends.entrypoints.application import build_app, run_app  # noqa: PLC0415
    from amends.entrypoints.probes import Running  # noqa: PLC0415
    from amends.entrypoints.web.router import web_router  # noqa: PLC0415

    running = Running()
    app = build_app(service, [web_router(service)], worker=worker, running=running)
    run_app(app, listening, running)


def toolkit() -> Toolkit:
    """What the command line works with."""
    return Toolkit(
        open_service=open_service,
        serve=serve,
        migrate=_migrate,
        database_exists=database_exists,
        back_up=_back_up,
        restore=_restore,
        premises=_premises,
        load_packs=load_packs,
        check_packs=check_packs,
        shipped_packs=shipped_packs,
    )


def _migrate(database: str) -> None:
    with _newer_taught():
        migrate(database)


@contextmanager
def _newer_taught() -> Iterator[None]:
    from alembic.util import CommandError  # noqa: PLC0415

    try:
        yield
    except CommandError as error:
        raise ValueError(
            f"the database cannot be migrated ({error}); if a newer version of amends made it,"
            " install that version"
        ) from None


def _back_up(database: str, path: Path, tell: Tell) -> Manifest:
    files = FolderFiles(Settings.read(database).beside("files"))
    return back_up(database, files.all_kept, path, SystemClock().now, tell)


def _restore(path: Path, database: str, tell: Tell) -> Manifest:
    folder = Settings.read(database).beside("files")
    if folder.exists() and not FolderFiles(folder).is_empty():
        raise NotEmpty(f"there are files in {folder} already; they belong to another database")
    made = not folder.exists()
    try:
        with _newer_taught():
            return restore(path, database, FolderFiles(folder).put_back, tell)
    except BaseException:
        if made:
            shutil.rmtree(folder, ignore_errors=True)
        raise


def _premises(database: str, base_url: str) -> Premises:
    settings = Settings.read(database, sandbox=None, base_url=base_url)
    files, mail = settings.beside("files"), settings.beside("mail")
    own = () if is_postgres(database) else (database_path(database),)
    return Premises(
        database=shown(database),
        base_url=settings.base_url,
        doubts=settings.doubts(),
        folders=tuple(dict.fromkeys(path.parent for path in (files, *own))),
        private=(files, mail, settings.beside("words.key"), settings.beside("casefile.key"), *own),
        check_mail=SmtpMailer(settings.smtp, SystemClock()).check if settings.smtp else None,
        providers=("stripe",) if settings.stripe else (),
        exists=lambda: database_exists(database),
        schema_is_current=lambda: schema_is_current(database),
        open_service=lambda: build_service(settings),
    )


def main() -> None:
    """The command line: ``amends``."""
    from amends.entrypoints.cli.app import build_cli  # noqa: PLC0415

    # What a command answers is on stdout; what the service notes about itself is not part of it.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    build_cli(toolkit())()
