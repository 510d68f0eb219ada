// The dashboard over the invented ledger, for looking at pages: /app/sample.html#/app/overview
import { installSampleSuite } from "./sample-suite.ts";

installSampleSuite();
history.replaceState(null, "", location.hash.slice(1) || "/app/overview");
await import("../main.tsx");
