// peers.js graphile-worker|pg-boss one|batch COUNT: puts COUNT jobs that do nothing, then writes the seconds from the first
// start to when none is left to be done. The database is the one that PGHOST and the like name.
//
// one: each job is claimed and ended by itself. batch: graphile-worker as its documentation has it for throughput (24 at once,
// a pool of 25, a local queue of 500, ends together); pg-boss by fetch and complete of 500, which is faster than work().
import pg from 'pg'

const BATCH = 500
const [peer, mode, text] = process.argv.slice(2)
const count = Number(text)
const now = () => Number(process.hrtime.bigint()) / 1e9
const quiet = () => {}

async function drainGraphile() {
  const { Logger, makeWorkerUtils, run } = await import('graphile-worker')
  const batched = mode === 'batch' ? { localQueue: { size: BATCH }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } : {}
  const logger = new Logger(() => quiet)
  const pgPool = new pg.Pool({ max: mode === 'batch' ? 25 : 2 })
  const utils = await makeWorkerUtils({ pgPool, logger })
  await utils.migrate()
  for (let put = 0; put < count; put += 5000)
    await utils.addJobs(Array.from({ length: Math.min(5000, count - put) }, () => ({ identifier: 'nothing', payload: {} })))
  let began = 0, done = 0, tellDone
  const all = new Promise((resolve) => { tellDone = resolve })
  const nothing = async () => {
    if (began === 0) began = now()
    if (++done === count) tellDone()
  }
  const runner = await run({
    preset: { worker: { concurrentJobs: mode === 'batch' ? 24 : 1, pollInterval: 2000, ...batched } },
    pgPool, logger, noHandleSignals: true, taskList: { nothing },
  })
  await all
  while ((await pgPool.query('SELECT count(*)::int AS n FROM graphile_worker.jobs')).rows[0].n > 0);
  const seconds = now() - began
  await runner.stop()
  await utils.release()
  await pgPool.end()
  return seconds
}

async function drainBoss() {
  const { PgBoss } = await import('pg-boss')
  const boss = new PgBoss({ supervise: false, schedule: false })
  boss.on('error', (error) => { throw error })
  await boss.start()
  await boss.createQueue('nothing')
  for (let put = 0; put < count; put += 5000)
    await boss.insert('nothing', Array.from({ length: Math.min(5000, count - put) }, () => ({ data: {} })))
  const began = now()
  for (let done = 0; done < count;) {
    const jobs = await boss.fetch('nothing', { batchSize: mode === 'batch' ? BATCH : 1 })
    if (jobs.length === 0) throw new Error(`${done} of ${count} jobs were to be had`)
    await boss.complete('nothing', jobs.map((job) => job.id))
    done += jobs.length
  }
  const seconds = now() - began
  await boss.stop({ graceful: false })
  return seconds
}

console.log((peer === 'pg-boss' ? await drainBoss() : await drainGraphile()).toFixed(6))
process.exit(0)
