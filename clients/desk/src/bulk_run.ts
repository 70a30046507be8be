/* A run over many cases as the page shows it: how far it is, and what came of it. */
import { useEffect, useRef, useState } from 'preact/hooks';

import type { Values } from './actions.ts';
import { act } from './api.ts';
import { bulkBody, canRetry, runBulk } from './bulk.ts';
import type { BulkRow, Outcome, Try } from './bulk.ts';
import { useDesk } from './desk.ts';

export interface BulkRun {
  state: 'before' | 'running' | 'after';
  ended: number;
  of: number;
  isStopping: boolean;
  outcomes: Outcome[]; /* of all, the latest of each */
  start: (row: BulkRow, tries: Try[], values: Values) => void;
  retry: () => void;
  stop: () => void;
}

/* Leaving the page would leave the rest undone, unsaid. */
function useStay(isRunning: boolean): void {
  useEffect(() => {
    const onLeave = (event: BeforeUnloadEvent): void => { if (isRunning) event.preventDefault(); };
    window.addEventListener('beforeunload', onLeave);
    return () => window.removeEventListener('beforeunload', onLeave);
  }, [isRunning]);
}

export function useBulkRun(): BulkRun {
  const { session } = useDesk();
  const [state, setState] = useState<BulkRun['state']>('before');
  const [ended, setEnded] = useState(0);
  const [of, setOf] = useState(0);
  const [isStopping, setStopping] = useState(false);
  const [outcomes, setOutcomes] = useState<Outcome[]>([]);
  const last = useRef<{ row: BulkRow; values: Values; stop: AbortController } | null>(null);
  const start = (row: BulkRow, tries: Try[], values: Values): void => {
    const stop = new AbortController();
    const path = row.path;
    last.current = { row, values, stop };
    setState('running');
    setStopping(false);
    setEnded(0);
    setOf(tries.length);
    void runBulk(tries, { row, session, stop: stop.signal,
      send: ({ item, version, words }) => act(item.number, { path, body: bulkBody(values, words), version }, new AbortController().signal),
      onOutcome: () => setEnded((n) => n + 1) }).then((fresh) => {
      const now = new Map(fresh.map((outcome) => [outcome.item.number, outcome]));
      setOutcomes((old) => (old.length ? old.map((outcome) => now.get(outcome.item.number) ?? outcome) : fresh));
      setState('after');
    });
  };
  const retry = (): void => {
    const { row, values } = last.current ?? {};
    if (row && values) start(row, outcomes.filter((outcome) => outcome.ending !== 'done' && canRetry(outcome, row)), values);
  };

  useStay(state === 'running');
  return { state, ended, of, isStopping, outcomes, start, retry,
    stop: () => { last.current?.stop.abort(); setStopping(true); } };
}
