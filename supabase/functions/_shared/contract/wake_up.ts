import { z } from "zod";

/** The body of a wake-up. It carries no work: work is pulled, so a lost or doubled one is harmless. */
export const wakeUp = z.object({ type: z.literal("workflow.wake") });

export type WakeUp = z.infer<typeof wakeUp>;
