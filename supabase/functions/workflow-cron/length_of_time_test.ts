import { assertEquals } from "@std/assert";
import { lengthOfTime, minutes, readLength } from "./length_of_time.ts";

for (
  const [text, seconds] of [
    ["15 minutes", 900],
    ["1 day", 86_400],
    ["1 day 02:00", 93_600],
    ["1 day, 2 hours", 93_600],
    ["1d12h30m", 131_400],
    ["01:30:00", 5400],
    ["90", 90],
    ["1.5 hours", 5400],
    ["@ 2 weeks", 1_209_600],
    ["PT15M", 900],
    ["P1DT2H", 93_600],
    ["1 hour 90", 3690],
    ["1 day ago", -86_400],
    ["-1 hour", -3600],
  ] as const
) {
  Deno.test(`"${text}" is ${seconds} seconds`, () => {
    assertEquals(readLength(text), seconds * 1000);
  });
}

for (
  const text of [
    ...["a few days", "soon", "P", "1 parsec", "1 day tomorrow", "one day", ""],
    ...["2 h -1h", "1h01:30", "1.5 s 5 ms", "10s90", "1min30s", "1.h", "PT+2H", "-1 day 5 ago"],
  ]
) {
  Deno.test(`"${text}" is no length of time`, () => {
    assertEquals(readLength(text), undefined);
    assertEquals(lengthOfTime.safeParse(text).success, false);
  });
}

Deno.test("a length of time is from none to ten years", () => {
  const taken = ["0", "10 years", "-1 second", "10 years 1 day"].map((text) =>
    lengthOfTime.safeParse(text).success
  );
  assertEquals(taken, [true, true, false, false]);
});

Deno.test("minutes are one at least", () => {
  const taken = ["1 minute", "60", "59 seconds", "a while"].map((text) =>
    minutes.safeParse(text).success
  );
  assertEquals(taken, [true, true, false, false]);
});
