import { assert, assertEquals } from "@std/assert";
import { sampleContext } from "../testing/samples.ts";
import { sendInTurn } from "./send_in_turn.ts";

const MESSAGE = { from: "shop@acme.example", to: ["ada@acme.example"], subject: "Hi", text: "Hi" };

/** Sends through a provider that refuses the first mail for so many seconds, and takes the second. */
async function sendAfter(retryAfter: string) {
  const pauses: number[] = [];
  let asked = 0;
  const outcome = await sendInTurn(
    MESSAGE,
    sampleContext({ RESEND_API_KEY: "re_1" }, {
      fetch: () =>
        Promise.resolve(
          ++asked > 1
            ? Response.json({ id: "mail_1" })
            : Response.json({}, { status: 429, headers: { "retry-after": retryAfter } }),
        ),
      sleep: (ms) => Promise.resolve(void pauses.push(ms)),
    }),
  );
  return { outcome, pauses };
}

Deno.test("a provider that wants to be left alone for five seconds is asked once more", async () => {
  const { outcome, pauses } = await sendAfter("5");
  assertEquals([outcome.kind, pauses], ["completed", [5000]]);
});

Deno.test("who wants more than that is left to another attempt", async () => {
  const { outcome, pauses } = await sendAfter("6");
  assert(outcome.kind === "retry");
  assertEquals([outcome.after, pauses], [6000, []]);
});
