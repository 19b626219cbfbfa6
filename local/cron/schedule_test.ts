import { assert, assertEquals } from "@std/assert";
import { MALFORMED_SCHEDULES, MALFORMED_SINCE_1_6 } from "./malformed_schedules.ts";
import { parseSchedule } from "./schedule.ts";

function matches(schedule: string, minute: string): boolean {
  const parsed = parseSchedule(schedule);
  assert(parsed?.kind === "minutes", `"${schedule}" is not a schedule of minutes`);
  return parsed.matches(new Date(`${minute}Z`));
}

Deno.test("seconds are read in any case and with spaces around", () => {
  assertEquals(parseSchedule(" 30 sEcOnDs "), { kind: "interval", seconds: 30 });
  assertEquals(parseSchedule("1 second"), { kind: "interval", seconds: 1 });
});

Deno.test("every minute matches every minute", () => {
  assert(matches("* * * * *", "2026-11-23T15:07"));
});

Deno.test("a step counts from the beginning of the field", () => {
  assert(matches("*/15 * * * *", "2026-11-23T15:45"));
  assert(!matches("*/15 * * * *", "2026-11-23T15:46"));
});

Deno.test("a range with a step counts from the beginning of the range", () => {
  assert(matches("5-20/5 * * * *", "2026-11-23T15:20"));
  assert(!matches("5-20/5 * * * *", "2026-11-23T15:25"));
});

Deno.test("names of months and days are understood", () => {
  assert(matches("0 9 * NOV mon", "2026-11-23T09:00"));
  assert(!matches("0 9 * dec mon", "2026-11-23T09:00"));
});

Deno.test("seven is Sunday too", () => {
  assert(matches("0 0 * * 7", "2026-11-22T00:00"));
});

Deno.test("a day of the month and a day of the week, both restricted, are alternatives", () => {
  assert(matches("0 0 1 * mon", "2026-11-23T00:00"));
  assert(matches("0 0 1 * mon", "2026-11-01T00:00"));
  assert(!matches("0 0 1 * mon", "2026-11-24T00:00"));
});

Deno.test("a dollar is the last day of the month, in leap years too", () => {
  assert(matches("0 12 $ * *", "2028-02-29T12:00"));
  assert(!matches("0 12 $ * *", "2028-02-28T12:00"));
});

Deno.test("a nickname stands for its fields", () => {
  assert(matches("@hourly", "2026-11-23T15:00"));
  assert(!matches("@hourly", "2026-11-23T15:01"));
});

for (const schedule of [...MALFORMED_SCHEDULES, ...MALFORMED_SINCE_1_6]) {
  Deno.test(`the schedule "${schedule}" is malformed`, () => {
    assertEquals(parseSchedule(schedule), null);
  });
}
