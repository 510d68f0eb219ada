import createClient from "openapi-fetch";
import type { paths as AnalyticsPaths } from "./analytics-schema.d.ts";
import type { paths as TrackingPaths } from "./tracking-schema.d.ts";

/**
 * The query API, on the page's own origin with the sign-in cookie. `no-cache` makes the browser ask
 * with the ETag it has: an unchanged answer costs the server one indexed read and no body.
 */
export const analytics = createClient<AnalyticsPaths>({ baseUrl: "/", cache: "no-cache", credentials: "same-origin" });

/** The tracker's administration, through the same front door. */
export const tracker = createClient<TrackingPaths>({ baseUrl: "/", cache: "no-cache", credentials: "same-origin" });
