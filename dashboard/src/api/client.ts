import createClient from "openapi-fetch";
import type { paths as AnalyticsPaths } from "./analytics-schema.d.ts";
import type { paths as PricingPaths } from "./pricing-schema.d.ts";
import type { paths as TrackingPaths } from "./tracking-schema.d.ts";

const options = {
  baseUrl: "/",
  cache: "no-cache",
  credentials: "same-origin",
  // Lists are written with commas; a repeated parameter is refused.
  querySerializer: { array: { style: "form", explode: false } },
  // Looked up at each request, so that a test can answer in the network's place.
  fetch: (request: Request) => globalThis.fetch(request),
} as const;

/**
 * The query API, on the page's own origin with the sign-in cookie. `no-cache` makes the browser ask
 * with the ETag it has: an unchanged answer costs the server one indexed read and no body.
 */
export const analytics = createClient<AnalyticsPaths>(options);

/** The tracker's administration, through the same front door. */
export const tracker = createClient<TrackingPaths>(options);

/** The price book, through the same front door. */
export const pricing = createClient<PricingPaths>(options);
