import { cp } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../process/run.ts";
import type { ServerSource } from "./server_source.ts";
import { trustExtensions } from "./stand_ins.ts";

const PACKAGES = [
  "postgresql-15",
  "postgresql-15-cron",
  "postgresql-15-pgtap",
  "postgresql-15-plpgsql-check",
  "libtap-parser-sourcehandler-pgtap-perl",
];

/**
 * Debian's Postgres 15, with its real pg_cron, pgTAP and plpgsql_check.
 *
 * The copy keeps the layout below `/usr`, because Postgres finds `share` relative to its binary;
 * so the stand-ins go into the copy and nothing of the system changes.
 */
export async function debianServer(): Promise<ServerSource> {
  await installPackages();
  const extensionPath = "share/postgresql/15/extension";
  return {
    version: (await installedVersions()).join(" "),
    binPath: "lib/postgresql/15/bin",
    extensionPath,
    copyTo: async (folder) => {
      for (const part of ["lib/postgresql/15", "share/postgresql/15"]) {
        await cp(join("/usr", part), join(folder, part), { recursive: true, dereference: true });
      }
      await trustExtensions(join(folder, extensionPath), ["pgtap", "plpgsql_check"]);
    },
  };
}

async function installPackages(): Promise<void> {
  if ((await installedVersions()).length === PACKAGES.length) return;
  if (Deno.uid() !== 0) {
    throw new Error(
      `Cannot find Debian's Postgres 15: type "sudo apt-get install ${PACKAGES.join(" ")}"`,
    );
  }
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  await run("apt-get", ["update", "-q"], { env });
  await run("apt-get", ["install", "-q", "-y", "--no-install-recommends", ...PACKAGES], { env });
}

/** One `name=version` for each package that is installed. */
async function installedVersions(): Promise<string[]> {
  const output = await new Deno.Command("dpkg-query", {
    args: ["-W", "-f=${db:Status-Abbrev}${Package}=${Version}\\n", ...PACKAGES],
    stderr: "null",
  }).output().catch(() => null);
  if (output === null) return [];
  return new TextDecoder().decode(output.stdout).split("\n")
    .filter((line) => line.startsWith("ii "))
    .map((line) => line.slice("ii ".length));
}
