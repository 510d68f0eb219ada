// Gives a captured OTLP/JSON body to the sample installation: its people and agents in place of those
// of the capture, whose names are those of a test.
import { agents, users } from "./installation.ts";

const people: Record<string, number> = { "user-1": 0, "user-2": 2, "user-3": 4 };
const ownAgents = agents.flatMap(([, agent]) => (agent === undefined ? [] : [agent]));
const captured: Record<string, number> = { agent_abc: 0, default: 1, Tooly: 2, agent_t: 2 };
/** A model that failed in the capture, by a name that nobody sells. */
const models: Record<string, string> = { "err-model": "claude-haiku-4-5" };

type Attribute = { key: string; value: { stringValue?: string } };

/** The value that an attribute has at the sample installation. */
function atHome({ key, value: { stringValue: value } }: Attribute): string | undefined {
  if (value === undefined) return undefined;
  if (key === "user.id") return users[people[value] ?? -1]?.id ?? value;
  if (/model/i.test(key) && models[value] !== undefined) return models[value];
  const name = /^LibreChat Agent: (.+)$/.exec(value)?.[1];
  if (name !== undefined) return `LibreChat Agent: ${ownAgents[captured[name] ?? -1]?.name ?? name}`;
  if (/AgentName$|agentName$/.test(key)) return ownAgents[captured[value] ?? -1]?.name ?? value;
  if (/AgentId$|agentId$/.test(key)) return ownAgents[captured[value] ?? -1]?.id ?? value;
  return value;
}

/** The body as the sample installation would have sent it. */
export function ofSample(body: string): string {
  return JSON.stringify(JSON.parse(body), (_, value: unknown) => {
    if (typeof value !== "object" || value === null || !("key" in value) || !("value" in value)) return value;
    const attribute = value as Attribute;
    const own = atHome(attribute);
    return own === undefined ? value : { ...attribute, value: { ...attribute.value, stringValue: own } };
  });
}
