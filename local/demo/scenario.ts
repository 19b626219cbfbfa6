import { EXAMPLE_FILES, findUnfinished, installExample } from "./example.ts";
import { formatDuration } from "./format_time.ts";
import { readMails, scriptEndpoint } from "./inbox.ts";
import { playRun } from "./play_run.ts";
import { completeProfile, type DemoUser, signUp } from "./sign_up.ts";
import type { Snapshot } from "./snapshot.ts";
import { DemoFailure, type Stage } from "./stage.ts";
import { renderRun } from "./summary.ts";

const ENDPOINT = "register-with-crm";
const REGISTERED = { status: 200, body: { contact: "crm_1042" } };
const UNAVAILABLE = { status: 503 };

const WELCOME = "Welcome to Acme, friend";
const FOLLOW_UP = "Your profile is almost complete";

/** The follow-up is due after an hour, and all else before it. */
const LONGEST_RUN_MS = 61 * 60 * 1000;

/** How an action is to have ended: its status and its number of attempts. */
type Ending = readonly [status: string, attempts: number];

/**
 * Two people sign up: one who leaves the profile incomplete, one who completes it.
 *
 * @throws {DemoFailure} When something does not happen as the workflow says.
 */
export async function playScenario(stage: Stage): Promise<void> {
  const { terminal, paint, stack } = stage;
  await installExample(stack.db);
  terminal.print();
  terminal.print(paint.strong("The onboarding workflow, on real sign-ups"));
  terminal.print(`  ${EXAMPLE_FILES.join(" and ")} are on the database.`);
  terminal.print(
    "  All times are the engine's. ⏩ moves its clock and runs the tick: nothing waits.",
  );
  await finishEarlierRuns(stage);
  await playIncompleteProfile(stage);
  await playCompleteProfile(stage);
}

/** What a demo that was interrupted left would take the endpoint's answers from this one. */
async function finishEarlierRuns(stage: Stage): Promise<void> {
  for (const key of await findUnfinished(stage.stack.db)) {
    stage.terminal.print();
    stage.terminal.print("  First, a run that an earlier demo left unfinished:");
    await playRun(stage, key);
  }
}

async function playIncompleteProfile(stage: Stage): Promise<void> {
  const { info } = stage.stack;
  await scriptEndpoint(info.inbox_url, ENDPOINT, [UNAVAILABLE, UNAVAILABLE, REGISTERED]);
  title(stage, "1  Ada signs up and leaves her profile incomplete; the CRM is down at first");
  const begun = performance.now();
  const ada = await signUp(info, "ada");
  announceSignUp(stage, ada, begun);
  const snapshot = await playRun(stage, ada.id);
  const subjects = await showMails(stage, ada);
  showRun(stage, snapshot, begun);
  expectMails(subjects, [WELCOME, FOLLOW_UP]);
  expectEndings(snapshot, {
    welcome_email: ["completed", 1],
    register_with_crm: ["completed", 3],
    follow_up: ["completed", 1],
    done: ["completed", 1],
  });
}

async function playCompleteProfile(stage: Stage): Promise<void> {
  const { terminal, paint, stack: { info } } = stage;
  await scriptEndpoint(info.inbox_url, ENDPOINT, [REGISTERED]);
  title(stage, "2  Grace signs up and completes her profile, so she gets no follow-up");
  const begun = performance.now();
  const grace = await signUp(info, "grace");
  announceSignUp(stage, grace, begun);
  await completeProfile(grace, "Grace Hopper");
  terminal.print(paint.faint('  supabase.from("profiles").update({ full_name: "Grace Hopper" })'));
  const snapshot = await playRun(stage, grace.id);
  const subjects = await showMails(stage, grace);
  showRun(stage, snapshot, begun);
  expectMails(subjects, [WELCOME]);
  expectEndings(snapshot, {
    welcome_email: ["completed", 1],
    register_with_crm: ["completed", 1],
    follow_up: ["skipped", 0],
    done: ["completed", 1],
  });
}

function title({ terminal, paint }: Stage, text: string): void {
  terminal.print();
  terminal.print(paint.strong(text));
  terminal.print();
}

function announceSignUp({ terminal, paint }: Stage, { email }: DemoUser, begun: number): void {
  const took = formatDuration(performance.now() - begun);
  terminal.print(paint.faint(`  supabase.auth.signUp({ email: "${email}" })  ${took}`));
}

async function showMails(
  { terminal, paint, stack }: Stage,
  { email }: DemoUser,
): Promise<string[]> {
  const mails = await readMails(stack.info.inbox_url, email);
  terminal.print();
  terminal.print(`  In the inbox of ${email}:`);
  for (const { subject, text } of mails) {
    terminal.print(`  ✉ ${paint.strong(subject)}`);
    terminal.print(paint.faint(`    ${text ?? ""}`));
  }
  terminal.print();
  return mails.map(({ subject }) => subject);
}

function showRun({ terminal, paint }: Stage, snapshot: Snapshot, begun: number): void {
  const { occurred_at, completed_at, status } = snapshot.run;
  for (const line of renderRun(snapshot)) terminal.print(`  ${line}`);
  const engineMs = (completed_at ?? snapshot.now).getTime() - occurred_at.getTime();
  const ownMs = performance.now() - begun;
  terminal.print();
  terminal.print(paint.good(
    `  The run is ${status}: ${formatDuration(engineMs)} of the engine's time, ` +
      `${formatDuration(ownMs)} of yours.`,
  ));
}

function expectMails(arrived: readonly string[], expected: readonly string[]): void {
  if (arrived.join("\n") === expected.join("\n")) return;
  throw new DemoFailure(`Expected the mails ${quote(expected)}, found ${quote(arrived)}`);
}

function expectEndings({ logs, run }: Snapshot, expected: Record<string, Ending>): void {
  for (const [name, [status, attempts]] of Object.entries(expected)) {
    const log = logs.find((candidate) => candidate.name === name);
    if (log?.status === status && log.attempt === attempts) continue;
    const found = log === undefined ? "missing" : `${log.status} after ${log.attempt} attempts`;
    throw new DemoFailure(
      `Expected "${name}" to be ${status} after ${attempts} attempts: it is ${found}`,
    );
  }
  const tookMs = (run.completed_at?.getTime() ?? Infinity) - run.occurred_at.getTime();
  if (run.status === "completed" && tookMs < LONGEST_RUN_MS) return;
  throw new DemoFailure(
    `Expected the run to be completed after an hour: it is ${run.status} after ` +
      formatDuration(tookMs),
  );
}

function quote(texts: readonly string[]): string {
  return texts.map((text) => `"${text}"`).join(", ") || "none";
}
