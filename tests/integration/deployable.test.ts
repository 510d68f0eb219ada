// What is deployed is what is tested: wrangler packs each Worker as it would for Cloudflare.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { root, workerDirectory, workerNames } from "../../scripts/repository.ts";

for (const worker of workerNames) {
  test(`what ${worker} is made of says nothing of the machine that built it`, () => {
    const wasm = readFileSync(join(workerDirectory(worker), "build", "index_bg.wasm"));
    for (const path of [root, join(homedir(), ".cargo")]) assert.ok(!wasm.includes(path), path);
    assert.ok(wasm.length > 100_000);
  });

  test(`wrangler packs ${worker}`, () => {
    const packed = mkdtempSync(join(tmpdir(), "tokentill-packed-"));
    const { status, stdout, stderr } = spawnSync(
      join(root, "node_modules", ".bin", "wrangler"),
      ["deploy", "--dry-run", "--outdir", packed, "--config", join(workerDirectory(worker), "wrangler.toml")],
      { cwd: root, encoding: "utf8", env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" } },
    );
    rmSync(packed, { recursive: true, force: true });
    assert.equal(status, 0, `${stdout}${stderr}`);
    assert.match(stdout, /env\.DB \(tokentill\)/);
  });
}
