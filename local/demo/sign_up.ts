import { createStackClient } from "../stack_client.ts";
import type { StackFile } from "../stack_file.ts";
import { DemoFailure } from "./stage.ts";

/** A user who has signed up, with the client that is signed in. */
export interface DemoUser {
  readonly id: string;
  readonly email: string;
  readonly client: ReturnType<typeof createStackClient>;
}

/** Signs up a new user with supabase-js, as an application's page does. */
export async function signUp(info: StackFile, name: string): Promise<DemoUser> {
  const client = createStackClient(info, "publishable");
  const email = `${name}.${Date.now().toString(36)}@example.com`;
  const { data, error } = await client.auth.signUp({ email, password: crypto.randomUUID() });
  if (error !== null || data.user === null) {
    throw new DemoFailure(`Cannot sign up "${email}": ${error?.message ?? "no user came back"}`);
  }
  return { id: data.user.id, email, client };
}

/** Completes the user's own profile, under row-level security. */
export async function completeProfile({ client, id }: DemoUser, fullName: string): Promise<void> {
  const { data, error } = await client.from("profiles")
    .update({ full_name: fullName }).eq("id", id).select("full_name");
  if (error !== null || data.length !== 1) {
    throw new DemoFailure(`Cannot complete the profile: ${error?.message ?? "no row was changed"}`);
  }
}
