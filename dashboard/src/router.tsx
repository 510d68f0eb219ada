import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, redirect, retainSearchParams, type RouterHistory } from "@tanstack/react-router";
import { ApiError } from "./api/api-error.ts";
import { expectedDay } from "./prepare/expected-day.ts";
import { watermarkQuery } from "./api/queries/ledger.ts";
import { receiptQuery, sessionQuery, sessionsQuery } from "./api/queries/sessions.ts";
import { sliceQuery } from "./prepare/slice-query.ts";
import { dailyQuery, type GroupKind, groupListQuery, systemQuery, userQuery } from "./api/queries/stats.ts";
import { rangeOf } from "./prepare/period.ts";
import { chartSearch, type ChartSearch, listSearch, parseSearch, type SharedSearch, sharedSearch, sessionsSearch, stringifySearch } from "./prepare/search.ts";
import { exploreQueries } from "./routes/explore/explore-queries.ts";
import { agentOf, groupPageQuery, modelOf } from "./routes/groups/group-queries.ts";
import { chartQuery, overviewDailyQuery, overviewDriversQuery } from "./routes/overview/overview-queries.ts";
import { OverviewPage } from "./routes/overview/overview-page.tsx";
import { NotFound, PageError, PagePending } from "./routes/page-fallbacks.tsx";
import { sessionPageQuery, volumeQuery } from "./routes/sessions/session-queries.ts";
import { Shell } from "./shell/shell.tsx";

type Raw = Record<string, unknown>;

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ notFoundComponent: NotFound });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: (raw: Raw): { to?: string } => (typeof raw.to === "string" && raw.to.startsWith("/") && !raw.to.startsWith("//") ? { to: raw.to } : {}),
  component: lazyRouteComponent(() => import("./routes/setup/sign-in-page.tsx"), "SignInPage"),
});

/** Everything behind the sign-in; the watermark brings the calendar that every page needs. */
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  validateSearch: sharedSearch,
  search: { middlewares: [retainSearchParams(["p", "from", "to", "cmp", "f", "tenant"])] },
  loader: async ({ context: { queryClient }, location }) => {
    try {
      await queryClient.ensureQueryData(watermarkQuery);
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) throw redirect({ to: "/sign-in", search: { to: location.href } });
      throw error;
    }
  },
  component: Shell,
  errorComponent: PageError,
  pendingComponent: PagePending,
  // The page's outline at once, and not a moment longer than it is needed.
  pendingMs: 0,
  pendingMinMs: 0,
});

const index = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/overview", search: true as never });
  },
});

/**
 * What a page covers, before it renders: its loader starts the page's requests together, and the page
 * shows how they fare. Where the zone is known from before, they do not wait for the watermark either.
 */
async function sliceFor(queryClient: QueryClient, search: SharedSearch) {
  const heard = queryClient.getQueryData(watermarkQuery.queryKey);
  const today = heard?.today ?? expectedDay(new Date()) ?? (await queryClient.ensureQueryData(watermarkQuery)).today;
  return { query: sliceQuery(search, today), range: rangeOf(search, today) };
}

const overview = createRoute({
  getParentRoute: () => shell,
  path: "/overview",
  validateSearch: (raw: Raw) => ({ ...chartSearch(raw), ...(raw.who === "models" || raw.who === "agents" ? { who: raw.who as "models" | "agents" } : {}) }),
  loaderDeps: ({ search }) => search,
  loader: async ({ context: { queryClient }, deps }) => {
    const search = deps as SharedSearch & ChartSearch & { who?: GroupKind };
    const { query, range } = await sliceFor(queryClient, search);
    void queryClient.prefetchQuery(dailyQuery(overviewDailyQuery(query, range, search)));
    void queryClient.prefetchQuery(systemQuery(query));
    void queryClient.prefetchQuery(groupListQuery(search.who ?? "users", overviewDriversQuery(query)));
  },
  // In the entry itself: it is what a reader opens first, and nearly all of it serves the other pages too.
  component: OverviewPage,
});

const explore = createRoute({
  getParentRoute: () => shell,
  path: "/explore",
  validateSearch: chartSearch,
  loaderDeps: ({ search }) => search,
  loader: async ({ context: { queryClient }, deps }) => {
    const { query, range } = await sliceFor(queryClient, deps as SharedSearch);
    for (const asked of exploreQueries(query, range, deps)) void queryClient.prefetchQuery(dailyQuery(asked));
  },
  component: lazyRouteComponent(() => import("./routes/explore/explore-page.tsx"), "ExplorePage"),
});

const pageNames = { users: "UsersPage", models: "ModelsPage", agents: "AgentsPage" } as const;

function groupListRoute<Kind extends GroupKind>(kind: Kind) {
  return createRoute({
    getParentRoute: () => shell,
    path: `/${kind}` as const,
    validateSearch: listSearch,
    loaderDeps: ({ search }) => search,
    loader: async ({ context: { queryClient }, deps }) => {
      const { query } = await sliceFor(queryClient, deps as SharedSearch);
      void queryClient.prefetchQuery(groupListQuery(kind, groupPageQuery(kind, query, deps)));
    },
    component: lazyRouteComponent(() => import("./routes/groups/group-list-page.tsx"), pageNames[kind]),
  });
}

const users = groupListRoute("users");
const models = groupListRoute("models");
const agents = groupListRoute("agents");

const user = createRoute({
  getParentRoute: () => shell,
  path: "/users/$userId",
  validateSearch: chartSearch,
  loaderDeps: ({ search }) => search,
  loader: async ({ context: { queryClient }, deps, params }) => {
    const shared = deps as SharedSearch;
    const { query } = await sliceFor(queryClient, shared);
    void queryClient.prefetchQuery(userQuery(params.userId, query, shared.tenant));
  },
  component: lazyRouteComponent(() => import("./routes/groups/user-page.tsx"), "UserPage"),
});

const model = createRoute({
  getParentRoute: () => shell,
  path: "/models/$modelId",
  validateSearch: chartSearch,
  loaderDeps: ({ search }) => search,
  loader: async ({ context: { queryClient }, deps, params }) => {
    const { query, range } = await sliceFor(queryClient, deps as SharedSearch);
    const own = { ...query, ...modelOf(params.modelId) };
    void queryClient.prefetchQuery(systemQuery(own));
    void queryClient.prefetchQuery(dailyQuery(chartQuery(own, range, deps, "user")));
  },
  component: lazyRouteComponent(() => import("./routes/groups/model-page.tsx"), "ModelPage"),
});

const agent = createRoute({
  getParentRoute: () => shell,
  path: "/agents/$agentId",
  validateSearch: chartSearch,
  loaderDeps: ({ search }) => search,
  loader: async ({ context: { queryClient }, deps, params }) => {
    const { query, range } = await sliceFor(queryClient, deps as SharedSearch);
    const own = { ...query, agent: agentOf(params.agentId) };
    void queryClient.prefetchQuery(systemQuery(own));
    void queryClient.prefetchQuery(dailyQuery(chartQuery(own, range, deps, "model")));
  },
  component: lazyRouteComponent(() => import("./routes/groups/agent-page.tsx"), "AgentPage"),
});

const sessions = createRoute({
  getParentRoute: () => shell,
  path: "/sessions",
  validateSearch: sessionsSearch,
  loaderDeps: ({ search }) => search,
  loader: async ({ context: { queryClient }, deps }) => {
    const { query, range } = await sliceFor(queryClient, deps as SharedSearch);
    void queryClient.prefetchQuery(sessionsQuery(sessionPageQuery(query, deps)));
    void queryClient.prefetchQuery(dailyQuery(volumeQuery(query, range)));
  },
  component: lazyRouteComponent(() => import("./routes/sessions/sessions-page.tsx"), "SessionsPage"),
});

const session = createRoute({
  getParentRoute: () => shell,
  path: "/sessions/$sessionId",
  validateSearch: (raw: Raw): { skip?: number } => { const { skip } = listSearch(raw); return skip === undefined ? {} : { skip }; },
  loader: ({ context: { queryClient }, params }) => void queryClient.prefetchQuery(sessionQuery(params.sessionId)),
  component: lazyRouteComponent(() => import("./routes/sessions/session-page.tsx"), "SessionPage"),
});

const receipt = createRoute({
  getParentRoute: () => shell,
  path: "/sessions/$sessionId/$interactionId",
  loader: ({ context: { queryClient }, params }) => void queryClient.prefetchQuery(receiptQuery(params.interactionId)),
  component: lazyRouteComponent(() => import("./routes/sessions/receipt-page.tsx"), "ReceiptPage"),
});

const unpriced = createRoute({
  getParentRoute: () => shell,
  path: "/unpriced",
  component: lazyRouteComponent(() => import("./routes/prices/unpriced-page.tsx"), "UnpricedPage"),
});

const prices = createRoute({
  getParentRoute: () => shell,
  path: "/prices",
  validateSearch: (raw: Raw): { q?: string; skip?: number; tab?: "quarantine" | "sources" } => ({ ...listSearch(raw), ...(raw.tab === "quarantine" || raw.tab === "sources" ? { tab: raw.tab as "quarantine" | "sources" } : {}) }),
  component: lazyRouteComponent(() => import("./routes/prices/prices-page.tsx"), "PricesPage"),
});

const health = createRoute({ getParentRoute: () => shell, path: "/health", component: lazyRouteComponent(() => import("./routes/health/health-page.tsx"), "HealthPage") });
const connect = createRoute({ getParentRoute: () => shell, path: "/connect", component: lazyRouteComponent(() => import("./routes/setup/connect-page.tsx"), "ConnectPage") });
const keys = createRoute({ getParentRoute: () => shell, path: "/keys", component: lazyRouteComponent(() => import("./routes/setup/keys-page.tsx"), "KeysPage") });

const routeTree = root.addChildren([index, signIn, shell.addChildren([overview, explore, users, user, models, model, agents, agent, sessions, session, receipt, unpriced, prices, health, connect, keys])]);

/** The router over the address bar, or over a memory for a test. */
export function createAppRouter(queryClient: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree,
    basepath: "/app",
    context: { queryClient },
    parseSearch,
    stringifySearch,
    defaultPreload: "intent",
    defaultPreloadStaleTime: 0,
    scrollRestoration: true,
    ...(history === undefined ? {} : { history }),
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
