/* What a form sends: once however often it is pressed, and what came of it. */
import { useRef, useState } from 'preact/hooks';

export interface Sending {
  isBusy: boolean;
  error: unknown; /* null: none */
  send: (work: () => Promise<void>, failed?: (error: unknown) => void) => Promise<void>; /* failed: in place of error */
  fail: (error: unknown) => void; /* what failed() has nothing better for */
}

export function useSending(): Sending {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isRunning = useRef(false);
  const fail = (failed: unknown): void => setError(failed);

  return { isBusy, error, fail, send: async (work, failed = fail): Promise<void> => {
    if (isRunning.current) return;
    isRunning.current = true;
    setBusy(true);
    setError(null);
    await work().catch(failed);
    isRunning.current = false;
    setBusy(false);
  } };
}
