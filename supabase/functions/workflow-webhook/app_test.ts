import { assertEquals, assertStringIncludes } from "@std/assert";
import { BROWSER, createTestApp, TOKEN } from "./testing/samples.ts";

const failing = { readApproval: () => Promise.reject(new Error("Cannot reach 10.0.0.7")) };

for (const path of ["/", "/workflow-webhook", "/workflow-webhook/other", "/approval/1"]) {
  Deno.test(`there is nothing at ${path}`, async () => {
    const { app } = createTestApp();
    const response = await app(new Request(`https://project.example.com${path}`));
    assertEquals([response.status, await response.json()], [404, { message: "Not found" }]);
  });
}

for (const prefix of ["", "/workflow-webhook", "/functions/v1/workflow-webhook"]) {
  Deno.test(`routes are found below "${prefix}"`, async () => {
    const { app } = createTestApp();
    const response = await app(new Request(`https://project.example.com${prefix}/callback`));
    assertEquals(response.status, 405);
    await response.body?.cancel();
  });
}

Deno.test("names that every object has are no methods, no forms and no media types", async () => {
  const { app, lines } = createTestApp();
  const url = "https://project.example.com/approval";
  const method = await app(new Request(url, { method: "constructor" }));
  assertEquals(method.status, 405);
  const form = await app(new Request(url, { headers: { accept: "constructor" } }));
  assertEquals(form.headers.get("content-type"), "text/html; charset=utf-8");
  const headers = { "content-type": "__proto__", accept: "__proto__" };
  const media = await app(new Request(url, { method: "POST", headers, body: "{}" }));
  assertEquals(media.status, 415);
  for (const response of [method, form, media]) await response.body?.cancel();
  assertEquals(lines, []);
});

Deno.test("a failure is logged and not told", async () => {
  const { app, lines } = createTestApp(failing);
  const url = `https://project.example.com/approval?token=${TOKEN}`;
  for (const accept of [BROWSER, "application/json"]) {
    const response = await app(new Request(url, { headers: { accept } }));
    assertEquals(response.status, 500);
    const text = await response.text();
    assertStringIncludes(text, "Try again later.");
    assertEquals(text.includes("10.0.0.7"), false);
  }
  assertStringIncludes(lines[0] ?? "", "10.0.0.7");
  assertEquals(lines.join("").includes(TOKEN), false);
});
