import { z } from "zod";

/** The name of an event, such as `order.paid`; `workflow_engine.is_event_name` says the same. */
export const eventName = z.string().regex(/^[^\s\p{Cc}](?:[^\p{Cc}]{0,253}[^\s\p{Cc}])?$/u);
