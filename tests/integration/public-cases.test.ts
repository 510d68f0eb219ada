// Cases from public reports of wrong bills, through the real Workers: what somebody's system sent, and
// the receipt that is right. Where a fact can't be priced a case takes several answers; a wrong amount
// that is called `priced` is never one of them.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { picoOf } from "./money.ts";
import { openSuite, type Answer, type OpenSuite } from "./open-suite.ts";

interface CaseRequest {
  method?: string;
  path: string;
  content_type?: string;
  key?: "admin";
  body?: Record<string, unknown>;
  body_base64?: string;
}

interface ReceiptExpectation {
  total_cost?: string | null;
  price_state?: string | string[];
  buckets?: Record<string, number>;
  calls?: Record<string, number>;
  fields?: Record<string, unknown>;
}

interface Expectation extends ReceiptExpectation {
  status?: number | number[];
  id?: string;
  refused_field?: string;
  counts?: Record<string, number>;
  interactions?: Record<string, ReceiptExpectation>;
  sum_cost?: string;
  any_of?: Expectation[];
}

interface PublicCase {
  title: string;
  request?: CaseRequest;
  requests?: CaseRequest[];
  counted_sources?: Record<string, string>;
  expect: Expectation;
}

interface OtlpBody {
  resourceSpans?: { scopeSpans?: { spans?: { traceId: string; spanId: string }[] }[] }[];
}

const folder = new URL("../fixtures/public-cases/", import.meta.url);
const sourcesPath = "/admin/counted-sources";
let suite: OpenSuite;

before(async () => {
  suite = await openSuite();
});
after(() => suite.stop());

for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const name = file.replace(/\.json$/, "");
  const one = readCase(file);
  test(`${name}: ${one.title}`, async () => {
    await countSources(one.counted_sources ?? {});
    const requests = one.requests ?? [one.request!];
    const answers: Answer[] = [];
    for (const request of requests) answers.push(await send(request));
    assert.deepEqual(await differences(one.expect, requests, answers), []);
  });
}

/** A case with ids of its own in the places of `{{…}}`. */
function readCase(file: string): PublicCase {
  const hex = (what: string, digits: number): string =>
    createHash("sha256").update(`${file}/${what}`).digest("hex").slice(0, digits);
  const text = readFileSync(new URL(file, folder), "utf8").replace(/\{\{(run|trace|span)(\d?)\}\}/g, (_, what: string, number: string) =>
    hex(what + number, { run: 12, trace: 32, span: 16 }[what] ?? 0));
  return JSON.parse(text) as PublicCase;
}

async function countSources(sources: Record<string, string>): Promise<void> {
  const { chat, api, db } = { chat: "langfuse", api: null, db: null, ...sources };
  const { status } = await suite.call(sourcesPath, { method: "PUT", body: { chat, api, db }, key: suite.keys.admin });
  assert.equal(status, 200);
}

function send({ method, path, content_type, key, body, body_base64 }: CaseRequest): Promise<Answer> {
  return suite.call(path, {
    method: method ?? "POST",
    body: body_base64 === undefined ? body : Buffer.from(body_base64, "base64"),
    ...(content_type ? { headers: { "content-type": content_type } } : {}),
    key: key === "admin" ? suite.keys.admin : suite.keys.backfill,
  });
}

async function differences(expect: Expectation, requests: CaseRequest[], answers: Answer[]): Promise<string[]> {
  if (expect.any_of) {
    const { any_of: alternatives, ...rest } = expect;
    const tries = [];
    for (const one of alternatives) tries.push(await differences({ ...rest, ...one }, requests, answers));
    return tries.some((found) => found.length === 0) ? [] : tries[0]!;
  }
  const { status, json } = answers.at(-1)!;
  const found: string[] = [];
  if (expect.status !== undefined && ![expect.status].flat().includes(status)) found.push(`status ${status}: ${JSON.stringify(json)}`);
  if (expect.refused_field !== undefined && !JSON.stringify([json?.field, json?.results, json?.partialSuccess]).includes(expect.refused_field)) {
    found.push(`refused ${JSON.stringify(json)}`);
  }
  for (const [what, count] of Object.entries(expect.counts ?? {})) {
    if (json?.counts?.[what] !== count) found.push(`${what} ${json?.counts?.[what]}, right ${count}`);
  }
  const id = expect.id ?? idOf(requests.at(-1)!);
  if (id !== undefined) found.push(...(await receiptDifferences(id, expect)));
  for (const [other, wanted] of Object.entries(expect.interactions ?? {})) found.push(...(await receiptDifferences(other, wanted)));
  if (expect.sum_cost !== undefined) {
    const ids = new Set(requests.flatMap(({ body }) => spanIds(body)));
    let sum = 0n;
    for (const one of ids) sum += picoOf((await receiptOf(one))?.interaction.total_cost ?? "0");
    if (sum !== picoOf(expect.sum_cost)) found.push(`all spans together ${sum} picodollars, right ${expect.sum_cost} dollars`);
  }
  return found;
}

async function receiptDifferences(id: string, expect: ReceiptExpectation): Promise<string[]> {
  const { total_cost, price_state, buckets, calls, fields } = expect;
  if ([total_cost, price_state, buckets, calls, fields].every((wanted) => wanted === undefined)) return [];
  const receipt = await receiptOf(id);
  if (!receipt) return [`no interaction ${id}`];
  const kept = receipt.interaction;
  const found: string[] = [];
  const pico = (amount: string | null): bigint | null => (amount === null ? null : picoOf(amount));
  if (total_cost !== undefined && pico(kept.total_cost) !== pico(total_cost)) found.push(`total ${kept.total_cost}, right ${total_cost}`);
  if (price_state !== undefined && ![price_state].flat().includes(kept.price_state)) found.push(`state ${kept.price_state}, right ${price_state}`);
  if (buckets) {
    const tokens = Object.entries(kept.tokens).filter(([name, count]) => name !== "total" && count);
    if (!sameEntries(tokens, Object.entries(buckets))) found.push(`buckets ${JSON.stringify(tokens)}, right ${JSON.stringify(buckets)}`);
  }
  for (const [name, count] of Object.entries(calls ?? {})) {
    const quantity = receipt.lines.filter((line) => line.resource_type === name).reduce((sum, line) => sum + Number(line.quantity), 0);
    if (quantity !== count) found.push(`${quantity} of ${name}, right ${count}`);
  }
  for (const [name, value] of Object.entries(fields ?? {})) {
    if (kept[name] !== value) found.push(`${name} ${JSON.stringify(kept[name])}, right ${JSON.stringify(value)}`);
  }
  return found;
}

interface Receipt {
  interaction: Record<string, unknown> & { total_cost: string | null; price_state: string; tokens: Record<string, number> };
  lines: { resource_type: string; quantity: number | string }[];
}

async function receiptOf(id: string): Promise<Receipt | undefined> {
  const { status, json } = await suite.call(`/interactions/${encodeURIComponent(id)}/cost`, { key: suite.keys.admin });
  return status === 200 ? (json as Receipt) : undefined;
}

function idOf({ body }: CaseRequest): string | undefined {
  return typeof body?.["id"] === "string" ? body["id"] : spanIds(body)[0];
}

function spanIds(body: CaseRequest["body"]): string[] {
  const { resourceSpans = [] } = (body ?? {}) as OtlpBody;
  const spans = resourceSpans.flatMap(({ scopeSpans = [] }) => scopeSpans.flatMap(({ spans = [] }) => spans));
  return spans.map(({ traceId, spanId }) => `${traceId}-${spanId}`);
}

function sameEntries(left: [string, number][], right: [string, number][]): boolean {
  const sorted = (entries: [string, number][]): string => JSON.stringify(entries.filter(([, count]) => count).sort());
  return sorted(left) === sorted(right);
}
