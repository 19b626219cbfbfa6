import { runCommand } from "./command.ts";
import { type Failure, type Outcome } from "./outcome.ts";

/** What `deno test` wrote about its run: the machine's report, its exit code, its words. */
export interface DenoTestRun {
  readonly junit: string;
  readonly code: number;
  readonly output: string;
}

/**
 * Runs Deno tests; each case and each step counts as one. `onCase` is told every case that ended,
 * while the others still run.
 */
export async function runDenoTests(
  paths: readonly string[],
  env: Record<string, string>,
  onCase: (line: string) => void,
): Promise<Outcome> {
  const junitPath = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const args = ["test", "--allow-all", "--no-check", `--junit-path=${junitPath}`, ...paths];
    const onLine = (line: string) => {
      if (/ \.\.\. (ok|FAILED)\b/.test(line)) onCase(line);
    };
    const { code, output } = await runCommand(Deno.execPath(), args, { env, onLine });
    return readDenoTestRun({ junit: await Deno.readTextFile(junitPath), code, output });
  } finally {
    await Deno.remove(junitPath);
  }
}

/** The outcome of a run. What was skipped, and what broke outside of any test, has failed. */
export function readDenoTestRun({ junit, code, output }: DenoTestRun): Outcome {
  const failures: Failure[] = [];
  let passed = 0;
  for (const { name, file, body } of testCases(junit)) {
    const failure = /<failure message="([^"]*)">([\s\S]*?)<\/failure>/.exec(body);
    const title = `${file}: ${name}`;
    if (/<skipped\/?>/.test(body)) {
      failures.push({ name: title, detail: "A test may not be skipped" });
    } else if (failure === null) passed += 1;
    else if (!/^\d+ test steps? failed$/.test(failure[1] ?? "")) {
      failures.push({ name: title, detail: unescapeXml(failure[2] ?? "") });
    }
  }
  for (const file of uncaughtErrors(output)) {
    failures.push({ name: file, detail: output });
  }
  if (failures.length === 0 && code !== 0) {
    failures.push({ name: `deno test ended with status ${code}`, detail: output });
  }
  if (failures.length === 0 && passed === 0) {
    failures.push({ name: "deno test", detail: "Found no test" });
  }
  return { passed, failures };
}

function testCases(junit: string): { name: string; file: string; body: string }[] {
  const pattern = /<testcase name="([^"]*)" classname="([^"]*)"[^>]*>([\s\S]*?)<\/testcase>/g;
  return [...junit.matchAll(pattern)].map(([, name = "", file = "", body = ""]) => ({
    name: unescapeXml(name),
    file: unescapeXml(file).replace(/^\.\//, ""),
    body,
  }));
}

/** The files that broke outside of a test, which the machine's report leaves out. */
function uncaughtErrors(output: string): Set<string> {
  return new Set(
    [...output.matchAll(/^(?:\.\/)?(\S+) \(uncaught error\)$/gm)].map(([, f = ""]) => f),
  );
}

function unescapeXml(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
    .replaceAll("&apos;", "'").replaceAll("&amp;", "&");
}
