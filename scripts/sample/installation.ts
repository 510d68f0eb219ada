// The sample installation: its people, the models that they use, and their agents.

import { createHash } from "node:crypto";

export interface SampleModel {
  provider: string;
  model: string;
  /** What LibreChat calls the endpoint, where that is not the provider. */
  endpoint?: string;
  /** Share of output tokens that are reasoning, in percent. */
  reasoningPercent: number;
  /** Whether a cached prefix is read, and what writing one is called. */
  cache: "none" | "read" | "read-and-write";
  /** Tokens a second, for plausible durations. */
  tokensPerSecond: number;
}

const gptMini: SampleModel = { provider: "openAI", model: "gpt-5-mini", reasoningPercent: 35, cache: "read", tokensPerSecond: 110 };
const gpt: SampleModel = { provider: "openAI", model: "gpt-5", reasoningPercent: 55, cache: "read", tokensPerSecond: 60 };
const gpt41: SampleModel = { provider: "azureOpenAI", model: "gpt-4.1", reasoningPercent: 0, cache: "read", tokensPerSecond: 75 };
const sonnet: SampleModel = { provider: "anthropic", model: "claude-sonnet-4-5", reasoningPercent: 0, cache: "read-and-write", tokensPerSecond: 65 };
const haiku: SampleModel = { provider: "anthropic", model: "claude-haiku-4-5", reasoningPercent: 0, cache: "read-and-write", tokensPerSecond: 140 };
const opus: SampleModel = { provider: "anthropic", model: "claude-opus-4-5", reasoningPercent: 0, cache: "read-and-write", tokensPerSecond: 45 };
const geminiFlash: SampleModel = { provider: "google", model: "gemini-2.5-flash", reasoningPercent: 30, cache: "read", tokensPerSecond: 190 };
const geminiPro: SampleModel = { provider: "google", model: "gemini-2.5-pro", reasoningPercent: 45, cache: "read", tokensPerSecond: 80 };
const mistral: SampleModel = { provider: "mistral", model: "mistral-large-latest", reasoningPercent: 0, cache: "none", tokensPerSecond: 55 };
const deepseek: SampleModel = { provider: "deepseek", model: "deepseek-chat", reasoningPercent: 0, cache: "read", tokensPerSecond: 40 };
/** Nobody sells it, so no list has its price: the operator has to say what it costs. */
const inHouse: SampleModel = { provider: "openAI", model: "acme-llama-3.3-70b", endpoint: "Acme vLLM", reasoningPercent: 0, cache: "none", tokensPerSecond: 30 };

/** Titles and memory runs take a small model. */
export const smallModel = gptMini;

/** Who prefers what; claude-opus-4-5 is introduced to the power users only in the last weeks. */
export const preferences: Record<"office" | "developer" | "research", readonly (readonly [number, SampleModel])[]> = {
  office: [[46, gptMini], [18, gpt41], [14, haiku], [12, geminiFlash], [6, mistral], [4, inHouse]],
  developer: [[38, sonnet], [22, gpt], [14, gptMini], [10, haiku], [10, deepseek], [6, inHouse]],
  research: [[30, geminiPro], [26, gpt], [24, sonnet], [12, geminiFlash], [8, gptMini]],
};
export const newcomerModel = opus;

export interface SampleUser {
  /** As LibreChat has it: an id of its database. */
  id: string;
  label: string;
  kind: keyof typeof preferences;
  /** Conversations on an ordinary working day. */
  conversationsPerDay: number;
}

/** Twenty-four hexadecimal digits, the same for the same name, as LibreChat's database makes them. */
function databaseId(name: string): string {
  return createHash("sha256").update(name).digest("hex").slice(0, 24);
}

const names = [
  "anna.kowalski", "ben.okafor", "carla.mendes", "david.lindqvist", "elif.yilmaz", "farid.haddad", "grace.tanaka", "hugo.laurent", "ines.duarte", "jonas.weber",
  "kavya.iyer", "liam.byrne", "mei.zhang", "noah.friedman", "olga.petrova", "pablo.rojas", "quynh.tran", "rosa.conti", "samir.khan", "tessa.vandenberg",
  "umar.diallo", "vera.novak", "will.hughes", "ximena.lopez", "yusuf.demir", "zoe.martin", "amara.nwosu", "bruno.costa", "chiara.ricci", "dmitri.volkov",
  "emma.jensen", "felix.braun", "gita.sharma", "henrik.dahl", "isla.fraser", "jamal.carter", "keiko.mori", "lars.nilsen", "maria.santos", "nadia.rahman",
  "oscar.blom", "priya.nair", "rafael.silva", "sofia.rossi", "theo.dubois", "ulla.virtanen", "victor.hansen", "wanda.zielinska", "yara.haddad", "zachary.cole",
] as const;

/** Fifty people: few of them use it much, many a little. */
export const users: readonly SampleUser[] = names.map((name, index) => ({
  id: databaseId(name),
  label: name.split(".").map((part) => part.slice(0, 1).toUpperCase() + part.slice(1)).join(" "),
  kind: index % 5 === 1 || index % 5 === 3 ? "developer" : index % 5 === 4 ? "research" : "office",
  conversationsPerDay: 0.25 + 4 / (1 + index / 4),
}));

export interface SampleAgent {
  /** As LibreChat has it: `agent_` and 21 characters. */
  id: string;
  name: string;
  tool: string;
}

export const agents: readonly (readonly [number, SampleAgent | undefined])[] = [
  [62, undefined],
  [16, { id: "agent_kT4vQ2mZs8XwLd91RbNpA", name: "Research assistant", tool: "web_search" }],
  [13, { id: "agent_7yHc0WfUe3GjBn65OtKxS", name: "Code reviewer", tool: "tool:execute_code" }],
  [9, { id: "agent_Pq9LrVa1MzEi4DhJ2CoYu", name: "Support drafts", tool: "tool:file_search" }],
];
