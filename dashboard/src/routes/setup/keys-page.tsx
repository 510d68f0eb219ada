import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactElement, useState } from "react";
import { createKey, type Key, type NewKey, keysQuery, revokeKey } from "../../api/queries/keys.ts";
import { meQuery } from "../../api/queries/ledger.ts";
import { zoneTime } from "../../prepare/zone-time.ts";
import { PageHeader } from "../../shell/page-header.tsx";
import { useCaller } from "../../api/caller.ts";
import { useSlice } from "../../shell/slice-context.ts";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Modal } from "../../ui/modal.tsx";
import { Panel } from "../../ui/panel.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { NewKeyNote } from "./new-key.tsx";

const scopes: readonly { value: NewKey["scopes"][number]; name: string; does: string }[] = [
  { value: "ingest", name: "ingest", does: "send events; what LibreChat needs" },
  { value: "backfill", name: "backfill", does: "send events older than 400 days" },
  { value: "read", name: "read", does: "read everything" },
  { value: "self", name: "self", does: "read one user's own numbers" },
  { value: "widget", name: "widget", does: "make tokens that show one user's own usage in another page" },
  { value: "admin", name: "admin", does: "read, make keys, decide on prices" },
];

/** Who may send and read: keys are shown once, stored hashed, revoked at once. */
export function KeysPage(): ReactElement {
  const { timeZone } = useSlice();
  const client = useQueryClient();
  const keys = useQuery(keysQuery);
  const me = useQuery(meQuery);
  const { mayChange } = useCaller();
  const [doomed, setDoomed] = useState<Key | null>(null);
  const done = () => client.invalidateQueries({ queryKey: keysQuery.queryKey });
  const create = useMutation({ mutationFn: createKey, onSuccess: done });
  const revoke = useMutation({
    mutationFn: revokeKey,
    onSuccess: async () => {
      setDoomed(null);
      await done();
    },
  });
  return (
    <>
      <PageHeader title="Keys" name="Keys" hasSlice={false} />
      {create.data !== undefined && <NewKeyNote made={create.data} />}
      <Panel query={keys} title="Keys" minHeight={120} isEmpty={() => false}>
        {({ items }) => (
          <DataTable
            caption="Keys"
            rows={items}
            rowKey={({ id }) => id}
            columns={[
              { key: "name", name: "Name", cell: ({ name, id }) => <span className="flex flex-col"><span>{name}{id === me.data?.key_id && " (this sign-in)"}</span><span className="font-mono text-xs text-faint">{id}</span></span> },
              { key: "scopes", name: "Scopes", cell: ({ scopes: own, user_id }) => <span className="inline-flex flex-wrap gap-1">{own.map((scope) => <Badge key={scope}>{scope}</Badge>)}{user_id !== null && <span className="text-xs text-muted">user {user_id}</span>}</span> },
              { key: "created", name: "Made", from: "sm", cell: ({ created_at }) => zoneTime(created_at, timeZone, "day") },
              { key: "expires", name: "Expires", from: "md", cell: ({ expires_at }) => (expires_at === null ? "never" : zoneTime(expires_at, timeZone, "day")) },
              { key: "state", name: "State", cell: ({ revoked_at, expires_at }) => (revoked_at !== null ? <Badge tone="danger">revoked {zoneTime(revoked_at, timeZone, "day")}</Badge> : expires_at !== null && Date.parse(expires_at) < Date.now() ? <Badge tone="warn">expired</Badge> : <Badge tone="good">in force</Badge>) },
              { key: "act", name: <span className="sr-only">Revoke</span>, cell: (key) => key.revoked_at === null && key.id !== me.data?.key_id && <Button look="danger" onClick={() => setDoomed(key)} aria-label={`Revoke ${key.name}`}>Revoke</Button> },
            ]}
          />
        )}
      </Panel>
      {mayChange && <NewKeyForm isBusy={create.isPending} problem={create.error?.message ?? null} onMake={(body) => create.mutate(body)} />}
      <Modal title={`Revoke “${doomed?.name ?? ""}”?`} isOpen={doomed !== null} onClose={() => setDoomed(null)}>
        <p className="text-sm text-muted">Whoever uses this key is refused within 30 seconds, and it cannot be brought back. What it sent stays in the ledger.</p>
        {revoke.error !== null && <p role="alert" className="text-sm text-danger">{revoke.error.message}</p>}
        <div className="flex justify-end gap-2">
          <Button onClick={() => setDoomed(null)}>Keep it</Button>
          <Button look="danger" disabled={revoke.isPending} onClick={() => doomed !== null && revoke.mutate(doomed.id)}>
            Revoke
          </Button>
        </div>
      </Modal>
    </>
  );
}

function NewKeyForm({ isBusy, problem, onMake }: { isBusy: boolean; problem: string | null; onMake: (key: NewKey) => void }) {
  const [chosen, setChosen] = useState<readonly string[]>(["ingest"]);
  const needsUser = chosen.includes("self");
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const [name, user, expires] = ["name", "user", "expires"].map((field) => String(form.get(field) ?? "").trim());
    if (name === undefined || name === "" || chosen.length === 0) return;
    onMake({ name, scopes: scopes.map(({ value }) => value).filter((value) => chosen.includes(value)), ...(needsUser && user !== undefined ? { user_id: user } : {}), ...(expires ? { expires_at: `${expires}T00:00:00.000Z` } : {}) });
  };
  return (
    <section className="card p-4">
      <h2 className="mb-3 text-base font-semibold">Make a key</h2>
      <form onSubmit={submit} className="grid max-w-3xl gap-4 sm:grid-cols-2">
        <TextField label="Name" name="name" required maxLength={80} hint="For whom it is: LibreChat, finance, a person." />
        <TextField label="Expires, if ever" name="expires" type="date" hint="At the start of that day, UTC." />
        <fieldset className="sm:col-span-2">
          <legend className="mb-1 text-sm font-medium">Scopes</legend>
          <div className="flex flex-col gap-1">
            {scopes.map(({ value, name, does }) => (
              <label key={value} className="flex min-h-6 items-center gap-2 text-sm">
                <input type="checkbox" className="size-4 accent-accent" checked={chosen.includes(value)} onChange={(event) => setChosen(event.target.checked ? [...chosen, value] : chosen.filter((one) => one !== value))} />
                <span className="font-mono text-xs">{name}</span>
                <span className="text-muted">{does}</span>
              </label>
            ))}
          </div>
        </fieldset>
        {needsUser && <TextField label="User of scope self" name="user" required maxLength={128} hint="Exactly as LibreChat names the user." />}
        {problem !== null && (
          <p role="alert" className="text-sm text-danger sm:col-span-2">
            {problem}
          </p>
        )}
        <div className="sm:col-span-2">
          <Button look="primary" type="submit" disabled={isBusy || chosen.length === 0}>
            Make key
          </Button>
        </div>
      </form>
    </section>
  );
}
