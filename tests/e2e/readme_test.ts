import { assertEquals, assertExists } from "@std/assert";
import { join } from "node:path";
import { ROOT } from "../../local/settings.ts";
import { travel } from "../../local/travel.ts";
import { type CodeBlock, readCodeBlocks } from "../../tools/code_blocks.ts";
import { mailsTo } from "../mail.ts";
import { installOnboarding } from "../onboarding.ts";
import { removeWorkflow } from "../saved_workflow.ts";
import { openStack, type TestStack } from "../stack.ts";
import { until } from "../until.ts";
import { signUp } from "../user.ts";

const readme = await Deno.readTextFile(join(ROOT, "README.md"));
const blocks = readCodeBlocks(readme, ["sql", "ts"]);
const savesWelcome = ({ code }: CodeBlock) => /"?name"?: "welcome"/.test(code);
const sells = ({ code }: CodeBlock) => /'sale\.|workflow_approve\(/.test(code);
const startsTrip = ({ code }: CodeBlock) => code.includes("workflow_emit('trip.booked'");

Deno.test("the README's workflow welcomes, and reminds after an hour, as SQL and as TypeScript", async (t) => {
  const definitions = blocks.filter(savesWelcome);
  assertEquals(definitions.map(({ language }) => language), ["sql", "ts"]);
  await using stack = await openStack();
  await using _onboarding = await installOnboarding(stack);
  await stack.db`update public.workflow set is_active = false where name = 'onboarding'`;
  for (const definition of definitions) {
    await t.step(definition.language, async () => {
      await runBlock(stack, definition);
      await using _workflow = { [Symbol.asyncDispose]: () => removeWorkflow(stack, "welcome") };
      const { email } = await signUp(stack);
      const subjects = async () => (await mailsTo(stack, email)).map(({ subject }) => subject);
      await until("the welcome", async () => (await subjects()).length > 0);
      await travel(stack.db, "1 hour");
      await until("the reminder", async () => (await subjects()).length > 1);
      assertEquals(await subjects(), ["Welcome, friend", "Only your name is missing"]);
    });
  }
});

Deno.test("the README's trip branches, tells each traveller, and is undone when it fails", async () => {
  const [trip, ...others] = blocks.filter(startsTrip);
  assertExists(trip);
  assertEquals(others, []);
  await using stack = await openStack();
  await using _workflow = { [Symbol.asyncDispose]: () => removeWorkflow(stack, "trip") };
  await runBlock(stack, trip);
  const booked = await endOfTrip(stack, 1);
  const paths = { flight: "completed", route: "completed", hotel: "completed", lounge: "skipped" };
  assertEquals(booked.statuses, { ...paths, tell: "completed" });
  assertEquals(booked.told, ["Ada, your trip is booked", "Grace, your trip is booked"]);

  await stack.db`select workflow_emit('trip.booked', '{"nights": 2, "travellers": "nobody"}')`;
  const { statuses } = await endOfTrip(stack, 2);
  assertEquals(statuses, { ...paths, tell: "failed", cancel_flight: "completed" });
});

Deno.test("the README's sale waits for a person, then for the payment", async () => {
  const [agree, approve, pay, ...others] = blocks.filter(sells);
  assertExists(agree);
  assertExists(approve);
  assertExists(pay);
  assertEquals(others, []);
  await using stack = await openStack();
  await using _workflow = { [Symbol.asyncDispose]: () => removeWorkflow(stack, "sale") };
  await runBlock(stack, agree);
  await untilSaleWaits(stack, "approval");
  await runBlock(stack, approve);
  await untilSaleWaits(stack, "event");
  await runBlock(stack, pay);
  const logs = await until("the end of the sale", async () => {
    const rows = await readSale(stack);
    return rows.every(({ run }) => run === "completed") && rows;
  });
  assertEquals(logs.map(({ name, status }) => [name, status]), [
    ["ask", "completed"],
    ["payment", "completed"],
    ["ship", "completed"],
  ]);
});

Deno.test("every other block of the README runs", async (t) => {
  await using stack = await openStack();
  const isTold = (block: CodeBlock) => [savesWelcome, startsTrip, sells].some((is) => is(block));
  for (const block of blocks.filter((block) => !isTold(block))) {
    await t.step(`the ${block.language} on line ${block.line}`, () => runBlock(stack, block));
  }
});

/** Runs a block as it stands, with the stack in the place of the reader's project. */
async function runBlock(stack: TestStack, { language, code }: CodeBlock): Promise<void> {
  const localCode = code.replaceAll("https://<ref>.supabase.co", stack.info.api_url)
    .replaceAll("https://app.example.com", stack.info.inbox_url);
  if (language === "sql") await stack.db.unsafe(localCode);
  else await runTypeScript(stack, localCode);
}

async function runTypeScript({ info }: TestStack, code: string): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    await Deno.writeTextFile(path, code);
    const { code: status, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--check", "--config", join(ROOT, "deno.json"), "--allow-all", path],
      env: { SUPABASE_URL: info.api_url, SUPABASE_SECRET_KEY: info.secret_key, NO_COLOR: "1" },
    }).output();
    assertEquals(status, 0, new TextDecoder().decode(stderr));
  } finally {
    await Deno.remove(path);
  }
}

async function untilSaleWaits(stack: TestStack, waitsFor: string): Promise<void> {
  await until(`the sale to wait for its ${waitsFor}`, async () => {
    const last = (await readSale(stack)).at(-1);
    return last?.status === "waiting" && last.waits_for === waitsFor;
  });
}

async function readSale({ db }: TestStack) {
  return await db`
    select a.name, l.status, l.waits_for, r.status as run
    from public.workflow w
    join public.workflow_run r on r.workflow_id = w.id
    join public.workflow_action_logs l on l.run_id = r.id
    join public.workflow_action a on a.id = l.workflow_action_id
    where w.name = 'sale'
    order by l.id`;
}

/** What became of the actions of the trip that was booked as the nth, and what its travellers read. */
async function endOfTrip({ db }: TestStack, nth: number) {
  const run = await until(`the end of trip ${nth}`, async () => {
    const runs = await db`
      select r.id, r.status
      from public.workflow_run r
      join public.workflow w on w.id = r.workflow_id
      where w.name = 'trip'
      order by r.id`;
    return runs.length === nth && runs.every(({ status }) => status !== "running") && runs.at(-1);
  });
  const logs = await db`
    select a.name, l.status, l.item_index, l.output ->> 'message' as message
    from public.workflow_action_logs l
    join public.workflow_action a on a.id = l.workflow_action_id
    where l.run_id = ${run.id}
    order by l.item_index`;
  const actions = logs.filter(({ item_index }) => item_index === null);
  return {
    statuses: Object.fromEntries(actions.map(({ name, status }) => [name, status])),
    told: logs.filter(({ item_index }) => item_index !== null).map(({ message }) => message),
  };
}
