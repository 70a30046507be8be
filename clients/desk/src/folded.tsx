/* Words, or facts, that one chooses to see: behind a button that says why. Whoever has
 * chosen so for a case sees all of it until the case is left. */
import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

import type { Case } from './types.ts';
import { useWords } from './words.ts';

type Why = 'threat' | 'protectedIdentity';

const chosen = new Set<string>();
const listeners = new Set<() => void>();

function choose(key: string): void {
  chosen.add(key);
  for (const tell of listeners) tell();
}

/* The case is left: the next one to look chooses anew. */
export function useFoldAgain(): void {
  useEffect(() => () => chosen.clear(), []);
}

function useChosen(key: string): boolean {
  const [, setTold] = useState(0);

  useEffect(() => {
    const tell = (): void => setTold((n) => n + 1);
    listeners.add(tell);
    return () => { listeners.delete(tell); };
  }, []);
  return chosen.has(key);
}

interface FoldedProps {
  it: Pick<Case, 'number' | Why>;
  why: Why;
  children: ComponentChildren;
}

export function Folded({ it, why, children }: FoldedProps): JSX.Element {
  const t = useWords();
  const key = `${it.number} ${why}`;
  const isChosen = useChosen(key);
  const box = useRef<HTMLDivElement>(null);
  const [isPressed, setPressed] = useState(false);

  /* The button that had the focus is gone. */
  useLayoutEffect(() => { if (isPressed) box.current?.focus(); }, [isPressed]);
  if (!it[why]) return <>{children}</>;
  if (isChosen) return <div tabIndex={-1} ref={box}>{children}</div>;
  return (
    <div class="folded">
      <p class="attention">▲ {t.folded[why]}</p>
      <p><button type="button" onClick={() => { setPressed(true); choose(key); }}>{t.folded.show[why]}</button></p>
    </div>);
}
