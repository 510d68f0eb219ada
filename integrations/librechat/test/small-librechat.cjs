// A server with the places of LibreChat that the preload hooks: the real Express, Mongoose and Langfuse's exporter,
// and an `@librechat/api` that ends as LibreChat's does. It sends one generation, and says so.
const express = require("express");
const mongoose = require("mongoose");
const { LangfuseSpanProcessor } = require("@langfuse/otel");
const { BasicTracerProvider } = require("@opentelemetry/sdk-trace-base");
const api = require("@librechat/api");

new mongoose.Schema({ text: String });
const app = express();
app.get("/api/convos/:id", (request, response) => {
  request.user = { id: "68f0a1b2c3d4e5f601234567" };
  response.json({});
});
const server = app.listen(0, "127.0.0.1", async () => {
  api.setupGracefulShutdown?.(server);
  const url = `http://127.0.0.1:${server.address().port}`;
  const provider = new BasicTracerProvider({ spanProcessors: [new LangfuseSpanProcessor()] });
  const span = provider.getTracer("langfuse-sdk").startSpan("llm", {
    attributes: {
      "user.id": "68f0a1b2c3d4e5f601234567",
      "session.id": "conversation-1",
      "langfuse.observation.type": "generation",
      "langfuse.observation.model.name": "gpt-5-mini",
      "langfuse.observation.metadata.provider": "openAI",
      "langfuse.observation.usage_details": '{"input":200,"output":100}',
    },
  });
  span.end();
  await (await fetch(`${url}/api/convos/7`)).text();
  console.log("ready");
});
