import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { ROOT } from "../local/settings.ts";
import { type CodeBlock, readCodeBlocks } from "../tools/code_blocks.ts";
import type { TestStack } from "./stack.ts";

/** The blocks of a page of `docs` that are written in one of these languages, in order. */
export async function readPage(path: string, languages: readonly string[]): Promise<CodeBlock[]> {
  return readCodeBlocks(await Deno.readTextFile(join(ROOT, "docs", path)), languages);
}

/** What a block of TypeScript exports; its types are checked first. */
export async function importBlock(block: CodeBlock | undefined) {
  const module = await writeBlock(block?.code ?? "");
  const problem = await checkTypes(module);
  if (problem !== undefined) throw new Error(`Line ${block?.line} of the page: ${problem}`);
  return await import(module);
}

/** Makes a stack the project that the blocks of pages name. */
export function beProject({ info }: TestStack): void {
  Deno.env.set("SUPABASE_URL", info.api_url);
  Deno.env.set("SUPABASE_SECRET_KEY", info.secret_key);
  Deno.env.set("WORKFLOW_WEBHOOK_SECRET", info.webhook_secret);
}

/** Writes a block to a module of its own and returns its URL. */
export async function writeBlock(code: string): Promise<string> {
  const path = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(path, code);
  return pathToFileURL(path).href;
}

/** What is wrong with the types of a module, if anything is. */
export async function checkTypes(url: string): Promise<string | undefined> {
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["check", "--config", join(ROOT, "deno.json"), url],
    env: { NO_COLOR: "1" },
  }).output();
  return success ? undefined : new TextDecoder().decode(stderr);
}
