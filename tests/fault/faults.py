"""What can go wrong, each a function of the load that it befalls. Moments and victims are the seed's."""
import json
import signal

from ground import Finding, eventually

LIVE = "state IN ('scheduled', 'available', 'running', 'retryable')"


def expire(load, worker):
    """The leases of a worker that cannot renew them are over: as if their time had passed."""
    load.database.rows("UPDATE ops.jobs SET lease_until = clock_timestamp() WHERE state = 'running'"
                       " AND split_part(worker, ':', 2) = '%d'; NOTIFY ytempire_jobs" % worker.pid)


def kill_worker(load):
    worker = load.crew.busy(load.random)
    worker.kill()
    expire(load, worker)
    load.crew.hire()


def sleep_worker(load):
    """Stopped for longer than its lease, then awake again: until it hears, it believes its leases to hold."""
    worker = load.crew.busy(load.random)
    worker.stop()
    load.crew.hire()
    load.zombies.append(worker)
    expire(load, worker)


def wake_workers(load, patience=12):
    """Lets those that sleep wake up, as soon as others have their jobs. A server that was restarted has ended their
    transactions; one that sleeps in the middle of one keeps its job, whatever its lease, and is woken all the same."""
    for worker in load.zombies:
        held = ("SELECT count(*) FROM ops.jobs WHERE state = 'running' AND split_part(worker, ':', 2) = '%d'"
                % worker.pid)
        try:
            eventually("its jobs are taken from it", lambda: load.database.value(held) == "0", patience)
            load.count("zombies whose jobs were taken")
        except Finding:
            load.count("zombies in a transaction, left their jobs")
        worker.wake()
    load.zombies.clear()


def restart_fast(load):
    load.servers.restart_postgres("fast")


def restart_immediate(load):
    load.servers.restart_postgres("immediate")


def restart_redis(load):
    load.servers.end("Redis", signal.SIGKILL)
    load.servers.up()


def lose_redis(load):
    """It stays away until something else starts the servers, or the load ends."""
    load.servers.end("Redis", signal.SIGKILL)


def cancel(load):
    """Of one that runs, if any does; its receipt must come, whatever becomes of the job."""
    jobs = load.database.rows("SELECT id FROM ops.jobs WHERE %s ORDER BY state <> 'running', id LIMIT 2" % LIVE)
    if not jobs:
        return
    job = load.random.choice(jobs)[0]
    done = load.database.program("job cancel " + job)
    if done.returncode not in (0, 1) or (done.returncode == 1 and "has ended" not in done.stderr):
        raise Finding("'job cancel %s' ended with %d: %s" % (job, done.returncode, done.stderr))
    if done.returncode == 0:
        load.cancels += [receipt["stopped_ms"] for receipt in json.loads(done.stdout)]
    again(load)


def again(load):
    """What was cancelled is asked for anew."""
    for (job,) in load.database.rows("SELECT id FROM ops.jobs WHERE state = 'cancelled'"):
        done = load.database.program("job retry " + job)
        if done.returncode != 0:
            raise Finding("'job retry %s' ended with %d: %s" % (job, done.returncode, done.stderr))


KINDS = [(kill_worker, 5), (sleep_worker, 4), (restart_fast, 2), (restart_immediate, 3), (restart_redis, 1),
         (lose_redis, 1), (cancel, 3)]
