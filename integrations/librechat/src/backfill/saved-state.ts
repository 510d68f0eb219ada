// Where a run stands, in a file that is whole at any moment.
import { readFileSync, renameSync, writeFileSync } from "node:fs";

export interface SavedState {
  /** The next run begins with this row. */
  cursor: string | null;
  /** What the cursor is about: another database or another end is another run. */
  database: string;
  before: string;
}

export function readState(path: string): SavedState | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const state = JSON.parse(text) as SavedState;
  if (state.cursor !== null && !/^[0-9a-f]{24}$/.test(state.cursor)) throw new Error(`${path} holds no cursor: remove it to begin anew; what was sent counts once anyway`);
  return state;
}

export function saveState(path: string, state: SavedState): void {
  const next = `${path}.next`;
  writeFileSync(next, `${JSON.stringify(state)}\n`, { mode: 0o600 });
  renameSync(next, path);
}
