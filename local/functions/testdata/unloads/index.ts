addEventListener("beforeunload", (event) => {
  if (!(event instanceof CustomEvent)) return;
  const tidy = new Promise<void>((resolve) => setTimeout(resolve, 50));
  EdgeRuntime.waitUntil(tidy.then(() => console.log("tidied up before", event.detail.reason)));
});
Deno.serve(() => new Response("ok"));
