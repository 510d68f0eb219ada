/** Views of Explore that a reader named: pure changes of the list that the browser keeps. */

/** A name and the search part of Explore's address, which is all that a view is. */
export type SavedView = { name: string; search: string };

/** The most views that are kept. */
export const viewCountMax = 50;
/** The longest name, in characters. */
export const viewNameLengthMax = 60;

/** The list as it was stored; what is damaged or too much is left out. */
export function parseViews(stored: string | null): SavedView[] {
  let raw: unknown;
  try {
    raw = JSON.parse(stored ?? "[]");
  } catch {
    return [];
  }
  if (!Array.isArray(raw)) return [];
  const views: SavedView[] = [];
  for (const one of raw as unknown[]) {
    if (typeof one !== "object" || one === null || !("name" in one) || !("search" in one)) continue;
    const { name, search } = one;
    if (typeof name !== "string" || typeof search !== "string" || nameFault(views, name) !== null || (search !== "" && !search.startsWith("?"))) continue;
    views.push({ name, search });
  }
  return views.slice(0, viewCountMax);
}

/** Why a name cannot be given, or null; `own` is the name that the view has already. */
export function nameFault(views: readonly SavedView[], name: string, own?: string): string | null {
  const trimmed = name.trim();
  if (trimmed === "") return "Give the view a name.";
  if (trimmed.length > viewNameLengthMax) return `A name has at most ${viewNameLengthMax} characters.`;
  if (trimmed !== own && views.some((view) => view.name === trimmed)) return "Another view has this name.";
  return null;
}

/** The list with one more, at the end or back in its place. */
export function withView(views: readonly SavedView[], view: SavedView, at: number = views.length): SavedView[] {
  return views.toSpliced(at, 0, { ...view, name: view.name.trim() }).slice(0, viewCountMax);
}

/** The list without the view of that name. */
export function withoutView(views: readonly SavedView[], name: string): SavedView[] {
  return views.filter((view) => view.name !== name);
}

/** The list with a view under another name. */
export function withRenamedView(views: readonly SavedView[], name: string, to: string): SavedView[] {
  return views.map((view) => (view.name === name ? { ...view, name: to.trim() } : view));
}
