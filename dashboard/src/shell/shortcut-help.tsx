import { Modal } from "../ui/modal.tsx";
import { Button } from "../ui/button.tsx";
import { setPreference, usePreference } from "./preference.ts";
import { shortcuts } from "./use-shortcuts.ts";

/** The list of keys, and the switch that turns the single ones off. */
export function ShortcutHelp({ onClose }: { onClose: () => void }) {
  const isOn = usePreference("shortcuts") === "on";
  return (
    <Modal title="Keyboard shortcuts" isOpen onClose={onClose}>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2 text-sm">
        {shortcuts.map(({ keys, does }) => (
          <div key={keys} className="contents">
            <dt className="font-mono text-xs">{keys}</dt>
            <dd className="text-muted">{does}</dd>
          </div>
        ))}
      </dl>
      <p className="text-sm text-muted">In a chart: ← and → step through time, ↑ and ↓ read its parts, Enter opens, Esc leaves.</p>
      <Button onClick={() => setPreference("shortcuts", isOn ? "off" : "on")}>
        {isOn ? "Switch single keys off" : "Switch single keys on"}
      </Button>
    </Modal>
  );
}
