// `make deploy`: creates or updates the suite on Cloudflare. Safe to run again: it creates only what
// is missing, migrates forward, and replaces the three Workers in the order of their bindings.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { buildDashboard } from "./build-dashboard.ts";
import { buildWorkers } from "./build-workers.ts";
import { deployConfig } from "./deploy-config.ts";
import { root, workerDirectory, type WorkerName } from "./repository.ts";
import { runCommand, runScript, step, StepError } from "./steps.ts";

const databaseName = "tokentill";
const queues = ["tokentill-events", "tokentill-events-dead"];
/** A service binding needs its Worker to be there: the front door comes last. */
const deployOrder: readonly WorkerName[] = ["analytics-tracker", "pricing-sync", "analytics-api"];
const signIn = "sign in with 'npx wrangler login', or set CLOUDFLARE_API_TOKEN (and CLOUDFLARE_ACCOUNT_ID).";

await runScript(async () => {
  const usesQueue = process.env["INGEST_MODE"] === "queue";
  await step("Checking the sign-in to Cloudflare", () => wrangler(["whoami"], "Cloudflare sign-in"));
  await buildWorkers("release");
  await buildDashboard();
  const databaseId = await step(`Finding or creating the D1 database '${databaseName}'`, findOrCreateDatabase);
  if (usesQueue) await step("Creating the queues", createQueues);
  await withDeployConfig(join(root, "wrangler.toml"), databaseId, usesQueue, (config) =>
    step("Applying migrations", () =>
      wrangler(["d1", "migrations", "apply", databaseName, "--remote", "--config", config], "Migrations")),
  );
  for (const worker of deployOrder) {
    await withDeployConfig(join(workerDirectory(worker), "wrangler.toml"), databaseId, usesQueue, async (config) => {
      await step(`Deploying ${worker}`, async () => {
        const output = await wrangler(["deploy", "--config", config], `Deploying ${worker}`);
        for (const address of output.match(/https:\/\/\S+\.workers\.dev/g) ?? []) console.log(`    ${address}`);
      });
    });
  }
  await step("Storing the cookie secret where it is missing", ensureCookieSecret);
  console.log(`
Deployed. Next:
  make key REMOTE=1 NAME=Admin SCOPES=admin        sign in at https://<your address>/app/ with its secret
  make key REMOTE=1 NAME=LibreChat SCOPES=ingest   the three lines for LibreChat's .env: docs/librechat-setup.md
  curl -X POST -H 'Authorization: Bearer <admin secret>' -H 'Content-Type: application/json' \\
       -d '{"source":"snapshot"}' https://<your address>/pricing/sync`);
});

function wrangler(args: readonly string[], title: string): Promise<string> {
  return runCommand("wrangler", args, { title, remedy: signIn, env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" } });
}

async function findOrCreateDatabase(): Promise<string> {
  const find = async (): Promise<string | undefined> => {
    const output = await wrangler(["d1", "list", "--json"], "D1 list");
    const databases = JSON.parse(output.slice(output.indexOf("["))) as { name: string; uuid: string }[];
    return databases.find((database) => database.name === databaseName)?.uuid;
  };
  const known = await find();
  if (known !== undefined) return known;
  await wrangler(["d1", "create", databaseName], "D1 create");
  const created = await find();
  if (created === undefined) throw new StepError(`The D1 database '${databaseName}' was not created.`, signIn);
  return created;
}

async function createQueues(): Promise<void> {
  const existing = await wrangler(["queues", "list"], "Queues list");
  for (const queue of queues) {
    if (!new RegExp(`\\b${queue}\\b(?!-)`).test(existing)) await wrangler(["queues", "create", queue], "Queue create");
  }
}

/** Lends a copy of a configuration with this account's database in it, beside the original, since
 * paths in it are relative to the file. */
async function withDeployConfig<T>(path: string, databaseId: string, usesQueue: boolean, work: (config: string) => Promise<T>): Promise<T> {
  const config = join(dirname(path), "wrangler.deploy.toml");
  writeFileSync(config, deployConfig(readFileSync(path, "utf8"), databaseId, usesQueue));
  try {
    return await work(config);
  } finally {
    rmSync(config, { force: true });
  }
}

/** Every Worker checks the cookie, so all three need the same secret; where one lacks it, all get a
 * new one, and whoever was signed in signs in again. */
async function ensureCookieSecret(): Promise<void> {
  const listings = await Promise.all(
    deployOrder.map((worker) => wrangler(["secret", "list", "--name", worker], `Secrets of ${worker}`)));
  if (listings.every((listing) => listing.includes("COOKIE_SECRET"))) return;
  const secret = randomBytes(32).toString("hex");
  for (const worker of deployOrder) {
    // By standard input: an argument would show in the process list.
    const put = spawnSync("wrangler", ["secret", "put", "COOKIE_SECRET", "--name", worker], { cwd: root, input: secret, encoding: "utf8" });
    if (put.status !== 0) throw new StepError(`Storing COOKIE_SECRET for ${worker} failed: ${put.stderr}`, signIn);
  }
}
