// Sends the sample traffic through the tracker's public HTTP API, as a LibreChat would.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../repository.ts";
import { StepError } from "../steps.ts";
import { ofSample } from "./at-home.ts";
import { sampleHistory } from "./history.ts";
import { stillTaken } from "./move-trace.ts";

const batchSize = 500;
const captures = join(root, "tests", "fixtures", "langfuse-otlp");

export async function sendSample(url: string, ingestKey: string, now: Date): Promise<void> {
  const post = async (path: string, body: string): Promise<void> => {
    const response = await fetch(`${url}${path}`, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(ingestKey).toString("base64")}`, "content-type": "application/json" },
      body,
    });
    const text = await response.text();
    if (!response.ok) {
      throw new StepError(
        `POST ${path} answered ${response.status}: ${text.slice(0, 500)}`,
        "look into .dev/logs/workers.log; 'make dev SAMPLE=0' starts without the sample.",
      );
    }
    refuseRejections(path, text);
  };

  const events = sampleHistory(now);
  for (let start = 0; start < events.length; start += batchSize) {
    await post("/track/batch", JSON.stringify({ events: events.slice(start, start + batchSize) }));
    if ((start / batchSize) % 8 === 7) console.log(`    … ${start + batchSize} of ${events.length} events`);
  }
  const names = readdirSync(captures).filter((name) => name.endsWith(".json"));
  for (const name of names) {
    await post("/api/public/otel/v1/traces", stillTaken(ofSample(readFileSync(join(captures, name), "utf8")), now));
  }
  console.log(`    ${events.length} events and ${names.length} captured LibreChat traces`);
}

/** A batch answers 200 even where it refused one of its events. */
function refuseRejections(path: string, answer: string): void {
  const { results = [] } = JSON.parse(answer) as { results?: { status?: string }[] };
  const refused = results.find((result) => result.status === "rejected" || result.status === "conflict");
  if (refused !== undefined) {
    throw new StepError(
      `POST ${path} refused an event of the sample: ${JSON.stringify(refused)}`,
      "the sample and the contract disagree: mend scripts/sample; 'make dev SAMPLE=0' starts without it.",
    );
  }
}
