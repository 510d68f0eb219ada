// What holds on the host must hold in workerd: the crates' shared cases, on a real D1.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Miniflare, type WorkerOptions } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { buildRuntimeCases } from "../../scripts/build-workers.ts";

const directory = join(import.meta.dirname, "..", "runtime-cases");
let miniflare: Miniflare;

before(async () => {
  await buildRuntimeCases();
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
