import { lazy, Suspense } from "react";
import type { ModalProps } from "./modal-panel.tsx";

const ModalPanel = lazy(() => import("./modal-panel.tsx").then((module) => ({ default: module.ModalPanel })));

/** A dialog over the page, whose machinery is loaded when the first one opens. */
export function Modal(props: ModalProps) {
  if (!props.isOpen) return null;
  return (
    <Suspense>
      <ModalPanel {...props} />
    </Suspense>
  );
}
