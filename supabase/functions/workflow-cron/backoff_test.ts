import { assertEquals } from "@std/assert";
import { Backoff } from "./backoff.ts";

Deno.test("pauses double up to a cap, and begin anew after a success", () => {
  const backoff = new Backoff({ first: 100, most: 500 }, () => 1);
  assertEquals([1, 2, 3, 4].map(() => backoff.next()), [100, 200, 400, 500]);
  backoff.reset();
  assertEquals(backoff.next(), 100);
});

Deno.test("jitter takes up to half of a pause", () => {
  assertEquals(new Backoff({ first: 100, most: 500 }, () => 0).next(), 50);
});
