// The limits stand in one module of the code (crates/events/src/limits.rs); the contract repeats
// them, and here the two are held together.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readContracts } from "./read-contract.ts";

const source = readFileSync(join(import.meta.dirname, "..", "..", "crates", "events", "src", "limits.rs"), "utf8");
// A day comes from `cost_calculation`.
const limits = new Map<string, number>([["DAY_MS", 86_400_000]]);
for (const [, name, expression] of source.matchAll(/pub const (\w+): \w+ = ([^;]+);/g)) limits.set(name!, valueOf(expression!));

const limit = (name: string): number => {
  const value = limits.get(name);
  assert.ok(value !== undefined, `limits.rs has no ${name}`);
  return value;
};

/** The product of numbers and earlier constants: all that the module uses. */
function valueOf(expression: string): number {
  return expression.split("*").reduce((product, factor) => {
    const word = factor.replace(/ as \w+/, "").trim();
    const value = /^[\d_]+$/.test(word) ? Number(word.replaceAll("_", "")) : limits.get(word);
    assert.ok(value !== undefined, `limits.rs: ${word} is neither a number nor a constant above`);
    return product * value;
  }, 1);
}

const document: any = readContracts().find(({ name }) => name === "tracking-api")!.document;
const { schemas, parameters } = document.components;
const event = schemas.Interaction.properties;

const numbers: [string, unknown, string][] = [
  ["Id", schemas.Id.maxLength, "ID_CHARS_MAX"],
  ["Idempotency-Key", parameters.IdempotencyKey.schema.maxLength, "IDEMPOTENCY_KEY_CHARS_MAX"],
  ["session_id", event.session_id.maxLength, "SESSION_ID_CHARS_MAX"],
  ["tenant_id", event.tenant_id.maxLength, "TENANT_ID_CHARS_MAX"],
  ["user_id", event.user_id.maxLength, "USER_ID_CHARS_MAX"],
  ["provider", event.provider.maxLength, "PROVIDER_CHARS_MAX"],
  ["endpoint", event.endpoint.maxLength, "PROVIDER_CHARS_MAX"],
  ["region", event.region.maxLength, "PROVIDER_CHARS_MAX"],
  ["service_tier", event.service_tier.maxLength, "PROVIDER_CHARS_MAX"],
  ["model_name", event.model_name.maxLength, "MODEL_CHARS_MAX"],
  ["model_reported", event.model_reported.maxLength, "MODEL_CHARS_MAX"],
  ["agent", event.agent.maxLength, "AGENT_CHARS_MAX"],
  ["message_id", event.message_id.maxLength, "REFERENCE_CHARS_MAX"],
  ["trace_id", event.trace_id.maxLength, "REFERENCE_CHARS_MAX"],
  ["context", event.context.maxLength, "CONTEXT_CHARS_MAX"],
  ["error", event.error.maxLength, "ERROR_CHARS_MAX"],
  ["units.calls", schemas.Units.properties.calls.maxProperties, "CALL_RESOURCES_MAX"],
  ["a resource's name", schemas.Units.properties.calls.propertyNames.maxLength, "RESOURCE_CHARS_MAX"],
  ["Tokens", schemas.Tokens.maximum, "TOKENS_MAX"],
  ["Count", schemas.Count.maximum, "UNITS_MAX"],
  ["DurationMs", schemas.DurationMs.maximum, "DURATION_MS_MAX"],
  ["Moment", schemas.Moment.oneOf[1].minimum, "EARLIEST_MS"],
  ["Batch", schemas.Batch.properties.events.maxItems, "BATCH_EVENTS_MAX"],
  ["a session mark's session_id", schemas.SessionMark.properties.session_id.maxLength, "SESSION_ID_CHARS_MAX"],
  ["a session mark's user_id", schemas.SessionMark.properties.user_id.maxLength, "USER_ID_CHARS_MAX"],
  ["a session mark's tenant_id", schemas.SessionMark.properties.tenant_id.maxLength, "TENANT_ID_CHARS_MAX"],
  ["spans", schemas.TraceRequest.properties.resourceSpans.items.properties.scopeSpans.items.properties.spans.maxItems, "SPANS_MAX"],
  ["ScoreId", schemas.ScoreId.maxLength, "SCORE_ID_CHARS_MAX"],
  ["a key's name", schemas.NewKey.properties.name.maxLength, "KEY_NAME_CHARS_MAX"],
  ["a key's user_id", schemas.NewKey.properties.user_id.maxLength, "USER_ID_CHARS_MAX"],
];

for (const [what, said, name] of numbers) {
  test(`the contract's limit on ${what} is ${name}`, () => assert.equal(said, limit(name)));
}

const words: [string, string, string][] = [
  ["the introduction", document.info.description, `event may lie ${limit("AGE_DAYS_MAX")} days back`],
  ["the introduction", document.info.description, `One event ${limit("EVENT_BYTES_MAX") / 1024} KiB`],
  ["the introduction", document.info.description, `a batch ${limit("BATCH_EVENTS_MAX")} events and ${limit("BATCH_BYTES_MAX") / 1024 ** 2} MiB`],
  ["the introduction", document.info.description, `a trace body ${limit("TRACE_BYTES_MAX") / 1024 ** 2} MiB (in protobuf ${limit("PROTOBUF_BYTES_MAX") / 1024 ** 2} MiB)`],
  ["the introduction", document.info.description, `${limit("SPANS_MAX").toLocaleString("en-US")} spans`],
  ["metadata", event.metadata.description, `at most ${limit("METADATA_BYTES_MAX") / 1024} KiB`],
  ["declared_cost", schemas.DeclaredCost.description, `At most $${(limit("INTERACTION_COST_PICO_MAX") / 1e12).toLocaleString("en-US")}`],
  ["declared_cost", schemas.DeclaredCost.description, `$${(limit("DECLARED_COST_PICO_MAX") / 1e12).toLocaleString("en-US")} by one key for one day`],
  ["a trace's body", document.components.requestBodies.Traces.description, `at most ${limit("TRACE_BYTES_MAX") / 1024 ** 2} MiB (in protobuf ${limit("PROTOBUF_BYTES_MAX") / 1024 ** 2} MiB)`],
];

for (const [where, text, says] of words) {
  test(`the contract says "${says}" in ${where}`, () => assert.ok(text.replaceAll(/\s+/g, " ").includes(says), text));
}

test("the contract's minutes ahead are those of the code", () => {
  assert.equal(limit("AHEAD_MS_MAX"), 5 * 60_000);
  assert.match(document.info.description, /five minutes ahead/);
  assert.equal(limit("DEPTH_MAX"), 8);
  assert.match(event.metadata.description, /eight\s+levels/);
});

/** Those that the contract has in words, and those that no sender of a sane body meets. */
const inWords = new Set([
  "EVENT_BYTES_MAX", "BATCH_BYTES_MAX", "TRACE_BYTES_MAX", "AGE_DAYS_MAX", "AHEAD_MS_MAX", "METADATA_BYTES_MAX", "DEPTH_MAX",
  "INTERACTION_COST_PICO_MAX", "INTERACTION_COST_PICO_CEILING", "DECLARED_COST_PICO_MAX", "DAY_MS", "FIELDS_MAX", "METADATA_FIELDS_MAX", "ATTRIBUTES_MAX",
  "ATTRIBUTE_BYTES_MAX", "ATTRIBUTE_TEXTS_MAX", "PROTOBUF_BYTES_MAX", "KEPT_BYTES_MAX", "WINDOW_BYTES_MAX", "WINDOW_SPANS_MAX",
  "STATUS_MESSAGE_BYTES_MAX", "SPAN_NAME_BYTES_MAX", "COUNTS_MAX", "TOOL_CALLS_MAX",
]);

test("each limit on what a sender writes is held to the contract", () => {
  const held = new Set(numbers.map(([, , name]) => name));
  assert.deepEqual([...limits.keys()].filter((name) => !held.has(name) && !inWords.has(name)), []);
});
