import { assertEquals, assertThrows } from "@std/assert";
import { derivePorts, readSettings, ROOT } from "./settings.ts";

Deno.test("a relative state folder lies in the checkout", () => {
  assertEquals(readSettings({ dir: ".local/other" }).dir, `${ROOT}.local/other`);
});

Deno.test("an empty variable counts as none, so that no reset empties the checkout", () => {
  const before = Deno.env.get("WORKFLOW_LOCAL_DIR");
  Deno.env.set("WORKFLOW_LOCAL_DIR", "");
  try {
    assertEquals(readSettings().dir, `${ROOT}.local`);
  } finally {
    if (before === undefined) Deno.env.delete("WORKFLOW_LOCAL_DIR");
    else Deno.env.set("WORKFLOW_LOCAL_DIR", before);
  }
});

Deno.test("a port that is none gets a sentence with the setting's name", () => {
  assertThrows(() => readSettings({ port: 80 }), Error, 'Cannot read the setting "port"');
});

Deno.test("no two services share a port", () => {
  const ports = Object.values(derivePorts(54321));
  assertEquals(new Set(ports).size, ports.length);
});
