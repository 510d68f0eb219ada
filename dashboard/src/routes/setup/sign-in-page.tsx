import { useQueryClient } from "@tanstack/react-query";
import { useRouter, useSearch } from "@tanstack/react-router";
import { type FormEvent, type ReactElement, useState } from "react";
import { ApiError, unwrap } from "../../api/api-error.ts";
import { analytics } from "../../api/client.ts";
import { meQuery } from "../../api/queries/ledger.ts";
import { Button } from "../../ui/button.tsx";
import { TextField } from "../../ui/text-field.tsx";
import { pathAfterSignIn } from "./path-after-sign-in.ts";

/** Why a sign-in did not work, in the reader's terms. */
function fault(error: unknown): string {
  if (!(error instanceof ApiError)) return "The server could not be reached. Try again.";
  if (error.status === 401) return "No such key. Paste the admin key as it was shown when it was made: its secret half (sk-tt-…), or both halves.";
  return error.message;
}

/** Exchanges a key for a cookie; the key itself is kept nowhere. */
export function SignInPage(): ReactElement {
  const router = useRouter();
  const client = useQueryClient();
  const { to } = useSearch({ from: "/sign-in" });
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const key = String(new FormData(event.currentTarget).get("key") ?? "").trim();
    if (key === "") return setProblem("Paste a key first.");
    setIsBusy(true);
    try {
      const me = await unwrap(analytics.POST("/auth/sign-in", { body: { key } }));
      client.clear();
      client.setQueryData(meQuery.queryKey, me);
      await router.invalidate();
      router.history.push(pathAfterSignIn(to));
    } catch (error) {
      setProblem(fault(error));
      setIsBusy(false);
    }
  };
  return (
    <main className="flex min-h-screen items-center justify-center p-4">
      <title>Sign in · Tokentill</title>
      <form onSubmit={(event) => void submit(event)} className="card flex w-full max-w-md flex-col gap-4 p-6">
        <div>
          <h1 className="text-xl font-bold">Tokentill</h1>
          <p className="text-sm text-muted">Where LibreChat's money goes, down to one token.</p>
        </div>
        <TextField label="Key" name="key" type="password" autoComplete="current-password" autoFocus maxLength={256} required error={problem} placeholder="sk-tt-…" hint="The admin key as it was printed, or any key that may read. It becomes a cookie of twelve hours." />
        <Button look="primary" type="submit" disabled={isBusy}>
          {isBusy ? "Signing in…" : "Sign in"}
        </Button>
        <p className="text-xs text-faint">
          No key yet? Whoever runs the installation makes one with <code>make key</code>.
        </p>
      </form>
    </main>
  );
}
