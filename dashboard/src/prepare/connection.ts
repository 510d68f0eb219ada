/** What LibreChat's environment needs to send its usage here. */

/** A key's two halves. */
export type KeyHalves = { id: string; secret: string };

/** Where LibreChat runs, as seen from this server. */
export const places = ["same", "docker", "elsewhere"] as const;
/** One of them. */
export type Place = (typeof places)[number];

/** The address under which LibreChat reaches this server from there. */
export function addressFrom(place: Place, origin: string): string {
  if (place !== "docker") return origin;
  const { protocol, hostname, port } = new URL(origin);
  // To a container, the loopback address is the container itself.
  const isLoopback = hostname === "localhost" || hostname === "[::1]" || hostname.startsWith("127.");
  return isLoopback ? `${protocol}//host.docker.internal${port === "" ? "" : `:${port}`}` : origin;
}

/** The three lines of LibreChat's environment, and nothing else; none without a key, since placeholders would be copied. */
export function environmentLines(address: string, key: KeyHalves | null): string {
  return [`LANGFUSE_PUBLIC_KEY=${key?.id ?? "…"}`, `LANGFUSE_SECRET_KEY=${key?.secret ?? "…"}`, `LANGFUSE_BASE_URL=${address}`].join("\n");
}
