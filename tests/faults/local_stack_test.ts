/** The local stack when its supervisor is killed, started twice, or finds its ports taken. */
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { join } from "node:path";
import { withDatabase } from "../../local/postgres/database.ts";
import { sendSignal, startChild, waitUntilReady } from "../../local/process/child.ts";
import { ROOT } from "../../local/settings.ts";
import { findStackFile, readStackFile } from "../../local/stack_file.ts";
import { freeStackPort } from "../../tools/free_port.ts";

const COMMAND = [
  Deno.execPath(),
  "run",
  "--allow-all",
  join(ROOT, "local", "main.ts"),
  "start",
  "--no-demo",
];

interface Place {
  readonly dir: string;
  readonly port: number;
}

function environment({ dir, port }: Place): Record<string, string> {
  return { WORKFLOW_LOCAL_DIR: dir, WORKFLOW_LOCAL_PORT: String(port) };
}

/** Starts a stack and waits until it is ready. */
async function startStack(place: Place) {
  const logFile = join(place.dir, "supervisor.log");
  const child = startChild({
    name: "supervisor",
    command: COMMAND,
    env: environment(place),
    logFile,
  });
  const isReady = async () => (await findStackFile(place.dir))?.pid === child.pid;
  await waitUntilReady(child, isReady);
  return child;
}

/** What a start that fails writes. */
async function failToStart(place: Place): Promise<string> {
  const [program = "", ...args] = COMMAND;
  const output = await new Deno.Command(program, {
    args,
    env: environment(place),
    stdout: "null",
    stderr: "piped",
  }).output();
  assertEquals(output.code, 1);
  return new TextDecoder().decode(output.stderr).trim();
}

Deno.test("a stack survives its killed supervisor and refuses a second one", async (t) => {
  const dir = await Deno.makeTempDir({ prefix: "workflow-stack-" });
  const place = { dir, port: freeStackPort() };
  let stack = await startStack(place);
  const before = await readStackFile(dir);

  await t.step("a second start in the same folder gets one sentence", async () => {
    assertMatch(
      await failToStart({ ...place, port: freeStackPort() }),
      /^A stack runs in ".*" already: press Ctrl-C where it was started, or type "kill \d+"$/,
    );
  });

  await t.step("a start on the same ports gets one sentence", async () => {
    const other = await Deno.makeTempDir({ prefix: "workflow-stack-" });
    assertMatch(
      await failToStart({ ...place, dir: other }),
      /^Port \d+ is in use by another program: end it, or choose other ports by typing ".*"$/,
    );
    await Deno.remove(other, { recursive: true });
  });

  await t.step(
    "after its supervisor was killed, a start cleans up and keeps the data",
    async () => {
      await withDatabase(
        before.db_url,
        (db) => db`create table public.kept as select 42 as answer`,
      );
      sendSignal(stack.pid, "SIGKILL");
      await stack.ended;
      stack = await startStack(place);
      const after = await readStackFile(dir);
      assertNotEquals(after.pid, before.pid);
      assertEquals(after.secret_key, before.secret_key);
      const rows = await withDatabase(after.db_url, (db) => db`select answer from public.kept`);
      assertEquals([...rows], [{ answer: 42 }]);
    },
  );

  await t.step("once it was stopped, nothing listens on its ports", async () => {
    await stack.stop();
    assertEquals(await findStackFile(dir), null);
    Deno.listen({ hostname: "127.0.0.1", port: place.port }).close();
    Deno.listen({ hostname: "127.0.0.1", port: place.port + 1 }).close();
  });
  await Deno.remove(dir, { recursive: true });
});
