// Events that the suite refused for good, kept beside the spool so that somebody can look at them.
import { appendFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Refusal } from "./deliver.ts";

const BYTES_MAX = 10 * 1024 * 1024;

export class RefusedFile {
  readonly path: string;

  constructor(directory: string) {
    this.path = join(directory, "refused.jsonl");
  }

  /** Adds a line; answers with whether it is there. */
  async add({ record, reason }: Refusal): Promise<boolean> {
    try {
      const bytes = await stat(this.path).then(({ size }) => size, () => 0);
      if (bytes > BYTES_MAX) return false;
      const line = `{"refused_at":${JSON.stringify(new Date().toISOString())},"reason":${JSON.stringify(reason)},"kind":"${record.kind}","event":${record.json}}\n`;
      await appendFile(this.path, line, { mode: 0o600 });
      return true;
    } catch {
      return false;
    }
  }
}
