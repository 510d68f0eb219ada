/** How many characters at its end tell one long name from another. */
const tail = 8;

/** A name that is cut in its middle where there is no room: long ids differ at their ends. */
export function MiddleCut({ text }: { text: string }) {
  if (text.length <= tail * 2) return <span className="block truncate">{text}</span>;
  return (
    <span className="flex min-w-0 whitespace-nowrap" translate="no">
      <span className="min-w-0 truncate whitespace-pre">{text.slice(0, -tail)}</span>
      <span className="shrink-0 whitespace-pre">{text.slice(-tail)}</span>
    </span>
  );
}
