"""What the servers in Python have in common: the events, and which of them a connection gets."""

import json
import pathlib

EVENTS = json.loads(pathlib.Path(__file__).with_name("scenario.json").read_text("utf-8"))

# How many events a connection gets before it is dropped.
EVENTS_A_CONNECTION = 5

# The reconnection time, in milliseconds.
RETRY = 200


def answer(last_event_id: str):
    """A status, or the events behind the last event ID, and headers that say what it was."""
    ids = [event["id"] for event in EVENTS]
    if last_event_id and last_event_id not in ids:
        return 400, [], {}
    place = ids.index(last_event_id) + 1 if last_event_id else 0
    if place == len(EVENTS):
        return 204, [], {}
    headers = {"X-Resumed-Behind": last_event_id.encode().hex()}
    return 200, EVENTS[place : place + EVENTS_A_CONNECTION], headers
