import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import { Button, type ButtonProps } from "./button.tsx";

const loadPanel = () => import("./popover-panel.tsx");
const PopoverPanel = lazy(() => loadPanel().then((module) => ({ default: module.PopoverPanel })));

type PopoverProps = {
  /** The button that opens it. */
  button: ButtonProps;
  label: string;
  children: (close: () => void) => ReactNode;
  placement?: "bottom start" | "bottom end";
};

/** A button that opens a panel below it. The panel's machinery is loaded when the button is approached. */
export function Popover({ button, label, children, placement = "bottom start" }: PopoverProps) {
  const [isOpen, setIsOpen] = useState(false);
  const ref = useRef<HTMLButtonElement | null>(null);
  const prepare = () => void loadPanel();
  return (
    <>
      <Button {...button} ref={ref} aria-haspopup="dialog" aria-expanded={isOpen} onPointerEnter={prepare} onFocus={prepare} onClick={() => setIsOpen(!isOpen)} />
      {isOpen && (
        <Suspense>
          <PopoverPanel label={label} placement={placement} triggerRef={ref} onClose={() => setIsOpen(false)}>
            {children}
          </PopoverPanel>
        </Suspense>
      )}
    </>
  );
}
