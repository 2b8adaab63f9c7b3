"""What is looked at with a service at hand, whether or not one is running beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

from amends.engine.check import check
from amends.entrypoints.doctor.findings import Finding, failure, ok, warning
from amends.entrypoints.service import Service
from amends.kernel.instants import Instant

# A deadline is let go within a minute; a clock further off than that breaks the promise by itself.
_PROMPT, _LATE = timedelta(minutes=1), timedelta(minutes=10)
_OFF, _FAR_OFF = timedelta(seconds=2), timedelta(minutes=1)
_SERVES_WITHIN = timedelta(minutes=1)
_OFTEN = 8  # attempts: about forty minutes of trying
_PROBE = b"amends doctor"
_START = "start a server: amends serve"


def look_within(service: Service, providers: tuple[str, ...], sample: int) -> Iterator[Finding]:
    """Everything else; ``sample`` is how many orders are replayed."""
    yield from _durability(service)
    yield ok("packs", f"{len(service.library.all())} versions of policy packs, as they were pinned")
    if service.sandbox is None:
        yield from _clock(service)
    yield _files(service)
    yield from _lags(service)
    yield from _stuck(service)
    yield _replayed(service, sample)
    yield _similar(service)
    yield from _webhooks(service)
    yield from _providers(service, providers)


def _durability(service: Service) -> Iterator[Finding]:
    found = service.store.upkeep.durability()
    for says in found.failures:
        yield failure("database", f"{found.database}: {says}", "use a database that fits")
    for says in found.warnings:
        do = "acknowledged commits may be lost: mend the database's settings"
        yield warning("database", f"{found.database}: {says}", do)
    if not (found.failures or found.warnings):
        says = f"{found.database}; what is acknowledged outlives a crash"
        yield ok("database", says)


def _clock(service: Service) -> Iterator[Finding]:
    do = "set the machines' clocks by NTP, and look why this one is off"
    now, theirs = service.clock.now(), service.store.upkeep.server_time()
    beat = service.store.uptime.last_beat()
    if beat is not None and beat - now > _OFF:
        says = f"a server was up {_told(beat - now)} from now: this clock has gone back, or is slow"
        yield failure("clock", says, do)
        return
    off = abs(theirs - now) if theirs else timedelta(0)
    if off > _OFF:
        says = f"this machine's clock and the database's differ by {_told(off)}"
        yield failure("clock", says, do) if off > _FAR_OFF else warning("clock", says, do)
    elif beat is None:
        yield warning("clock", "no server was ever up on this database", _START)
    elif now - beat > _SERVES_WITHIN:
        yield warning("clock", f"no server has been up for {_told(now - beat)}", _START)
    else:
        yield ok("clock", "this machine's clock, the database's and the servers' agree")


def _files(service: Service) -> Finding:
    key = service.new_token()
    try:
        service.files.put(key, _PROBE)
        with closing(service.files.open(key)) as file:
            same = file.read() == _PROBE
        service.files.delete(key)
    except Exception as error:  # whatever keeps the files wherever they are
        says = f"a file cannot be kept: {type(error).__name__}"
        return failure("files", says, "look at the disk or the service that keeps the files")
    if not same:
        says = "a file does not come back as it was kept"
        return failure("files", says, "replace the disk, and restore the files from a back-up")
    return ok("files", "a file was kept, read and deleted")


def _lags(service: Service) -> Iterator[Finding]:
    for name, waiting, head in (
        ("outbox", "a job was to be done", service.store.jobs.next_run()),
        ("deadlines", "a deadline fell due", service.store.records.next_due()),
    ):
        yield _lag(name, waiting, head, service.clock.now())


def _lag(name: str, waiting: str, head: Instant | None, now: Instant) -> Finding:
    late = now - head if head else timedelta(0)
    if late <= _PROMPT:
        return ok(name, "nothing waits longer than it should")
    says = f"{waiting} {_told(late)} ago, and nobody has seen to it"
    do = f"{_START}; if one is up, its log says what fails"
    return failure(name, says, do) if late > _LATE else warning(name, says, do)


def _stuck(service: Service) -> Iterator[Finding]:
    for jobs in service.store.upkeep.stuck(_OFTEN):
        says = (
            f"{jobs.count} of kind {jobs.kind} were begun {_OFTEN} times or oftener and are not"
            f" done, one of order {jobs.order}"
        )
        do = "the servers' logs say which fail and why, at job_failed; others wait for a provider"
        yield warning("jobs", says, do)


def _replayed(service: Service, sample: int) -> Finding:
    orders = service.store.upkeep.sample(sample)
    wrong = sorted({d.order for d in check(service.store, service.engine.domain, orders)})
    if wrong:
        says = (
            f"{len(wrong)} of {len(orders)} orders are not what their record gives, as {wrong[0]}"
        )
        return failure("replay", says, "see all of it: amends db check")
    return ok("replay", f"{len(orders)} orders, taken at random, are what their record gives")


def _similar(service: Service) -> Finding:
    model = service.rulings.model
    count = service.store.ruling_words.of_other_models(model)
    if count and model:
        says = f"rulings that are not found yet by what their claims say: {count}"
        return warning("similar", says, "index them: amends db rebuild")
    if count:
        says = f"rulings indexed by what their claims say, which nothing here can read: {count}"
        do = "install amends[vectors] here as well, or index them without: amends db rebuild"
        return warning("similar", says, do)
    by = "words and by what their claims say in others" if model else "words"
    return ok("similar", f"like rulings are found by {by}")


def _webhooks(service: Service) -> Iterator[Finding]:
    endpoints = service.store.webhooks.endpoints()
    for e in endpoints:
        if e.off in ("failing", "gone"):
            says = f"{e.id} of {e.owner} was switched off: it is {e.off}"
            yield warning("webhooks", says, "tell that marketplace; it can switch it on again")
        elif not e.off and e.failing_since is not None:
            since = _told(service.clock.now() - e.failing_since)
            says = f"{e.id} of {e.owner} has taken no message for {since}"
            yield warning("webhooks", says, "tell that marketplace")
    if all(e.off == "asked" or not (e.off or e.failing_since) for e in endpoints):
        yield ok("webhooks", f"{len(endpoints)} endpoints, none of which fails")


def _providers(service: Service, providers: tuple[str, ...]) -> Iterator[Finding]:
    for name in providers:
        provider = service.provider_for(name)
        try:
            if provider is not None:
                next(iter(provider.refunds()), None)
        except Exception as error:  # each provider's library has its own
            says = f"{name} does not answer: {type(error).__name__}"
            do = "look at its key, at the network, and at its own status page"
            yield failure("payments", says, do)
        else:
            yield ok("payments", f"{name} answers")
    waiting = service.store.upkeep.waiting_refunds()
    unheard = {p: count for p, count in waiting.items() if service.provider_for(p) is None}
    for name, count in sorted(unheard.items()):
        says = f"refunds that wait for {name}, which is not connected: {count}"
        do = (
            "set its key in the environment of amends serve; or, where no such provider is meant,"
            " have them paid another way: amends money tasks"
        )
        yield failure("payments", says, do)
    if not (providers or unheard):
        yield ok("payments", "no payment provider is connected, and no refund waits for one")


def _told(span: timedelta) -> str:
    seconds = span.total_seconds()
    for size, name in ((86_400, "days"), (3_600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {name}"
    return f"{seconds:.0f} seconds"
