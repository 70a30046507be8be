/* Server-sent events by fetch(): EventSource says nothing of 401, and cannot go on after
 * the last event when it has been closed. */
import type { Change } from './types.ts';

export interface Parsed {
  changes: Change[];
  presences: string[]; /* the numbers of cases */
  lastId: string | null;
  rest: string;
}

function numberOf(data: string): string[] {
  const found = /"number":"(\d{4}-\d+)"/.exec(data)?.[1];

  return found === undefined ? [] : [found];
}

function changeOf(data: string): Change | null {
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== 'object' || value === null) return null;
    if (!('number' in value) || typeof value.number !== 'string') return null;
    if (!('version' in value) || typeof value.version !== 'number') return null;
    return { number: value.number, version: value.version };
  } catch {
    return null;
  }
}

/* Takes whole events out of what has come; the last one may still be on its way. */
export function parseEvents(text: string): Parsed {
  const blocks = text.split('\n\n');
  const parsed: Parsed = { changes: [], presences: [], lastId: null, rest: blocks.pop() ?? '' };

  for (const block of blocks) {
    const fields = new Map(block.split('\n').map((line) => {
      const [name, ...value] = line.split(':');
      return [name ?? '', value.join(':').trim()];
    }));
    const id = fields.get('id');
    const change = fields.get('event') === 'case-changed' ? changeOf(fields.get('data') ?? '') : null;
    if (id) parsed.lastId = id;
    if (change) parsed.changes.push(change);
    if (fields.get('event') === 'presence') parsed.presences.push(...numberOf(fields.get('data') ?? ''));
  }
  return parsed;
}

export interface Listener {
  onOpen: () => void; /* also after a break: something may have been missed */
  onChange: (change: Change) => void;
  onPresence: (number: string) => void;
  onLost: () => void;
  onSignedOut: () => void;
}

async function readAll(res: Response, from: { id: string }, listener: Listener): Promise<void> {
  const reader = res.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';

  for (;;) {
    const piece = await reader?.read();
    if (!piece || piece.done) return;
    const parsed = parseEvents(text + piece.value);
    text = parsed.rest;
    if (parsed.lastId) from.id = parsed.lastId;
    parsed.changes.forEach(listener.onChange);
    parsed.presences.forEach(listener.onPresence);
  }
}

async function listenOnce(from: { id: string }, listener: Listener, signal: AbortSignal): Promise<boolean> {
  const res = await fetch('/api/v1/desk/events', { signal, cache: 'no-store',
    headers: { Accept: 'text/event-stream', ...(from.id && { 'Last-Event-ID': from.id }) } });

  if (res.status === 401) listener.onSignedOut();
  if (!res.ok) return false;
  listener.onOpen();
  await readAll(res, from, listener);
  return true;
}

/* Listens until the signal says stop, from the last event on when the line breaks. */
export async function listen(from: { id: string }, listener: Listener, signal: AbortSignal): Promise<void> {
  let wait = 1000;

  while (!signal.aborted) {
    const worked = await listenOnce(from, listener, signal).catch(() => false);
    if (signal.aborted) return;
    listener.onLost();
    wait = worked ? 1000 : Math.min(wait * 2, 30_000);
    await new Promise((done) => { setTimeout(done, wait * (0.75 + Math.random() / 2)); });
  }
}
