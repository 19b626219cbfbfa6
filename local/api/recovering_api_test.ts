import { assertEquals } from "@std/assert";
import { RecoveringApi } from "./recovering_api.ts";

const REQUEST = new Request("http://api.example/rest/v1/");

Deno.test("a request whose connection is lost is told to come again, and may", async () => {
  const opened: string[] = [];
  const closed: string[] = [];
  const api = new RecoveringApi(() => {
    const name = `connection ${opened.length + 1}`;
    opened.push(name);
    return {
      fetch: () =>
        name === "connection 1" ? new Promise(() => {}) : Promise.resolve(new Response(name)),
      reload: () => Promise.resolve(),
      close: () => Promise.resolve(void closed.push(name)),
    };
  });
  const lost = api.fetch(REQUEST);
  api.reopen();
  const response = await lost;
  assertEquals([response.status, (await response.json()).code], [503, "PGRST001"]);
  assertEquals(await (await api.fetch(REQUEST)).text(), "connection 2");
  assertEquals(closed, ["connection 1"]);
});
