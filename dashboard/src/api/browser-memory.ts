/** What this browser heard on an earlier visit, so that the next one need not wait or jump: hints, never the truth. */

/** What is kept. */
export type Hint = "zone" | "first_day" | "scopes" | "name" | "banner";

/** What was kept, or null; storage may be blocked, and nothing depends on it. */
export function remembered(hint: Hint): string | null {
  try {
    return localStorage.getItem(`tokentill.${hint}`);
  } catch {
    return null;
  }
}

/** Keeps a hint. */
export function remember(hint: Hint, value: string): void {
  try {
    if (localStorage.getItem(`tokentill.${hint}`) !== value) localStorage.setItem(`tokentill.${hint}`, value);
  } catch {
    // The next visit waits as the first one did.
  }
}

/** Drops a hint. */
export function forget(hint: Hint): void {
  try {
    localStorage.removeItem(`tokentill.${hint}`);
  } catch {
    // Nothing was kept either.
  }
}
