import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { z } from "zod";
import { travel } from "../../local/travel.ts";
import { mailsTo } from "../mail.ts";
import { openStack, type TestStack } from "../stack.ts";
import { uniqueName } from "../unique_name.ts";
import { until } from "../until.ts";
import { createWorkflow, type TestWorkflow } from "../workflow.ts";

/** What a browser says that it takes. */
const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

/** A run that asks people whether to refund an order, and does what they say. */
interface Question extends AsyncDisposable {
  readonly workflow: TestWorkflow;
  /** Whom it asks. */
  readonly ada: string;
  readonly grace: string;
  /** The links that were mailed to an address, in the order of the mails. */
  links(address: string, count?: number): Promise<string[]>;
  /** The status of the approval, as the application sees it. */
  status(): Promise<string>;
}

async function ask(stack: TestStack, payload: Record<string, unknown> = {}): Promise<Question> {
  const [ada, grace] = [uniqueName("ada"), uniqueName("grace")].map((name) =>
    `${name}@people.example`
  );
  assert(ada !== undefined && grace !== undefined);
  const trigger = uniqueName("refund.asked");
  const workflow = await createWorkflow(stack, {
    trigger,
    actions: [
      {
        name: "may_refund",
        action_type: "approval",
        payload: {
          message: "Refund order {{ $.event.order }}?",
          details: { customer: "{{ $.event.customer }}", amount: "{{ $.event.amount }}" },
          role: "finance",
          from: "Acme <shop@acme.example>",
          to: [ada, grace],
          ...payload,
        },
      },
      {
        name: "refund",
        order: 2,
        action_type: "log",
        condition: '$.actions.may_refund.output.decision == "approved"',
        payload: { message: "{{ $.actions.may_refund.output.decided_by }}" },
      },
    ],
  });
  const event = { order: 17, customer: "<b>Eve</b>", amount: "120.00 €" };
  await stack.db`select public.workflow_emit(${trigger}, ${stack.db.json(event)})`;
  return {
    workflow,
    ada,
    grace,
    links: (address, count = 1) =>
      until(`mail ${count} to ${address}`, async () => {
        const mails = await mailsTo(stack, address);
        return mails.length >= count &&
          mails.map(({ text }) => /http\S+/.exec(text ?? "")?.[0] ?? "");
      }),
    status: async () => {
      const { data } = await stack.service.from("workflow_approval").select("status")
        .in("run_id", (await workflow.logs()).map(({ run_id }) => run_id)).single().throwOnError();
      return z.string().parse(data.status);
    },
    [Symbol.asyncDispose]: () => workflow[Symbol.asyncDispose](),
  };
}

async function linkTo(question: Question, address: string): Promise<string> {
  const [link = ""] = await question.links(address);
  await question.workflow.log(
    "the approval to be waited for",
    ({ status }) => status === "waiting",
  );
  return link;
}

/** Opens a link as a browser does. */
async function open(link: string): Promise<{ status: number; page: string }> {
  const response = await fetch(link, { headers: { accept: BROWSER } });
  return { status: response.status, page: await response.text() };
}

/** Presses a button of the page that a link opens. */
async function press(
  link: string,
  decision: string,
  comment = "",
): Promise<{ status: number; page: string }> {
  const { page: form } = await open(link);
  const [, action = ""] = /<form method="post" action="(.*?)">/.exec(form) ?? [];
  const [, token = ""] = /name="token" value="(.*?)"/.exec(form) ?? [];
  return await submit(new URL(action, link).href, { token, decision, comment });
}

async function submit(url: string, fields: Record<string, string>) {
  const response = await fetch(url, {
    method: "POST",
    headers: { accept: BROWSER },
    body: new URLSearchParams(fields),
  });
  return { status: response.status, page: await response.text() };
}

async function sendJson(link: string, decision: string, comment?: string) {
  const url = new URL(link);
  const response = await fetch(url.origin + url.pathname, {
    method: "POST",
    headers: { "content-type": "application/json", origin: "https://app.example.com" },
    body: JSON.stringify({ token: url.searchParams.get("token"), decision, comment }),
  });
  return { status: response.status, body: await response.json() };
}

Deno.test("whoever is asked by mail approves on the page of their link", async () => {
  await using stack = await openStack();
  await using question = await ask(stack);
  const link = await linkTo(question, question.ada);
  const { status, page } = await open(link);
  assertEquals(status, 200);
  for (const text of ["Refund order 17?", "&lt;b&gt;Eve&lt;/b&gt;", "120.00 €", "finance"]) {
    assertStringIncludes(page, text);
  }
  assertEquals(await question.status(), "pending");

  const answer = await press(link, "approved", "She is right");
  assertEquals(answer.status, 200);
  assertStringIncludes(answer.page, `This was approved by ${question.ada}`);
  const logs = await question.workflow.ended();
  const { decided_at, ...output } = JSON.parse(logs[0]?.output_json ?? "");
  assertEquals(output, {
    decision: "approved",
    decided_by: question.ada,
    comment: "She is right",
  });
  assertEquals(Number.isNaN(Date.parse(decided_at)), false);
  assertEquals(JSON.parse(logs[1]?.output_json ?? "").message, question.ada);
});

Deno.test("opening a link, however often, decides nothing", async () => {
  await using stack = await openStack();
  await using question = await ask(stack);
  const link = await linkTo(question, question.ada);
  for (const method of ["GET", "HEAD", "GET", "OPTIONS"]) {
    const response = await fetch(link, { method });
    await response.body?.cancel();
    assertEquals(response.ok, true);
  }
  assertEquals(await question.status(), "pending");
});

Deno.test("the first decision counts, and whoever comes later learns whose it was", async () => {
  await using stack = await openStack();
  await using question = await ask(stack);
  const adasLink = await linkTo(question, question.ada);
  const gracesLink = await linkTo(question, question.grace);
  assertEquals(adasLink === gracesLink, false);
  const rejected = await sendJson(gracesLink, "rejected", "Not this one");
  assertEquals(rejected.status, 200);
  assertEquals(rejected.body.status, "rejected");

  const url = new URL(adasLink);
  const token = url.searchParams.get("token") ?? "";
  const late = await submit(url.origin + url.pathname, { token, decision: "approved" });
  assertEquals(late.status, 409);
  assertStringIncludes(late.page, `This was rejected by ${question.grace}`);
  assertEquals((await sendJson(gracesLink, "approved")).status, 409);
  assertStringIncludes((await open(adasLink)).page, "Not this one");

  const logs = await question.workflow.ended();
  assertEquals(logs.map(({ action, status }) => [action, status]), [
    ["may_refund", "completed"],
    ["refund", "skipped"],
  ]);
  const history = await stack.service.from("workflow_history").select("kind, actor, reason")
    .eq("run_id", logs[0]?.run_id ?? "").in("kind", ["approved", "rejected"]).throwOnError();
  assertEquals(history.data, [
    { kind: "rejected", actor: question.grace, reason: "Not this one" },
  ]);
});

Deno.test("whoever forgets is reminded with the same link, which still decides", async () => {
  await using stack = await openStack();
  await using question = await ask(stack, { remind_after: "1 day", expires_in: "5 days" });
  const link = await linkTo(question, question.ada);
  await travel(stack.db, "25 hours");
  const links = await question.links(question.ada, 2);
  assertEquals(links, [link, link]);
  const subjects = (await mailsTo(stack, question.ada)).map(({ subject }) => subject);
  assertEquals(subjects.map((subject) => subject.startsWith("Reminder: ")), [false, true]);
  assertEquals((await press(link, "approved")).status, 200);
  const [log] = await question.workflow.ended();
  assertEquals(JSON.parse(log?.output_json ?? "").decided_by, question.ada);
});

Deno.test("what nobody decides expires, and its links say so", async () => {
  await using stack = await openStack();
  await using question = await ask(stack, { expires_in: "2 hours" });
  const link = await linkTo(question, question.ada);
  await travel(stack.db, "3 hours");
  const logs = await question.workflow.ended();
  assertEquals(JSON.parse(logs[0]?.output_json ?? "").decision, "expired");
  assertEquals(logs[1]?.status, "skipped");
  const { status, page } = await open(link);
  assertEquals(status, 200);
  assertStringIncludes(page, "Nobody had decided by");
  const late = await sendJson(link, "approved");
  assertEquals([late.status, late.body.approval.status], [409, "expired"]);
});

Deno.test("a link that was not sent opens nothing", async () => {
  await using stack = await openStack();
  await using question = await ask(stack);
  const link = new URL(await linkTo(question, question.ada));
  link.searchParams.set("token", `${link.searchParams.get("token")}A`);
  assertEquals((await open(link.href)).status, 404);
  assertEquals((await sendJson(link.href, "approved")).status, 404);
  assertEquals((await sendJson(link.href, "perhaps")).status, 422);
  assertEquals(await question.status(), "pending");
});

Deno.test("an application with a page of its own gets the browser, and answers through JSON", async () => {
  await using stack = await openStack();
  await using question = await ask(stack);
  const link = await linkTo(question, question.ada);
  const page = "https://app.example.com/approve";
  await using _page = await setApprovalPage(stack, page);
  const redirect = await fetch(link, { headers: { accept: BROWSER }, redirect: "manual" });
  await redirect.body?.cancel();
  const token = new URL(link).searchParams.get("token");
  assertEquals(redirect.status, 303);
  assertEquals(redirect.headers.get("location"), `${page}?token=${token}`);

  const read = await fetch(link, { headers: { accept: "application/json" } });
  assertEquals(read.headers.get("access-control-allow-origin"), "*");
  const { message, recipient, status } = await read.json();
  assertEquals([message, recipient, status], ["Refund order 17?", question.ada, "pending"]);
  const { body } = await sendJson(link, "approved", "Fine");
  assertEquals([body.status, body.comment], ["approved", "Fine"]);
});

async function setApprovalPage(stack: TestStack, url: string): Promise<AsyncDisposable> {
  await stack.functions.setSecrets({ WORKFLOW_APPROVAL_URL: url });
  return {
    [Symbol.asyncDispose]: () => stack.functions.setSecrets({ WORKFLOW_APPROVAL_URL: null }),
  };
}
