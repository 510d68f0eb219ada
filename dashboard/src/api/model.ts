/** Short names for the contract's schemas. */
import type { components } from "./analytics-schema.d.ts";

type Schemas = components["schemas"];

export type Watermark = Schemas["Watermark"];
export type DailyStats = Schemas["DailyStats"];
export type SystemStats = Schemas["SystemStats"];
export type GroupList = Schemas["GroupList"];
export type GroupRow = Schemas["GroupRow"];
export type Group = Schemas["Group"];
export type UserStats = Schemas["UserStats"];
export type SessionList = Schemas["SessionList"];
export type Session = Schemas["Session"];
export type SessionDetail = Schemas["SessionDetail"];
export type Interaction = Schemas["Interaction"];
export type Receipt = Schemas["Receipt"];
export type CostLine = Schemas["CostLine"];
export type Comparison = Schemas["Comparison"];
export type Coverage = Schemas["Coverage"];
export type Figures = Schemas["Figures"];
export type Integrity = Schemas["Integrity"];
export type JobRun = Schemas["JobRun"];
export type Health = Schemas["Health"];
export type Me = Schemas["Me"];
