import { assertEquals } from "@std/assert";
import { Bell } from "./bell.ts";
import { FakeClock, settle } from "./testing/fake_clock.ts";

function listen(bell: Bell, ms: number): () => boolean {
  let heard = false;
  void bell.wait(ms).then(() => heard = true);
  return () => heard;
}

Deno.test("a ring ends a wait", async () => {
  const bell = new Bell(new FakeClock());
  const heard = listen(bell, 1000);
  await settle();
  assertEquals(heard(), false);
  bell.ring();
  await settle();
  assertEquals(heard(), true);
});

Deno.test("a ring before a wait is remembered once", async () => {
  const bell = new Bell(new FakeClock());
  bell.ring();
  bell.ring();
  await bell.wait(1000);
  const heard = listen(bell, 1000);
  await settle();
  assertEquals(heard(), false);
});

Deno.test("time ends a wait", async () => {
  const clock = new FakeClock();
  const heard = listen(new Bell(clock), 1000);
  await clock.advance(999);
  assertEquals(heard(), false);
  await clock.advance(1);
  assertEquals(heard(), true);
});
