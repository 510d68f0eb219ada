// Adds what the assets directory needs beside the built site: headers, and a start page that leads to it.
import { writeFile } from "node:fs/promises";

const dist = new URL("../dist/", import.meta.url);

/** The site loads nothing from elsewhere and runs no inline code. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const headers = `/app/*
  Content-Security-Policy: ${policy}
  X-Content-Type-Options: nosniff
  X-Frame-Options: DENY
  Referrer-Policy: no-referrer
  Permissions-Policy: camera=(), microphone=(), geolocation=()
  Cross-Origin-Opener-Policy: same-origin
  Cache-Control: no-cache
/app/assets/*
  ! Cache-Control
  Cache-Control: public, max-age=31536000, immutable
`;

await writeFile(new URL("_headers", dist), headers);
