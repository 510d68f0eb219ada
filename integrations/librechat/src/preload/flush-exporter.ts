// LibreChat keeps spans for Langfuse in memory for some seconds and ends without sending them. Here they are
// sent when it ends: by a task of its own shutdown, or, where that has no such tasks, when the signal comes.

interface Processor {
  forceFlush(): Promise<unknown>;
}

/** Forgotten when nobody else holds them: a server may make one a run. */
const processors = new Set<WeakRef<Processor>>();
const known = new WeakSet<Processor>();

/** Remembers every processor from its first span on; answers with what is missing. */
export function watchProcessors(exports: unknown): string | undefined {
  const prototype = (exports as { LangfuseSpanProcessor?: { prototype?: Record<string, unknown> } } | undefined)?.LangfuseSpanProcessor?.prototype;
  const onStart = prototype?.["onStart"];
  if (prototype === undefined || typeof onStart !== "function" || typeof prototype["forceFlush"] !== "function") return "LangfuseSpanProcessor has no onStart and forceFlush";
  prototype["onStart"] = function (this: Processor, ...args: unknown[]): unknown {
    remember(this);
    return Reflect.apply(onStart, this, args);
  };
  return undefined;
}

function remember(processor: Processor): void {
  if (known.has(processor)) return;
  known.add(processor);
  for (const reference of processors) if (reference.deref() === undefined) processors.delete(reference);
  processors.add(new WeakRef(processor));
}

/** Sends what every processor holds, within a time; answers with whether all of it went. */
export async function flushProcessors(timeoutMs: number): Promise<boolean> {
  const flushes = [...processors].flatMap((reference) => {
    const processor = reference.deref();
    return processor === undefined ? [] : [Promise.resolve().then(() => processor.forceFlush())];
  });
  let timer: NodeJS.Timeout | undefined;
  const isOver = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), timeoutMs)));
  const isSent = Promise.allSettled(flushes).then((ends) => ends.every(({ status }) => status === "fulfilled"));
  const result = await Promise.race([isSent, isOver]);
  clearTimeout(timer);
  return result;
}
