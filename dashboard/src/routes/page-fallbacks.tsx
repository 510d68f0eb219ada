import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { ApiError } from "../api/api-error.ts";
import { panelState } from "../prepare/panel-state.ts";
import { buttonClass } from "../ui/button.tsx";
import { PanelMessage } from "../ui/panel-message.tsx";
import { Skeleton } from "../ui/skeleton.tsx";

/** What stands where a page could not be shown at all. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const known = error instanceof Error ? error : new Error("Something unexpected went wrong.");
  const status = known instanceof ApiError ? { status: known.status } : {};
  const state = panelState({ hasData: false, fetching: false, error: { name: known.name, message: known.message, ...status }, updatedAt: 0, isEmpty: false, ledgerIsEmpty: false, isFiltered: false });
  return (
    <main className="flex min-h-[60vh] flex-col items-center justify-center gap-2 p-6" data-state={state.kind}>
      <title>Not loaded · Tokentill</title>
      <PanelMessage
        state={state}
        retry={() => {
          reset();
          void router.invalidate();
        }}
      />
      <Link to="/overview" search={() => ({})} className="link text-sm">
        To the overview
      </Link>
    </main>
  );
}

/** What stands while the first answer is on its way. */
export function PagePending() {
  return (
    <main className="mx-auto flex max-w-[84rem] flex-col gap-4 p-6 lg:pl-62">
      <Skeleton height={40} />
      <Skeleton height={120} />
      <Skeleton height={330} />
    </main>
  );
}

/** An address that leads nowhere. */
export function NotFound() {
  return (
    <main className="flex min-h-[60vh] flex-col items-center justify-center gap-3 p-6 text-center">
      <title>Not found · Tokentill</title>
      <h1 className="text-xl font-bold">There is no such page</h1>
      <p className="text-muted">The address may be mistyped, or the page may have moved.</p>
      <Link to="/overview" className={buttonClass("primary")}>
        To the overview
      </Link>
    </main>
  );
}
