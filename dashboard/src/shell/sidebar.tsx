import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { useEffect, useEffectEvent, useRef } from "react";
import { analytics } from "../api/client.ts";
import { meQuery } from "../api/queries/ledger.ts";
import { systemQuery } from "../api/queries/stats.ts";
import { plural } from "../prepare/quantity.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { cn } from "../ui/class-names.ts";
import { Icon } from "../ui/icon.tsx";
import { forget, remembered } from "../api/browser-memory.ts";
import { useCaller } from "../api/caller.ts";
import { type Page, pagesFor, setUpPages, spendPages, accuracyPages } from "./navigation.ts";
import { setPreference, usePreference } from "./preference.ts";
import { useSlice } from "./slice-context.ts";

type SidebarProps = { isOpen: boolean; onClose: () => void; onNavigate: () => void; onCommands: () => void; onHelp: () => void };

/** The pages in three groups; a badge only where something waits. */
export function Sidebar({ isOpen, onClose, onNavigate, onCommands, onHelp }: SidebarProps) {
  const { query } = useSlice();
  const caller = useCaller();
  const ref = useRef<HTMLElement | null>(null);
  const onEscape = useEffectEvent(onClose);
  useEffect(() => {
    if (!isOpen) return;
    ref.current?.querySelector<HTMLElement>("li a")?.focus();
    // Before the page's own keys, of which Escape clears the filters.
    const leave = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      onEscape();
    };
    document.addEventListener("keydown", leave, { capture: true });
    return () => document.removeEventListener("keydown", leave, { capture: true });
  }, [isOpen]);
  const accuracy = pagesFor(accuracyPages, caller);
  // The overview asks the same question, so there it costs nothing.
  const { data: unpriced } = useQuery({ ...systemQuery(query), select: ({ unpriced_models }) => unpriced_models.length });
  return (
    <nav
      ref={ref}
      aria-label="Pages"
      {...(isOpen ? { role: "dialog", "aria-modal": true } : {})}
      className={cn(
        "z-40 flex-col gap-5 border-line bg-card px-3 py-4 print-hidden lg:sticky lg:top-0 lg:flex lg:h-screen lg:overflow-y-auto lg:border-r",
        isOpen ? "fixed inset-x-0 top-[3.1rem] bottom-0 flex overflow-y-auto border-b" : "hidden",
      )}
    >
      <Link to="/overview" className="hidden items-center gap-2 px-2 text-base font-bold no-underline lg:flex" onClick={onNavigate}>
        <svg aria-hidden="true" width="18" height="18" viewBox="0 0 32 32">
          <rect width="32" height="32" rx="7" fill="var(--color-accent)" />
          <path d="M8 23V15M13.3 23V10M18.7 23v-6M24 23V7" stroke="var(--color-on-accent)" strokeWidth="3.200" strokeLinecap="round" />
        </svg>
        Tokentill
      </Link>
      <Group name="Spend" pages={pagesFor(spendPages, caller)} onNavigate={onNavigate} />
      {accuracy.length > 0 && <Group name="Accuracy" pages={accuracy} onNavigate={onNavigate} badges={unpriced === undefined || unpriced === 0 ? {} : { "/unpriced": unpriced }} />}
      <Group name="Set up" pages={pagesFor(setUpPages, caller)} onNavigate={onNavigate}>
        <li>
          <a href="/docs" className={itemClass}>
            <Icon name="book" />
            API docs
            <Icon name="external" size={12} className="ml-auto text-faint" />
          </a>
        </li>
      </Group>
      <div className="mt-auto flex flex-col gap-1">
        <Button look="quiet" className="justify-start" onClick={onCommands}>
          <Icon name="search" /> Go to… <kbd className="ml-auto text-xs text-faint">⌘K</kbd>
        </Button>
        <Button look="quiet" className="justify-start" onClick={onHelp}>
          <Icon name="key" /> Shortcuts <kbd className="ml-auto text-xs text-faint">?</kbd>
        </Button>
        <ThemeChoice />
        <SignOut />
        <WhoIAm />
        <a href="/app/notices.txt" className="inline-flex min-h-6 items-center px-2.5 text-xs text-muted no-underline hover:underline">
          Licences
        </a>
      </div>
    </nav>
  );
}

const itemClass = "flex min-h-8 items-center gap-2.5 rounded-control px-2 py-1 text-sm text-muted no-underline hover:bg-hover hover:text-text";

function Group({ name, pages, onNavigate, badges = {}, children }: { name: string; pages: readonly Page[]; onNavigate: () => void; badges?: Record<string, number>; children?: React.ReactNode }) {
  return (
    <div>
      <h2 className="px-2 pb-1 text-xs text-faint">{name}</h2>
      <ul className="flex flex-col gap-0.5">
        {pages.map((page) => (
          <li key={page.to}>
            <Link to={page.to} onClick={onNavigate} className={itemClass} activeProps={{ className: "bg-selected text-text font-semibold", "aria-current": "page" }} activeOptions={{ includeSearch: false }}>
              <Icon name={page.icon} />
              {page.name}
              {badges[page.to] !== undefined && (
                <span className="ml-auto">
                  <Badge tone="warn" title={`${plural(badges[page.to] ?? 0, "model")} without a price in this period`}>
                    {badges[page.to]}
                  </Badge>
                </span>
              )}
            </Link>
          </li>
        ))}
        {children}
      </ul>
    </div>
  );
}

const roles = [
  ["admin", "everything"],
  ["read", "reads everything"],
  ["self", "own numbers"],
] as const;

/** Which key is signed in, and what it may see. */
function WhoIAm() {
  const { data } = useQuery({ ...meQuery, enabled: false });
  // A page asks only where it needs to know; the name is that of the last time.
  const [name, scopes] = data === undefined ? [remembered("name"), remembered("scopes")?.split(" ") ?? []] : [data.name, data.scopes];
  if (name === null) return null;
  const role = roles.find(([scope]) => scopes.some((one) => one === scope))?.[1] ?? scopes.join(", ");
  return (
    <p className="border-t border-line px-2.5 pt-2 text-xs text-muted">
      <span className="block truncate font-medium text-text" title={data?.key_id ?? undefined}>
        {name}
      </span>
      {role}
      {data?.user_id != null && ` of ${data.user_id}`}
    </p>
  );
}

/** Ends the browser's session; the key itself stays good. */
function SignOut() {
  const client = useQueryClient();
  const router = useRouter();
  const leave = async () => {
    // Whatever the server says, this page forgets what it has seen.
    await analytics.POST("/auth/sign-out").catch(() => undefined);
    client.clear();
    forget("scopes");
    forget("name");
    await router.navigate({ to: "/sign-in" });
  };
  return (
    <Button look="quiet" className="justify-start" onClick={() => void leave()}>
      <Icon name="leave" /> Sign out
    </Button>
  );
}

const themes = [
  { value: "system", name: "System theme" },
  { value: "light", name: "Light" },
  { value: "dark", name: "Dark" },
] as const;

function ThemeChoice() {
  const theme = usePreference("theme");
  const next = themes[(themes.findIndex(({ value }) => value === theme) + 1) % themes.length] ?? themes[0];
  const name = themes.find(({ value }) => value === theme)?.name;
  return (
    <Button look="quiet" className="justify-start" aria-label={`Theme: ${name}. Change to ${next.name}`} onClick={() => setPreference("theme", next.value)}>
      <Icon name="theme" /> {name}
    </Button>
  );
}
