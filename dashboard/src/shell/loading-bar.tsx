import { useIsFetching } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { cn } from "../ui/class-names.ts";

/** A line at the top while a page, or an answer that the page waits for, is on its way; the poll for news is neither. */
export function LoadingBar() {
  const isRouting = useRouterState({ select: ({ isLoading }) => isLoading });
  const asked = useIsFetching({ predicate: ({ queryKey }) => queryKey[0] !== "watermark" });
  return <div aria-hidden="true" className={cn("fixed inset-x-0 top-0 z-50 h-0.5 origin-left bg-accent transition-transform duration-300 print-hidden", isRouting || asked > 0 ? "scale-x-75" : "scale-x-0")} />;
}
