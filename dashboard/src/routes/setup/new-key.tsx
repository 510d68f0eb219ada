import type { CreatedKey } from "../../api/queries/keys.ts";
import { CopyButton } from "../../ui/copy-button.tsx";

/** A key with its secret, for the one time that it can be seen. */
export function NewKeyNote({ made }: { made: CreatedKey }) {
  const whole = `${made.id}:${made.secret}`;
  return (
    <div role="status" className="flex flex-col gap-2 rounded-card border border-line bg-good-surface p-4 text-sm">
      <p className="font-semibold text-good">Key “{made.name}” is made. Its secret is shown this once: keep it now.</p>
      <code className="font-mono text-xs break-all text-text" data-testid="new-key">
        {whole}
      </code>
      <CopyButton text={whole} label="Copy key" />
    </div>
  );
}
