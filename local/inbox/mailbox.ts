import { join } from "node:path";
import { type Message, message } from "./message.ts";

/** The mails that arrived, kept in a file so that a restart keeps them. */
export class Mailbox {
  #path: string;
  #messages: Message[];

  private constructor(path: string, messages: Message[]) {
    this.#path = path;
    this.#messages = messages;
  }

  /** Opens the mailbox of a folder, which is created when missing. */
  static async open(directory: string): Promise<Mailbox> {
    await Deno.mkdir(directory, { recursive: true });
    const path = join(directory, "mails.jsonl");
    return new Mailbox(path, await readMessages(path));
  }

  /** Keeps a mail; it is on disk when this returns, so that no two requests interleave. */
  add(added: Message): void {
    Deno.writeTextFileSync(this.#path, `${JSON.stringify(added)}\n`, { append: true });
    this.#messages.push(added);
  }

  /** The mails, newest first; those to one address, copies included, when it is given. */
  list(to?: string): Message[] {
    const all = this.#messages.toReversed();
    return to === undefined ? all : all.filter((each) => isAddressedTo(each, to));
  }

  get(id: string): Message | undefined {
    return this.#messages.find((each) => each.id === id);
  }

  /** The mail that an earlier request with this idempotency key left. */
  findByIdempotencyKey(key: string): Message | undefined {
    return this.#messages.find((each) => each.idempotency_key === key);
  }

  clear(): void {
    Deno.writeTextFileSync(this.#path, "");
    this.#messages = [];
  }
}

async function readMessages(path: string): Promise<Message[]> {
  try {
    const lines = (await Deno.readTextFile(path)).split("\n");
    return lines.slice(0, -1).map((line) => message.parse(JSON.parse(line)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

function isAddressedTo(candidate: Message, to: string): boolean {
  const wanted = to.toLowerCase();
  return [...candidate.to, ...candidate.cc, ...candidate.bcc]
    .some((address) => bareAddress(address) === wanted);
}

/** `Ada <ada@example.com>` → `ada@example.com`. */
function bareAddress(address: string): string {
  return (/<([^<>]+)>\s*$/.exec(address)?.[1] ?? address).trim().toLowerCase();
}
