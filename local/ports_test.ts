import { assertThrows } from "@std/assert";
import { checkPorts } from "./ports.ts";
import { derivePorts } from "./settings.ts";

Deno.test("a port in use gets one sentence with the port and what to type", () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  assertThrows(
    () => checkPorts({ ...derivePorts(54321), inbox: port }),
    Error,
    `Port ${port} is in use by another program: end it, or choose other ports by typing ` +
      '"WORKFLOW_LOCAL_PORT=54421 npm start"',
  );
});
