import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { configureEngine } from "../../local/configure_engine.ts";
import { deployFunctions } from "../../local/management_api/deploy_functions.ts";
import { serveManagementApi } from "../../local/management_api/server.ts";
import {
  unpackFunction,
  type UploadedFunction,
} from "../../local/management_api/uploaded_function.ts";
import { run } from "../../local/process/run.ts";
import { freePort, spawnService } from "../../local/service/spawned_service.ts";
import { secretsFile } from "../../local/services.ts";
import { readSettings, ROOT } from "../../local/settings.ts";
import { travel } from "../../local/travel.ts";
import { approvalLink, callbackUrl } from "../../supabase/functions/_shared/signed_link.ts";
import { readCodeBlocks } from "../../tools/code_blocks.ts";
import { filesBelow } from "../../tools/repository.ts";
import { openEndpoint } from "../endpoint.ts";
import { mailsTo } from "../mail.ts";
import { installOnboarding, readOnboarding } from "../onboarding.ts";
import { forgetLastRing, stopFunction } from "../quiet.ts";
import { openStack, type TestStack } from "../stack.ts";
import { until } from "../until.ts";
import { signUp } from "../user.ts";

const FUNCTIONS = ["workflow-cron", "workflow-webhook"];

Deno.test("what the Supabase CLI deploys is what each function imports, for callers without a token", async () => {
  await using api = serveManagementApi();
  const uploaded = await deployFunctions(api, FUNCTIONS);
  assertEquals(uploaded.map(({ slug }) => slug), FUNCTIONS);
  for (const { slug, files, metadata } of uploaded) {
    const { verify_jwt, entrypoint_path, import_map_path } = metadata;
    assertEquals([verify_jwt, entrypoint_path, import_map_path], [
      false,
      `supabase/functions/${slug}/index.ts`,
      `supabase/functions/${slug}/deno.json`,
    ]);
    assertEquals([...files.keys()].toSorted(), await readImportGraph(ROOT, slug));
  }
});

Deno.test("what the Supabase CLI deploys serves the onboarding, alone in an empty folder", async () => {
  await using api = serveManagementApi();
  const [uploaded] = await deployFunctions(api, ["workflow-cron"]);
  assert(uploaded);
  await using stack = await openStack();
  await using _checkout = await stopFunction(stack);
  await using hosted = await serveUpload(stack, uploaded);
  await using _configuration = await configure(stack, `${hosted.url}/functions/v1/workflow-cron`);
  await using _onboarding = await installOnboarding(stack);
  await using endpoint = await openEndpoint(stack, "register-with-crm", {
    answers: [{ status: 503 }, { status: 503 }, { status: 200, body: { contact: "c_1" } }],
  });
  const ada = await signUp(stack);
  const waits = ["132 seconds", "264 seconds", "61 minutes"];
  for (const [index, wait] of waits.entries()) {
    await until(`attempt ${index + 1} to end`, async () => {
      const { register_with_crm: log } = await readOnboarding(stack, ada.id);
      return log?.attempt === index + 1 && log.status !== "processing";
    });
    await travel(stack.db, wait);
  }
  await until("the follow-up", async () => (await mailsTo(stack, ada.email)).length === 2);
  assertEquals((await endpoint.requests()).map(({ status }) => status), [503, 503, 200]);
});

Deno.test("what the Supabase CLI deploys serves links, alone in an empty folder", async () => {
  await using api = serveManagementApi();
  const [uploaded] = await deployFunctions(api, ["workflow-webhook"]);
  assert(uploaded);
  await using stack = await openStack();
  await using hosted = await serveUpload(stack, uploaded);
  const callback = { actionId: crypto.randomUUID(), attempt: 1 };
  const url = await callbackUrl(hosted.url, stack.info.workflow_secret, callback);
  const answer = await fetch(url, { method: "POST", body: "{}" });
  assertEquals([answer.status, await answer.json()], [404, {
    message: "There is no such action",
  }]);
  const page = await fetch(approvalLink(hosted.url, "unknown"));
  assertEquals(page.status, 404);
  assertStringIncludes(await page.text(), "<h1>Nothing to decide</h1>");
});

Deno.test("the guide and the README copy all that the functions import, and none of their tests", async () => {
  for (const page of ["docs/how-to/deploy_to_supabase.md", "README.md"]) {
    const [copying] = readCodeBlocks(await Deno.readTextFile(join(ROOT, page)), ["sh"])
      .filter(({ code }) => code.includes("supabase/functions"));
    const folder = await Deno.makeTempDir();
    try {
      const project = join(folder, "project");
      await Deno.mkdir(join(project, "supabase"), { recursive: true });
      await Deno.symlink(ROOT, join(folder, "workflow-engine"));
      const [commands = ""] = (copying?.code ?? "").split("\nsupabase link");
      await run("sh", ["-e", "-c", commands], { cwd: project });
      for (const name of FUNCTIONS) {
        assertEquals(await readImportGraph(project, name), await readImportGraph(ROOT, name));
      }
      const copied = await filesBelow(join(project, "supabase"));
      assertEquals(copied.filter((path) => /_test\.ts$|\/testing\//.test(path)), []);
      assertEquals(copied.filter((path) => path.startsWith("migrations/")).length, 1);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }
});

const graph = z.object({
  modules: z.array(z.object({ local: z.string().optional() })),
});

/** The files of a function's import graph and its configuration, from the project's folder. */
async function readImportGraph(project: string, name: string): Promise<string[]> {
  const folder = join(project, "supabase", "functions", name);
  const config = join(folder, "deno.json");
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["info", "--json", "--no-lock", "--no-npm", "--node-modules-dir=none"],
      `--config=${config}`,
      join(folder, "index.ts"),
    ],
    env: { DENO_NO_PACKAGE_JSON: "1" },
  }).output();
  const { modules } = graph.parse(JSON.parse(new TextDecoder().decode(stdout)));
  const files = [config, ...modules.flatMap(({ local }) => local ?? [])];
  return files.map((path) => relative(project, path)).toSorted();
}

/** Runs an uploaded function as a hosted project would: from its files alone, by its metadata. */
async function serveUpload({ info }: TestStack, uploaded: UploadedFunction) {
  const { dir } = readSettings();
  const folder = await Deno.makeTempDir();
  await unpackFunction(uploaded, folder);
  const config = join(folder, "config.toml");
  const { entrypoint_path, verify_jwt } = uploaded.metadata;
  await Deno.writeTextFile(config, `[functions.${uploaded.slug}]\nverify_jwt = ${verify_jwt}\n`);
  const service = await spawnService(join(ROOT, "local", "functions", "main.ts"), {
    LOCAL_ADMIN_PORT: String(freePort()),
    LOCAL_API_URL: info.api_url,
    LOCAL_DB_URL: info.db_url,
    LOCAL_JWT_SECRET: info.jwt_secret,
    LOCAL_PUBLISHABLE_KEY: info.publishable_key,
    LOCAL_SECRET_KEY: info.secret_key,
    LOCAL_FUNCTIONS_DIR: join(folder, dirname(dirname(entrypoint_path))),
    LOCAL_CONFIG: config,
    LOCAL_SECRETS_FILE: secretsFile(dir),
    LOCAL_STATE_DIR: join(dir, "functions"),
  });
  return {
    url: service.url,
    [Symbol.asyncDispose]: async () => {
      await service.stop();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Tells the engine where its function is; afterwards it is the stack's own again. */
async function configure(stack: TestStack, url: string): Promise<AsyncDisposable> {
  await stack.db`select public.workflow_configure(${url})`;
  await forgetLastRing(stack);
  return { [Symbol.asyncDispose]: () => configureEngine(stack.info) };
}
