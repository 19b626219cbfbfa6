Deno.serve(() => new Response("not a function"));
