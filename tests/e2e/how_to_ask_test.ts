import { assertEquals, assertExists, assertMatch, assertStringIncludes } from "@std/assert";
import type { SupabaseClient } from "@supabase/supabase-js";
import { assertSays } from "../assert_says.ts";
import { importBlock, readPage } from "../page.ts";
import { mailsTo } from "../mail.ts";
import { signInWith } from "../member.ts";
import { removeWorkflow } from "../saved_workflow.ts";
import { sqlValue } from "../sql_value.ts";
import { openStack, type TestStack } from "../stack.ts";
import { until } from "../until.ts";
import { signUp } from "../user.ts";

Deno.test("the guide's question is answered in the application, and by mail", async (t) => {
  await using stack = await openStack();
  await using _page = { [Symbol.asyncDispose]: () => removePage(stack) };
  const [ask, list, question, membership, output, answer, history, historyRow, askByMail, ...rest] =
    await readPage("how-to/ask_a_person.md", ["sql", "json"]);
  const [mail] = await readPage("how-to/ask_a_person.md", ["text"]);
  const { listQuestions, decide } = await importBlock(
    (await readPage("how-to/ask_a_person.md", ["ts"]))[0],
  );
  const run = (block: { code: string } | undefined) => sqlValue(stack.db, block?.code ?? "");
  const says = async (sql: typeof list, json: typeof list) => {
    assertExists(json);
    assertSays(await run(sql), JSON.parse(json.code), json.line);
  };

  await t.step("a run asks", async () => {
    await run(ask);
    await until("the question", async () => await run(list));
    await says(list, question);
  });

  await run(membership);
  const grace = await signInAs(stack, "grace", { organization_id: "acme", role: "manager" });
  const ada = await signInAs(stack, "ada", { organization_id: "acme", role: "clerk" });
  const eve = await signInAs(stack, "eve", { organization_id: "other", role: "manager" });

  await t.step("members see it, and only those who have the role decide", async () => {
    assertEquals(await listQuestions(eve), []);
    const [{ id, message }] = await listQuestions(ada);
    assertEquals(message, "Refund order 7?");
    assertMatch(await decide(ada, "approve", id, ""), /takes the role "manager"/);
    assertEquals(await decide(eve, "approve", id, ""), `There is no approval ${id}`);
    assertEquals(await decide(grace, "approve", id, "A regular"), "Thank you.");
    assertMatch(await decide(grace, "reject", id, ""), /it is approved by grace@/);
    assertEquals(await listQuestions(grace), []);
    await says(output, answer);
    await says(history, historyRow);
    await until("the refund", async () => {
      const [row] = await stack.db`
        select from public.workflow_action_logs l
        where l.organization_id = 'acme' and l.output ->> 'message' = 'grace@example.com: A regular'`;
      return row;
    });
  });

  await t.step("a mail says what the page shows, and its link decides", async () => {
    const before = (await mailsTo(stack, "grace@example.com")).length;
    await run(askByMail);
    const request = await until("the mail", async () => {
      return (await mailsTo(stack, "grace@example.com"))[before];
    });
    await until("the question", async () => (await listQuestions(grace)).length === 1);
    const text = request.text ?? "";
    assertExists(mail);
    const expected = mail.code.trimEnd().replace("https://<ref>.supabase.co", stack.info.api_url);
    assertSays(text, expected, mail.line);
    const link = /http\S+/.exec(text)?.[0] ?? "";
    const page = await (await fetch(link, { headers: { accept: "text/html" } })).text();
    assertStringIncludes(page, "Refund order 8?");
    await (await fetch(link, {
      method: "POST",
      body: new URLSearchParams({
        token: new URL(link).searchParams.get("token") ?? "",
        decision: "rejected",
      }),
    })).body?.cancel();
    const [row] = await stack.db`
      select a.status, a.decided_by from public.workflow_approval a
      where a.organization_id = 'acme' order by a.id desc limit 1`;
    assertEquals(row, { status: "rejected", decided_by: "grace@example.com" });
  });

  await t.step("the last block lets time pass", async () => {
    assertEquals(rest.length, 1);
    await run(rest[0]);
  });
});

/** Signs a user up, makes them a member, and gives them the token that the guide's hook makes. */
async function signInAs(
  stack: TestStack,
  name: string,
  membership: { organization_id: string; role: string },
): Promise<SupabaseClient> {
  const { id } = await signUp(stack);
  await stack.db`insert into public.members ${stack.db({ user_id: id, ...membership })}`;
  const own = { sub: id, role: "authenticated", email: `${name}@example.com` };
  const claims = await stack.admin.begin(async (sql) => {
    await sql`set local role supabase_auth_admin`;
    const [row] = await sql`
      select public.add_membership(${
      sql.json({ user_id: id, claims: own })
    }) -> 'claims' as claims`;
    return row?.claims;
  });
  const { organization_id, role } = membership;
  assertEquals(claims, { ...own, organization_id, user_role: role });
  return await signInWith(stack, claims);
}

async function removePage(stack: TestStack): Promise<void> {
  await removeWorkflow(stack, "refund");
  await stack.db`drop function if exists public.add_membership(jsonb)`;
  await stack.db`drop table if exists public.members`;
}
