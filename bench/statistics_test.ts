import { assertEquals } from "@std/assert";
import { format, median, percentile } from "./statistics.ts";

Deno.test("the median of an even number of values lies between the middle two", () => {
  assertEquals(median([4, 1, 3, 2]), 2.5);
  assertEquals(median([9, 1, 5]), 5);
});

Deno.test("a percentile is interpolated, in whatever order the values come", () => {
  assertEquals(percentile([30, 10, 20, 40, 50], 0.99), 49.6);
  assertEquals(percentile([7], 0.99), 7);
});

Deno.test("a number shows as many digits as matter", () => {
  assertEquals([0.1234, 12.34, 1234.5, 7].map(format), ["0.12", "12.3", "1,235", "7"]);
});
