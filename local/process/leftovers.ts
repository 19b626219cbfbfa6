import { join } from "node:path";
import { z } from "zod";
import { stackFilePath } from "../stack_file.ts";
import { type Child, sendSignal } from "./child.ts";
import { run } from "./run.ts";

/**
 * Ends what a killed stack left running: the processes that it wrote down, and Postgres, which
 * keeps its own note.
 *
 * A process id may have passed to somebody else's program since; every process of a stack names
 * the state folder on its command line, so nothing else is ever touched.
 */
export async function endLeftovers(dir: string): Promise<void> {
  const pids = await readPids(dir);
  const postmaster = await postmasterPid(join(dir, "data"));
  if (postmaster !== null) pids.push(postmaster);
  await Promise.all(pids.map((pid) => endProcess(pid, dir)));
  await Deno.remove(stackFilePath(dir)).catch(() => {});
}

/** Writes down which processes a stack started, for `endLeftovers`. */
export async function noteProcesses(dir: string, children: readonly Child[]): Promise<void> {
  await Deno.writeTextFile(pidsPath(dir), JSON.stringify(children.map(({ pid }) => pid)));
}

const pidsFile = z.array(z.int());

async function readPids(dir: string): Promise<number[]> {
  const text = await Deno.readTextFile(pidsPath(dir)).catch(() => "[]");
  const result = pidsFile.safeParse(parseJson(text));
  return result.success ? result.data : [];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function pidsPath(dir: string): string {
  return join(dir, "processes.json");
}

/** SIGINT ends each of them: Postgres by its fast shutdown, the others in good order. */
async function endProcess(pid: number, dir: string): Promise<void> {
  const deadline = Date.now() + 5_000;
  if (await mentions(pid, dir)) sendSignal(pid, "SIGINT");
  while (await mentions(pid, dir)) {
    if (Date.now() > deadline) sendSignal(pid, "SIGKILL");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function postmasterPid(dataDir: string): Promise<number | null> {
  const text = await Deno.readTextFile(join(dataDir, "postmaster.pid")).catch(() => "");
  const pid = Number.parseInt(text);
  return Number.isNaN(pid) ? null : pid;
}

/** Whether a process is alive and has the state folder on its command line. */
async function mentions(pid: number, dir: string): Promise<boolean> {
  const commandLine = Deno.build.os === "linux"
    ? Deno.readTextFile(`/proc/${pid}/cmdline`)
    : run("ps", ["-o", "command=", "-p", String(pid)]);
  return (await commandLine.catch(() => "")).includes(dir);
}
