import { assertEquals, assertExists } from "@std/assert";
import { travel } from "../../local/travel.ts";
import { serveApplication } from "../application.ts";
import { assertSays } from "../assert_says.ts";
import { importBlock, readPage } from "../page.ts";
import { removeWorkflow } from "../saved_workflow.ts";
import { sqlValue } from "../sql_value.ts";
import { openStack } from "../stack.ts";
import { until } from "../until.ts";

Deno.test("the guide's slow API takes a job on and calls back", async (t) => {
  const [film, outputs, ...others] = await readPage("how-to/call_a_slow_api.md", ["sql"]);
  const [call, result] = await readPage("how-to/call_a_slow_api.md", ["json"]);
  const { callBack } = await importBlock((await readPage("how-to/call_a_slow_api.md", ["ts"]))[0]);
  assertExists(film);
  assertExists(outputs);
  assertExists(call);
  assertExists(result);
  assertEquals(others, []);
  await using stack = await openStack();
  await using _workflow = { [Symbol.asyncDispose]: () => removeWorkflow(stack, "film") };
  const jobs: { authorization: string | null; job: { film: number; notify: string } }[] = [];
  await using api = serveApplication(async (request) => {
    jobs.push({ authorization: request.headers.get("authorization"), job: await request.json() });
    return Response.json({ job: jobs.length }, { status: 201 });
  });
  await using _secret = await setSecret({ RENDER_KEY: "Bearer the key of the API" });
  const start = () =>
    sqlValue(stack.db, film.code.replaceAll("https://render.example.com", api.url));
  const readFilm = async () => {
    const [row] = await stack.db`
      select r.status, l.status as action, l.error
      from public.workflow_run r
      join public.workflow w on w.id = r.workflow_id
      join public.workflow_action_logs l on l.run_id = r.id
      where w.name = 'film'
      order by r.id desc, l.id
      limit 1`;
    return row;
  };

  await t.step("it gets the job, its key and the URL", async () => {
    await start();
    await until("the run to wait", async () => (await readFilm())?.action === "waiting");
    const [received] = jobs;
    assertEquals(received?.authorization, "Bearer the key of the API");
    const expected = call.code.replace("https://<ref>.supabase.co", stack.info.api_url);
    assertSays(received?.job, JSON.parse(expected), call.line);
  });

  await t.step("what it sends is the output, once", async () => {
    const url = jobs[0]?.job.notify ?? "";
    assertEquals(await callBack(`${url}A`, { url: "https://evil.example.com" }), 401);
    assertEquals(await callBack(url, { url: "https://film.example.com/7.mp4" }), 200);
    assertEquals(await callBack(url, { url: "https://film.example.com/7.mp4" }), 409);
    await until("the end of the run", async () => (await readFilm())?.status === "completed");
    const value = await sqlValue(stack.db, outputs.code);
    assertSays(value, JSON.parse(result.code), result.line);
  });

  await t.step("without an answer the action fails after the timeout", async () => {
    await start();
    await until("the run to wait", async () => (await readFilm())?.action === "waiting");
    await travel(stack.db, "2 hours");
    await until("the end of the run", async () => (await readFilm())?.status === "failed");
    assertEquals((await readFilm())?.error, "No answer came before the timeout");
  });

  async function setSecret(secrets: Record<string, string>): Promise<AsyncDisposable> {
    await stack.functions.setSecrets(secrets);
    const none = Object.fromEntries(Object.keys(secrets).map((name) => [name, null]));
    return { [Symbol.asyncDispose]: () => stack.functions.setSecrets(none) };
  }
});
