Deno.serve((request) => {
  const ms = Number(new URL(request.url).searchParams.get("ms"));
  const work = new Promise<void>((resolve) => setTimeout(resolve, ms));
  EdgeRuntime.waitUntil(work.then(() => console.log("background work is done")));
  return Response.json({ pid: Deno.pid }, { status: 202 });
});
