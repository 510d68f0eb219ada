// A run of a job that was killed holds its lease for minutes. Whoever starts a suite on a database that
// nobody else has open knows that such runs are dead, and need not wait.
import type { Database } from "./database.ts";

const endDeadRuns = `
UPDATE job_runs SET status = 'failed', finished_at = ?1, lease_until = NULL,
  error = 'the run ended without a word: the suite was stopped'
WHERE status = 'running'`;

/** Answers with the number of runs that it ended. */
export async function endRunsOfStoppedSuite(database: Database, nowMs: number): Promise<number> {
  const { meta } = await database.prepare(endDeadRuns).bind(nowMs).run();
  return meta.changes;
}
