/** The browser's path of a page of this dashboard; the router's own locations leave `/app` out. */
export function pathAfterSignIn(to: string | undefined): string {
  const isOwn = to !== undefined && /^\/(?![/\\])/.test(to);
  if (!isOwn) return "/app/overview";
  return to.startsWith("/app/") ? to : `/app${to}`;
}
