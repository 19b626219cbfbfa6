import { z } from "zod";
import { eventName } from "./event_name.ts";
import { parsedJsonObject } from "./json.ts";

/**
 * A length of time from none to ten years, which Postgres reads: `15 minutes`, `2 days`, `01:30:00`
 * or ISO 8601 (`PT15M`).
 */
export const waitInterval = z.string().min(1);

/**
 * A date, or a time with or without seconds, after ISO 8601: `2030-01-31T09:00:00+01:00`. Without an
 * offset it is in the workflow's time zone.
 */
export const waitTime = z.string().min(1);

/** Waits for an answer to the callback URL of this attempt, or for the application to write one. */
export const callbackWait = z.strictObject({
  kind: z.literal("callback"),
  /** The action fails when it has passed; `waiting_timeout` of the settings otherwise. */
  timeout: waitInterval.optional(),
});

/** Waits for a while. */
export const durationWait = z.strictObject({ kind: z.literal("sleep"), duration: waitInterval });

/** Waits until a time; one that is past is over at once. */
export const untilWait = z.strictObject({ kind: z.literal("sleep"), until: waitTime });

/** Waits for the first event of this name. */
export const eventWait = z.strictObject({
  kind: z.literal("event"),
  event: eventName,
  /** What the event's payload has to contain (`payload @> match`). */
  match: parsedJsonObject.optional(),
  /** The action completes as timed out when it has passed. */
  timeout: waitInterval.optional(),
  /** Events from this long before the run began count, too. */
  look_back: waitInterval.optional(),
});

/** Waits for a person to decide. */
export const approvalWait = z.strictObject({
  kind: z.literal("approval"),
  message: z.string().min(1),
  /** Whoever decides in the application must have it. */
  role: z.string().min(1).optional(),
  /** What the decision is about, for a page to show. */
  details: parsedJsonObject.optional(),
  /** The decision is `expired` when it has passed. */
  expires_in: waitInterval.optional(),
  /** The action is claimed once more, with `meta.reminder`, each time it has passed. */
  remind_after: waitInterval.optional(),
  /** By whom, and by which token, it can be decided with a link. */
  tokens: z.array(z.strictObject({
    recipient: z.string(),
    /** SHA-256 of the token, in lower-case hex. */
    hash: z.string().regex(/^[0-9a-f]{64}$/),
  })),
});

/** Starts a run of another workflow, and waits for its end if `wait` says so. */
export const runWait = z.strictObject({
  kind: z.literal("run"),
  workflow: z.string().min(1),
  /** The payload of the event that starts it. */
  input: parsedJsonObject,
  wait: z.boolean(),
  /** What becomes of the action when the run fails or is stopped. */
  on_failure: z.enum(["fail", "continue"]),
});

/** What an attempt waits for; `kind` says which. */
export const wait = z.union([
  callbackWait,
  durationWait,
  untilWait,
  eventWait,
  approvalWait,
  runWait,
]);

export type Wait = z.infer<typeof wait>;
