import { assertEquals, assertLess } from "@std/assert";
import { createPaint } from "./paint.ts";
import { renderTransition } from "./transition_line.ts";
import type { Transition } from "./transitions.ts";

const paint = createPaint({ isTerminal: false, noColor: undefined });

const completed: Transition = {
  key: "welcome_email completed 1",
  kind: "completed",
  subject: "welcome_email",
  at: new Date("2026-11-23T15:04:05.123Z"),
  attempt: 1,
  tookMs: 51,
  note: "",
};

Deno.test("a transition says when, what, which attempt and how long", () => {
  assertEquals(renderTransition(completed, paint), [
    "  15:04:05.123  welcome_email      ✔ completed    attempt 1 · 51 ms",
  ]);
});

Deno.test("what has no attempt shows none", () => {
  const planned: Transition = {
    ...completed,
    kind: "planned",
    attempt: null,
    tookMs: null,
    note: "in 1 h",
  };
  assertEquals(renderTransition(planned, paint), [
    "  15:04:05.123  welcome_email      ◷ planned      in 1 h",
  ]);
});

Deno.test("a long note is broken at spaces and no line is wider than 100", () => {
  const lines = renderTransition({ ...completed, note: "word ".repeat(60) }, paint);
  for (const line of lines) assertLess(line.length, 101);
  assertEquals(lines.join(" ").split("word").length, 61);
});

Deno.test("a word that is wider than a line is cut, and nothing of it is lost", () => {
  const lines = renderTransition({ ...completed, note: "x".repeat(200) }, paint);
  for (const line of lines) assertLess(line.length, 101);
  assertEquals(lines.join("").split("x").length, 201);
});

Deno.test("line breaks of an answer do not break the feed", () => {
  const [line] = renderTransition({ ...completed, note: "503:\n\tdown" }, paint);
  assertEquals(line?.endsWith("51 ms · 503: down"), true);
});
