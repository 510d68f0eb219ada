// How far a run is, for whoever watches: one line that is written over on a terminal, one every ten seconds
// in a log.

export class Progress {
  private readonly total: number;
  private readonly startedMs = Date.now();
  private readonly isTerminal: boolean;
  private readonly write: (text: string) => void;
  private saidMs = 0;

  constructor(total: number, isTerminal: boolean, write: (text: string) => void) {
    this.total = total;
    this.isTerminal = isTerminal;
    this.write = write;
  }

  at(done: number): void {
    const now = Date.now();
    if (now - this.saidMs < (this.isTerminal ? 200 : 10_000)) return;
    this.saidMs = now;
    this.write(this.isTerminal ? `\r${this.line(done)}\x1b[K` : `${this.line(done)}\n`);
  }

  end(done: number): void {
    this.write(this.isTerminal ? `\r${this.line(done)}\x1b[K\n` : `${this.line(done)}\n`);
  }

  /** `[=====>    ] 52 %, 1,200 of 2,300 rows, 400 rows/s, 3 s left`. */
  line(done: number): string {
    const part = this.total === 0 ? 1 : Math.min(1, done / this.total);
    const seconds = (Date.now() - this.startedMs) / 1000;
    const rate = seconds > 0 ? done / seconds : 0;
    const left = rate > 0 ? `, ${duration((this.total - done) / rate)} left` : "";
    const bar = `${"=".repeat(Math.floor(part * 20))}${part < 1 ? ">" : ""}`.slice(0, 20).padEnd(20);
    return `[${bar}] ${Math.floor(part * 100)} %, ${number(done)} of ${number(this.total)} rows, ${number(Math.round(rate))} rows/s${part < 1 ? left : ""}`;
  }
}

export const number = (value: number): string => value.toLocaleString("en-US");

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  return seconds < 5_400 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}
