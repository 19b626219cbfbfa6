import { assertEquals } from "@std/assert";
import { silentLogger } from "../../_shared/testing/silent_logger.ts";
import { checked } from "../handler.ts";
import { sampleContext, sampleId } from "../testing/samples.ts";
import * as log from "./log.ts";

Deno.test("a message is logged at its level and is the output", async () => {
  const logger = silentLogger();
  const payload = { message: "Ada signed up", level: "warn" };
  const outcome = await checked(log)(payload, sampleContext({}, { logger }));
  assertEquals(outcome, { kind: "completed", output: payload });
  assertEquals(logger.lines, [
    `warn Ada signed up {"action":"${sampleId(1)}"}`,
  ]);
});

Deno.test("the level is info unless it is given", async () => {
  const outcome = await checked(log)({ message: "" }, sampleContext());
  assertEquals(outcome, {
    kind: "completed",
    output: { message: "", level: "info" },
  });
});

Deno.test("an action without a message logs its name", async () => {
  const context = sampleContext();
  const outcome = await checked(log)({}, context);
  assertEquals(outcome, {
    kind: "completed",
    output: { message: context.action.name, level: "info" },
  });
});

Deno.test("a message that is no text fails for good", async () => {
  const outcome = await checked(log)({ message: 7 }, sampleContext());
  assertEquals(outcome.kind, "failed");
});
