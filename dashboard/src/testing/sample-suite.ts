/** A stand-in for the suite that answers fetch from the invented ledger. */
import * as book from "./sample-book.ts";
import { daily, groupList, receipt, sessionDetail, sessionList, system, userStats, watermark } from "./sample-ledger.ts";

/** What an address answers: a body, or a whole response. */
export type Answer = (url: URL, request: Request) => unknown;

const answers: Record<string, Answer> = {
  "/watermark": () => watermark,
  "/auth/me": () => ({ key_id: "tk_1b2c", name: "admin", scopes: ["admin"], user_id: null, method: "cookie", expires_at: null }),
  "/stats/daily": ({ searchParams }) => daily(searchParams),
  "/stats/system": ({ searchParams }) => system(searchParams),
  "/stats/users": ({ searchParams }) => groupList("users", searchParams),
  "/stats/models": ({ searchParams }) => groupList("models", searchParams),
  "/stats/agents": ({ searchParams }) => groupList("agents", searchParams),
  "/sessions": ({ searchParams }) => sessionList(searchParams),
  "/integrity": () => book.integrity,
  "/jobs": () => book.jobs,
  "/left-out": () => book.leftOut,
  "/accuracy/unread-fields": () => book.unreadFields,
  "/accuracy/reported-costs": () => book.reportedCosts,
  "/admin/cache-lifetimes": () => book.cacheLifetimes,
  "/admin/reported-costs": () => book.reportedSettings,
  "/admin/rerate/3": () => book.rerateAnswer(false),
  "/health": () => book.health,
  "/pricing/rates": () => book.rates,
  "/pricing/history": () => book.history,
  "/pricing/unpriced": () => book.unpriced,
  "/pricing/quarantine": () => book.quarantine,
  "/pricing/sources": () => book.sources,
  "/pricing/conflicts": () => book.conflicts,
  "/admin/reprice": () => ({ job: "reprice", status: "ok", summary: {} }),
  "/admin/verify": () => ({ job: "verify", status: "ok", summary: {} }),
  "/admin/archive": async (_url, request) => book.archiveAnswer(((await request.json()) as { dry_run?: boolean }).dry_run === true),
  "/admin/rerate": async (_url, request) => (request.method === "POST" ? book.rerateAnswer(((await request.json()) as { dry_run?: boolean }).dry_run === true) : book.rerates),
  "/admin/audit": ({ searchParams }) => book.auditPage(searchParams),
  "/admin/rejections": () => book.rejections,
  "/pricing/overrides": async (_url, request) => book.overrideAnswer(((await request.json()) as { dry_run?: boolean }).dry_run === true),
  "/admin/keys": (_url, { method }) => (method === "POST" ? Response.json({ ...book.keys.items[1], id: "pk-tt-9", secret: "sk-tt-shown-once" }, { status: 201 }) : book.keys),
};
const patterns: [RegExp, Answer][] = [
  [/^\/stats\/users\/(.+)$/, ({ pathname, searchParams }) => userStats(decodeURIComponent(pathname.split("/")[3] ?? ""), searchParams)],
  [/^\/sessions\/[^/]+$/, () => sessionDetail()],
  [/^\/sessions\/[^/]+\/interactions$/, () => sessionDetail().interactions],
  [/^\/interactions\/[^/]+\/cost$/, () => receipt()],
];

/** The addresses that the invented suite answers, those of one user, session and interaction included. */
export const samplePaths: readonly string[] = [...Object.keys(answers), "/stats/users/user-17", "/sessions/s_8f2", "/sessions/s_8f2/interactions", "/interactions/i_000/cost"];

/** What the invented suite answers to an address, if anything. */
export function sampleAnswer(url: URL, request: Request): unknown {
  const answer = answers[url.pathname] ?? patterns.find(([pattern]) => pattern.test(url.pathname))?.[1];
  return answer?.(url, request);
}

/** A refusal as the API words it. */
export function problem(status: number, detail: string): Response {
  return Response.json({ type: "/problems/test", title: "Problem", status, detail, request_id: "req-1" }, { status, headers: { "content-type": "application/problem+json" } });
}

/** Puts the invented suite in fetch's place; `over` answers first. Returns the requests seen and the way back. */
export function installSampleSuite(over: Record<string, Answer> = {}): { requests: string[]; remove: () => void } {
  const real = globalThis.fetch;
  const requests: string[] = [];
  globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const answer = over[url.pathname] ?? answers[url.pathname] ?? patterns.find(([pattern]) => pattern.test(url.pathname))?.[1];
    if (answer === undefined) return real(input, init);
    requests.push(url.pathname + url.search);
    const body = await answer(url, request);
    return body instanceof Response ? body : Response.json(body);
  };
  return {
    requests,
    remove: () => {
      globalThis.fetch = real;
    },
  };
}
