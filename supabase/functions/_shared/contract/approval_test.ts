import { assertStringIncludes } from "@std/assert";
import { LONGEST_COMMENT } from "./approval.ts";

Deno.test("links take comments as long as the engine does", async () => {
  const file = new URL("../../../schemas/60_control/approval.sql", import.meta.url);
  assertStringIncludes(
    await Deno.readTextFile(file),
    `length(decide.comment) > ${LONGEST_COMMENT} then`,
  );
});
