import type { ReactNode, RefObject } from "react";
import { Dialog } from "react-aria-components/Dialog";
import { Popover as AriaPopover } from "react-aria-components/Popover";

type PopoverPanelProps = {
  label: string;
  placement: "bottom start" | "bottom end";
  triggerRef: RefObject<HTMLButtonElement | null>;
  onClose: () => void;
  children: (close: () => void) => ReactNode;
};

/** The panel of a popover: keeps the focus inside and gives it back to its button. */
export function PopoverPanel({ label, placement, triggerRef, onClose, children }: PopoverPanelProps) {
  return (
    <AriaPopover
      isOpen
      triggerRef={triggerRef}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      placement={placement}
      offset={6}
      className="max-w-[calc(100vw-1rem)] overflow-auto rounded-card border border-line bg-raised shadow-[0_8px_30px_var(--color-shadow)]"
    >
      <Dialog aria-label={label} className="p-2 outline-none">
        {() => children(onClose)}
      </Dialog>
    </AriaPopover>
  );
}
