import { compareGrants, readCatalog } from "./catalog.ts";
import { runDenoTests } from "./deno_tests.ts";
import type { Step } from "./gate.ts";
import { failed, joinOutcomes, type Outcome, passed } from "./outcome.ts";
import { filesBelow, repositoryRoot } from "./repository.ts";
import type { TestBench } from "./test_bench.ts";

/** The checks across connections and processes, on a running stack. */
export function stackSteps(bench: TestBench): Step[] {
  const suite = (name: string, belongs: (path: string) => boolean): Step => ({
    name,
    run: (say) => runSuite(bench, belongs, say),
  });
  return [
    { name: "start of the test stack", run: async (say) => (await bench.stack(say), passed()) },
    suite("contracts of the stand-ins", (path) => path.endsWith("_contract_test.ts")),
    suite("concurrency", (path) => path.startsWith("tests/concurrency/")),
    suite("end to end", (path) => path.startsWith("tests/e2e/")),
    suite("faults", (path) => path.startsWith("tests/faults/")),
    { name: "grants after all traffic", run: () => checkGrants(bench) },
  ];
}

async function runSuite(
  bench: TestBench,
  belongs: (path: string) => boolean,
  say: (line: string) => void,
): Promise<Outcome> {
  const files = (await filesBelow(repositoryRoot))
    .filter((path) => path.endsWith("_test.ts") && belongs(path));
  if (files.length === 0) return failed("the suite", "Found no test file");
  const { env } = await bench.stack();
  return await runDenoTests(files, env, say);
}

/** Whoever may do what after all that traffic is whoever the grants page names. */
async function checkGrants(bench: TestBench): Promise<Outcome> {
  const [schemas, { stack }] = [await bench.fromSchemas(), await bench.stack()];
  const differences = compareGrants(
    await readCatalog(schemas.superuserUrl),
    await readCatalog(stack.info.admin_db_url),
    { left: "the schemas", right: "the used stack" },
  );
  if (differences.length === 0) return passed();
  return joinOutcomes(differences.map((difference) => failed(difference, "")));
}
