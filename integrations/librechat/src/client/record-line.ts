// One record of the spool is one line: a checksum, what it is, the event as JSON. JSON holds no bare line
// feed, so whatever a crash leaves behind, the next line feed is where reading goes on.
import type { Queued, QueuedKind } from "./event.ts";

const kindLetters: Readonly<Record<QueuedKind, string>> = { interaction: "i", session_start: "s", session_end: "e" };
const kindsByLetter = new Map(Object.entries(kindLetters).map(([kind, letter]) => [letter, kind as QueuedKind]));
const LINE_FEED = 10;
/** Eight digits, a space, a letter, a space. */
const HEAD_CHARS = 11;

/** The table of CRC-32; zlib's own is younger than Node 20. */
const crcTable = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let at = 0; at < bytes.length; at++) crc = (crcTable[(crc ^ bytes[at]!) & 0xff] as number) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

export function writeLine({ kind, json }: Queued): Buffer {
  const body = Buffer.from(`${kindLetters[kind]} ${json}\n`);
  const sum = crc32(body.subarray(0, -1)).toString(16).padStart(8, "0");
  return Buffer.concat([Buffer.from(`${sum} `), body]);
}

export interface ReadLines {
  records: Queued[];
  /** Lines that are no records: what a crash or a fault of the disk left. */
  corruptCount: number;
  /** The bytes that were read: up to behind the last line feed, or all at the file's end. */
  bytes: number;
}

/** Reads whole lines, at most `recordsMax`. `isEnd` says that nothing comes behind: half a line is corrupt then. */
export function readLines(bytes: Buffer, recordsMax: number, isEnd: boolean): ReadLines {
  const read: ReadLines = { records: [], corruptCount: 0, bytes: 0 };
  while (read.records.length < recordsMax && read.bytes < bytes.length) {
    const end = bytes.indexOf(LINE_FEED, read.bytes);
    if (end === -1 && !isEnd) break;
    const line = bytes.subarray(read.bytes, end === -1 ? bytes.length : end);
    const record = end === -1 ? undefined : recordOf(line);
    if (record !== undefined) read.records.push(record);
    else if (line.length > 0) read.corruptCount += 1;
    read.bytes = end === -1 ? bytes.length : end + 1;
  }
  return read;
}

function recordOf(line: Buffer): Queued | undefined {
  if (line.length <= HEAD_CHARS) return undefined;
  const head = line.toString("latin1", 0, HEAD_CHARS);
  const sum = head.slice(0, 8);
  if (!/^[0-9a-f]{8} . $/.test(head) || crc32(line.subarray(9)) !== Number.parseInt(sum, 16)) return undefined;
  const kind = kindsByLetter.get(String.fromCharCode(line[9]!));
  return kind === undefined ? undefined : { kind, json: line.toString("utf8", HEAD_CHARS) };
}
