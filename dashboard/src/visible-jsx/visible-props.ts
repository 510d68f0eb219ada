import { hasHidden, visibleName } from "../prepare/visible-name.ts";

/** The properties whose text a reader sees or hears. What goes into addresses, inputs and files stays as it is. */
const shown = ["children", "title", "aria-label", "aria-description", "aria-valuetext", "aria-roledescription", "alt", "label", "placeholder"] as const;

/** A child with every text in it made visible; the same one where nothing is hidden. */
function visibleChild(child: unknown): unknown {
  if (typeof child === "string") return visibleName(child);
  if (!Array.isArray(child)) return child;
  return child.some((one) => visibleChild(one) !== one) ? child.map(visibleChild) : child;
}

/** An element's properties with the texts that are shown made visible; the same object where nothing is hidden. */
export function visibleProps<Props extends object>(props: Props): Props {
  let made: Record<string, unknown> | null = null;
  for (const name of shown) {
    const value = (props as Record<string, unknown>)[name];
    if (typeof value === "string" ? !hasHidden(value) : !Array.isArray(value)) continue;
    const visible = visibleChild(value);
    if (visible !== value) made = { ...(made ?? props), [name]: visible };
  }
  return (made as Props | null) ?? props;
}
