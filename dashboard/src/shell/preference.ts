import { useSyncExternalStore } from "react";

/** What a reader may choose for this browser; it is no part of a link. */
const defaults = { theme: "system", shortcuts: "on", live: "on" } as const;
const choices = { theme: ["system", "light", "dark"], shortcuts: ["on", "off"], live: ["on", "paused"] } as const;

/** A preference. */
export type Preference = keyof typeof defaults;
/** Its values. */
export type PreferenceValue<Name extends Preference> = (typeof choices)[Name][number];

const listeners = new Set<() => void>();
const memory = new Map<Preference, string>();

/** The value in force; a blocked storage means the default, kept for this page only. */
export function preference<Name extends Preference>(name: Name): PreferenceValue<Name> {
  let stored = memory.get(name);
  if (stored === undefined) {
    try {
      stored = localStorage.getItem(`tokentill.${name}`) ?? undefined;
    } catch {
      stored = undefined;
    }
  }
  const allowed: readonly string[] = choices[name];
  return (stored !== undefined && allowed.includes(stored) ? stored : defaults[name]) as PreferenceValue<Name>;
}

/** Keeps a choice; the theme takes effect at once. */
export function setPreference<Name extends Preference>(name: Name, value: PreferenceValue<Name>): void {
  memory.set(name, value);
  try {
    localStorage.setItem(`tokentill.${name}`, value);
  } catch {
    // Kept in memory: the choice holds until the page is closed.
  }
  if (name === "theme") {
    if (value === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value;
  }
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** A preference that renders anew when it changes. */
export function usePreference<Name extends Preference>(name: Name): PreferenceValue<Name> {
  return useSyncExternalStore(subscribe, () => preference(name));
}
