"""Workers: real processes of the program."""
import os
import signal
import subprocess

from ground import PROGRAM, Finding, eventually

SLOTS = 2


class Worker:
    def __init__(self, database, folder, number):
        servers = database.servers
        self.log = os.path.join(folder, "worker%d.log" % number)
        self.said = open(os.path.join(folder, "worker%d.out" % number), "wb")
        # the shell's process becomes the worker's, so that its connections can say its number
        script = ('exec "$0" --dsn "$1" --redis "$2" --worker --slots %d --http-port off --log-file "$3" --grace 60'
                  % SLOTS)
        self.process = subprocess.Popen(["sh", "-c", 'set -- "$(printf "$1" $$)" "$2" "$3"; ' + script, PROGRAM,
                                         servers.dsn(database.name, "%d"), servers.redis, self.log],
                                        stdin=subprocess.DEVNULL, stdout=self.said, stderr=self.said)
        self.pid = self.process.pid
        self.stopped = self.killed = False

    def signal(self, number):
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            raise Finding("worker %d has ended by itself: %s" % (self.pid, self.last_words()))

    def kill(self):
        self.killed = True
        self.signal(signal.SIGKILL)
        self.process.wait()
        self.said.close()

    def stop(self):
        self.stopped = True
        self.signal(signal.SIGSTOP)

    def wake(self):
        self.stopped = False
        self.signal(signal.SIGCONT)

    def check(self):
        if not self.killed and self.process.poll() is not None:
            raise Finding("worker %d has ended by itself with %d: %s" % (self.pid, self.process.returncode,
                                                                        self.last_words()))

    def last_words(self):
        text = ""
        for path in (self.log, self.said.name):
            if os.path.exists(path):
                with open(path, errors="replace") as file:
                    text += file.read()[-1500:]
        return text

    def drain(self):
        """SIGTERM: it must end by itself, with 0."""
        self.check()
        self.signal(signal.SIGTERM)

    def await_end(self):
        eventually("worker %d drains" % self.pid, lambda: self.process.poll() is not None)
        self.said.close()
        if self.process.returncode != 0:
            raise Finding("worker %d drained and ended with %d: %s" % (self.pid, self.process.returncode,
                                                                       self.last_words()))


class Crew:
    def __init__(self, database, folder, count):
        self.database, self.folder, self.number = database, folder, 0
        self.workers = []
        for _ in range(count):
            self.hire()

    def hire(self):
        self.number += 1
        self.workers.append(Worker(self.database, self.folder, self.number))

    def awake(self):
        return [worker for worker in self.workers if not worker.stopped and not worker.killed]

    def busy(self, random):
        """One that runs a job, else any; as the seed draws."""
        running = self.database.rows("SELECT split_part(worker, ':', 2) FROM ops.jobs WHERE state = 'running'")
        pids = {row[0] for row in running}
        awake = self.awake()
        return random.choice([worker for worker in awake if str(worker.pid) in pids] or awake)

    def end(self):
        for worker in self.workers:
            if worker.stopped:
                worker.wake()
        for worker in self.awake():
            worker.drain()
        for worker in self.awake():
            worker.await_end()

    def abandon(self):
        for worker in self.workers:
            if worker.process.poll() is None:
                worker.process.kill()
                worker.process.wait()
