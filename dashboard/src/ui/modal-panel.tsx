import type { ReactNode } from "react";
import { Dialog } from "react-aria-components/Dialog";
import { Heading } from "react-aria-components/Heading";
import { Modal as AriaModal, ModalOverlay } from "react-aria-components/Modal";
import { Button } from "./button.tsx";
import { cn } from "./class-names.ts";
import { Icon } from "./icon.tsx";

/** What a dialog over the page needs. */
export type ModalProps = {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  /** At the right edge for a task beside the page; in the middle for a question. */
  placement?: "middle" | "edge";
};

/** A dialog over the page: the focus stays inside, Escape closes, the focus returns. */
export function ModalPanel({ title, isOpen, onClose, children, placement = "middle" }: ModalProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      isDismissable
      className={cn("fixed inset-0 z-50 flex bg-shadow p-3", placement === "edge" ? "justify-end" : "items-start justify-center pt-[10vh]")}
    >
      <AriaModal
        className={cn(
          "flex w-full flex-col overflow-auto rounded-card border border-line bg-raised shadow-[0_8px_30px_var(--color-shadow)]",
          placement === "edge" ? "max-w-[34rem]" : "max-h-[80vh] max-w-[36rem]",
        )}
      >
        <Dialog className="flex flex-col gap-4 p-5 outline-none">
          <div className="flex items-start justify-between gap-4">
            <Heading slot="title" className="text-lg font-semibold">
              {title}
            </Heading>
            <Button look="quiet" aria-label="Close" onClick={onClose} className="-mt-1 -mr-2">
              <Icon name="close" />
            </Button>
          </div>
          {children}
        </Dialog>
      </AriaModal>
    </ModalOverlay>
  );
}
