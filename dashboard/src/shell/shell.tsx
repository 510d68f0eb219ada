import { Outlet, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useCaller } from "../api/caller.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { announce, Announcer } from "./announcer.tsx";
import { LoadingBar } from "./loading-bar.tsx";
import { pages } from "./navigation.ts";
import { NotForThisKey } from "./not-for-this-key.tsx";
import { Sidebar } from "./sidebar.tsx";
import { useFocusReturn } from "./use-focus-return.ts";
import { useShortcuts } from "./use-shortcuts.ts";

const CommandMenu = lazy(() => import("./command-menu.tsx").then((module) => ({ default: module.CommandMenu })));
const ShortcutHelp = lazy(() => import("./shortcut-help.tsx").then((module) => ({ default: module.ShortcutHelp })));

/** The frame around every page: the way to the others, and what works everywhere. */
export function Shell() {
  const [overlay, setOverlay] = useState<"none" | "commands" | "shortcuts" | "navigation">("none");
  const close = () => setOverlay("none");
  useShortcuts({ openCommands: () => setOverlay("commands"), openHelp: () => setOverlay("shortcuts") });
  useFocusReturn();
  const menuButton = useRef<HTMLButtonElement | null>(null);
  const isMenu = overlay === "navigation";
  const closeMenu = () => {
    close();
    menuButton.current?.focus();
  };
  const pathname = useRouterState({ select: ({ resolvedLocation }) => resolvedLocation?.pathname });
  const { readsAll } = useCaller();
  const barred = readsAll ? undefined : pages.find(({ to, needs }) => needs === "all" && to === pathname);
  useEffect(() => {
    if (pathname !== undefined) announce(document.title);
  }, [pathname]);
  return (
    <div className="min-h-screen lg:grid lg:grid-cols-[14rem_minmax(0,1fr)]">
      <a href="#page" className="sr-only z-50 rounded-control bg-accent px-3 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2">
        Skip to the page
      </a>
      <LoadingBar />
      <header className="sticky top-0 z-30 flex items-center gap-2 border-b border-line bg-card px-3 py-2 lg:hidden print-hidden">
        <Button ref={menuButton} look="quiet" aria-label="Pages" aria-expanded={isMenu} onClick={() => setOverlay(isMenu ? "none" : "navigation")}>
          <Icon name={isMenu ? "close" : "menu"} />
        </Button>
        <span className="font-semibold">Tokentill</span>
        <Button look="quiet" aria-label="Commands" className="ml-auto" onClick={() => setOverlay("commands")}>
          <Icon name="search" />
        </Button>
      </header>
      <Sidebar isOpen={isMenu} onClose={closeMenu} onNavigate={close} onCommands={() => setOverlay("commands")} onHelp={() => setOverlay("shortcuts")} />
      <main id="page" tabIndex={-1} inert={isMenu} className="min-w-0 px-4 py-4 outline-none sm:px-6 lg:px-7">
        <div className="mx-auto flex max-w-[84rem] flex-col gap-4">
          {barred === undefined ? <Outlet /> : <NotForThisKey name={barred.name} />}
        </div>
      </main>
      <Announcer />
      <Suspense>
        {overlay === "commands" && <CommandMenu onClose={close} onHelp={() => setOverlay("shortcuts")} />}
        {overlay === "shortcuts" && <ShortcutHelp onClose={close} />}
      </Suspense>
    </div>
  );
}
