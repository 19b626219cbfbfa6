import { assertEquals, assertStringIncludes } from "@std/assert";
import type { CallbackAnswer } from "../_shared/contract/callback_answer.ts";
import { type Callback, callbackUrl } from "../_shared/signed_link.ts";
import type { Engine, Refusal } from "./engine.ts";
import { ACTION, createTestApp, SECRET } from "./testing/samples.ts";

const OTHER_SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
const CALLBACK = { actionId: ACTION, attempt: 2 };
const URL_OF_CALLBACK = await callbackUrl("https://project.example.com", SECRET, CALLBACK);

/** An app that keeps what its engine is told. */
function setUp(options: { secrets?: string[]; refusal?: Refusal } = {}) {
  const { refusal, ...dependencies } = options;
  const answers: { callback: Callback; answer: CallbackAnswer }[] = [];
  const engine: Partial<Engine> = {
    answer: (callback, answer) => {
      answers.push({ callback, answer });
      return Promise.resolve(refusal ? { refusal } : { value: { status: "completed" } });
    },
  };
  return { ...createTestApp(engine, dependencies), answers };
}

function post(body: unknown, url = URL_OF_CALLBACK): Request {
  return new Request(url, {
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

for (
  const answer of [
    { status: "completed", output: { paid: true } },
    { status: "completed" },
    { status: "failed", error: "No such customer" },
    { status: "failed" },
    { status: "retry", error: "Busy", retry_after_ms: 5000 },
    { status: "retry" },
  ] satisfies CallbackAnswer[]
) {
  Deno.test(`the answer ${JSON.stringify(answer)} reaches the engine as it is`, async () => {
    const { app, answers } = setUp();
    const response = await app(post(answer));
    assertEquals([response.status, await response.json()], [200, { status: "completed" }]);
    assertEquals(answers, [{ callback: CALLBACK, answer }]);
  });
}

for (
  const body of [
    { id: "evt_1", status: "succeeded" },
    { status: "completed", output: 1, more: true },
    [1, 2],
    0,
    null,
    false,
  ]
) {
  Deno.test(`the body ${JSON.stringify(body)}, which is no answer, is the output`, async () => {
    const { app, answers } = setUp();
    assertEquals((await app(post(JSON.stringify(body)))).status, 200);
    assertEquals(answers[0]?.answer, { status: "completed", output: body });
  });
}

Deno.test("an empty body completes without an output", async () => {
  const { app, answers } = setUp();
  assertEquals((await app(post(" \n"))).status, 200);
  assertEquals(answers[0]?.answer, { status: "completed" });
});

Deno.test("each secret of a rotation may have signed the URL", async () => {
  const { app } = setUp({ secrets: [OTHER_SECRET, SECRET] });
  assertEquals((await app(post({}))).status, 200);
});

for (
  const [name, change] of Object.entries({
    "another action": (url: URL) => url.searchParams.set("action", ACTION.replace(/1$/, "2")),
    "another attempt": (url: URL) => url.searchParams.set("attempt", "3"),
    "no attempt": (url: URL) => url.searchParams.delete("attempt"),
    "the attempt written otherwise": (url: URL) => url.searchParams.set("attempt", "02"),
    "another signature": (url: URL) => url.searchParams.set("signature", "AAAA"),
    "no signature": (url: URL) => url.searchParams.delete("signature"),
    "no action log's id": (url: URL) => url.searchParams.set("action", "1"),
  })
) {
  Deno.test(`a URL with ${name} is refused without a reason`, async () => {
    const { app, answers } = setUp();
    const url = new URL(URL_OF_CALLBACK);
    change(url);
    const response = await app(post({}, url.href));
    assertEquals([response.status, await response.json()], [401, { message: "Unauthorized" }]);
    assertEquals(answers, []);
  });
}

Deno.test("a URL that another secret has signed is refused", async () => {
  const { app, answers } = setUp({ secrets: [OTHER_SECRET] });
  assertEquals((await app(post({}))).status, 401);
  assertEquals(answers, []);
});

for (
  const [refusal, status] of [["unknown", 404], ["conflict", 409], ["invalid", 422]] as const
) {
  Deno.test(`what the engine refuses as ${refusal} is answered with ${status}`, async () => {
    const { app, lines } = setUp({ refusal });
    assertEquals((await app(post({}))).status, status);
    assertEquals(lines, []);
  });
}

Deno.test("a body that is no JSON is refused", async () => {
  const { app, answers } = setUp();
  assertEquals((await app(post("status=completed"))).status, 400);
  assertEquals(answers, []);
});

Deno.test("a body is refused that is larger than any output", async () => {
  const { app, answers } = setUp();
  const largestOutput = "x".repeat(256 * 1024 - 2);
  assertEquals((await app(post({ status: "completed", output: largestOutput }))).status, 200);
  assertEquals((await app(post({ output: largestOutput.repeat(2) }))).status, 413);
  assertEquals(answers.length, 1);
});

Deno.test("a body is refused that is nested deeper than can be stored", async () => {
  const { app, answers } = setUp();
  const nest = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assertEquals((await app(post(nest(500)))).status, 200);
  for (const depth of [501, 130_000]) {
    const response = await app(post(nest(depth)));
    assertEquals(response.status, 422);
    assertEquals(await response.json(), { message: "The answer is nested more than 500 deep" });
  }
  assertEquals(answers.length, 1);
});

Deno.test("brackets in texts nest nothing", async () => {
  const { app, answers } = setUp();
  assertEquals((await app(post({ output: `\\"${"[{".repeat(1000)}` }))).status, 200);
  assertEquals(answers.length, 1);
});

Deno.test("only POST answers", async () => {
  const { app, answers } = setUp();
  const response = await app(new Request(URL_OF_CALLBACK));
  assertEquals([response.status, response.headers.get("allow")], [405, "POST"]);
  assertEquals(answers, []);
});

Deno.test("the log says what to set when the secret is missing", async () => {
  const { app, lines } = setUp({ secrets: [] });
  assertEquals((await app(post({}))).status, 500);
  assertStringIncludes(lines[0] ?? "", "WORKFLOW_SECRET");
});
