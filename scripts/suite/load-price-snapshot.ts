// Loads the vendored price snapshot through pricing-sync's public endpoint.
import { StepError } from "../steps.ts";

/** Answers with a line on what the sync did. A snapshot that is already loaded changes nothing. */
export async function loadPriceSnapshot(url: string, adminKey: string): Promise<string> {
  const response = await fetch(`${url}/pricing/sync`, {
    method: "POST",
    headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
    body: JSON.stringify({ source: "snapshot" }),
  });
  const text = await response.text();
  if (!response.ok) {
    throw new StepError(
      `POST /pricing/sync answered ${response.status}: ${text.slice(0, 500)}`,
      response.status === 409 ? "another run holds the list's lease: wait until it ends." : "the Workers' log says more: .dev/logs/workers.log.",
    );
  }
  const { report } = JSON.parse(text) as { report: { rate_count: number; model_count: number } | null };
  return report === null ? "unchanged" : `${report.rate_count} rates of ${report.model_count} models`;
}
