import { useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect, useEffectEvent } from "react";
import { type Preset, steppedRange } from "../prepare/period.ts";
import type { ChartSearch } from "../prepare/search.ts";
import { announce } from "./announcer.tsx";
import { pages } from "./navigation.ts";
import { preference, setPreference } from "./preference.ts";
import { useSlice } from "./slice-context.ts";

/** The single keys, as the help lists them. */
export const shortcuts = [
  { keys: "⌘K or Ctrl+K", does: "Commands: go anywhere", always: true },
  { keys: "?", does: "This list" },
  { keys: "g then o u m a s e n p h k c l", does: "Go to Overview, Users, Models, Agents, Sessions, Explore, Not counted, Prices, Health, Keys, Connect, Audit (log)" },
  { keys: "t 7 m l", does: "Today, last 7 days, this month, last month" },
  { keys: "[ and ]", does: "Previous and next period" },
  { keys: "v", does: "Chart or table" },
  { keys: ".", does: "Pause or resume live updates" },
  { keys: "j and k", does: "Next and previous row of a table" },
  { keys: "/", does: "Search or filter" },
  { keys: "c", does: "Copy a link to what is on the screen" },
  { keys: "Esc", does: "Clear the filters" },
] as const;

const periods: Record<string, Preset> = { t: "today", "7": "7d", m: "mtd", l: "lm" };

/** Whether a key is meant for a field or a dialog instead of the page. */
function isTaken(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.closest('input, textarea, select, [role="dialog"], [role="listbox"]') !== null);
}

/** Moves the focus along the links that begin the rows of the page's tables. */
function stepRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>("main tbody [data-row-link]")];
  if (rows.length === 0) return;
  const at = rows.findIndex((row) => row === document.activeElement);
  rows[Math.min(Math.max(at + step, 0), rows.length - 1)]?.focus();
}

/** The page's keys; all single ones can be switched off (WCAG 2.1.4). */
export function useShortcuts({ openCommands, openHelp }: { openCommands: () => void; openHelp: () => void }): void {
  const navigate = useNavigate();
  const router = useRouter();
  const { range, today, search } = useSlice();
  const show = (change: object) => void navigate({ to: ".", search: (old: object) => ({ ...old, ...change }) });

  const onKey = useEffectEvent((event: KeyboardEvent, pending: { go: boolean }) => {
    if (event.key.toLowerCase() === "k" && (event.metaKey || event.ctrlKey)) {
      event.preventDefault();
      openCommands();
      return;
    }
    if (event.metaKey || event.ctrlKey || event.altKey || isTaken(event.target) || preference("shortcuts") === "off") return;
    const key = event.key;
    if (pending.go) {
      pending.go = false;
      const page = pages.find((one) => one.key === key);
      if (page !== undefined) {
        event.preventDefault();
        void router.navigate({ to: page.to });
        return;
      }
    }
    const period = periods[key];
    if (period !== undefined) return show({ p: period, from: undefined, to: undefined, skip: undefined });
    const actions: Record<string, () => void> = {
      g: () => {
        pending.go = true;
      },
      "?": openHelp,
      "[": () => show({ p: undefined, ...steppedRange(range, -1, today), skip: undefined }),
      "]": () => show({ p: undefined, ...steppedRange(range, 1, today), skip: undefined }),
      v: () => void navigate({ to: ".", replace: true, search: (old: ChartSearch) => ({ ...old, view: old.view === "table" ? undefined : ("table" as const) }) }),
      ".": () => setPreference("live", preference("live") === "on" ? "paused" : "on"),
      j: () => stepRow(1),
      k: () => stepRow(-1),
      "/": () => (document.querySelector<HTMLElement>('main input[type="search"]') ?? document.querySelector<HTMLElement>("main .filter-button"))?.focus(),
      c: () => {
        navigator.clipboard.writeText(window.location.href).then(() => announce("Link copied"), () => announce("The link could not be copied"));
      },
      Escape: () => {
        if (search.f !== undefined) show({ f: undefined, tenant: undefined, skip: undefined });
      },
    };
    const action = actions[key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  });

  useEffect(() => {
    const pending = { go: false };
    const listener = (event: KeyboardEvent) => onKey(event, pending);
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, []);
}
