import type { ReactNode } from "react";
import { Dialog, DialogTrigger } from "react-aria-components/Dialog";
import { Popover as AriaPopover } from "react-aria-components/Popover";

type PopoverProps = {
  /** The button that opens it. */
  trigger: ReactNode;
  label: string;
  children: (close: () => void) => ReactNode;
  placement?: "bottom start" | "bottom end";
};

/** A panel that opens below its button, keeps the focus inside and gives it back. */
export function Popover({ trigger, label, children, placement = "bottom start" }: PopoverProps) {
  return (
    <DialogTrigger>
      {trigger}
      <AriaPopover placement={placement} offset={6} className="max-w-[calc(100vw-1rem)] overflow-auto rounded-card border border-line bg-raised shadow-[0_8px_30px_var(--color-shadow)]">
        <Dialog aria-label={label} className="p-2 outline-none">
          {({ close }) => children(close)}
        </Dialog>
      </AriaPopover>
    </DialogTrigger>
  );
}
