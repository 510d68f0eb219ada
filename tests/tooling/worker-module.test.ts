import assert from "node:assert/strict";
import { test } from "node:test";
import { sourcesOf } from "../../scripts/build-workers.ts";
import { root } from "../../scripts/repository.ts";
import { workerShim } from "../../scripts/write-worker-module.ts";

test("a Worker is made of what the compiler read, and of the manifests beside it", () => {
  const read = [`${root}/crates/ledger/src/lib.rs`, `${root}/pricing/a\\ list.jsonl`, "/elsewhere/registry/src/lib.rs", `${root}/target/quick/build/out.rs`];
  assert.deepEqual(sourcesOf(`${root}/target/quick/a_worker.wasm: ${read.join(" ")}\n`), [
    "crates/ledger/Cargo.toml", "crates/ledger/build.rs", "crates/ledger/src/lib.rs", "pricing/a list.jsonl",
  ]);
});

test("a Worker's entry has the handlers that its Wasm has, and no more", () => {
  const shim = workerShim(["fetch", "queue"]);
  assert.match(shim, /wasm\.fetch\(argument, this\.env, this\.ctx\)/);
  assert.match(shim, /wasm\.queue\(/);
  assert.doesNotMatch(shim, /scheduled/);
});
