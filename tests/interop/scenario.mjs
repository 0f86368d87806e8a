// What the servers on Node.js have in common: the events, and which of them a connection gets.

import { readFileSync } from "node:fs";

const EVENTS = JSON.parse(readFileSync(new URL("scenario.json", import.meta.url)));

/** How many events a connection gets before it is dropped. */
const EVENTS_A_CONNECTION = 5;

/** The reconnection time, in milliseconds. */
export const RETRY = 200;

/**
 * What to answer to a request: `{ status }`, or the events behind `Last-Event-ID`, and headers that say what it was.
 *
 * Every other connection is to be cut off, and not ended.
 */
export function answer(request) {
  // Node takes header values for Latin-1.
  const behind = Buffer.from(request.headers["last-event-id"] ?? "", "latin1");
  const place = EVENTS.findIndex(({ id }) => id === behind.toString()) + 1;
  if (behind.length > 0 && place === 0) return { status: 400 };
  if (place === EVENTS.length) return { status: 204 };
  return {
    events: EVENTS.slice(place, place + EVENTS_A_CONNECTION),
    headers: { "X-Resumed-Behind": behind.toString("hex") },
    cutOff: (place / EVENTS_A_CONNECTION) % 2 === 0,
  };
}

/** Listens on a free port, and says where each of these endpoints is. */
export function listen(server, endpoints) {
  server.listen(0, "127.0.0.1", () => {
    for (const [name, path] of Object.entries(endpoints)) {
      console.log(`${name} http://127.0.0.1:${server.address().port}${path}`);
    }
  });
}
