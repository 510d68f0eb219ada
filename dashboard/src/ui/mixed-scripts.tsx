import { mixesScripts } from "../prepare/visible-name.ts";
import { Badge } from "./badge.tsx";

/** The mark of a name whose letters may be taken for others; nothing for the rest. */
export function MixedScripts({ text }: { text: string }) {
  if (!mixesScripts(text)) return null;
  return (
    <Badge tone="warn" title="One word of this name mixes Latin letters with those of another script that look alike: it may imitate another name.">
      mixed scripts
    </Badge>
  );
}
