import { assert, assertEquals } from "@std/assert";
import { Pace } from "./pace.ts";

/** Runs a pace whose batches are scripted; ends after the last, with the time of each. */
async function batchTimes(
  pace: Pace,
  script: readonly (() => number)[],
): Promise<number[]> {
  const ending = new AbortController();
  const times: number[] = [];
  await pace.run(() => {
    const step = script[times.length];
    times.push(performance.now());
    if (times.length >= script.length) ending.abort();
    return Promise.resolve(step?.() ?? 0);
  }, ending.signal);
  return times;
}

const REST_MS = 60;

Deno.test("an idle worker takes nothing until it is woken, then at once", async () => {
  const pace = new Pace(REST_MS);
  let woken = Infinity;
  setTimeout(() => {
    woken = performance.now();
    pace.wake();
  }, 20);
  const [first = 0] = await batchTimes(pace, [() => 0]);
  assert(first >= woken, "a batch was taken before the wake-up");
});

Deno.test("a busy worker rests between batches", async () => {
  const pace = new Pace(REST_MS);
  pace.wake();
  const [first = 0, second = 0] = await batchTimes(pace, [() => 1, () => 0]);
  assert(second - first >= REST_MS - 1, `it rested for ${second - first} ms only`);
});

Deno.test("the first wake-up of a busy worker cuts one rest short, the next one none", async () => {
  const pace = new Pace(REST_MS);
  pace.wake();
  const wakeTwice = () => {
    pace.wake();
    pace.wake();
    return 1;
  };
  const [first = 0, second = 0, third = 0] = await batchTimes(pace, [
    wakeTwice,
    wakeTwice,
    () => 0,
  ]);
  assert(second - first < REST_MS, "the first rest was not cut short");
  assert(third - second >= REST_MS - 1, "the second rest was cut short too");
});

Deno.test("a wake-up during the last batch is not lost", async () => {
  const pace = new Pace(REST_MS);
  pace.wake();
  const wake = () => {
    pace.wake();
    return 0;
  };
  assertEquals((await batchTimes(pace, [wake, () => 0])).length, 2);
});
