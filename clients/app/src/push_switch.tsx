/* The switch on a case's page: a notification when the city answers. */
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

import { listen } from './changes.ts';
import { askLeave, pushNow, setPush } from './push_now.ts';
import type { PushNow, PushTrouble } from './push_now.ts';
import type { Known } from './types.ts';
import { useWords } from './words.ts';

interface Switch extends PushNow {
  isBusy: boolean;
  press: () => void;
}

/* The network came back by itself; what else stood in the way is told until the next press. */
function stillTrouble(old: PushNow, now: PushNow): PushTrouble {
  return now.trouble || (old.trouble === 'offline' ? '' : old.trouble);
}

function usePush(known: Known): Switch {
  const [now, setNow] = useState<PushNow>({ isShown: false, isOn: false, trouble: '' });
  const [isBusy, setBusy] = useState(false);
  const press = async (): Promise<void> => {
    const denied = now.isOn ? '' : await askLeave();
    if (denied) return setNow({ ...now, trouble: denied });
    setBusy(true);
    const trouble = await setPush(known, !now.isOn);
    setNow({ ...await pushNow(known.number), ...(trouble && { trouble }) });
    setBusy(false);
  };

  useEffect(() => {
    let isOver = false;
    const read = (): void => {
      void pushNow(known.number).then((is) => { if (!isOver) setNow((old) => ({ ...is, trouble: stillTrouble(old, is) })); });
    };
    read();
    window.addEventListener('online', read);
    const deaf = listen((news) => { if (news === 'changed') read(); });
    return () => { isOver = true; deaf(); window.removeEventListener('online', read); };
  }, [known.number]);
  return { ...now, isBusy, press: () => { if (!isBusy) void press(); } };
}

export function PushSwitch({ known }: { known: Known }): JSX.Element | null {
  const { t } = useWords();
  const { isShown, isOn, isBusy, trouble, press } = usePush(known);

  if (!isShown) return null;
  return (
    <div class="push noprint">
      <button type="button" role="switch" class="wide switch" aria-checked={isOn} aria-disabled={isBusy} aria-describedby="push-hint" onClick={press}>
        <span>{t('push.switch')}</span>
        <span class="stands" aria-hidden="true"><span class="track" />{t(isOn ? 'push.on' : 'push.off')}</span>
      </button>
      <p class="hint" id="push-hint">{t('push.hint', { notice: t('push.notice') })}</p>
      <p role="status">{isBusy ? t('push.wait') : trouble && <span class="fault">{t(`push.trouble.${trouble}`)}</span>}</p>
    </div>);
}
