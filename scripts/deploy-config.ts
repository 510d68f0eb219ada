// A wrangler.toml as it is deployed: the account's own database, and the queue only where it is used.

const placeholderId = "00000000-0000-0000-0000-000000000000";

export function deployConfig(toml: string, databaseId: string, usesQueue: boolean): string {
  const withDatabase = toml.replaceAll(placeholderId, databaseId);
  return usesQueue
    ? withDatabase.replace('INGEST_MODE = "direct"', 'INGEST_MODE = "queue"')
    : withoutTables(withDatabase, /^\[\[queues\./);
}

/** Leaves out the TOML tables whose heading matches, each up to the next heading. */
function withoutTables(toml: string, heading: RegExp): string {
  let isLeftOut = false;
  return toml
    .split("\n")
    .filter((line) => {
      if (line.startsWith("[")) isLeftOut = heading.test(line);
      return !isLeftOut;
    })
    .join("\n");
}
