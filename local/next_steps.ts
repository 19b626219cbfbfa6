import type { StackFile } from "./stack_file.ts";

const HELLO_MAIL = `{
        "from": "hello@acme.example", "to": "{{ $.event.to }}",
        "subject": "Hello, {{ $.event.name }}", "text": "How are you?"
      }`;
const HELLO_EVENT = '{"to": "you@example.com", "name": "you"}';

/** What `npm start` says once the stack is up: where everything is, and what to try. */
export function nextSteps(stack: StackFile, options: { readonly hasExample: boolean }): string {
  const steps = options.hasExample ? stepsAfterDemo(stack) : stepsWithoutDemo(stack);
  return `
API          ${stack.api_url}
Functions    ${stack.functions_url}
Mail inbox   ${stack.inbox_url}
Database     ${stack.db_url}
Publishable  ${stack.publishable_key}
Secret       ${stack.secret_key}

Three things to try, in another terminal:
${steps.map((step, index) => `\n${index + 1}. ${step}`).join("\n")}

Ctrl-C stops the stack; "npm run reset" empties its database.`;
}

function stepsAfterDemo(stack: StackFile): string[] {
  return [
    `Sign yourself up, then open ${stack.inbox_url}
   curl -s ${stack.api_url}/auth/v1/signup -H 'apikey: ${stack.publishable_key}' \\
     -H 'content-type: application/json' -d '{"email": "you@example.com", "password": "open sesame"}'`,
    `Let an hour pass: the follow-up arrives
   ${query(stack)} \\
     'update workflow_engine.clock_offset set "offset" = "offset" + $$1 hour$$
      returning workflow_action_log_cron()'`,
    askDoctor(stack),
  ];
}

function stepsWithoutDemo(stack: StackFile): string[] {
  return [
    `Save a workflow of one action
   ${query(stack)} \\
     'with hello as (
        insert into workflow (name, trigger) values ($$hello$$, $$hello.said$$) returning id
      )
      insert into workflow_action (workflow_id, action_type, payload)
      select id, $$send_email$$, $$${HELLO_MAIL}$$ from hello'`,
    `Start it, then open ${stack.inbox_url}
   ${query(stack)} \\
     'select workflow_emit($$hello.said$$, $$${HELLO_EVENT}$$)'`,
    askDoctor(stack),
  ];
}

function askDoctor(stack: StackFile): string {
  return `Ask the engine how it is
   ${query(stack)} 'select * from workflow_doctor()'`;
}

function query({ db_url }: StackFile): string {
  return `npx supabase db query --yes --remote='${db_url}?sslmode=disable'`;
}
