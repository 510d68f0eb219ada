/** Does something once the browser has painted what was just set: a press is answered before its consequences are worked out. */
export function afterPaint(deed: () => void): void {
  requestAnimationFrame(() => setTimeout(deed, 0));
}
