import clsx, { type ClassValue } from "clsx";

/** Joins class names and drops the false ones. */
export function cn(...values: ClassValue[]): string {
  return clsx(values);
}
