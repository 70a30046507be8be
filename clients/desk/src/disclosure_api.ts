/* The calls about disclosures; they are fetched with their page. Nothing here is about who
 * asks. */
import { desk, shaped } from './api.ts';
import { request } from './request.ts';
import type { Disclosure, DisclosureCase, DisclosureDocument, DisclosurePage, Passage } from './types.ts';

const root = `${desk}/disclosures`;
const at = (id: string, rest = ''): string => `${root}/${id}${rest}`;
const parse = (v: unknown): Disclosure => shaped(v, ['items', 'events', 'sections']) as Disclosure;
const parseCase = (v: unknown): DisclosureCase => shaped(v, ['items', 'number']) as DisclosureCase;

export async function readDisclosures(after: string, signal: AbortSignal): Promise<DisclosurePage> {
  return shaped(await request(`${root}${after && `?after=${after}`}`, { signal }), ['items', 'next']) as DisclosurePage;
}

export async function readDisclosure(id: string, signal: AbortSignal): Promise<Disclosure> {
  return parse(await request(at(id), { signal, timeout: 60_000 }));
}

export async function readDocuments(id: string, number: string, signal: AbortSignal): Promise<DisclosureCase> {
  return parseCase(await request(at(id, `/cases/${number}`), { signal }));
}

export async function openDisclosure(body: { board: string; asked: string }): Promise<Disclosure> {
  return parse(await request(root, { method: 'POST', body }));
}

/* what: cases, cases/2026-1/removals, decisions, reopenings, handovers. */
export async function doDisclosure(id: string, what: string, body: object = {}): Promise<Disclosure> {
  return parse(await request(at(id, `/${what}`), { method: 'POST', body, timeout: 60_000 }));
}

export interface DocumentDecision {
  decision: 'whole' | 'part' | 'refused';
  hash: string;
  because: DisclosureDocument['because'];
  section?: string;
  masks?: Passage[];
}

export async function decideDocument(id: string, number: string, document: string, body: DocumentDecision): Promise<DisclosureCase> {
  return parseCase(await request(at(id, `/cases/${number}/documents/${document}`), { method: 'PUT', body }));
}
