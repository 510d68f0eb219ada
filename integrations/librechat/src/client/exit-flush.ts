// The end of the process: what is left is sent within a bound, and what is on the disk stays there.
//
// A signal's default is to end the process, and a listener takes that away. So where this is the only
// listener, the signal is raised again when the flush is over; where the program has listeners of its own
// (LibreChat has), it decides when to end, and the flush runs beside them.

const signals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

export interface Ending {
  /** Sends what is left, within a bound. */
  flush(): Promise<unknown>;
  /** The process ends now: only what needs no waiting. */
  exit(): void;
}

/** Watches for the end of the process; answers with what stops watching. */
export function watchForExit(ending: Ending): () => void {
  let isFlushedForNothingLeft = false;
  const onBeforeExit = (): void => {
    // It comes again after each flush, as long as one had something to do.
    if (isFlushedForNothingLeft) return;
    isFlushedForNothingLeft = true;
    void ending.flush();
  };
  const onExit = (): void => ending.exit();
  const onSignal = (signal: NodeJS.Signals): void => {
    const isAlone = process.listeners(signal).every((listener) => listener === onSignal);
    void ending.flush().then(() => {
      process.off(signal, onSignal);
      if (isAlone) process.kill(process.pid, signal);
    });
  };
  process.on("beforeExit", onBeforeExit);
  process.on("exit", onExit);
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    process.off("beforeExit", onBeforeExit);
    process.off("exit", onExit);
    for (const signal of signals) process.off(signal, onSignal);
  };
}
