import { assertEquals, assertMatch } from "@std/assert";
import { forgetLastRing, pauseTick, stopFunction } from "../quiet.ts";
import { openStack, type TestStack } from "../stack.ts";
import { until } from "../until.ts";

const SUBJECTS = ["function URL", "secret", "tick", "pg_net", "wake-up", "loops"];

Deno.test("the doctor finds a healthy stack well", async () => {
  await using stack = await openStack();
  await stack.tick();
  assertEquals(await diagnose(stack), Object.fromEntries(SUBJECTS.map((each) => [each, "ok"])));
});

Deno.test("the doctor says so when the function has another secret", async () => {
  await using stack = await openStack();
  await using _tick = await pauseTick(stack);
  await stack.functions.setSecrets({ WORKFLOW_SECRET: stack.info.webhook_secret });
  await using _repair = repairBy(
    stack,
    () => stack.functions.setSecrets({ WORKFLOW_SECRET: stack.info.workflow_secret }),
  );
  const findings = await diagnose(stack);
  assertMatch(findings["wake-up"] ?? "", /refused the wake-up: its WORKFLOW_SECRET is not the one/);
});

Deno.test("the doctor says so when the function has no secret at all", async () => {
  await using stack = await openStack();
  await using _tick = await pauseTick(stack);
  await stack.functions.setSecrets({ WORKFLOW_SECRET: null });
  await using _repair = repairBy(
    stack,
    () => stack.functions.setSecrets({ WORKFLOW_SECRET: stack.info.workflow_secret }),
  );
  const findings = await diagnose(stack);
  assertMatch(findings["wake-up"] ?? "", /HTTP 500.*Look at the function's logs/);
});

Deno.test("the doctor says so when the function is down", async () => {
  await using stack = await openStack();
  await using _tick = await pauseTick(stack);
  await using _function = await stopFunction(stack);
  const findings = await diagnose(stack);
  assertEquals(
    findings["wake-up"],
    "The wake-up failed: HTTP 503. Look at the function's logs.",
  );
});

Deno.test("the doctor says so when there is no function at the URL", async () => {
  await using stack = await openStack();
  await using _tick = await pauseTick(stack);
  await configure(stack, "workflow-corn");
  await using _repair = repairBy(stack, () => configure(stack, "workflow-cron"));
  const findings = await diagnose(stack);
  assertMatch(findings["wake-up"] ?? "", /^There is no function at the URL in Vault/);
});

Deno.test("the doctor says so when Vault holds no URL", async () => {
  await using stack = await openStack();
  await using _tick = await pauseTick(stack);
  await stack.db`delete from vault.secrets where name = 'workflow_function_url'`;
  await using _repair = repairBy(stack, () => configure(stack, "workflow-cron"));
  const findings = await diagnose(stack);
  assertMatch(findings["function URL"] ?? "", /^Vault holds no workflow_function_url\. Type: /);
});

Deno.test("the doctor says so when a secret was inserted instead of created", async () => {
  await using stack = await openStack();
  await using _tick = await pauseTick(stack);
  const { workflow_secret: secret } = stack.info;
  await stack.admin`delete from vault.secrets where name = 'workflow_secret'`;
  await stack.admin`insert into vault.secrets (name, secret) values ('workflow_secret', ${secret})`;
  await using _repair = repairBy(stack, async () => {
    await stack.db`delete from vault.secrets where name = 'workflow_secret'`;
    await stack.db`select vault.create_secret(${secret}, 'workflow_secret')`;
  });
  const findings = await diagnose(stack);
  assertMatch(findings["secret"] ?? "", /^workflow_secret lies in Vault unencrypted/);
});

Deno.test("what the doctor says to type makes well what Vault cannot decrypt", async () => {
  await using stack = await openStack();
  await using _tick = await pauseTick(stack);
  await stack.admin`
    update vault.secrets set secret = encode(sha512('of another project'), 'base64')
    where name = 'workflow_function_url'`;
  await using _repair = repairBy(stack, () => configure(stack, "workflow-cron"));
  assertEquals(
    (await ask(stack))["function URL"],
    "Vault cannot decrypt workflow_function_url. Type workflow_configure(…) again.",
  );
  await configure(stack, "workflow-cron");
  assertEquals((await ask(stack))["function URL"], "ok");
});

Deno.test("the doctor says so when the tick is switched off", async () => {
  await using stack = await openStack();
  await using _tick = await pauseTick(stack);
  const findings = await diagnose(stack);
  assertMatch(findings["tick"] ?? "", /^The job "workflow-tick" is switched off\. Type: /);
});

/** Asks twice, because the first time rings and the second time tells how that was answered. */
async function diagnose(stack: TestStack): Promise<Record<string, string>> {
  await ask(stack);
  await until("the answer to the wake-up", async () => {
    const [answer] = await stack.db`
      select from net._http_response r
      join workflow_engine.last_ring_request q on q.last_value = r.id`;
    return answer !== undefined;
  });
  return await ask(stack);
}

async function ask({ service }: TestStack): Promise<Record<string, string>> {
  const { data } = await service.rpc("workflow_doctor").throwOnError();
  const findings: { subject: string; is_well: boolean; finding: string }[] = data;
  for (const { is_well, finding } of findings) assertEquals(is_well, finding === "ok");
  return Object.fromEntries(findings.map(({ subject, finding }) => [subject, finding]));
}

async function configure({ db, info }: TestStack, name: string): Promise<void> {
  await db`select public.workflow_configure(${`${info.functions_url}/${name}`})`;
}

/** Makes well in the end what a test has made sick; until then no ring was heard. */
function repairBy(stack: TestStack, repair: () => Promise<void>): AsyncDisposable {
  return {
    [Symbol.asyncDispose]: async () => {
      await repair();
      await forgetLastRing(stack);
    },
  };
}
