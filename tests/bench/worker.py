"""An idle worker: processor time a second, by the kernel's count, and memory. It is up, connected, and has nothing to do."""
import os
import subprocess
import time

SECONDS = 20
SHARE = 0.001                       # a thousandth of a core is not worth measuring
MEMORY = 24                         # MB


def processor_seconds(pid):
    """Of all its threads, to the nanosecond: utime counts in hundredths of a second."""
    tasks = f"/proc/{pid}/task"
    return sum(int(open(f"{tasks}/{task}/schedstat", encoding="ascii").read().split()[0]) for task in os.listdir(tasks)) / 1e9


def memory(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:")) / 1024


def measure(bench):
    log = os.path.join(os.environ["HOME"], "worker.log")
    worker = subprocess.Popen([bench.PROGRAM, "--local", "--worker", "--http-port", "0", "--log-file", log], stdin=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while not (os.path.exists(log) and '"event":"connected"' in open(log, encoding="utf-8").read()):
            assert time.monotonic() < deadline and worker.poll() is None, "the worker does not start"
            time.sleep(0.1)
        time.sleep(2)
        before = processor_seconds(worker.pid)
        time.sleep(SECONDS)
        bench.budget("worker: processor time of an idle one, of a core", (processor_seconds(worker.pid) - before) / SECONDS, SHARE)
        bench.budget("worker: memory of an idle one (MB)", memory(worker.pid), MEMORY)
    finally:
        worker.terminate()
        worker.wait()
