import { assertEquals } from "@std/assert";
import { repositoryRoot } from "./repository.ts";

const page = await Deno.readTextFile(`${repositoryRoot}/docs/reference/configuration.md`);

/** The rows of the table below a heading: the name and the default, as the page gives them. */
function readCards(heading: string): Map<string, string> {
  const section = page.split(heading)[1]?.split(/^##/m)[0] ?? "";
  const rows = [...section.matchAll(/^\|\s*`(\w+)`\s*\|\s*(.*?)\s*\|/gm)];
  return new Map(rows.map(([, name = "", value = ""]) => [name, value]));
}

Deno.test("the page of the configuration has a card for each column of the settings", async () => {
  const sql = await Deno.readTextFile(
    `${repositoryRoot}/supabase/schemas/00_foundation/settings.sql`,
  );
  const columns = [...sql.matchAll(/^ {2}(\w+) [\w[\]]+ not null default '?(.*?)'?,$/gm)]
    .filter(([, name]) => name !== "id")
    .map(([, name = "", value = ""]): [string, string] => [name, value === "{}" ? "none" : value]);
  assertEquals(columns.length > 0, true);
  assertEquals([...readCards("### workflow_engine.settings")], columns);
});

Deno.test("the page of the configuration has a card for each variable of the worker", async () => {
  const source = await Deno.readTextFile(
    `${repositoryRoot}/supabase/functions/workflow-cron/settings.ts`,
  );
  const cards = readCards("## The function workflow-cron");
  assertEquals(namesIn(source).filter((name) => !cards.has(name)), []);
  const variables = [...source.matchAll(VARIABLE)];
  assertEquals(variables.length > 0, true);
  for (const [, name = "", kind = "", , value = ""] of variables) {
    const expected = kind === "list" ? /^none/ : new RegExp(`^${value}$`);
    assertEquals(expected.test(cards.get(name) ?? ""), true, `${name}: "${cards.get(name)}"`);
  }
});

Deno.test("the page of the configuration has a card for each variable of workflow-webhook", async () => {
  const source = await Deno.readTextFile(
    `${repositoryRoot}/supabase/functions/workflow-webhook/settings.ts`,
  );
  const variables = namesIn(source);
  assertEquals(variables.length > 0, true);
  assertEquals([...readCards("## The function workflow-webhook").keys()], variables);
});

/** The variables that settings declare, in order. */
function namesIn(source: string): string[] {
  return [...source.matchAll(/^ {2}(WORKFLOW_\w+): /gm)].map(([, name = ""]) => name);
}

/** `WORKFLOW_BATCH: whole(1, 200)`, `WORKFLOW_WALL_SECONDS: seconds(75)`, `WORKFLOW_SECRET: list(…)`. */
const VARIABLE = /^ {2}(WORKFLOW_\w+): (list|whole|seconds)\((\d+, )?([^)]*)\)/gm;
