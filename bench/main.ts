/**
 * The bench: starts a stack of its own, measures, and prints each figure beside a limit of the same
 * run or a peer's. Words after the command choose sections by name.
 *
 * @example Only the latency
 * ```sh
 * npm run bench -- latency
 * ```
 */
import { type Bench, startBench } from "./bench_stack.ts";
import { measureCapture } from "./capture.ts";

import { measurePlans } from "./explain.ts";
import { formatSection, type Section } from "./figure.ts";
import { measureIdleCost } from "./idle.ts";
import { measureLatency } from "./latency.ts";
import { measureThroughput } from "./throughput.ts";

/** In this order: a million rows come last. */
const SECTIONS: ReadonlyMap<string, (bench: Bench) => Promise<Section>> = new Map([
  ["capture", measureCapture],
  ["latency", measureLatency],
  ["throughput", measureThroughput],
  ["idle", measureIdleCost],
  ["plans", measurePlans],
]);

async function main(words: readonly string[]): Promise<void> {
  const unknown = words.find((word) => !SECTIONS.has(word));
  if (unknown !== undefined) {
    throw new Error(
      `Cannot measure "${unknown}": there are ${[...SECTIONS.keys()].join(", ")}`,
    );
  }
  await using bench = await startBench((line) => console.error(line));
  for (const [name, measure] of SECTIONS) {
    if (words.length > 0 && !words.includes(name)) continue;
    bench.say(`Measuring ${name}`);
    console.log(formatSection(await measure(bench)));
  }
}

if (import.meta.main) {
  try {
    await main(Deno.args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exitCode = 1;
  }
}
