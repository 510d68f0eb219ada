// The places of LibreChat that are hooked, and whether each was found as it is expected. A place that is not
// there, or not as expected, is stepped around, with one line.
import type { Voice } from "../client/say.ts";

export type PlaceName = "express" | "mongoose" | "@langfuse/otel" | "@librechat/api";

export class Places {
  private readonly voice: Voice;
  private readonly found = new Set<PlaceName>();
  private readonly passedOver = new Set<PlaceName>();

  constructor(voice: Voice) {
    this.voice = voice;
  }

  /** Hooks a place; whatever goes wrong is told and reaches nobody else. `hook` answers with what it misses. */
  hook(name: PlaceName, hook: () => string | undefined): void {
    let missed: string | undefined;
    try {
      missed = hook();
    } catch (error) {
      missed = error instanceof Error ? error.message : String(error);
    }
    if (missed === undefined) {
      this.found.add(name);
      return;
    }
    this.passedOver.add(name);
    this.voice.about(`place ${name}`, "warn", `${name} is not as expected (${missed}): left alone.`);
  }

  /** Says once what is hooked, and what never came. */
  tell(expected: readonly PlaceName[]): void {
    const absent = expected.filter((name) => !this.found.has(name) && !this.passedOver.has(name));
    const parts = [`hooked: ${[...this.found].toSorted().join(", ") || "nothing"}`, ...(absent.length > 0 ? [`never loaded: ${absent.join(", ")}`] : [])];
    this.voice.about("places", absent.length > 0 ? "warn" : "info", `${parts.join("; ")}.`);
  }
}
