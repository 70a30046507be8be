/* One row of the settings: its form, and what has been done with it. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { ContractorKey } from './contractor_key.tsx';
import { useDesk } from './desk.ts';
import { today } from './format.ts';
import { settingPath } from './place.ts';
import { startOf, titleOf, valueText, valuesOf } from './settings.ts';
import type { Row, Speaker, Values } from './settings.ts';
import { readSetting } from './settings_api.ts';
import { SettingForm } from './settings_form.tsx';
import { SettingHistory } from './settings_history.tsx';
import { useSettings } from './settings_list.tsx';
import { OtherDays, newTextOf } from './settings_texts.tsx';
import { ProgramSays } from './settings_wording.tsx';
import { Trouble } from './trouble_box.tsx';
import { troubleText } from './trouble.ts';
import type { Setting, SettingKind } from './types.ts';
import { fill, wordOf } from './words.ts';

interface PageProps {
  kind: SettingKind;
  at: string; /* the row's key, or "ny" */
  speaker: Speaker;
}

function useSetting(kind: string, key: string) {
  const { signIns } = useDesk();
  const [it, setIt] = useState<Setting | null>(null);
  const [error, setError] = useState<unknown>(null);
  const load = async (): Promise<number> => {
    try {
      const now = await readSetting(kind, key, new AbortController().signal);
      setIt(now);
      setError(null);
      return now.version;
    } catch (failed) {
      setError(failed);
      throw failed;
    }
  };

  useEffect(() => { load().catch(() => undefined); }, [signIns]);
  return { it, error, load };
}

function Facts({ kind, speaker, it }: Omit<PageProps, 'at'> & { it: Setting }): JSX.Element {
  const row = it.row;

  return row === null ? <p>{speaker.w.gone}</p> : (
    <>
      <p>{speaker.w.readOnly}</p>
      <dl class="facts">{kind.fields.map((field) => (
        <div key={field.name}><dt>{wordOf(speaker.w.fields, field.name)}</dt><dd>{valueText(speaker, field, row[field.name])}</dd></div>))}</dl>
    </>);
}

/* The list of texts has a language. */
function Heading({ kind, speaker: { t, w }, text, language }: Omit<PageProps, 'at'> & { text: string; language?: unknown }): JSX.Element {
  const heading = useRef<HTMLHeadingElement>(null);
  const name = wordOf(w.kinds, kind.code);

  useEffect(() => { document.title = `${text} – ${name} – ${t.desk}`; });
  useLayoutEffect(() => heading.current?.focus(), []);
  return (
    <>
      <p class="noprint"><a class="back" href={settingPath(kind.code, typeof language === 'string' ? language : undefined)}>← {fill(w.toList, { kind: name.toLowerCase() })}</a></p>
      <h1 tabIndex={-1} ref={heading}>{text}</h1>
    </>);
}

/* A text begins with what the program says. */
function newText(speaker: Speaker, kind: SettingKind, at: string): Values | null {
  const found = kind.code === 'texts' ? newTextOf(speaker, at) : null;

  return found && valuesOf(kind.fields, { text: found.text.code, language: found.language,
    wording: found.text.words[found.language], validFrom: today() });
}

function NewOne({ kind, at, speaker }: PageProps): JSX.Element {
  const { t, w } = speaker;
  const { go, announce } = useDesk();
  const { list, error } = useSettings(kind.code);
  const text = newText(speaker, kind, at);

  return (
    <>
      <Heading kind={kind} speaker={speaker} language={text?.['language']}
        text={text ? titleOf(speaker, kind, text) : `${wordOf(w.kinds, kind.code)}: ${w.newOne}`} />
      {error !== null && <Trouble text={troubleText(t, error)} />}
      {list && <SettingForm kind={kind} speaker={speaker} at={null} version={0}
        start={text ?? startOf(kind, list.items.map(({ row }) => row), today())}
        onDone={(key) => {
          announce(w.saved);
          go({ number: null, filters: {}, view: 'settings', setting: { kind: kind.code, key } });
        }} />}
      {text && <TextBeside speaker={speaker} row={text} at={at} />}
    </>);
}

function TextBeside({ speaker, row, at }: { speaker: Speaker; row: Row; at: string }): JSX.Element {
  const [text, language] = [String(row['text']), String(row['language'])];

  return (
    <>
      <ProgramSays speaker={speaker} text={text} language={language} />
      <OtherDays speaker={speaker} text={text} language={language} at={at} />
    </>);
}

function OneThere({ kind, at, speaker }: PageProps): JSX.Element {
  const { t, w } = speaker;
  const { announce } = useDesk();
  const { it, error, load } = useSetting(kind.code, at);
  const [told, setTold] = useState('');
  const [round, setRound] = useState(0); /* what was typed stays until it is saved, also in a conflict */
  const done = async (words: string): Promise<void> => {
    setTold(words);
    announce(words);
    await load().catch(() => undefined);
    setRound((n) => n + 1);
  };

  if (!it) return error !== null ? <Trouble text={troubleText(t, error)} onRetry={() => void load().catch(() => undefined)} />
    : <p role="status">{t.loading}</p>;
  return (
    <>
      {error !== null && <Trouble text={troubleText(t, error)} />}
      <Heading kind={kind} speaker={speaker} text={it.row ? titleOf(speaker, kind, it.row) : at} language={it.row?.['language']} />
      {told && <p class="notice">✓ {told}</p>}
      {it.row && it.mayChange
        ? <SettingForm key={round} kind={kind} speaker={speaker} at={at} version={it.version}
          start={valuesOf(kind.fields, it.row)} onDone={() => void done(w.saved)} onRemoved={() => void done(w.removed)} onConflict={load} />
        : <Facts kind={kind} speaker={speaker} it={it} />}
      {kind.code === 'contractors' && it.mayChange && it.row?.['way'] === 'open311' && <ContractorKey key={`key-${round}`} code={at} />}
      <SettingHistory kind={kind} speaker={speaker} it={it} onUndone={() => void done(w.undone)} onRestored={() => void done(w.restoredDone)} />
      {kind.code === 'texts' && it.row && <TextBeside speaker={speaker} row={it.row} at={at} />}
    </>);
}

export function SettingPage(props: PageProps): JSX.Element {
  return props.at === 'ny' || newText(props.speaker, props.kind, props.at) ? <NewOne {...props} /> : <OneThere {...props} />;
}
