// What LibreChat's own exporter sent, as captured; the texts in it are replaced by a canary.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const directory = join(import.meta.dirname, "..", "fixtures", "langfuse-otlp");
const read = (name: string): string => readFileSync(join(directory, name), "utf8");

/** gpt-5-mini with a cached prefix, claude-sonnet-4-5 with a cache write, and a failed call. */
export const openaiAnthropicError = read("openai+anthropic+error.json");
/** A memory run, a title and a tool call. */
export const memoryTitleToolcall = read("memory+title+toolcall.json");
export const bothCaptures = [openaiAnthropicError, memoryTitleToolcall];

export const tracesPath = "/api/public/otel/v1/traces";

/** Stands where prompts and answers stood; it may appear nowhere else. */
export const canary = "CANARY";
