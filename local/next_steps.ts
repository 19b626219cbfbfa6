import type { StackFile } from "./stack_file.ts";

/** What `npm start` says once the stack is up: where everything is, and what to try. */
export function nextSteps(stack: StackFile): string {
  return `
API          ${stack.api_url}
Functions    ${stack.functions_url}
Mail inbox   ${stack.inbox_url}
Database     ${stack.db_url}
Publishable  ${stack.publishable_key}
Secret       ${stack.secret_key}

Try next:
1. Read the mails: open ${stack.inbox_url}
2. Ask the engine how it is:
   curl -s ${stack.api_url}/rest/v1/rpc/workflow_doctor -X POST -H 'apikey: ${stack.secret_key}'
3. Run every check, beside this stack: npm test

Ctrl-C stops the stack; "npm run reset" empties its database.`;
}
