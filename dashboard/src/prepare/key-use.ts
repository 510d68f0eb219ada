/** What a sender's refusal means, and what helps. */

const meanings: Record<string, string> = {
  unauthorized: "wrong, expired or revoked key, or its halves swapped",
  forbidden: "the key lacks the scope ingest",
  "too-many-requests": "too many requests in a minute",
  "too-large": "the body was over its limit",
  "unsupported-media-type": "the body was of another type than JSON or protobuf",
  "invalid-field": "a field was wrong",
  "bad-request": "the body could not be read",
  conflict: "an id came again with other content",
};

/** In words; a kind that is not known here is shown as it is. */
export function refusalWords(kind: string): string {
  return meanings[kind] ?? kind;
}
