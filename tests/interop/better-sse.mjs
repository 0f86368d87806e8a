// better-sse on the HTTP server of Node.js, and on express.

import { createServer } from "node:http";
import { createSession } from "better-sse";
import express from "express";
import { RETRY, answer, listen } from "./scenario.mjs";

async function stream(request, response) {
  const { status, events, headers, cutOff } = answer(request);
  if (status) return response.writeHead(status).end();

  const serializer = (data) => data;
  const session = await createSession(request, response, { headers, retry: RETRY, serializer });
  for (const { id, event, data } of events) {
    if (data.includes("\n")) {
      // A session joins lines only as JSON; a buffer writes them one by one.
      await session.batch((buffer) => {
        if (event) buffer.event(event);
        for (const line of data.split("\n")) buffer.data(line);
        buffer.id(id).dispatch();
      });
    } else {
      session.push(data, event, id);
    }
    session.keepAlive();
  }
  if (cutOff) response.write("", () => response.destroy());
  else response.end();
}

listen(createServer(stream), { "better-sse": "/" });

const app = express();
app.get("/stream", stream);
listen(createServer(app), { "better-sse-on-express": "/stream" });
