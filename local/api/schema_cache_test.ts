import { assertEquals } from "@std/assert";
import { forgetOutdatedSchema } from "./schema_cache.ts";

/** Reads the schema as slowly as the test says, and keeps what it has read. */
class SlowConnection {
  schema = "old";
  cached: string | undefined;
  read = Promise.withResolvers<void>();

  async introspect(): Promise<string> {
    if (this.cached !== undefined) return this.cached;
    const schema = this.schema;
    await this.read.promise;
    return this.cached = schema;
  }

  clearSchemaCache(): Promise<void> {
    this.cached = undefined;
    return Promise.resolve();
  }
}

Deno.test("a schema that was being read while it changed is not kept", async () => {
  const connection = new SlowConnection();
  forgetOutdatedSchema(connection);
  const reading = connection.introspect();
  connection.schema = "new";
  await connection.clearSchemaCache();
  connection.read.resolve();
  await reading;
  assertEquals(await connection.introspect(), "new");
});

Deno.test("a schema that did not change is read once", async () => {
  const connection = new SlowConnection();
  forgetOutdatedSchema(connection);
  connection.read.resolve();
  await connection.introspect();
  connection.schema = "never looked at";
  assertEquals(await connection.introspect(), "old");
});
