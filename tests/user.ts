import { createStackClient } from "../local/stack_client.ts";
import type { TestStack } from "./stack.ts";
import { uniqueName } from "./unique_name.ts";

/** A user who has signed up, with the client that is signed in. */
export interface TestUser {
  readonly id: string;
  readonly email: string;
  readonly client: ReturnType<typeof createStackClient>;
}

/** Signs up a user, as an application does. */
export async function signUp({ info }: TestStack): Promise<TestUser> {
  const client = createStackClient(info, "publishable");
  const email = `${uniqueName("user")}@people.example`;
  const { data, error } = await client.auth.signUp({ email, password: "correct horse battery" });
  if (error !== null || data.user === null) throw new Error("Cannot sign up", { cause: error });
  return { id: data.user.id, email, client };
}
