// `@tokentill/librechat`: what a program says to a Tokentill suite, kept on disk until the suite has it.
export { TokentillClient } from "./client/client.ts";
export type { ClientState } from "./client/client.ts";
export type { Counts } from "./client/counts.ts";
export type { DeclaredCost, Interaction, Moment, SessionMark, Units, UsageConvention } from "./client/event.ts";
export type { Level, Say } from "./client/say.ts";
export type { FsyncPolicy } from "./client/segment-writer.ts";
export { optionsFromEnvironment } from "./client/settings.ts";
export type { ClientOptions } from "./client/settings.ts";
export type { HookRequest, Middleware } from "./hook/express-shapes.ts";
export { analyticsHook } from "./hook/hook.ts";
export type { AnalyticsHook, HookOptions } from "./hook/hook.ts";
export type { HookCounts } from "./hook/hook-counts.ts";
