/* The templates for replies: which there are, and one that is looked at or written. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { useDesk } from './desk.ts';
import { useFetched } from './fetched.ts';
import { day, today } from './format.ts';
import { draftRead } from './store.ts';
import { listTemplates } from './template_api.ts';
import { TemplateForm } from './template_form.tsx';
import { holdsOn, templateDraft, templateKinds, writableBoards } from './templates.ts';
import { troubleText } from './trouble.ts';
import { Trouble } from './trouble_box.tsx';
import type { Template } from './types.ts';
import { fill, useWords, wordOf } from './words.ts';
import type { Texts } from './texts/sv.ts';

/* What is open: one that there is, or 'new'. */
type Open = Template | 'new' | null;

function useTemplates() {
  const { signIns } = useDesk();
  const { value: items, error, again, put } = useFetched(listTemplates, [signIns]);

  return { items, error, again, put: (one: Template) => put([...(items ?? []).filter(({ id }) => id !== one.id), one]) };
}

function holdsText(t: Texts, it: Template): string {
  const now = today();
  const parts = [
    it.validFrom !== null && it.validFrom > now ? fill(t.template.from, { date: day(t, it.validFrom) }) : '',
    it.validTo === null ? '' : fill(it.validTo < now ? t.template.over : t.template.to, { date: day(t, it.validTo) })];

  return parts.filter(Boolean).join(', ');
}

function Row({ it, onOpen }: { it: Template; onOpen: () => void }): JSX.Element {
  const t = useWords();
  const holds = holdsText(t, it);

  return (
    <li class="card">
      <div>
        <h2>{it.name}</h2>
        <p class="line">
          <span>{wordOf(t.template.kinds, it.kind)}</span>
          <span lang="sv">{it.boardName ?? t.template.city}</span>
          <span lang="sv">{it.categoryName ?? t.template.anyCategory}</span>
          {it.status && <span>{wordOf(t.status, it.status)}</span>}
          <span>{wordOf(t.template.languages, it.language)}</span>
          {holds && <span class="soft">{holds}</span>}
        </p>
      </div>
      <button type="button" id={`template-${it.id}`} onClick={onOpen}
        aria-label={fill(it.writable ? t.template.changeThis : t.template.lookThis, { name: it.name })}>
        {it.writable ? t.template.change : t.template.look}</button>
    </li>);
}

function inOrder(items: Template[], t: Texts): Template[] {
  const at = (it: Template): string => [templateKinds.indexOf(it.kind), it.name].join(' ');

  return [...items].sort((a, b) => at(a).localeCompare(at(b), t.locale));
}

interface ListProps {
  items: Template[];
  onOpen: (one: Open) => void;
}

function List({ items, onOpen }: ListProps): JSX.Element {
  const t = useWords();
  const { session } = useDesk();
  const [kind, setKind] = useState('');
  const [isAll, setAll] = useState(false);
  const shown = inOrder(items.filter((it) => (!kind || it.kind === kind) && (isAll || holdsOn(it, today()))), t);

  return (
    <>
      <p>{t.template.lead}</p>
      {writableBoards(session).length > 0 && <p><button type="button" id="template-new" class="main"
        onClick={() => onOpen('new')}>{t.template.add}</button></p>}
      <div class="choose">
        <div class="field">
          <label for="template-kinds">{t.template.showFor}</label>
          <select id="template-kinds" value={kind} onChange={(event) => setKind(event.currentTarget.value)}>
            <option value="">{t.template.allKinds}</option>
            {templateKinds.map((code) => <option key={code} value={code}>{t.template.kinds[code]}</option>)}
          </select>
        </div>
        <label class="check choice"><input type="checkbox" checked={isAll}
          onChange={(event) => setAll(event.currentTarget.checked)} /> <span>{t.template.ended}</span></label>
      </div>
      <p class="soft" role="status">{shown.length === 1 ? t.template.one : fill(t.template.count, { n: shown.length })}</p>
      {items.length === 0 && <p>{t.template.empty}</p>}
      <ul class="list">{shown.map((it) => <Row key={it.id} it={it} onOpen={() => onOpen(it)} />)}</ul>
    </>);
}

/* What is typed and not saved is opened again. */
function drafted(items: Template[]): Open {
  const isTyped = (id: string): boolean => Object.keys(draftRead(templateDraft, id)).length > 0;

  return items.find(({ id }) => isTyped(String(id))) ?? (isTyped('new') ? 'new' : null);
}

export function Templates(): JSX.Element {
  const t = useWords();
  const { announce } = useDesk();
  const { items, error, again, put } = useTemplates();
  const [open, setOpen] = useState<Open>(null);
  const [told, setTold] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  const last = useRef<string | null>(null);
  const show = (one: Open): void => {
    setTold('');
    if (one) last.current = one === 'new' ? 'new' : String(one.id);
    setOpen(one);
  };
  const saved = (one: Template): void => {
    put(one);
    last.current = String(one.id);
    setOpen(null);
    setTold(t.template.saved);
    announce(t.template.saved);
  };

  useEffect(() => { document.title = `${t.template.title} – ${t.desk}`; }, [t]);
  useEffect(() => { if (items && !open) setOpen(drafted(items)); }, [items === null]);
  useLayoutEffect(() => {
    if (!open && last.current !== null) (document.getElementById(`template-${last.current}`) ?? heading.current)?.focus();
  }, [open]);
  return (
    <article class="templates">
      <h1 tabIndex={-1} ref={heading}>{t.template.title}</h1>
      {told && <p class="notice">✓ {told}</p>}
      {error !== null && <Trouble text={troubleText(t, error)} onRetry={again} />}
      {!items && error === null && <p role="status">{t.loading}</p>}
      {items && (open ? <TemplateForm key={open === 'new' ? 'new' : open.id} old={open === 'new' ? null : open}
        onSaved={saved} onClose={() => show(null)} /> : <List items={items} onOpen={show} />)}
    </article>);
}
