// express alone: the stream is written by hand.

import { createServer } from "node:http";
import express from "express";
import { RETRY, answer, listen } from "./scenario.mjs";

const app = express();

app.get("/stream", (request, response) => {
  const { status, events, headers, cutOff } = answer(request);
  if (status) return response.sendStatus(status);

  response.set({ "Content-Type": "text/event-stream", "Cache-Control": "no-cache", ...headers });
  response.flushHeaders();
  response.write(`retry: ${RETRY}\n\n`);
  for (const { id, event, data } of events) {
    response.write(": heartbeat\n\n");
    response.write(`id: ${id}\n`);
    if (event) response.write(`event: ${event}\n`);
    for (const line of data.split("\n")) response.write(`data: ${line}\n`);
    response.write("\n");
  }
  if (cutOff) response.write("", () => response.destroy());
  else response.end();
});

listen(createServer(app), { express: "/stream" });
