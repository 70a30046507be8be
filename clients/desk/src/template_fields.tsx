/* The fields of a template. */
import type { JSX } from 'preact';

import { boardName, useDesk } from './desk.ts';
import { Field } from './field.tsx';
import type { Fault } from './field.tsx';
import type { Lists } from './desk.ts';
import type { Options } from './options.ts';
import type { Draft } from './store.ts';
import { insertText, templateKinds, templateLanguages, writableBoards } from './templates.ts';
import type { Session } from './types.ts';
import { useWords } from './words.ts';
import type { Texts } from './texts/sv.ts';

interface FieldsProps {
  values: Draft;
  faults: Fault[];
  isLocked: boolean;
  onValue: (name: string, value: string) => void;
}

/* What it has now stays among the choices, also when it has ended or is another's. */
function optionsOf(t: Texts, lists: Lists, session: Session, { values }: FieldsProps): Record<string, Options> {
  const mine = writableBoards(session);
  const now = values['board'] ?? '';
  const boards = mine.includes(now) ? mine : [now, ...mine];
  const category = values['category'] ?? '';
  const isKnown = !category || lists.categories.some(({ code }) => code === category);

  return {
    kind: templateKinds.map((code): [string, string] => [code, t.template.kinds[code]]),
    board: boards.map((code): [string, string] => [code, code ? boardName(lists, code) : t.template.city]),
    category: [['', t.template.anyCategory], ...(isKnown ? [] : [[category, category]] satisfies Options),
      ...lists.categories.map((c): [string, string] => [c.code, c.name])],
    status: [['', t.template.anyStatus], ...Object.entries(t.status)],
    language: templateLanguages.map((code): [string, string] => [code, t.template.languages[code]]),
  };
}

/* Inserted at the cursor, so that nobody must know what a field is called. */
function FieldButtons(): JSX.Element {
  const t = useWords();

  return (
    <details class="fieldlist">
      <summary>{t.template.insertField}</summary>
      <div class="buttons">{Object.entries(t.template.fields).map(([name, text]) => (
        <button type="button" key={name} onClick={() => {
          const area = document.getElementById('template-text');
          if (area instanceof HTMLTextAreaElement) insertText(area, `{{${name}}}`);
        }}>{text}</button>))}</div>
    </details>);
}

export function TemplateFields(props: FieldsProps): JSX.Element {
  const { values, faults, isLocked, onValue } = props;
  const t = useWords();
  const { lists, session } = useDesk();
  const options = optionsOf(t, lists, session, props);
  const faultOf = (name: string): string | undefined => faults.find(({ id }) => id === `template-${name}`)?.text;
  const set = (name: string) => (event: { currentTarget: { value: string } }): void => onValue(name, event.currentTarget.value);
  const choice = (name: 'kind' | 'board' | 'category' | 'status' | 'language'): JSX.Element => (
    <Field id={`template-${name}`} label={t.template[name]} fault={faultOf(name)}>
      {(aria) => <select {...aria} disabled={isLocked} value={values[name] ?? ''} onChange={set(name)}>
        {options[name]?.map(([code, text]) => <option key={code} value={code}>{text}</option>)}</select>}
    </Field>);
  const date = (name: 'validFrom' | 'validTo', hint?: string): JSX.Element => (
    <Field id={`template-${name}`} label={t.template[name]} fault={faultOf(name)} hint={hint}>
      {(aria) => <input {...aria} type="date" readOnly={isLocked} value={values[name] ?? ''} onInput={set(name)} />}
    </Field>);

  return (
    <>
      <Field id="template-name" label={t.template.name} fault={faultOf('name')}>
        {(aria) => <input {...aria} type="text" maxLength={100} autoComplete="off" readOnly={isLocked}
          value={values['name'] ?? ''} onInput={set('name')} />}
      </Field>
      <div class="pair">{choice('kind')}{choice('language')}</div>
      <div class="pair">{choice('board')}{choice('category')}</div>
      <div class="pair">{choice('status')}</div>
      <Field id="template-text" label={t.template.text} fault={faultOf('text')} hint={t.template.textHint}
        after={!isLocked && <FieldButtons />}>
        {(aria) => <textarea {...aria} rows={14} readOnly={isLocked} lang={values['language']}
          value={values['text'] ?? ''} onInput={set('text')} />}
      </Field>
      <div class="pair">{date('validFrom')}{date('validTo', t.template.validToHint)}</div>
    </>);
}
