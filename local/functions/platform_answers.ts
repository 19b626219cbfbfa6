/** What the platform answers in place of a function, with its codes and statuses. */
function answer(status: number, code: string | number, message: string): Response {
  return Response.json({ code, message }, { status });
}

/** No function of that name is deployed. */
export function functionNotFound(): Response {
  return answer(404, "NOT_FOUND", "Requested function was not found");
}

/** The function's process did not come up. */
export function bootError(): Response {
  return answer(503, "BOOT_ERROR", "Function failed to start (please check logs)");
}

/** The function is switched off. */
export function functionDown(): Response {
  return answer(503, "SERVICE_UNAVAILABLE", "Function is temporarily unavailable");
}

/** The function's process died before it had answered. */
export function workerDied(): Response {
  return answer(
    546,
    "WORKER_LIMIT",
    "Function failed due to not having enough compute resources (please check logs)",
  );
}

/** The caller's token was refused. */
export function unauthorized(message: string): Response {
  return answer(401, 401, message);
}
