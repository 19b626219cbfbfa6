import { assertEquals, assertThrows } from "@std/assert";
import { derivePorts, readSettings, ROOT } from "./settings.ts";

Deno.test("a relative state folder lies in the checkout", () => {
  assertEquals(readSettings({ dir: ".local/other" }).dir, `${ROOT}.local/other`);
});

Deno.test("a port that is none gets a sentence with the setting's name", () => {
  assertThrows(() => readSettings({ port: 80 }), Error, 'Cannot read the setting "port"');
});

Deno.test("no two services share a port", () => {
  const ports = Object.values(derivePorts(54321));
  assertEquals(new Set(ports).size, ports.length);
});
