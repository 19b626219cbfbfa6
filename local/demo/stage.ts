import type { StackClient } from "../stack_client.ts";
import type { Paint } from "./paint.ts";
import type { Terminal } from "./terminal.ts";

/** What the demo plays on: a running stack, and somewhere to write. */
export interface Stage {
  readonly stack: StackClient;
  readonly terminal: Terminal;
  readonly paint: Paint;
}

/** Something that the demo was to show did not happen. */
export class DemoFailure extends Error {
  override readonly name = "DemoFailure";
}
