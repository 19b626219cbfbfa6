import { assertEquals } from "@std/assert";
import postgres from "postgres";
import { lineOf } from "./build_database.ts";

/** An error as the server reports it; the driver copies the server's fields onto it. */
function serverError(position: string): Error {
  return Object.assign(Object.create(postgres.PostgresError.prototype), { position });
}

Deno.test("the line where Postgres stopped is counted from its position", () => {
  assertEquals(lineOf(serverError("8"), "select 1;\nselect nope;"), ":1");
  assertEquals(lineOf(serverError("18"), "select 1;\nselect nope;"), ":2");
});

Deno.test("an error that names no position names no line", () => {
  assertEquals(lineOf(new Error("gone"), "select 1;"), "");
});
