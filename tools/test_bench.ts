import { buildFromMigrations, buildFromSchemas, loadTestSeeds } from "./build_database.ts";
import { type Outcome, passed } from "./outcome.ts";
import { repositoryRoot } from "./repository.ts";
import { type ScratchDatabase, startScratchDatabase } from "./scratch_database.ts";
import { startTestStack, type TestStack } from "./test_stack.ts";

/**
 * What the checks run against. Each part is made when first asked for; one that cannot be made
 * fails every check that asks for it.
 */
export class TestBench {
  #fromSchemas: Promise<ScratchDatabase> | undefined;
  #migrated: Promise<ScratchDatabase> | undefined;
  #seeded: Promise<ScratchDatabase> | undefined;
  #stack: Promise<TestStack> | undefined;

  /** A database built from `supabase/schemas`. */
  fromSchemas(): Promise<ScratchDatabase> {
    return this.#fromSchemas ??= startScratchDatabase("schemas", buildFromSchemas);
  }

  /** A database built from `supabase/migrations`. */
  migrated(): Promise<ScratchDatabase> {
    return this.#migrated ??= startScratchDatabase("migrations", buildFromMigrations);
  }

  /** The database built from the migrations, with pgTAP and what tests need beside it. */
  seeded(): Promise<ScratchDatabase> {
    return this.#seeded ??= this.migrated().then(async (database) => {
      await loadTestSeeds(database.url, repositoryRoot);
      return database;
    });
  }

  /** The running stack, with everything that `npm start` starts. */
  stack(): Promise<TestStack> {
    return this.#stack ??= startTestStack();
  }

  /** Stops whatever was started. */
  async stop(): Promise<Outcome> {
    const parts = [this.#stack, this.#fromSchemas, this.#migrated];
    for (const part of await Promise.allSettled(parts)) {
      if (part.status === "fulfilled") await part.value?.[Symbol.asyncDispose]();
    }
    return passed();
  }
}
