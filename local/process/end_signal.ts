const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** The first signal that asks this process to end. */
export interface EndSignal {
  readonly received: Promise<Deno.Signal>;
  readonly abort: AbortSignal;
  /** Stops listening. */
  release(): void;
}

/** Listens for the signals that ask this process to end; further ones change nothing. */
export function onEndSignal(): EndSignal {
  const { promise: received, resolve } = Promise.withResolvers<Deno.Signal>();
  const controller = new AbortController();
  const listeners = SIGNALS.map((signal) => ({
    signal,
    listener: () => {
      controller.abort();
      resolve(signal);
    },
  }));
  for (const { signal, listener } of listeners) Deno.addSignalListener(signal, listener);
  return {
    received,
    abort: controller.signal,
    release: () => {
      for (const { signal, listener } of listeners) Deno.removeSignalListener(signal, listener);
    },
  };
}
