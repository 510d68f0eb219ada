// Lines for whoever runs the process. One subject speaks at most once a minute, with how often it had
// something to say, so that an outage is a line and not a flood.

export type Level = "info" | "warn" | "error";
export type Say = (level: Level, line: string) => void;

const PAUSE_MS = 60_000;

export class Voice {
  private readonly say: Say;
  private readonly last = new Map<string, { atMs: number; heldBack: number }>();

  constructor(say: Say) {
    this.say = say;
  }

  /** Says it, or counts it where the same subject spoke within the last minute. */
  about(subject: string, level: Level, line: string): void {
    const now = Date.now();
    const before = this.last.get(subject);
    if (before !== undefined && now - before.atMs < PAUSE_MS && now >= before.atMs) {
      before.heldBack += 1;
      return;
    }
    this.last.set(subject, { atMs: now, heldBack: 0 });
    const more = before === undefined || before.heldBack === 0 ? "" : ` (and ${before.heldBack} times more since)`;
    this.plain(level, `${line}${more}`);
  }

  /** Says it now, and lets the subject speak again. */
  end(subject: string, level: Level, line: string): void {
    if (this.last.delete(subject)) this.plain(level, line);
  }

  private plain(level: Level, line: string): void {
    try {
      this.say(level, `tokentill: ${line}`);
    } catch {
      // A log that fails is not the caller's trouble.
    }
  }
}
