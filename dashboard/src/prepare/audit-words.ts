/** The audit log in words. */
import type { AuditEntry } from "../api/queries/audit.ts";
import type { TableFile } from "./table-file.ts";

const actions: Record<string, string> = {
  "key.create": "Made a key",
  "key.revoke": "Revoked a key",
  "ledger_epoch.renew": "Began a new epoch of the ledger",
  "cache_lifetimes.set": "Set how long cache writes live",
  "reported_costs.set": "Set whether reported costs count",
  "price_mapping.set": "Mapped a name to a price",
  "price_mapping.end": "Ended a mapping of names",
  "price_override.set": "Set a price",
  "price_override.end": "Ended a price of one's own",
  "price_quarantine.approve": "Let a waiting price in",
  "price_quarantine.reject": "Refused a waiting price",
  "price_sync.run": "Read the price lists",
};

/** What was done, in words; the ledger's own word where a later release brought it. */
export function actionName(action: string): string {
  return actions[action] ?? action;
}

/** Who did it: the key's name, the machine, or a person behind Cloudflare Access. */
export function actorName(actor: string, keyNames: ReadonlyMap<string, string>): string {
  if (actor === "machine") return "the machine";
  if (actor.startsWith("access:")) return `Access: ${actor.slice("access:".length)}`;
  return keyNames.get(actor) ?? actor;
}

/** A detail as lines of a name and a value; what is nested keeps its names, joined by dots. */
export function detailLines(detail: unknown, path = ""): [name: string, value: string][] {
  if (detail === null || typeof detail !== "object") return detail === null && path === "" ? [] : [[path, detail === null ? "none" : String(detail)]];
  const entries = Object.entries(detail);
  if (entries.length === 0) return path === "" ? [] : [[path, "none"]];
  return entries.flatMap(([name, value]) => detailLines(value, path === "" ? name : `${path}.${name}`));
}

/** The entries on the screen as a file. */
export function auditFile(entries: readonly AuditEntry[], keyNames: ReadonlyMap<string, string>, hasOlder: boolean): TableFile {
  return {
    name: "audit",
    about: { rows: `the newest ${entries.length}${hasOlder ? "; older ones were not loaded" : ", which are all"}`, times: "UTC" },
    columns: ["id", "at", "actor", "actor_name", "action", "subject", "reason", "detail"],
    rows: entries.map(({ id, at, actor, action, subject, reason, detail }) => [id, at, actor, actorName(actor, keyNames), action, subject, reason, detail === null ? null : JSON.stringify(detail)]),
  };
}
