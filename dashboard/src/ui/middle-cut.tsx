import { visibleName } from "../prepare/visible-name.ts";
import { MixedScripts } from "./mixed-scripts.tsx";

/** How many characters at its end tell one long name from another. */
const tail = 8;

/** A name that is cut in its middle where there is no room: long ids differ at their ends. It can't turn what stands around it. */
export function MiddleCut({ text }: { text: string }) {
  const letters = [...visibleName(text)];
  const name =
    letters.length <= tail * 2 ? (
      <bdi className="block truncate">{letters.join("")}</bdi>
    ) : (
      <bdi className="flex min-w-0 whitespace-nowrap" translate="no">
        <span className="min-w-0 truncate whitespace-pre">{letters.slice(0, -tail).join("")}</span>
        <span className="shrink-0 whitespace-pre">{letters.slice(-tail).join("")}</span>
      </bdi>
    );
  return (
    <>
      {name}
      <MixedScripts text={text} />
    </>
  );
}
