import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { SignJWT } from "jose";
import { until } from "../../tests/until.ts";
import { JWT_SECRET, spawnRunner } from "./testing.ts";

async function token(secret: string, expires: string): Promise<string> {
  return await new SignJWT({ role: "authenticated" }).setProtectedHeader({ alg: "HS256" })
    .setExpirationTime(expires).sign(new TextEncoder().encode(secret));
}

function bearer(value: string): RequestInit {
  return { headers: { authorization: `Bearer ${value}` } };
}

Deno.test("functions answer, each as the platform would", async (t) => {
  await using runner = await spawnRunner();

  await t.step("a function sees its own path, and method, headers and body as sent", async () => {
    const response = await runner.call("echo/deep?q=1", {
      method: "PUT",
      headers: { "x-test": "kept" },
      body: "body",
    });
    const { pid: _, ...seen } = await response.json();
    assertEquals(seen, { method: "PUT", path: "/echo/deep?q=1", header: "kept", body: "body" });
  });

  await t.step("a long answer, which Deno compresses, arrives as it was written", async () => {
    const body = "long ".repeat(10_000);
    for (const encoding of ["gzip", "br", "identity"]) {
      const headers = { "accept-encoding": encoding };
      const response = await runner.call("echo", { method: "POST", headers, body });
      assertEquals((await response.json()).body, body, encoding);
    }
  });

  await t.step("a name that is no function answers 404", async () => {
    for (const name of ["nothing", "_shared", "edge_runtime.d.ts", "..%2F_shared"]) {
      const response = await runner.call(name);
      assertEquals([response.status, (await response.json()).code], [404, "NOT_FOUND"], name);
    }
  });

  await t.step("a function without configuration takes no caller without a token", async () => {
    const response = await runner.call("open");
    assertEquals(response.status, 401);
    assertEquals(await response.json(), { code: 401, message: "Missing authorization header" });
  });

  await t.step(
    "a token of another secret, an expired one and an opaque key are refused",
    async () => {
      const refused = [
        await token("another-secret-that-is-long-enough-too", "1h"),
        await token(JWT_SECRET, "-1h"),
        "sb_secret_test",
      ];
      for (const each of refused) {
        const response = await runner.call("open", bearer(each));
        assertEquals([response.status, (await response.json()).message], [401, "Invalid JWT"]);
      }
    },
  );

  await t.step("a good token is let in, and so is a preflight request", async () => {
    const response = await runner.call("open", bearer(await token(JWT_SECRET, "1h")));
    assertEquals([response.status, await response.text()], [200, "open"]);
    const preflight = await runner.call("open", { method: "OPTIONS" });
    assertEquals([preflight.status, await preflight.text()], [200, "open"]);
  });

  await t.step("a function that does not boot answers 503 and logs why", async () => {
    const response = await runner.call("broken");
    assertEquals([response.status, (await response.json()).code], [503, "BOOT_ERROR"]);
    await runner.line(/^\[broken\] .*This function does not boot/);
  });

  await t.step("a crash answers 546, and the next request has a new process", async () => {
    for (const path of ["crashes?throw", "crashes?fill"]) {
      const response = await runner.call(path);
      assertEquals([response.status, (await response.json()).code], [546, "WORKER_LIMIT"], path);
    }
    assertEquals((await runner.state("crashes"))["boots"], 2);
  });

  await t.step("a function may not run programs, load libraries, or leave its folder", async () => {
    const response = await runner.call("caged");
    assertEquals(await response.json(), {
      run: "NotCapable",
      ffi: "NotCapable",
      read: "NotCapable",
      write: "NotCapable",
      read_own: "allowed",
      write_temporary: "allowed",
    });
  });

  await t.step(
    "a function's environment is the platform's and the secrets, nothing else",
    async () => {
      const environment: Record<string, string> = await (await runner.call("environment")).json();
      assertEquals(
        Object.keys(environment).sort(),
        [
          "DENO_NO_PACKAGE_JSON",
          "DENO_NO_UPDATE_CHECK",
          "DENO_REGION",
          "RESEND_API_KEY",
          "SB_EXECUTION_ID",
          "SB_REGION",
          "SUPABASE_ANON_KEY",
          "SUPABASE_DB_URL",
          "SUPABASE_PUBLISHABLE_KEYS",
          "SUPABASE_SECRET_KEYS",
          "SUPABASE_SERVICE_ROLE_KEY",
          "SUPABASE_URL",
          "WORKFLOW_SECRET",
        ].filter((name) => !name.startsWith("DENO_NO_")),
      );
      assertEquals(environment["SUPABASE_SECRET_KEYS"], '{"default":"sb_secret_test"}');
      assertEquals(environment["RESEND_API_KEY"], "re_123");
    },
  );

  await t.step("a function's own deno.json says what it imports", async () => {
    const response = await runner.call("dependencies");
    assertEquals(await response.json(), ["parsed", "by", "zod"]);
  });

  await t.step(
    "SIGTERM dispatches beforeunload, waits for its work and leaves no process",
    async () => {
      await (await runner.call("unloads")).body?.cancel();
      const pid = (await runner.state("unloads"))["pid"];
      assertEquals(await runner.stop(), 0);
      assert(runner.lines.includes("[unloads] tidied up before termination"));
      assertEquals(await exists(Number(pid)), false);
    },
  );
});

Deno.test("an operator commands functions from outside", async (t) => {
  await using runner = await spawnRunner();

  await t.step("a function starts at its first request and keeps its process", async () => {
    assertEquals((await runner.state("echo"))["state"], "stopped");
    const first = await (await runner.call("echo")).json();
    const second = await (await runner.call("echo")).json();
    assertEquals(first.pid, second.pid);
    const { state, pid, boots, requests } = await runner.state("echo");
    assertEquals([state, pid, boots, requests], ["running", first.pid, 1, 2]);
  });

  await t.step("a start without a request boots at once", async () => {
    const response = await runner.admin("/functions/environment/start");
    assertEquals([response.status, (await response.json()).state], [200, "running"]);
  });

  await t.step("a killed function fails its request and boots again at the next", async () => {
    const cut = runner.call("crashes?hang");
    await runner.line(/^\[crashes\] request is under way$/);
    const pid = (await runner.state("crashes"))["pid"];
    await (await runner.admin("/functions/crashes/kill")).body?.cancel();
    const response = await cut;
    await response.body?.cancel();
    assertEquals(response.status, 546);
    assertEquals(await exists(Number(pid)), false);
    await (await runner.admin("/functions/crashes/start")).body?.cancel();
    assertNotEquals((await runner.state("crashes"))["pid"], pid);
  });

  await t.step("a stopped function answers 503 until it is started", async () => {
    await (await runner.admin("/functions/echo/stop")).body?.cancel();
    const down = await runner.call("echo");
    assertEquals([down.status, (await down.json()).code], [503, "SERVICE_UNAVAILABLE"]);
    assertEquals((await runner.state("echo"))["state"], "down");
    await (await runner.admin("/functions/echo/start")).body?.cancel();
    const up = await runner.call("echo");
    await up.body?.cancel();
    assertEquals(up.status, 200);
  });

  await t.step("a restart is graceful: beforeunload comes first", async () => {
    await (await runner.call("unloads")).body?.cancel();
    await (await runner.admin("/functions/unloads/restart")).body?.cancel();
    await runner.line(/^\[unloads\] tidied up before termination$/);
  });

  await t.step("a cold start lasts as long as it was told", async () => {
    await (await runner.admin("/functions/open/cold-start", { ms: 300 })).body?.cancel();
    const started = performance.now();
    await (await runner.admin("/functions/open/start")).body?.cancel();
    assert(performance.now() - started >= 300);
  });

  await t.step("secrets that are set reach the function by a restart", async () => {
    const before = await (await runner.call("environment")).json();
    const response = await runner.admin("/secrets", { EXTRA: "1", RESEND_API_KEY: null });
    assertEquals(response.status, 204);
    const after = await (await runner.call("environment")).json();
    assertEquals([before.EXTRA, after.EXTRA], [undefined, "1"]);
    assertEquals([before.RESEND_API_KEY, after.RESEND_API_KEY], ["re_123", undefined]);
  });

  await t.step("a secret with the platform's prefix is refused", async () => {
    const response = await runner.admin("/secrets", { SUPABASE_URL: "http://elsewhere" });
    await response.body?.cancel();
    assertEquals(response.status, 400);
  });

  await t.step("an unknown function or command answers 404", async () => {
    for (const path of ["/functions/nothing/kill", "/functions/echo/explode", "/elsewhere"]) {
      const response = await runner.admin(path);
      await response.body?.cancel();
      assertEquals(response.status, 404, path);
    }
  });
});

Deno.test("a process retires at half of its wall-clock limit", async (t) => {
  await using runner = await spawnRunner({ LOCAL_FUNCTION_WALL_SECONDS: "2" });

  await t.step("an idle one is dropped early, after beforeunload", async () => {
    await (await runner.call("unloads")).body?.cancel();
    await runner.line(/^\[unloads\] tidied up before early_drop$/);
  });

  await t.step("one that works in the background ends its work first", async () => {
    const response = await runner.call("background?ms=1400");
    await response.body?.cancel();
    assertEquals(response.status, 202);
    await runner.line(/^\[background\] background work is done$/);
  });

  await t.step(
    "one that works for ever is ended at the limit, and others serve meanwhile",
    async () => {
      const first = await (await runner.call("background?ms=60000")).json();
      await until(
        "the process to retire",
        async () => (await runner.state("background"))["state"] !== "running",
      );
      const second = await (await runner.call("background?ms=0")).json();
      assertNotEquals(first.pid, second.pid);
      assertEquals(await exists(first.pid), true);
      await untilGone(first.pid);
    },
  );
});

Deno.test("no function outlives a runner that was killed", async () => {
  await using runner = await spawnRunner();
  const { pid } = await (await runner.call("echo")).json();
  await runner.stop("SIGKILL");
  await untilGone(pid);
});

/** Whether a process with this id is there. */
async function exists(pid: number): Promise<boolean> {
  const { success } = await new Deno.Command("kill", {
    args: ["-0", String(pid)],
    stderr: "null",
  }).output();
  return success;
}

async function untilGone(pid: number): Promise<void> {
  await until("the process to end", async () => !await exists(pid));
}
