import { assertEquals, assertGreater } from "@std/assert";
import { travel } from "../../local/travel.ts";
import { openEndpoint } from "../endpoint.ts";
import { mailsTo } from "../mail.ts";
import { installOnboarding, readOnboarding } from "../onboarding.ts";
import { openStack, type TestStack } from "../stack.ts";
import { until } from "../until.ts";
import { signUp } from "../user.ts";

const WELCOME = "Welcome to Acme, friend";
const FOLLOW_UP = "Your profile is almost complete";

Deno.test("whoever signs up is welcomed, and reminded only while the profile is incomplete", async (t) => {
  await using stack = await openStack();
  await using _onboarding = await installOnboarding(stack);
  await using endpoint = await openEndpoint(stack, "register-with-crm", {
    answers: [{ status: 503 }, { status: 503 }, { status: 200, body: { contact: "c_1" } }],
  });
  const ada = await signUp(stack);
  const subjects = async (address: string) =>
    (await mailsTo(stack, address)).map(({ subject }) => subject);
  const attempts = async (count: number) =>
    await until(`attempt ${count} to fail or end`, async () => {
      const { register_with_crm: log } = await readOnboarding(stack, ada.id);
      return log?.attempt === count && log.status !== "processing" && log;
    });

  await t.step("a profile and a mail come at once", async () => {
    await until("the welcome", async () => (await subjects(ada.email)).length > 0);
    assertEquals(await subjects(ada.email), [WELCOME]);
  });

  await t.step("an endpoint that fails is called again after two minutes", async () => {
    const { status, due_in } = await attempts(1);
    assertEquals(status, "not_started");
    assertGreater(due_in, 115);
    await travel(stack.db, "132 seconds");
    assertEquals((await attempts(2)).status, "not_started");
  });

  await t.step("and after four more", async () => {
    assertGreater((await attempts(2)).due_in, 235);
    await travel(stack.db, "264 seconds");
    assertEquals((await attempts(3)).status, "completed");
    const requests = await endpoint.requests();
    assertEquals(requests.map(({ status }) => status), [503, 503, 200]);
    assertEquals(new Set(requests.map(({ headers }) => headers["webhook-id"])).size, 1);
  });

  await t.step(
    "an hour later the incomplete profile is reminded, the complete is not",
    async () => {
      const grace = await signUp(stack);
      await until("the second welcome", async () => (await subjects(grace.email)).length > 0);
      await grace.client.from("profiles").update({ full_name: "Grace" }).eq("id", grace.id)
        .throwOnError();
      await travel(stack.db, "61 minutes");
      await until("both runs to end", async () => (await readRuns(stack)).every(isCompleted));
      assertEquals((await readOnboarding(stack, grace.id))["follow_up"]?.status, "skipped");
      assertEquals(await subjects(ada.email), [WELCOME, FOLLOW_UP]);
      assertEquals(await subjects(grace.email), [WELCOME]);
    },
  );
});

async function readRuns({ db }: TestStack): Promise<string[]> {
  const rows = await db`
    select r.status
    from public.workflow_run r
    join public.workflow w on w.id = r.workflow_id
    where w.name = 'onboarding'`;
  return rows.map(({ status }) => String(status));
}

function isCompleted(status: string): boolean {
  return status === "completed";
}
