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

/** Listeners of this package, in whichever of its copies: none of them is a program's own. */
const ours = Symbol.for("@tokentill/librechat: listener");

/**
 * Runs `flush` when a signal ends the process. `isLeftToOthers` says that the program's own end does it; where the
 * program has no end of its own yet, it is done here all the same. Answers with what stops listening.
 */
export function flushOnSignal(flush: () => Promise<unknown>, isLeftToOthers: () => boolean = () => false): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    const isUnheard = process.listeners(signal).every((listener) => ours in listener);
    if (!isUnheard && isLeftToOthers()) return;
    void flush().then(() => {
      process.off(signal, onSignal);
      // The last one that is done raises it again.
      if (isUnheard && process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  };
  Object.defineProperty(onSignal, ours, { value: true });
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
}

/** Watches for the end of the process; answers with what stops watching. */
export function watchForExit(ending: Ending): () => void {
  let isFlushed = false;
  const onBeforeExit = (): void => {
    // It comes again after each flush; a suite that is away is waited for once.
    if (isFlushed) return;
    isFlushed = true;
    void ending.flush();
  };
  const onExit = (): void => ending.exit();
  process.on("beforeExit", onBeforeExit);
  process.on("exit", onExit);
  const stopListening = flushOnSignal(() => ending.flush());
  return () => {
    process.off("beforeExit", onBeforeExit);
    process.off("exit", onExit);
    stopListening();
  };
}
