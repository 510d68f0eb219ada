// ONLY=name,… chooses some of what a target would run.
import { StepError } from "./steps.ts";

/** Those that ONLY names, in their own order; all of them without it. */
export function chosenByOnly<Named extends { name: string }>(all: readonly Named[]): readonly Named[] {
  const only = (process.env["ONLY"] ?? "").split(",").filter((name) => name !== "");
  const unknown = only.find((name) => !all.some((item) => item.name === name));
  if (unknown !== undefined) {
    throw new StepError(`ONLY names '${unknown}', which is not here.`, `choose from: ${all.map(({ name }) => name).join(", ")}.`);
  }
  return only.length === 0 ? all : all.filter(({ name }) => only.includes(name));
}
