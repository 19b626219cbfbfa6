import { join } from "node:path";

interface Process {
  readonly parent: number;
  readonly command: string;
  readonly seconds: number;
}

/** The clock ticks in which Linux counts CPU time, a second. */
const TICKS = 100;

/**
 * Seconds of CPU that the processes of a stack have used so far, by their part in it; empty where
 * there is no /proc to read them from. A server process of Postgres that has ended counts for its
 * parent.
 */
export async function cpuSeconds(dir: string): Promise<Map<string, number>> {
  const processes = await readProcesses();
  const sums = new Map<string, number>();
  for (const process of processes.values()) {
    const part = partOf(process, processes, dir);
    if (part !== undefined) sums.set(part, (sums.get(part) ?? 0) + process.seconds);
  }
  return sums;
}

function partOf(
  process: Process,
  processes: ReadonlyMap<number, Process>,
  dir: string,
): string | undefined {
  const parent = processes.get(process.parent);
  if (process.command.includes(`-D ${join(dir, "data")} `)) return "Postgres";
  if (parent?.command.includes(`-D ${join(dir, "data")} `)) return "Postgres";
  const service = new RegExp(`/local/(\\w+)/main\\.ts --state=${dir}( |$)`);
  const own = service.exec(process.command)?.[1];
  if (own !== undefined) return own === "api" ? "the Data API" : `the stand-in "${own}"`;
  return service.test(parent?.command ?? "") ? "the function" : undefined;
}

async function readProcesses(): Promise<Map<number, Process>> {
  const found = new Map<number, Process>();
  if (Deno.build.os !== "linux") return found;
  for await (const { name } of Deno.readDir("/proc")) {
    const pid = Number(name);
    const process = Number.isNaN(pid) ? undefined : await readProcess(pid);
    if (process !== undefined) found.set(pid, process);
  }
  return found;
}

/** What proc(5) says about a process; undefined once it has ended. */
async function readProcess(pid: number): Promise<Process | undefined> {
  try {
    const command = await Deno.readTextFile(`/proc/${pid}/cmdline`);
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
    const [, parent = 0] = fields;
    const used = [11, 12, 13, 14].map((index) => fields[index] ?? 0);
    return {
      parent,
      command: command.replaceAll("\0", " "),
      seconds: used.reduce((sum, ticks) => sum + ticks, 0) / TICKS,
    };
  } catch {
    return undefined;
  }
}
