/** Every page, with the sample's own names where a page is about one thing. */
import { ask } from "./ask.ts";

/** A page's short name and its address below `/app/`. */
export type SamplePage = [name: string, path: string];

/** The pages of a suite that has the sample installation. */
export async function samplePages(): Promise<SamplePage[]> {
  const { items } = await ask<{ items: { id: string }[] }>("/sessions?sort=cost&limit=1&model=gpt-5-mini");
  const id = encodeURIComponent(items[0]?.id ?? "");
  const detail = await ask<{ interactions: { items: { id: string; type: string }[] }; session: { user_id: string } }>(`/sessions/${id}`);
  const interaction = detail.interactions.items.find(({ type }) => type === "chat")?.id ?? "";
  const { items: models } = await ask<{ items: { group: { id: string; model: string } }[] }>("/stats/models?limit=10");
  const model = models.find(({ group }) => group.model !== "")?.group.id ?? "";
  const { items: agents } = await ask<{ items: { group: { id: string; agent: string } }[] }>("/stats/agents?limit=10");
  const agent = agents.find(({ group }) => group.agent !== "")?.group.agent ?? "";
  const { items: rates } = await ask<{ items: { id: number; provider: string; model: string }[] }>("/pricing/rates?provider=openai&model=gpt-5-mini&limit=1");
  const of = rates[0] === undefined ? "" : `${rates[0].provider}/${rates[0].model}`;
  return [
    ["overview", "overview"], ["explore", "explore?sub=user"], ["cumulative", "explore?sum=1&by=user"],
    ["users", "users"], ["user", `users/${encodeURIComponent(detail.session.user_id)}`],
    ["models", "models"], ["model", `models/${encodeURIComponent(model)}`],
    ["agents", "agents"], ["agent", `agents/${encodeURIComponent(agent)}`],
    ["sessions", "sessions"], ["session", `sessions/${id}`], ["receipt", `sessions/${id}/${encodeURIComponent(interaction)}`],
    ["unpriced", "unpriced"], ["unread", "unread"], ["not-taken", "not-taken"],
    ["prices", "prices"], ["rates", "prices?tab=rates"], ["price", `prices/${rates[0]?.id ?? 0}?of=${encodeURIComponent(of)}`], ["said", "prices?tab=said"], ["again", "prices?tab=again"], ["quarantine", "prices?tab=quarantine"], ["sources", "prices?tab=sources"],
    ["health", "health"], ["connect", "connect"], ["keys", "keys"], ["audit", "audit"],
  ];
}
