// What holds on the host must hold in workerd: the crates' shared cases, on a real D1.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { Miniflare, type WorkerOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { buildTestedWorkers } from "../../scripts/build-workers.ts";
import { root } from "../../scripts/repository.ts";

const directory = join(import.meta.dirname, "..", "runtime-cases");
let miniflare: Miniflare;

before(async () => {
  await buildTestedWorkers();
  const { workerOptions, main } = unstable_getMiniflareWorkerOptions(join(directory, "wrangler.toml"));
  miniflare = new Miniflare({
    cf: false,
    ...(workerOptions as WorkerOptions),
    modules: true,
    scriptPath: main!,
    modulesRoot: join(directory, "build"),
    modulesRules: [{ type: "CompiledWasm", include: ["**/*.wasm"], fallthrough: true }],
  } as ConstructorParameters<typeof Miniflare>[0]);
});

after(() => miniflare.dispose());

test("the_database_rule_holds_on_d1_as_it_does_on_sqlite", async (context) => {
  const response = await miniflare.dispatchFetch("http://cases/database");
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const outcomes = JSON.parse(text) as [name: string, fault: string | null][];
  assert.ok(outcomes.length >= 8, `only ${outcomes.length} cases ran`);
  for (const [name, fault] of outcomes) {
    await context.test(name, () => assert.equal(fault, null));
  }
});

test("host_and_wasm_price_every_case_to_the_same_bytes", async () => {
  const data = join(root, "crates", "cost-calculation", "tests", "data");
  const files = readdirSync(data).filter((name) => name.endsWith(".jsonl.gz"));
  assert.ok(files.length > 0);
  for (const file of files) {
    const cases = gunzipSync(readFileSync(join(data, file))).toString();
    const host = spawnSync("cargo", ["run", "--quiet", "--locked", "--package", "cost-calculation", "--example", "estimate", "--", "--digest"], {
      cwd: root, input: cases, encoding: "utf8", maxBuffer: 512 * 1024 * 1024,
    });
    assert.equal(host.status, 0, host.stderr);
    const response = await miniflare.dispatchFetch("http://cases/estimates", { method: "POST", body: cases });
    const wasm = await response.text();
    assert.equal(response.status, 200, wasm.slice(0, 500));
    assert.ok(wasm.length > 1_000, `the digest of ${file} is not empty`);
    assert.ok(wasm === host.stdout, `${file}: ${firstDifference(host.stdout, wasm)}`);
  }
});

function firstDifference(host: string, wasm: string): string {
  const [left, right] = [host.split("\n"), wasm.split("\n")];
  const line = left.findIndex((text, index) => text !== right[index]);
  return `line ${line + 1}: host ${left[line]}, Wasm ${right[line]}`;
}
