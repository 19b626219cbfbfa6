import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { serveManagementApi } from "./server.ts";
import { unpackFunction } from "./uploaded_function.ts";

const FUNCTIONS = "/v1/projects/abcdefghijklmnopqrst/functions";
const HEADERS = { authorization: `Bearer sbp_${"a".repeat(40)}` };

function upload(path: string): FormData {
  const form = new FormData();
  form.append("file", new File(["export {};"], path));
  form.append(
    "metadata",
    JSON.stringify({
      name: "hello",
      entrypoint_path: path,
      import_map_path: "deno.json",
      static_patterns: [],
      verify_jwt: true,
    }),
  );
  return form;
}

Deno.test("what is uploaded is kept, and listed", async () => {
  await using api = serveManagementApi();
  const response = await fetch(`${api.url}${FUNCTIONS}/deploy?slug=hello`, {
    method: "POST",
    headers: HEADERS,
    body: upload("supabase/functions/hello/index.ts"),
  });
  await response.body?.cancel();
  assertEquals(response.status, 201);
  assertEquals(api.deployed.map(({ slug, files }) => [slug, ...files.keys()]), [
    ["hello", "supabase/functions/hello/index.ts"],
  ]);
  const list: { slug: string }[] =
    await (await fetch(`${api.url}${FUNCTIONS}`, { headers: HEADERS }))
      .json();
  assertEquals(list.map(({ slug }) => slug), ["hello"]);
});

Deno.test("nobody gets in without a token, and no other path is there", async () => {
  await using api = serveManagementApi();
  const statusOf = async (path: string, headers: Record<string, string>) => {
    const response = await fetch(`${api.url}${path}`, { headers });
    await response.body?.cancel();
    return response.status;
  };
  assertEquals(await statusOf(FUNCTIONS, {}), 401);
  assertEquals(await statusOf(FUNCTIONS, { authorization: "Bearer secret" }), 401);
  assertEquals(await statusOf("/v1/projects", HEADERS), 404);
});

Deno.test("a port in use gives a sentence", async () => {
  await using api = serveManagementApi();
  const port = Number(new URL(api.url).port);
  assertThrows(() => serveManagementApi(port), Error, `Port ${port} is in use by another program`);
});

Deno.test("a file that would leave its folder is not unpacked", async () => {
  for (const path of ["../outside.ts", "a/../../outside.ts", "/outside.ts"]) {
    const files = new Map([[path, new Uint8Array()]]);
    await assertRejects(() => unpackFunction({ files }, "/nowhere"), Error, "it leaves the folder");
  }
});
