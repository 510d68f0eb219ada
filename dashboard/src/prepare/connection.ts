/** What LibreChat's environment needs to send its usage here. */

/** A key's two halves; placeholders until one is made. */
export type KeyHalves = { id: string; secret: string };

/** The three lines of LibreChat's environment, and nothing else. */
export function environmentLines(origin: string, key: KeyHalves | null): string {
  return [`LANGFUSE_BASE_URL=${origin}`, `LANGFUSE_PUBLIC_KEY=${key?.id ?? "<public half of a key with scope ingest>"}`, `LANGFUSE_SECRET_KEY=${key?.secret ?? "<its secret half>"}`].join("\n");
}
