/* A button for each thing that can be done with the case. Where it is narrow those that are
 * not of every day are folded, so that the case's own words come sooner. */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useState } from 'preact/hooks';

import { actionKeys, actionRows, isDaily, isSeldom, leadOf } from './actions.ts';
import { draftRead } from './store.ts';
import type { Case } from './types.ts';
import { useWords, wordOf } from './words.ts';

interface ButtonsProps {
  it: Case;
  names: string[];
  open: string | null;
  onPress: (name: string) => void;
}

/* As the style sheet has it. */
const width = '(max-width: 45rem)';

function useNarrow(): boolean {
  const [isNarrow, setNarrow] = useState(() => window.matchMedia(width).matches);

  useLayoutEffect(() => {
    const narrow = window.matchMedia(width);
    const look = (): void => setNarrow(narrow.matches);
    look();
    narrow.addEventListener('change', look);
    return () => narrow.removeEventListener('change', look);
  }, []);
  return isNarrow;
}

function Buttons({ it, names, open, onPress, isQuiet, children }: ButtonsProps & { isQuiet?: boolean;
  children?: ComponentChildren }): JSX.Element | null {
  const t = useWords();
  const lead = leadOf(it, names);

  if (!names.length && !children) return null;
  return (
    <div class={`buttons${isQuiet ? ' quiet' : ''}`} role="group" aria-label={isQuiet ? t.action.seldom : t.action.often}>
      {names.map((name) => (
        <ActionButton key={name} name={name} isMain={name === lead} isOpen={name === open}
          isDraft={name !== open && Object.keys(draftRead(it.number, name)).length > 0}
          onPress={() => onPress(name)} />))}
      {children}
    </div>);
}

/* The fold opens by itself for what a key has opened in it, and stays so: the focus comes
 * back to the button. */
export function ActionButtons(props: ButtonsProps): JSX.Element {
  const t = useWords();
  const { names, open } = props;
  const [isChosen, setChosen] = useState(false);
  const daily = names.filter(isDaily);
  const isFolding = useNarrow() && names.length - daily.length > 1;
  const isHeld = open !== null && !isDaily(open);
  const isUnfolded = !isFolding || isChosen || isHeld;
  const first = isFolding ? daily : names.filter((name) => !isSeldom(name));

  useLayoutEffect(() => { if (isHeld) setChosen(true); }, [isHeld]);
  return (
    <>
      <Buttons {...props} names={first}>
        {isFolding && <button type="button" class="fold" aria-expanded={isUnfolded} aria-controls="actions-rest"
          onClick={() => setChosen(!isUnfolded)}>{t.action.more}</button>}
      </Buttons>
      <div id="actions-rest" hidden={!isUnfolded}>
        {isFolding && isUnfolded && <Buttons {...props} names={names.filter((name) => !isDaily(name) && !isSeldom(name))} />}
        {isUnfolded && <Buttons {...props} names={names.filter(isSeldom)} isQuiet />}
      </div>
    </>);
}

interface ActionButtonProps {
  name: string;
  isMain: boolean;
  isOpen: boolean;
  isDraft: boolean;
  onPress: () => void;
}

function ActionButton({ name, isMain, isOpen, isDraft, onPress }: ActionButtonProps): JSX.Element {
  const t = useWords();
  const key = Object.entries(actionKeys).find(([, known]) => known === name)?.[0];

  return (
    <button type="button" id={`do-${name}`} class={isMain ? 'main' : ''}
      aria-expanded={name in actionRows ? isOpen : undefined} onClick={onPress}>
      {wordOf(t.action, name)}{isDraft && <span class="draft"> ✎ {t.case.draft}</span>}
      {key && <kbd aria-hidden="true">{key}</kbd>}
    </button>);
}
