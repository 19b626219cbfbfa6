Deno.serve({ port: 1 }, async (request) => {
  const { pathname, search } = new URL(request.url);
  return Response.json({
    method: request.method,
    path: pathname + search,
    header: request.headers.get("x-test"),
    body: await request.text(),
    pid: Deno.pid,
  });
});
