import { assertEquals } from "@std/assert";
import { formatClock, formatDuration } from "./format_time.ts";

Deno.test("a duration has at most two units", () => {
  const cases: [number, string][] = [
    [0, "0 ms"],
    [51.4, "51 ms"],
    [999.6, "1.0 s"],
    [1_240, "1.2 s"],
    [59_940, "59.9 s"],
    [59_960, "1 min"],
    [127_000, "2 min 7 s"],
    [3_221_000, "53 min 41 s"],
    [3_600_000, "1 h"],
    [3_900_000, "1 h 5 min"],
    [90_000_000, "25 h"],
  ];
  for (const [ms, text] of cases) assertEquals(formatDuration(ms), text);
});

Deno.test("a duration that rounding made negative is none", () => {
  assertEquals(formatDuration(-0.4), "0 ms");
});

Deno.test("the time of day is UTC, to the millisecond", () => {
  assertEquals(formatClock(new Date("2026-11-23T15:04:05.007Z")), "15:04:05.007");
});
