"""What every store must do: the outbox."""

from __future__ import annotations

import threading

from msgspec.structs import replace

from amends.engine.store import JobToRun, Store, Write
from amends.kernel.record import Column, Job
from tests.store.given import DAY, NOW, SECOND, event, state


class JobsContract:
    def outbox(self, store: Store, *jobs: Job) -> None:
        store.records.write([Write("A", 0, (event(1),), state(1), jobs=jobs)])

    def test_due_jobs_are_taken_earliest_first_and_by_nobody_else(self, store: Store) -> None:
        self.outbox(
            store,
            Job("late", "mail", NOW + SECOND, {"n": 2, "to": None, "word": "é"}),
            Job("soon", "mail", NOW, {}),
            Job("not yet", "mail", NOW + DAY, {}),
        )
        jobs = store.jobs
        assert jobs.next_run() == NOW
        taken = jobs.take(NOW + SECOND, 9, NOW + DAY)
        assert [(j.order, j.id, j.kind, j.attempts) for j in taken] == [
            ("A", "soon", "mail", 1),
            ("A", "late", "mail", 1),
        ]
        assert taken[1].payload == {"n": 2, "to": None, "word": "é"}
        assert taken[1].run_at == NOW + SECOND
        assert jobs.take(NOW + SECOND, 9, NOW + DAY) == []

    def test_what_waits_for_an_order_is_told_until_it_is_done(self, store: Store) -> None:
        self.outbox(store, Job("j", "mail", NOW, {}))
        assert store.jobs.waits("A", "mail")
        assert not store.jobs.waits("A", "refund")
        assert not store.jobs.waits("B", "mail")
        (taken,) = store.jobs.take(NOW, 1, NOW + SECOND)
        assert store.jobs.waits("A", "mail")
        assert store.jobs.finish(taken)
        assert not store.jobs.waits("A", "mail")

    def test_a_lease_that_ran_out_lets_another_have_it(self, store: Store) -> None:
        self.outbox(store, Job("j", "mail", NOW, {}))
        (first,) = store.jobs.take(NOW, 1, NOW + SECOND)
        (second,) = store.jobs.take(NOW + SECOND, 1, NOW + DAY)
        assert second.attempts == 2
        assert not store.jobs.finish(first)
        assert not store.jobs.again(first, NOW)
        assert store.jobs.finish(second)
        assert store.jobs.next_run() is None
        assert not store.jobs.finish(second)

    def test_a_job_put_back_runs_at_its_new_instant(self, store: Store) -> None:
        self.outbox(store, Job("j", "mail", NOW, {}))
        (job,) = store.jobs.take(NOW, 1, NOW + DAY)
        assert store.jobs.again(job, NOW + 5 * SECOND)
        assert store.jobs.next_run() == NOW + 5 * SECOND
        assert store.jobs.take(NOW + 4 * SECOND, 1, NOW + DAY) == []
        assert store.jobs.take(NOW + 5 * SECOND, 1, NOW + DAY)[0].attempts == 2

    def test_no_more_than_asked_for(self, store: Store) -> None:
        self.outbox(store, *(Job(f"j{i}", "mail", NOW, {}) for i in range(5)))
        assert len(store.jobs.take(NOW, 3, NOW + DAY)) == 3
        assert len(store.jobs.take(NOW, 3, NOW + DAY)) == 2

    def test_a_job_of_no_order(self, store: Store) -> None:
        store.jobs.add(Job("j", "mail", NOW, {"to": "ann"}))
        store.jobs.add(Job("j", "mail", NOW + DAY, {"to": "bob"}))
        (taken,) = store.jobs.take(NOW + DAY, 9, NOW + 2 * DAY)
        assert (taken.order, taken.id, taken.payload) == ("", "j", {"to": "ann"})
        assert store.jobs.finish(taken)
        assert store.jobs.next_run() is None

    def letters(self, store: Store) -> None:
        """Three to ann, one of them due later, one to bob, and one of another kind. The first two
        are taken first."""
        to_ann: dict[str, Column] = {"to": "ann"}
        self.outbox(
            store,
            Job("1", "mail", NOW - 2 * SECOND, {**to_ann, "says": "a"}),
            Job("2", "mail", NOW - SECOND, {**to_ann, "says": "b"}),
            Job("3", "mail", NOW + DAY, {**to_ann, "says": "c"}),
            Job("4", "mail", NOW, {"to": "bob", "says": "d"}),
            Job("5", "parcel", NOW, {**to_ann, "says": "e"}),
        )

    def test_jobs_alike_are_made_one(self, store: Store) -> None:
        self.letters(store)
        jobs = store.jobs
        one, two, four, five = jobs.take(NOW, 9, NOW + SECOND)
        assert one.others is None
        whole = jobs.gather(one, ("to",))
        assert whole == replace(
            one, others={"2": {"to": "ann", "says": "b"}, "3": {"to": "ann", "says": "c"}}
        )
        assert jobs.gather(two, ("to",)) is None, "it is in the first"
        assert not jobs.finish(two)
        assert jobs.gather(four, ("to",)) == replace(four, others={})
        assert jobs.gather(five, ("to",)) == replace(five, others={})
        assert jobs.finish(whole)
        assert jobs.next_run() == NOW + SECOND, "the third is in the outbox no more"

    def test_what_was_gathered_comes_again_as_it_was(self, store: Store) -> None:
        self.letters(store)
        (one,) = store.jobs.take(NOW, 1, NOW + SECOND)
        whole = store.jobs.gather(one, ("to",))
        assert whole
        later = Job("6", "mail", NOW, {"to": "ann", "says": "f"})
        store.records.write([Write("A", 1, (event(2),), state(2), jobs=(later,))])
        by_id = {job.id: job for job in store.jobs.take(NOW + SECOND, 9, NOW + 2 * SECOND)}
        assert by_id.keys() == {"1", "4", "5", "6"}
        assert by_id["1"].others == whole.others
        assert store.jobs.gather(by_id["1"], ("to",)) == by_id["1"]
        assert store.jobs.gather(whole, ("to",)) == whole
        assert store.jobs.gather(by_id["6"], ("to",)) == replace(by_id["6"], others={})

    def test_what_another_has_is_not_gathered(self, store: Store) -> None:
        self.letters(store)
        (mine,) = store.jobs.take(NOW, 1, NOW + SECOND)
        (theirs,) = store.jobs.take(NOW, 1, NOW + 2 * SECOND)
        assert (mine.id, theirs.id) == ("1", "2")
        whole = store.jobs.gather(mine, ("to",))
        assert whole
        assert set(whole.others or ()) == {"3"}
        assert store.jobs.gather(theirs, ("to",)) == replace(theirs, others={})
        store.jobs.take(NOW + SECOND, 9, NOW + DAY)
        assert store.jobs.gather(mine, ("to",)) is None, "it was taken from us"

    def test_of_two_who_gather_at_once_each_job_is_with_one(self, store: Store) -> None:
        self.letters(store)
        jobs = [job for job in store.jobs.take(NOW, 9, NOW + SECOND) if job.id in "12"]
        ready = threading.Barrier(len(jobs))
        found: list[JobToRun | None] = []

        def gather(job: JobToRun) -> None:
            ready.wait()
            found.append(store.jobs.gather(job, ("to",)))

        threads = [threading.Thread(target=gather, args=(job,)) for job in jobs]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        (whole,) = filter(None, found)
        assert {whole.id, *(whole.others or ())} == {"1", "2", "3"}

    def test_jobs_are_hastened(self, store: Store) -> None:
        self.letters(store)
        assert not store.jobs.hasten("mail", NOW + DAY)
        taken = {job.id for job in store.jobs.take(NOW, 9, NOW + DAY + SECOND)}
        assert not store.jobs.hasten("parcel", NOW)
        assert store.jobs.hasten("mail", NOW)
        assert [job.id for job in store.jobs.take(NOW, 9, NOW + DAY)] == ["3"]
        assert "3" not in taken, "what somebody has stays where it is"
        assert store.jobs.next_run() == NOW + DAY

    def test_a_job_asked_for_twice_is_one(self, store: Store) -> None:
        self.outbox(store, Job("j", "mail", NOW, {"n": 1}))
        again = Job("j", "mail", NOW + DAY, {"n": 2})
        store.records.write([Write("A", 1, (event(2),), state(2), jobs=(again,))])
        (job,) = store.jobs.take(NOW + DAY, 9, NOW + DAY)
        assert job.payload == {"n": 1}
