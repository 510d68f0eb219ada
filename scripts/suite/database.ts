import type { Miniflare } from "miniflare";

/** The suite's database, as miniflare gives it. */
export type Database = Awaited<ReturnType<Miniflare["getD1Database"]>>;
