// What of Express and of Mongoose is touched. The package depends on neither: any version with these shapes
// will do, and what is missing is stepped around.
import type { IncomingMessage, ServerResponse } from "node:http";

export interface HookRequest extends IncomingMessage {
  user?: { id?: unknown; _id?: unknown } | null;
  baseUrl?: string;
  originalUrl?: string;
  route?: { path?: unknown } | null;
}

export type HookResponse = ServerResponse;
export type Next = (error?: unknown) => void;
export type Middleware = (request: HookRequest, response: HookResponse, next: Next) => void;

export interface MongooseSchema {
  pre(names: string | string[] | RegExp, ...rest: unknown[]): unknown;
  post(names: string | string[] | RegExp, ...rest: unknown[]): unknown;
}
