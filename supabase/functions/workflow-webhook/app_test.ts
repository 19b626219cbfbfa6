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
