import { assertEquals } from "@std/assert";
import { runCommand } from "./command.ts";

const script = `
  console.log("out");
  console.error("err");
  console.log(Deno.env.get("GREETING") ?? "");
  Deno.exit(3);
`;

Deno.test("a program's exit code and all of its lines are kept", async () => {
  const seen: string[] = [];
  const ended = await runCommand(Deno.execPath(), ["eval", script], {
    env: { GREETING: "hello" },
    onLine: (line) => seen.push(line),
  });
  assertEquals(ended.code, 3);
  assertEquals(ended.output.split("\n").sort(), ["err", "hello", "out"]);
  assertEquals(seen.sort(), ["err", "hello", "out"]);
});
