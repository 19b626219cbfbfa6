import { assertEquals } from "@std/assert";
import type { Job } from "./job.ts";
import { JobQueue } from "./job_queue.ts";

const START = new Date("2026-11-23T15:00:30Z");

function after(seconds: number): Date {
  return new Date(START.getTime() + seconds * 1000);
}

function job(schedule: string, jobid = "1"): Job {
  return { jobid, schedule, command: "select 1", database: "postgres", username: "postgres" };
}

function begun(queue: JobQueue, jobs: Job[], seconds: number): string[] {
  return queue.begin(jobs, after(seconds)).map(({ jobid }) => jobid);
}

Deno.test("a minute job begins when its minute comes, once", () => {
  const queue = new JobQueue(START);
  const jobs = [job("* * * * *")];
  assertEquals(begun(queue, jobs, 29), []);
  assertEquals(begun(queue, jobs, 30), ["1"]);
  queue.finish("1");
  assertEquals(begun(queue, jobs, 31), []);
});

Deno.test("a run that overlaps is queued and begins when the other has ended", () => {
  const queue = new JobQueue(START);
  const jobs = [job("* * * * *")];
  assertEquals(begun(queue, jobs, 30), ["1"]);
  assertEquals(begun(queue, jobs, 90), []);
  queue.finish("1");
  assertEquals(begun(queue, jobs, 95), ["1"]);
  queue.finish("1");
  assertEquals(begun(queue, jobs, 96), []);
});

Deno.test("a seconds job begins that long after it was first seen, and again after each beginning", () => {
  const queue = new JobQueue(START);
  const jobs = [job("2 seconds")];
  assertEquals(begun(queue, jobs, 0), []);
  assertEquals(begun(queue, jobs, 2), ["1"]);
  queue.finish("1");
  assertEquals(begun(queue, jobs, 3), []);
  assertEquals(begun(queue, jobs, 4), ["1"]);
});

Deno.test("a seconds job that runs long queues one run, not many", () => {
  const queue = new JobQueue(START);
  const jobs = [job("1 second")];
  begun(queue, jobs, 0);
  assertEquals(begun(queue, jobs, 1), ["1"]);
  for (const seconds of [2, 3, 4, 5]) assertEquals(begun(queue, jobs, seconds), []);
  queue.finish("1");
  assertEquals(begun(queue, jobs, 5.1), ["1"]);
  queue.finish("1");
  assertEquals(begun(queue, jobs, 5.2), []);
});

Deno.test("a job switched off and on again while it runs does not run twice at once", () => {
  const queue = new JobQueue(START);
  const jobs = [job("1 second")];
  begun(queue, jobs, 0);
  assertEquals(begun(queue, jobs, 1), ["1"]);
  assertEquals(begun(queue, [], 2), []);
  assertEquals(begun(queue, jobs, 3), []);
  assertEquals(begun(queue, jobs, 5), []);
});

Deno.test("a restart job begins once, when the worker starts", () => {
  const queue = new JobQueue(START);
  const jobs = [job("@restart")];
  assertEquals(begun(queue, jobs, 0), ["1"]);
  queue.finish("1");
  assertEquals(begun(queue, jobs, 60), []);
});

Deno.test("no more than 32 jobs run at once", () => {
  const queue = new JobQueue(START);
  const jobs = Array.from({ length: 40 }, (_, i) => job("* * * * *", String(i)));
  assertEquals(begun(queue, jobs, 30).length, 32);
  queue.finish("0");
  assertEquals(begun(queue, jobs, 31), ["32"]);
});
