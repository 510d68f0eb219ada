// The hook in real servers: Express 4 and 5, Mongoose on a server that speaks MongoDB's protocol.
import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { createRequire } from "node:module";
import { after, before, test, type TestContext } from "node:test";
import { openSuite, type OpenSuite } from "../../../tests/integration/open-suite.ts";
import { analyticsHook, type AnalyticsHook, type HookOptions, type Interaction, TokentillClient } from "../src/index.ts";
import { type MongoServer, startMongo } from "./mongo-server.ts";
import { temporaryFolder } from "./temporary-folder.ts";

const require = createRequire(import.meta.url);
const expresses: Record<string, any> = { "Express 4": require("express4"), "Express 5": require("express") };

let mongo: MongoServer | string;
let suite: OpenSuite;
before(async () => {
  [mongo, suite] = await Promise.all([startMongo(), openSuite()]);
});
after(async () => {
  if (typeof mongo !== "string") mongo.stop();
  await suite.stop();
});

interface Opened {
  client: TokentillClient;
  hook: AnalyticsHook;
  /** What was tracked, and the marks. */
  events: Interaction[];
  marks: string[];
}

/** A client of the real suite whose events can be looked at as well. */
function open(context: TestContext, options: HookOptions = {}): Opened {
  const client = new TokentillClient({ url: suite.url, key: `${suite.keys.ingest.id}:${suite.keys.ingest.secret}`, spool: temporaryFolder(context), flushOnExit: false });
  context.after(() => client.close());
  const events: Interaction[] = [];
  const marks: string[] = [];
  const { track, startSession, endSession } = client;
  client.track = (event, how) => { events.push(event); return track.call(client, event, how); };
  client.startSession = (mark) => { marks.push(`start ${mark.session_id} ${mark.user_id}`); return startSession.call(client, mark); };
  client.endSession = (mark) => { marks.push(`end ${mark.session_id} ${mark.user_id}`); return endSession.call(client, mark); };
  return { client, hook: analyticsHook(client, options), events, marks };
}

async function listen(context: TestContext, app: any): Promise<string> {
  const server: Server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => { server.closeAllConnections(); server.close(); });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

for (const [name, express] of Object.entries(expresses)) {
  test(`${name}: a request is one interaction by its route's pattern, and nothing of its content is kept`, async (context) => {
    const { client, hook, events } = open(context);
    const app = express();
    app.use(hook.middleware);
    app.use(express.json());
    const router = express.Router();
    // As LibreChat does it: who asks is known in the route alone.
    const signIn = (request: any, _response: any, next: () => void): void => { request.user = { id: "68f0a1b2c3d4e5f601234567" }; next(); };
    router.get("/convos/:id", signIn, (_request: any, response: any) => response.json({ secret: "CANARY" }));
    router.post("/fail", signIn, (_request: any, response: any) => response.status(503).end());
    router.get("/slow", signIn, (_request: any, response: any) => { response.write("CANARY"); });
    app.use("/api", router);
    app.get("/health", (_request: any, response: any) => response.end("OK"));
    const url = await listen(context, app);
    await (await fetch(`${url}/api/convos/CANARY?q=CANARY`)).text();
    await (await fetch(`${url}/api/fail`, { method: "POST", headers: { "content-type": "application/json" }, body: '{"text":"CANARY"}' })).text();
    await (await fetch(`${url}/health`)).text();
    await (await fetch(`${url}/nowhere`)).text();
    const away = new AbortController();
    const slow = await fetch(`${url}/api/slow`, { signal: away.signal });
    away.abort();
    await slow.text().catch(() => undefined);
    while (events.length < 3) await pause(5);
    assert.deepEqual(
      events.map(({ type, status, metadata }) => [type, status, metadata]),
      [
        ["api", undefined, { method: "GET", route: "/api/convos/:id", status_code: 200 }],
        ["api", "error", { method: "POST", route: "/api/fail", status_code: 503 }],
        ["api", undefined, { method: "GET", route: "/api/slow", status_code: 200, broken_off: true }],
      ],
    );
    assert.doesNotMatch(JSON.stringify(events), /CANARY/);
    assert.deepEqual([hook.counts().requests_without_user, hook.counts().failed], [1, 0]);
    assert.ok(await client.flush());
    assert.equal(client.state().delivered.accepted, 3, JSON.stringify(client.state()));
  });
}

test("a request through an application within another one is one interaction", async (context) => {
  const { hook, events } = open(context);
  const [outer, inner] = [expresses["Express 5"](), expresses["Express 5"]()];
  for (const app of [outer, inner]) app.use(hook.middleware);
  inner.get("/x", (request: any, response: any) => { request.user = { id: "ada" }; response.end(); });
  outer.use("/inner", inner);
  await (await fetch(`${await listen(context, outer)}/inner/x`)).text();
  await pause(50);
  assert.deepEqual(events.map(({ metadata }) => metadata!["route"]), ["/inner/x"]);
});

test("a part of the requests is sent with the rate beside it, and the rest is counted", async (context) => {
  const { hook, events } = open(context, { requestRate: 0.25 });
  const app = expresses["Express 5"]();
  app.use(hook.middleware);
  app.get("/x", (request: any, response: any) => { request.user = { id: "ada" }; response.end(); });
  const url = await listen(context, app);
  for (let index = 0; index < 200; index++) await (await fetch(`${url}/x`)).text();
  while (events.length + hook.counts().requests_not_sampled < 200) await pause(5);
  assert.ok(events.length > 15 && events.length < 100, `${events.length} of 200`);
  assert.ok(events.every(({ metadata }) => metadata!["sample_rate"] === 0.25));
  assert.throws(() => analyticsHook({} as TokentillClient, { requestRate: 2 }), /requestRate is 2/);
});

test("a fault of the hook is the program's at no time", async (context) => {
  const { hook } = open(context, { ignoreRequest: () => { throw new Error("a bad filter"); } });
  const app = expresses["Express 5"]();
  app.use(hook.middleware);
  app.get("/x", (_request: any, response: any) => response.end("answered"));
  assert.equal(await (await fetch(`${await listen(context, app)}/x`)).text(), "answered");
  assert.equal(hook.counts().failed, 1);
});

test("Mongoose's operations are the requester's, with model, operation and documents; LibreChat's sessions open and close", async (context) => {
  if (typeof mongo === "string") return context.skip(mongo);
  const { client, hook, events, marks } = open(context);
  const { Mongoose } = require("mongoose") as { Mongoose: any };
  const mongoose = new Mongoose();
  mongoose.plugin(hook.mongoosePlugin);
  const Message = mongoose.model("Message", new mongoose.Schema({ text: String, user: String }));
  const Session = mongoose.model("Session", new mongoose.Schema({ user: mongoose.Schema.Types.ObjectId, refreshTokenHash: String }));
  await mongoose.connect(mongo.url, { dbName: "hook" });
  context.after(() => mongoose.disconnect());
  // Outside of a request: nobody's.
  await Message.find({});
  const user = new mongoose.Types.ObjectId();
  const app = expresses["Express 5"]();
  app.use(hook.middleware);
  app.get("/chat", async (request: any, response: any) => {
    await Message.findOne({ text: "CANARY" });
    request.user = { _id: user };
    await Message.insertMany([{ text: "CANARY" }, { text: "CANARY" }]);
    await new Message({ text: "CANARY", user: "CANARY" }).save();
    await Message.find({ text: "CANARY" });
    await Message.aggregate([{ $match: { text: "CANARY" } }]);
    await Message.updateMany({}, { user: "CANARY" });
    await Message.countDocuments({});
    await Message.findOne({ $CANARY: 1 }).catch(() => undefined);
    response.end();
  });
  app.get("/login", async (request: any, response: any) => {
    const session = new Session({ user, refreshTokenHash: "CANARY" });
    await session.save();
    session.refreshTokenHash = "CANARY 2";
    await session.save();
    request.user = { _id: user };
    response.end(String(session._id));
  });
  app.get("/me", (request: any, response: any) => { request.user = { _id: user }; response.end(); });
  app.get("/logout/:id", async (request: any, response: any) => {
    request.user = { _id: user };
    await Session.deleteOne({ _id: request.params.id });
    response.end();
  });
  const url = await listen(context, app);
  await (await fetch(`${url}/chat`)).text();
  while (events.length < 9) await pause(5);
  const operations = events.filter(({ type }) => type === "db");
  const told = operations.map(({ metadata, status }) => `${metadata!["operation"]} ${metadata!["documents"] ?? "?"}${status === "error" ? " failed" : ""}`);
  assert.deepEqual(told.toSorted(), ["aggregate 3", "countDocuments ?", "find 3", "findOne 0", "findOne ? failed", "insertMany 2", "save 1", "updateMany 2"]);
  for (const event of operations) assert.deepEqual([event.user_id, event.provider, event.units, event.metadata!["collection"]], [String(user), "mongodb", { operations: 1 }, "Message"]);
  assert.equal(hook.counts().operations_in_background, 1);

  const session = await (await fetch(`${url}/login`)).text();
  await (await fetch(`${url}/me`)).text();
  await (await fetch(`${url}/logout/${session}`)).text();
  await (await fetch(`${url}/me`)).text();
  assert.deepEqual(marks, [`start login:${session} ${user}`, `end login:${session} ${user}`]);
  while (events.filter(({ metadata }) => metadata!["route"] === "/me").length < 2) await pause(5);
  assert.deepEqual(events.filter(({ metadata }) => metadata!["route"] === "/me").map(({ session_id }) => session_id), [`login:${session}`, undefined]);
  assert.doesNotMatch(JSON.stringify(events), /CANARY/);
  assert.equal(hook.counts().failed, 0);
  assert.ok(await client.flush());
  const { delivered } = client.state();
  assert.deepEqual([delivered.rejected, delivered.conflict], [0, 0]);
  assert.equal((await suite.call(`/sessions/${encodeURIComponent(`login:${session}`)}`)).json.session.status, "closed");
});
