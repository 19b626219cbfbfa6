import { buildFromMigrations, buildFromSchemas, loadTestSeeds } from "./build_database.ts";
import { failed, type Outcome, passed } from "./outcome.ts";
import { repositoryRoot } from "./repository.ts";
import { type ScratchDatabase, startScratchDatabase } from "./scratch_database.ts";
import { findBreakdown, startTestStack, type TestStack } from "./test_stack.ts";

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
  stack(say: (line: string) => void = () => {}): Promise<TestStack> {
    return this.#stack ??= startTestStack(say);
  }

  /** Stops whatever was started; every process of the stack must have lived until then. */
  async stop(): Promise<Outcome> {
    const [stack, ...databases] = await Promise.allSettled(
      [this.#stack, this.#fromSchemas, this.#migrated] as const,
    );
    for (const database of databases) {
      if (database.status === "fulfilled") await database.value?.[Symbol.asyncDispose]();
    }
    if (stack.status === "rejected" || stack.value === undefined) return passed();
    const breakdown = await findBreakdown(stack.value);
    await stack.value.stack.stop();
    return breakdown === undefined ? passed() : failed("a process of the stack", breakdown);
  }
}
