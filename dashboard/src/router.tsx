import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, redirect, retainSearchParams, type RouterHistory } from "@tanstack/react-router";
import { ApiError } from "./api/api-error.ts";
import { remembered } from "./api/browser-memory.ts";
import { expectedCalendar } from "./prepare/expected-calendar.ts";
import type { Watermark } from "./api/model.ts";
import { watermarkQuery } from "./api/queries/ledger.ts";
import { receiptQuery, sessionQuery, sessionsQuery } from "./api/queries/sessions.ts";
import { sliceQuery } from "./prepare/slice-query.ts";
import { dailyQuery, type GroupKind, groupListQuery, systemQuery, userQuery } from "./api/queries/stats.ts";
import { type Calendar, rangeOf } from "./prepare/period.ts";
import { chartSearch, listSearch, overviewSearch, pageSearch, parseSearch, priceRowSearch, pricesSearch, type SharedSearch, sharedSearch, sessionsSearch, signInSearch, stringifySearch } from "./prepare/search.ts";
import { exploreQueries } from "./routes/explore/explore-queries.ts";
import { agentOf, groupPageQuery, modelOf } from "./routes/groups/group-queries.ts";
import { chartQuery, overviewDailyQuery, overviewDriversQuery } from "./routes/overview/overview-queries.ts";
import { OverviewPage } from "./routes/overview/overview-page.tsx";
import { lazyPage } from "./routes/lazy-page.tsx";
import { NotFound, PageError, PagePending } from "./routes/page-fallbacks.tsx";
import { sessionPageQuery, volumeQuery } from "./routes/sessions/session-queries.ts";
import { Shell } from "./shell/shell.tsx";

const root = createRootRouteWithContext<{ queryClient: QueryClient }>()({ notFoundComponent: NotFound, errorComponent: PageError });

const signIn = createRoute({
  getParentRoute: () => root,
  path: "/sign-in",
  validateSearch: signInSearch,
  component: lazyPage(() => import("./routes/setup/sign-in-page.tsx"), "SignInPage"),
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

function calendarOf({ today, first_day }: Watermark): Calendar {
  return { today, firstDay: first_day };
}

/**
 * What a page covers, before it renders: its loader starts the page's requests together, and the page
 * shows how they fare. Where the zone is known from before, they do not wait for the watermark either.
 */
async function sliceFor(queryClient: QueryClient, search: SharedSearch) {
  const heard = queryClient.getQueryData(watermarkQuery.queryKey);
  const expected = heard === undefined ? expectedCalendar(new Date()) : undefined;
  const calendar = expected ?? calendarOf(heard ?? (await queryClient.ensureQueryData(watermarkQuery)));
  return { query: sliceQuery(search, calendar), range: rangeOf(search, calendar) };
}

const overview = createRoute({
  getParentRoute: () => shell,
  path: "/overview",
  validateSearch: overviewSearch,
  loaderDeps: ({ search }) => search,
  loader: async ({ context: { queryClient }, deps }) => {
    const { query, range } = await sliceFor(queryClient, deps);
    void queryClient.prefetchQuery(dailyQuery(overviewDailyQuery(query, range, deps)));
    void queryClient.prefetchQuery(systemQuery(query));
    void queryClient.prefetchQuery(groupListQuery(deps.who ?? (remembered("scopes") === "self" ? "models" : "users"), overviewDriversQuery(query)));
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
    const { query, range } = await sliceFor(queryClient, deps);
    for (const asked of exploreQueries(query, range, deps)) void queryClient.prefetchQuery(dailyQuery(asked));
  },
  component: lazyPage(() => import("./routes/explore/explore-page.tsx"), "ExplorePage"),
});

const pageNames = { users: "UsersPage", models: "ModelsPage", agents: "AgentsPage" } as const;

function groupListRoute<Kind extends GroupKind>(kind: Kind) {
  return createRoute({
    getParentRoute: () => shell,
    path: `/${kind}` as const,
    validateSearch: listSearch,
    loaderDeps: ({ search }) => search,
    loader: async ({ context: { queryClient }, deps }) => {
      const { query } = await sliceFor(queryClient, deps);
      void queryClient.prefetchQuery(groupListQuery(kind, groupPageQuery(kind, query, deps)));
    },
    component: lazyPage(() => import("./routes/groups/group-list-page.tsx"), pageNames[kind]),
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
    const { query } = await sliceFor(queryClient, deps);
    void queryClient.prefetchQuery(userQuery(params.userId, query, deps.tenant));
  },
  component: lazyPage(() => import("./routes/groups/user-page.tsx"), "UserPage"),
});

const model = createRoute({
  getParentRoute: () => shell,
  path: "/models/$modelId",
  validateSearch: chartSearch,
  loaderDeps: ({ search }) => search,
  loader: async ({ context: { queryClient }, deps, params }) => {
    const { query, range } = await sliceFor(queryClient, deps);
    const own = { ...query, ...modelOf(params.modelId) };
    void queryClient.prefetchQuery(systemQuery(own));
    void queryClient.prefetchQuery(dailyQuery(chartQuery(own, range, deps, "user")));
  },
  component: lazyPage(() => import("./routes/groups/model-page.tsx"), "ModelPage"),
});

const agent = createRoute({
  getParentRoute: () => shell,
  path: "/agents/$agentId",
  validateSearch: chartSearch,
  loaderDeps: ({ search }) => search,
  loader: async ({ context: { queryClient }, deps, params }) => {
    const { query, range } = await sliceFor(queryClient, deps);
    const own = { ...query, agent: agentOf(params.agentId) };
    void queryClient.prefetchQuery(systemQuery(own));
    void queryClient.prefetchQuery(dailyQuery(chartQuery(own, range, deps, "model")));
  },
  component: lazyPage(() => import("./routes/groups/agent-page.tsx"), "AgentPage"),
});

const sessions = createRoute({
  getParentRoute: () => shell,
  path: "/sessions",
  validateSearch: sessionsSearch,
  loaderDeps: ({ search }) => search,
  loader: async ({ context: { queryClient }, deps }) => {
    const { query, range } = await sliceFor(queryClient, deps);
    void queryClient.prefetchQuery(sessionsQuery(sessionPageQuery(query, deps)));
    void queryClient.prefetchQuery(dailyQuery(volumeQuery(query, range)));
  },
  component: lazyPage(() => import("./routes/sessions/sessions-page.tsx"), "SessionsPage"),
});

const session = createRoute({
  getParentRoute: () => shell,
  path: "/sessions/$sessionId",
  validateSearch: pageSearch,
  loader: ({ context: { queryClient }, params }) => void queryClient.prefetchQuery(sessionQuery(params.sessionId)),
  component: lazyPage(() => import("./routes/sessions/session-page.tsx"), "SessionPage"),
});

const receipt = createRoute({
  getParentRoute: () => shell,
  path: "/sessions/$sessionId/$interactionId",
  loader: ({ context: { queryClient }, params }) => void queryClient.prefetchQuery(receiptQuery(params.interactionId)),
  component: lazyPage(() => import("./routes/sessions/receipt-page.tsx"), "ReceiptPage"),
});

/** The receipt of an interaction of which only the id is at hand. */
const interaction = createRoute({
  getParentRoute: () => shell,
  path: "/interactions/$interactionId",
  loader: async ({ context: { queryClient }, params: { interactionId } }) => {
    const { interaction: found } = await queryClient.ensureQueryData(receiptQuery(interactionId));
    throw redirect({ to: "/sessions/$sessionId/$interactionId", params: { sessionId: found.session_id, interactionId }, search: true as never, replace: true });
  },
});

const unpriced = createRoute({
  getParentRoute: () => shell,
  path: "/unpriced",
  component: lazyPage(() => import("./routes/prices/unpriced-page.tsx"), "UnpricedPage"),
});

const prices = createRoute({
  getParentRoute: () => shell,
  path: "/prices",
  validateSearch: pricesSearch,
  component: lazyPage(() => import("./routes/prices/prices-page.tsx"), "PricesPage"),
});

const priceRow = createRoute({
  getParentRoute: () => shell,
  path: "/prices/$priceId",
  validateSearch: priceRowSearch,
  component: lazyPage(() => import("./routes/prices/price-row-page.tsx"), "PriceRowPage"),
});

const unread = createRoute({ getParentRoute: () => shell, path: "/unread", component: lazyPage(() => import("./routes/accuracy/unread-page.tsx"), "UnreadPage") });
const notTaken = createRoute({ getParentRoute: () => shell, path: "/not-taken", component: lazyPage(() => import("./routes/accuracy/not-taken-page.tsx"), "NotTakenPage") });
const health = createRoute({ getParentRoute: () => shell, path: "/health", component: lazyPage(() => import("./routes/health/health-page.tsx"), "HealthPage") });
const connect = createRoute({ getParentRoute: () => shell, path: "/connect", component: lazyPage(() => import("./routes/setup/connect-page.tsx"), "ConnectPage") });
const keys = createRoute({ getParentRoute: () => shell, path: "/keys", component: lazyPage(() => import("./routes/setup/keys-page.tsx"), "KeysPage") });
const audit = createRoute({ getParentRoute: () => shell, path: "/audit", component: lazyPage(() => import("./routes/audit/audit-page.tsx"), "AuditPage") });

const routeTree = root.addChildren([index, signIn, shell.addChildren([overview, explore, users, user, models, model, agents, agent, sessions, session, receipt, interaction, unpriced, unread, notTaken, prices, priceRow, health, connect, keys, audit])]);

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
