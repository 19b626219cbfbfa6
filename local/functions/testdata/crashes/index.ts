const ways: Record<string, () => void> = {
  throw: () => setTimeout(fail, 0),
  fill: fillMemory,
  hang: () => console.log("request is under way"),
};

Deno.serve((request) => {
  ways[new URL(request.url).search.slice(1)]?.();
  return new Promise<Response>(() => {});
});

function fail(): never {
  throw new Error("Crashed outside of a request");
}

function fillMemory(): never {
  const kept: unknown[] = [];
  while (true) kept.push(new Array(1_000_000).fill(kept.length));
}
