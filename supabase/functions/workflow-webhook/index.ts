import { startFunction } from "./function.ts";

Deno.serve(startFunction((name) => Deno.env.get(name)));
