/* Whether an answer goes also to those who follow the case: a box that is empty from the
 * start, since one that was forgotten would tell strangers what was meant for one. */
import type { JSX } from 'preact';

import type { Case } from './types.ts';
import { fill, useWords } from './words.ts';

interface FollowersFieldProps {
  id: string;
  it: Case;
  value: string; /* "true", or nothing */
  onValue: (value: string) => void;
}

export function FollowersField({ id, it, value, onValue }: FollowersFieldProps): JSX.Element {
  const t = useWords();

  return (
    <div class="field" id={`${id}-field`}>
      <label class="check choice">
        <input type="checkbox" id={id} checked={value === 'true'} aria-describedby={`${id}-hint`}
          onChange={() => onValue(value === 'true' ? '' : 'true')} />
        <span>{fill(t.shown.followers, { n: it.followers })}</span>
      </label>
      <p class="hint" id={`${id}-hint`}>{t.shown.followersHint}</p>
    </div>);
}
