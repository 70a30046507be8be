/* Taking down what came by telephone, letter or visit: the form, then the receipt. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { readReceivedDays } from './api.ts';
import { useDesk } from './desk.ts';
import { useKeys } from './keys.ts';
import { reportsOnly, takesDown, takingName } from './takers.ts';
import { TakeForm } from './take_form.tsx';
import { DeviationReceipt, TakeReceipt } from './take_receipt.tsx';
import { deviationWords } from './texts/deviation.ts';
import { takingWords } from './texts/taking.ts';
import { Trouble } from './trouble_box.tsx';
import type { ReceivedDays, Taken } from './types.ts';
import { useWords } from './words.ts';

interface Done {
  taken: Taken;
  language: string; /* of whoever it is from */
}

/* Without the days the server still knows them, so a failure is silent. */
function useDays(signIns: number, isWanted: boolean): ReceivedDays | null {
  const [days, setDays] = useState<ReceivedDays | null>(null);

  useEffect(() => {
    const control = new AbortController();
    if (isWanted) readReceivedDays(control.signal).then(setDays, () => undefined);
    return () => control.abort();
  }, [signIns, isWanted]);
  return days;
}

export function Take(): JSX.Element {
  const t = useWords();
  const { session, place, go, signIns } = useDesk();
  const [done, setDone] = useState<Done | null>(null);
  const isAllowed = takesDown(session) || reportsOnly(session);
  const days = useDays(signIns, takesDown(session) && done === null);

  const title = done ? done.taken.type === 'deviation' ? deviationWords(t).reported : t.receipt.title : takingName(t, session) ?? t.take.title;

  useEffect(() => { document.title = `${title} – ${t.desk}`; });
  useKeys({ Escape: () => go({ filters: place.filters, number: null }) });
  if (!isAllowed)
    return (
      <div class="take">
        <h1>{t.take.title}</h1>
        <Trouble text={takingWords(t).notYou} />
      </div>);
  return (
    <div class="take">
      {done ? done.taken.type === 'deviation' ? <DeviationReceipt taken={done.taken} onMore={() => setDone(null)} />
        : <TakeReceipt {...done} onMore={() => setDone(null)} />
        : <TakeForm days={days} onDone={(taken, language) => setDone({ taken, language })} />}
    </div>);
}
