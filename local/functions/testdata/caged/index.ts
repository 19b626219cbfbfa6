const attempts: Record<string, () => unknown> = {
  run: () => new Deno.Command("/bin/true").outputSync(),
  ffi: () => Deno.dlopen("libc.so.6", {}),
  read: () => Deno.readTextFileSync("/etc/hostname"),
  write: () => Deno.writeTextFileSync("/var/made.txt", ""),
  read_own: () => Deno.readTextFileSync(new URL("./index.ts", import.meta.url)),
  write_temporary: () => Deno.makeTempFileSync({ dir: "/tmp" }),
};

Deno.serve(() => {
  const outcomes = Object.entries(attempts).map(([name, attempt]) => [name, outcome(attempt)]);
  return Response.json(Object.fromEntries(outcomes));
});

function outcome(attempt: () => unknown): string {
  try {
    attempt();
    return "allowed";
  } catch (error) {
    return error instanceof Error ? error.name : "unknown";
  }
}
