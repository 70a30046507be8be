/* Single keys that do things. Never while somebody writes, never with a modifier, and
 * not at all for those who have switched them off (WCAG 2.1.4). */
import { useLayoutEffect, useRef } from 'preact/hooks';

import { settingRead } from './store.ts';

export type Keys = Record<string, (event: KeyboardEvent) => void>;

interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing: boolean;
  defaultPrevented: boolean;
}

export function isWritten(target: { tagName: string; type?: string; isContentEditable?: boolean }): boolean {
  if (target.isContentEditable || target.tagName === 'TEXTAREA' || target.tagName === 'SELECT') return true;
  return target.tagName === 'INPUT' && !['checkbox', 'radio', 'button'].includes(target.type ?? '');
}

/* The name that a table of keys has for it; null: not a shortcut. Escape and arrows are
 * not letters, and stay. */
export function shortcutOf(event: Pressed, isWriting: boolean, areOn: boolean): string | null {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return null;
  if (isWriting) return event.key === 'Escape' ? 'Escape' : null;
  if (event.key.length === 1 && !areOn) return null;
  return event.key;
}

export function keysAreOn(): boolean {
  return settingRead('keys') !== 'off';
}

/* The parts on the screen, the newest last: it is asked first, so that Escape closes a
 * form before it leaves the case. */
const parts: { current: Keys }[] = [];

/* A dialog over the page keeps its keys to itself. */
function onKey(event: KeyboardEvent): void {
  const target = event.target instanceof HTMLElement ? event.target : document.body;
  const name = document.querySelector('dialog[open]') ? null
    : shortcutOf(event, isWritten(target), keysAreOn());
  const part = name === null ? undefined : parts.findLast(({ current }) => name in current);

  if (name === null || !part) return;
  event.preventDefault();
  part.current[name]?.(event);
}

export function useKeys(keys: Keys): void {
  const now = useRef(keys);

  now.current = keys;
  /* Before it can be seen: whoever sees the desk may press a key at once. */
  useLayoutEffect(() => {
    if (parts.push(now) === 1) document.addEventListener('keydown', onKey);
    return () => {
      parts.splice(parts.indexOf(now), 1);
      if (!parts.length) document.removeEventListener('keydown', onKey);
    };
  }, []);
}
