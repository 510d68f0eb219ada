// Runs the Workers' scheduled jobs as Cloudflare's cron would, once a minute, in UTC.
import { workerNames } from "../repository.ts";
import { cronsOf, type Suite } from "./start-suite.ts";

const minuteMs = 60_000;

/** Starts the clock; the answer stops it. */
export function runCrons(suite: Suite, onFailure: (message: string) => void): () => void {
  const jobs = workerNames.flatMap((worker) => cronsOf(worker).map((cron) => ({ worker, cron })));
  let timer: NodeJS.Timeout;
  const waitForNextMinute = (): void => {
    timer = setTimeout(() => {
      const now = new Date(Math.floor(Date.now() / minuteMs) * minuteMs);
      for (const { worker, cron } of jobs.filter((job) => cronMatches(job.cron, now))) {
        suite.runScheduled(worker, cron, now).then(
          (outcome) => {
            if (outcome !== "ok") onFailure(`the scheduled job '${cron}' of ${worker} ended with ${outcome}`);
          },
          (error: unknown) => onFailure(`the scheduled job '${cron}' of ${worker} failed: ${String(error)}`),
        );
      }
      waitForNextMinute();
    }, minuteMs - (Date.now() % minuteMs));
  };
  waitForNextMinute();
  return () => clearTimeout(timer);
}

/** Whether a five-field cron expression of `*`, numbers, lists, ranges and steps names this minute. */
export function cronMatches(cron: string, time: Date): boolean {
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = ""] = cron.trim().split(/\s+/);
  return fieldMatches(minute, time.getUTCMinutes())
    && fieldMatches(hour, time.getUTCHours())
    && fieldMatches(dayOfMonth, time.getUTCDate())
    && fieldMatches(month, time.getUTCMonth() + 1)
    // Cloudflare counts from Sunday = 1.
    && fieldMatches(dayOfWeek, time.getUTCDay() + 1);
}

function fieldMatches(field: string, value: number): boolean {
  return field.split(",").some((part) => {
    const [range = "", step = "1"] = part.split("/");
    if (range === "*") return value % Number(step) === 0;
    const [from = NaN, to = step === "1" ? from : Infinity] = range.split("-").map(Number);
    return value >= from && value <= to && (value - from) % Number(step) === 0;
  });
}
