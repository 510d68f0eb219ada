// `make key`: makes an API key in the local ledger, or with REMOTE=1 in the deployed one.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { devDirectory } from "./repository.ts";
import { runCommand, runScript, StepError } from "./steps.ts";
import { newKey, type Scope, scopes, storeKeyStatements } from "./suite/api-keys.ts";

await runScript(async () => {
  const name = process.env["NAME"] ?? "";
  if (name.trim() === "") {
    throw new StepError("NAME is missing.", `say what the key is for: make key NAME="LibreChat" SCOPES=ingest.`);
  }
  // What POST /admin/keys takes, by hand and by the API.
  refuseOddText("NAME", name.trim(), 80);
  refuseOddText("USER_ID", userFromEnvironment() ?? "", 128);
  const key = newKey(name.trim(), scopesFromEnvironment(), userFromEnvironment());
  const { sql, parameter } = storeKeyStatements(key, Date.now());
  if (process.env["REMOTE"] === "1") {
    // wrangler takes no parameters: the JSON becomes a literal, its quotes doubled.
    const statement = sql.join(";\n").replaceAll("?1", `'${parameter.replaceAll("'", "''")}'`);
    await runCommand("wrangler", ["d1", "execute", "tokentill", "--remote", "--yes", "--config", "wrangler.toml", "--command", statement], {
      title: "Storing the key",
      remedy: "sign in with 'npx wrangler login' or set CLOUDFLARE_API_TOKEN; deploy first with 'make deploy'.",
    });
  } else {
    storeLocally(sql, parameter);
  }
  console.log(`
  Name         ${key.name}
  Scopes       ${key.scopes.join(" ")}${key.userId === undefined ? "" : ` (user ${key.userId})`}
  Public id    ${key.id}
  Secret       ${key.secret}

The secret is shown this once; the ledger keeps its hash only.
Basic auth and Langfuse settings take both halves; Bearer takes the secret alone.`);
});

function refuseOddText(variable: string, text: string, charactersMax: number): void {
  if ([...text].length <= charactersMax && !/\p{Cc}/u.test(text)) return;
  throw new StepError(`${variable} is too long, or holds a control character.`, `give at most ${charactersMax} plain characters.`);
}

function scopesFromEnvironment(): Scope[] {
  const names = (process.env["SCOPES"] ?? "ingest").split(/[\s,]+/).filter((name) => name !== "");
  const unknown = names.find((name) => !(scopes as readonly string[]).includes(name));
  if (unknown !== undefined || names.length === 0) {
    throw new StepError(`SCOPES names '${unknown ?? ""}', which is no scope.`, `choose from: ${scopes.join(" ")}.`);
  }
  return names as Scope[];
}

function userFromEnvironment(): string | undefined {
  const userId = process.env["USER_ID"];
  const isSelf = (process.env["SCOPES"] ?? "").includes("self");
  if (isSelf && !userId) {
    throw new StepError("A key of scope 'self' needs USER_ID.", `name the one user it may read: make key NAME=… SCOPES=self USER_ID=….`);
  }
  return userId || undefined;
}

/** Writes into the database file itself: that works while `make dev` runs, and while it does not. */
function storeLocally(sql: readonly string[], parameter: string): void {
  const directory = join(devDirectory, "v3", "d1", "miniflare-D1DatabaseObject");
  const file = existsSync(directory)
    ? readdirSync(directory).find((name) => /^[0-9a-f]{64}\.sqlite$/.test(name))
    : undefined;
  if (file === undefined) {
    throw new StepError("There is no local ledger yet.", "run 'make dev' first; or REMOTE=1 for the deployed one.");
  }
  const database = new DatabaseSync(join(directory, file));
  try {
    database.exec("PRAGMA busy_timeout = 5000");
    database.exec("BEGIN IMMEDIATE");
    for (const text of sql) database.prepare(text).run(parameter);
    database.exec("COMMIT");
  } finally {
    database.close();
  }
}
