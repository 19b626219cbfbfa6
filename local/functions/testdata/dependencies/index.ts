import { z } from "zod";

Deno.serve(() => Response.json(z.array(z.string()).parse(["parsed", "by", "zod"])));
