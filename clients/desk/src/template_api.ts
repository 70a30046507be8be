/* The server's calls about templates for replies. */
import { caseAt, desk, parseList, shaped } from './api.ts';
import { request } from './request.ts';
import type { FilledTemplate, FilledText, NewTemplate, ReplyPreview, Template, TemplateChange } from './types.ts';

const templates = `${desk}/templates`;

export const parseTemplate = (v: unknown): Template => shaped(v, ['id', 'version', 'text']) as Template;

/* Those that fit a case, filled in. */
export async function fitTemplates(number: string, kind: string, signal: AbortSignal): Promise<FilledTemplate[]> {
  return parseList<FilledTemplate>(await request(`${caseAt(number)}/templates?for=${kind}`, { signal }));
}

/* All of them: there are hundreds at most. */
export async function listTemplates(signal: AbortSignal): Promise<Template[]> {
  const all: Template[] = [];

  for (let after: string | null = ''; after !== null;) {
    const page = shaped(await request(`${templates}?limit=200${after && `&after=${after}`}`, { signal }),
      ['items', 'next']) as { items: Template[]; next: string | null };
    all.push(...page.items);
    after = page.next;
  }
  return all;
}

/* old: null for a new one. version: the one that was seen. */
export async function saveTemplate(wanted: NewTemplate, old: Pick<Template, 'id' | 'version'> | null): Promise<Template> {
  return parseTemplate(await request(old ? `${templates}/${old.id}` : templates,
    { method: old ? 'PUT' : 'POST', body: wanted, ...(old && { version: old.version }) }));
}

export async function listTemplateChanges(id: number, signal: AbortSignal): Promise<TemplateChange[]> {
  return parseList<TemplateChange>(await request(`${templates}/${id}/changes`, { signal }));
}

export async function previewTemplate(text: string, language: string, signal: AbortSignal): Promise<FilledText> {
  return shaped(await request(`${desk}/template-previews`, { method: 'POST', body: { text, language }, signal }),
    ['text', 'missing']) as FilledText;
}

/* What the complainant will see of an action, with what its form holds. */
export async function previewReply(number: string, body: object, signal: AbortSignal): Promise<ReplyPreview> {
  return shaped(await request(`${caseAt(number)}/previews`, { method: 'POST', body, signal }), ['page']) as ReplyPreview;
}
