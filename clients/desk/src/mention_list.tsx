/* Beside a note's text: who can be mentioned by what is written after an @, chosen by keys
 * while the focus stays in the text (ARIA: a text field with a list of its own), and who will
 * be told. */
import type { JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import { listMentionable } from './api.ts';
import { useDesk } from './desk.ts';
import { matching, mentionedIn, mentionsMost, tokenAt, withMention } from './mention.ts';
import type { Token } from './mention.ts';
import { insertText } from './templates.ts';
import { mentionWords } from './texts/mention.ts';
import type { Mentionable } from './types.ts';
import { fill, useWords } from './words.ts';

interface MentionListProps {
  number: string;
  area: string; /* the text's id */
  value: string; /* whom it mentions, as mention.ts keeps it */
  onValue: (value: string) => void;
}

const listId = 'act-mention-list';

/* Asked for with the first @; null until then. */
function usePeople(number: string, isWanted: boolean) {
  const [people, setPeople] = useState<Mentionable[] | null>(null);
  const [isAway, setAway] = useState(false);

  useEffect(() => {
    if (!isWanted || people) return undefined;
    const control = new AbortController();
    listMentionable(number, control.signal).then(setPeople, () => { if (!control.signal.aborted) setAway(true); });
    return () => control.abort();
  }, [number, isWanted]);
  return { people, isAway };
}

interface Acts {
  look: () => void;
  key: (event: KeyboardEvent) => void;
}

/* The text is the form's own field: its events are listened to where they happen, before the
 * form takes Escape for itself. */
function useArea(id: string, acts: Acts): void {
  const now = useRef(acts);

  now.current = acts;
  useEffect(() => {
    const area = document.getElementById(id);
    const look = (): void => now.current.look();
    const key = (event: KeyboardEvent): void => now.current.key(event);
    area?.addEventListener('input', look);
    area?.addEventListener('click', look);
    area?.addEventListener('keydown', key);
    look();
    return () => {
      area?.removeEventListener('input', look);
      area?.removeEventListener('click', look);
      area?.removeEventListener('keydown', key);
    };
  }, [id]);
}

function useAria(id: string, isOpen: boolean, at: number): void {
  useLayoutEffect(() => {
    const area = document.getElementById(id);
    area?.setAttribute('aria-autocomplete', 'list');
    if (isOpen) {
      area?.setAttribute('aria-controls', listId);
      area?.setAttribute('aria-activedescendant', `${listId}-${at}`);
    } else {
      area?.removeAttribute('aria-controls');
      area?.removeAttribute('aria-activedescendant');
    }
  });
}

function areaOf(id: string): HTMLTextAreaElement | null {
  const found = document.getElementById(id);
  return found instanceof HTMLTextAreaElement ? found : null;
}

function useMentions({ number, area, value, onValue }: MentionListProps) {
  const w = mentionWords(useWords());
  const { announce } = useDesk();
  const [text, setText] = useState('');
  const [token, setToken] = useState<Token | null>(null);
  const [at, setAt] = useState(0);
  const { people, isAway } = usePeople(number, token !== null);
  const shown = token && people ? matching(people, token.word) : [];
  const isOpen = shown.length > 0;
  const choose = (person: Mentionable): void => {
    const field = areaOf(area);
    if (!field || !token) return;
    setToken(null);
    if (mentionedIn(field.value, value).length >= mentionsMost) {
      announce(w.full);
      return;
    }
    field.setSelectionRange(token.start, field.selectionStart);
    insertText(field, `@${person.name} `);
    onValue(withMention(field.value, value, person));
    announce(fill(w.chosen, { name: person.name }));
  };
  const look = (): void => {
    const field = areaOf(area);
    const next = field && document.activeElement === field ? tokenAt(field.value, field.selectionStart) : null;
    setText(field?.value ?? '');
    setToken(next);
    setAt(0);
  };
  const key = (event: KeyboardEvent): void => {
    const person = shown[at];
    if (!isOpen || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'ArrowDown') setAt((at + 1) % shown.length);
    else if (event.key === 'ArrowUp') setAt((at + shown.length - 1) % shown.length);
    else if (event.key === 'Escape') setToken(null);
    else if (person && (event.key === 'Enter' || event.key === 'Tab')) choose(person);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  useArea(area, { look, key });
  useAria(area, isOpen, at);
  useEffect(() => {
    if (isOpen) announce(shown.length === 1 ? fill(w.foundOne, { name: shown[0]?.name ?? '' }) : fill(w.found, { n: shown.length }));
  }, [isOpen, shown.length]);
  return { text, token, people, isAway, shown, at, choose };
}

export function MentionList(props: MentionListProps): JSX.Element {
  const w = mentionWords(useWords());
  const { text, token, people, isAway, shown, at, choose } = useMentions(props);
  const told = mentionedIn(text, props.value).map(({ name }) => name).join(', ');

  return (
    <div class="mentions">
      {shown.length > 0 && <ul role="listbox" id={listId} aria-label={w.list}>{shown.map((person, i) => (
        <li key={person.user} role="option" id={`${listId}-${i}`} aria-selected={i === at}
          onMouseDown={(event) => { event.preventDefault(); choose(person); }}>{person.name} <span class="soft">{person.user}</span></li>))}</ul>}
      {token && token.word.length > 1 && !token.word.includes(' ') && people && !shown.length && <p class="hint">{w.none}</p>}
      {token && isAway && <p class="hint">{w.away}</p>}
      {told ? <p>{fill(w.told, { names: told })}</p> : <p class="hint">{w.hint}</p>}
    </div>);
}
