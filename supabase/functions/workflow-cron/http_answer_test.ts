import { assertEquals } from "@std/assert";
import { isJson, outcomeOfRefusal, retryAfterMs } from "./http_answer.ts";

const NOW = new Date("2026-01-01T00:00:00Z");

for (const status of [408, 409, 425, 429, 500, 502, 503, 504, 599]) {
  Deno.test(`the status ${status} is tried again`, () => {
    const outcome = outcomeOfRefusal("It", new Response(null, { status }), "", NOW);
    assertEquals(outcome, { kind: "retry", reason: `It answered ${status}`, httpStatus: status });
  });
}

for (const status of [400, 401, 403, 404, 410, 422]) {
  Deno.test(`the status ${status} is final`, () => {
    const outcome = outcomeOfRefusal("It", new Response(null, { status }), " gone\n", NOW);
    const reason = `It answered ${status}: gone`;
    assertEquals(outcome, { kind: "failed", reason, httpStatus: status });
  });
}

Deno.test("a redirect is final and says that it is not followed", () => {
  const outcome = outcomeOfRefusal("It", new Response(null, { status: 307 }), "", NOW);
  const reason = "It answered 307 (redirects are not followed)";
  assertEquals(outcome, { kind: "failed", reason, httpStatus: 307 });
});

Deno.test("Retry-After is honoured", () => {
  const response = new Response(null, { status: 429, headers: { "retry-after": "7" } });
  const outcome = outcomeOfRefusal("It", response, "", NOW);
  assertEquals(outcome.kind === "retry" && outcome.after, 7000);
});

for (
  const [header, expected] of [
    ["0", 0],
    ["120", 120_000],
    ["Thu, 01 Jan 2026 00:00:30 GMT", 30_000],
    ["Wed, 31 Dec 2025 00:00:00 GMT", 0],
    ["99999999999999", 604_800_000],
    ["soon", undefined],
    ["", undefined],
    [null, undefined],
  ] satisfies [string | null, number | undefined][]
) {
  Deno.test(`Retry-After ${JSON.stringify(header)} is ${expected} milliseconds`, () => {
    assertEquals(retryAfterMs(header, NOW), expected);
  });
}

Deno.test("JSON is recognised by its media type", () => {
  const isJsonType = (type: string) => isJson(new Headers({ "content-type": type }));
  const types = ["application/json", "application/json; charset=utf-8", "application/ld+json"];
  assertEquals(types.map(isJsonType), [true, true, true]);
  assertEquals(["text/plain", "application/jsonp"].map(isJsonType), [false, false]);
  assertEquals(isJson(new Headers()), false);
});
