/** The user "nobody", whom every system knows; Postgres wants its user to have a name. */
const ORDINARY_USER = "65534";

/** How a program that refuses root is started. */
export interface OrdinaryUser {
  /** Puts the words before a command that make an ordinary user run it. */
  wrap(command: readonly string[]): string[];
  /** Gives a folder to the user who will write in it. */
  own(folder: string): Promise<void>;
}

/**
 * Finds out how this machine runs a program as an ordinary user.
 *
 * - Somebody who is not root simply runs it.
 * - Root enters a user namespace in which root's files belong to "nobody": nothing changes owner,
 *   and a checkout that only root may enter stays reachable.
 * - Where namespaces are forbidden, root becomes "nobody" and hands over the folder.
 */
export async function findOrdinaryUser(): Promise<OrdinaryUser> {
  if (Deno.uid() !== 0) return { wrap: (command) => [...command], own: async () => {} };
  const namespace = [
    "unshare",
    "--user",
    `--map-user=${ORDINARY_USER}`,
    `--map-group=${ORDINARY_USER}`,
  ];
  if (await succeeds([...namespace, "true"])) {
    return { wrap: (command) => [...namespace, ...command], own: async () => {} };
  }
  const user = [
    "setpriv",
    `--reuid=${ORDINARY_USER}`,
    `--regid=${ORDINARY_USER}`,
    "--clear-groups",
  ];
  return {
    wrap: (command) => [...user, ...command],
    own: (folder) => Deno.chown(folder, Number(ORDINARY_USER), Number(ORDINARY_USER)),
  };
}

async function succeeds([program = "", ...args]: string[]): Promise<boolean> {
  const command = new Deno.Command(program, { args, stdout: "null", stderr: "null" });
  return await command.output().then(({ success }) => success, () => false);
}
