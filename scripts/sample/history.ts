// A history of the sample installation, as events for POST /track/batch. It is the same for the
// same last day, on every machine.
import { agents, newcomerModel, preferences, type SampleModel, type SampleUser, smallModel, users } from "./installation.ts";
import { type Random, randomOf } from "./random.ts";

export type TrackEvent = Record<string, unknown> & { id: string; timestamp: string };

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;

/** A day on which one provider had an outage, counted back from the last day. */
const outageDaysAgo = 17;
/** From then on the power users have the new model. */
const newcomerDaysAgo = 21;

/** The events of `days` days up to `now`, by time: enough that this month and the one before it are whole. */
export function sampleHistory(now: Date, days = 90): TrackEvent[] {
  const lastDay = Math.floor(now.getTime() / dayMs);
  const events: TrackEvent[] = [];
  for (let day = lastDay - days + 1; day <= lastDay; day += 1) {
    for (const user of users) events.push(...userDay(user, day, lastDay - day));
    events.push(...declaredCosts(day));
  }
  const latest = now.getTime() - minuteMs;
  return events
    .filter((event) => Date.parse(event.timestamp) <= latest)
    .toSorted((a, b) => a.timestamp.localeCompare(b.timestamp) || a.id.localeCompare(b.id));
}

function userDay(user: SampleUser, day: number, daysAgo: number): TrackEvent[] {
  const date = new Date(day * dayMs).toISOString().slice(0, 10);
  const random = randomOf(`${date} ${user.id}`);
  const weekday = new Date(day * dayMs).getUTCDay();
  const isWeekend = weekday === 0 || weekday === 6;
  const busyness = user.conversationsPerDay * (isWeekend ? 0.12 : weekday === 5 ? 0.8 : 1);
  const conversations = Math.floor(busyness) + (random.chance(busyness % 1) ? 1 : 0);
  return Array.from({ length: conversations }, (_, index) => conversation(user, day, daysAgo, `${date}-${user.id}-${index}`, random)).flat();
}

function conversation(user: SampleUser, day: number, daysAgo: number, sessionId: string, random: Random): TrackEvent[] {
  const isNewcomer = user.kind !== "office" && daysAgo < newcomerDaysAgo && random.chance(0.14);
  const model = isNewcomer ? newcomerModel : random.pick(preferences[user.kind]);
  const agent = random.pick(agents);
  const turns = Math.min(14, random.longTail(2));
  // Two busy spells: the morning and the early afternoon.
  let time = day * dayMs + (random.chance(0.5) ? 8.5 : 13) * 60 * minuteMs + random.integer(0, 4 * 60) * minuteMs + random.integer(0, 59_999);
  // What a conversation begins with: instructions, tools, often a document.
  let history = random.integer(2_000, 22_000);
  const events: TrackEvent[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    const common = { session_id: sessionId, user_id: user.id, user_label: user.label, ...(agent && { agent: agent.id, agent_name: agent.name }) };
    const id = `sample-${sessionId}-${turn}`;
    if (agent !== undefined && random.chance(0.55)) {
      events.push(toolCall(common, `${id}-tool`, agent.tool, time, random));
      time += 2_500;
    }
    const isOutage = daysAgo === outageDaysAgo && model.provider === "anthropic";
    const chat = chatCall(common, id, model, time, history, turn, random.chance(isOutage ? 0.45 : 0.012), random);
    events.push(chat.event);
    if (turn === 0 && !chat.failed) events.push(titleCall(common, `${id}-title`, time + chat.durationMs, random));
    events.push(databaseOperation(common, `${id}-db`, time + chat.durationMs + 40, turn, random));
    history += chat.tokens;
    time += chat.durationMs + random.integer(15_000, 240_000);
  }
  return events;
}

function chatCall(
  common: object, id: string, model: SampleModel, time: number, history: number, turn: number, failed: boolean, random: Random,
): { event: TrackEvent; durationMs: number; tokens: number; failed: boolean } {
  const typed = random.longTail(3_200);
  const output = random.longTail(1_100);
  const reasoning = Math.round((output * model.reasoningPercent) / 100);
  // A prefix is cached from 1,024 tokens on, and known from the second turn on.
  const isCached = model.cache !== "none" && turn > 0 && history >= 1_024;
  const isWritten = model.cache === "read-and-write" && history + typed >= 1_024;
  const firstTokenMs = random.longTail(700);
  const durationMs = failed ? random.integer(300, 9_000) : firstTokenMs + Math.round(((output + reasoning) * 1000) / model.tokensPerSecond);
  const usage = {
    input: (isCached ? 0 : history) + (isWritten ? 0 : typed),
    cache_read: isCached ? history : 0,
    cache_write_5m: isWritten ? typed : 0,
    output,
    reasoning,
  };
  const event: TrackEvent = {
    ...common,
    id,
    type: "chat",
    timestamp: new Date(time).toISOString(),
    duration_ms: durationMs,
    provider: model.provider,
    model_name: model.model,
    ...(model.endpoint !== undefined && { endpoint: model.endpoint }),
    message_id: `${id}-message`,
    context: "message",
    ...(failed
      ? { status: "error", error: random.pick([[5, "overloaded_error"], [3, "rate_limit_exceeded"], [2, "timeout"]]) }
      : { time_to_first_token_ms: firstTokenMs, usage_convention: "disjoint", usage }),
  };
  return { event, durationMs, tokens: failed ? 0 : typed + output, failed };
}

function titleCall(common: object, id: string, time: number, random: Random): TrackEvent {
  return {
    ...common,
    id,
    type: "chat",
    timestamp: new Date(time).toISOString(),
    duration_ms: random.integer(500, 1_400),
    provider: smallModel.provider,
    model_name: smallModel.model,
    context: "title",
    usage_convention: "disjoint",
    usage: { input: random.integer(180, 420), output: random.integer(4, 12) },
  };
}

function toolCall(common: object, id: string, tool: string, time: number, random: Random): TrackEvent {
  const failed = random.chance(0.03);
  return {
    ...common,
    id,
    type: "api",
    timestamp: new Date(time).toISOString(),
    duration_ms: random.longTail(850),
    units: { calls: { [tool]: 1 } },
    ...(failed && { status: "error", error: "tool_timeout" }),
  };
}

function databaseOperation(common: object, id: string, time: number, turn: number, random: Random): TrackEvent {
  return {
    ...common,
    id,
    type: "db",
    timestamp: new Date(time).toISOString(),
    duration_ms: random.integer(2, 30),
    units: { rows_read: 20 + 4 * turn + random.integer(0, 40), rows_written: 3 },
  };
}

/** What the installation pays by the week and the month, whoever uses it. */
function declaredCosts(day: number): TrackEvent[] {
  const date = new Date(day * dayMs);
  const costs: [name: string, amount: string, category: string][] = [
    ...(date.getUTCDay() === 1 ? ([["vector-search", "1.75", "db_ops"]] as [string, string, string][]) : []),
    ...(date.getUTCDate() === 1 ? ([["librechat-hosting", "6.00", "compute_time"], ["web-search-plan", "4.00", "api_calls"]] as [string, string, string][]) : []),
  ];
  return costs.map(([name, amount, category]) => ({
    id: `sample-${date.toISOString().slice(0, 10)}-${name}`,
    type: "cost-event",
    timestamp: new Date(day * dayMs + 6 * 60 * minuteMs).toISOString(),
    user_id: "operations",
    user_label: "Operations",
    session_id: `declared-${date.toISOString().slice(0, 10)}`,
    declared_cost: { amount, category },
    metadata: { what: name },
  }));
}
