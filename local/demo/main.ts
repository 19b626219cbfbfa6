/** The demo of `npm start`, on the stack that runs: status 0 when all of it happened. */
import { connectStack } from "../stack_client.ts";
import { createPaint } from "./paint.ts";
import { playScenario } from "./scenario.ts";
import { DemoFailure } from "./stage.ts";
import { createTerminal } from "./terminal.ts";

const isTerminal = Deno.stdout.isTerminal();
const encoder = new TextEncoder();
const terminal = createTerminal((text) => Deno.stdout.writeSync(encoder.encode(text)), {
  isTerminal,
});
const paint = createPaint({ isTerminal, noColor: Deno.env.get("NO_COLOR") });

try {
  await using stack = await connectStack();
  await playScenario({ stack, terminal, paint });
} catch (error) {
  if (!(error instanceof DemoFailure)) throw error;
  terminal.print();
  terminal.print(paint.bad(`The demo failed. ${error.message}`));
  Deno.exitCode = 1;
}
