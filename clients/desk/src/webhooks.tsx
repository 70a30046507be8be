/* Other systems that are told when a month is published or cases change: which, a new one
 * (webhook_form.tsx), and one with its messages (webhook_page.tsx). */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { isAdministrator, useDesk } from './desk.ts';
import { useFetched } from './fetched.ts';
import { instant } from './format.ts';
import { OutsidePage } from './outside.tsx';
import { settingPath, settingsPath } from './place.ts';
import { settingWords } from './texts/settings.ts';
import { listensTo, webhookWords } from './texts/webhook.ts';
import type { WebhookWords } from './texts/webhook.ts';
import { ToldOnce } from './told_once.tsx';
import { Trouble } from './trouble_box.tsx';
import type { WebhookSecret } from './types.ts';
import { WebhookForm } from './webhook_form.tsx';
import { WebhookPage } from './webhook_page.tsx';
import { readWebhooks } from './webhooks_api.ts';
import type { Told } from './webhooks_api.ts';
import { fill, useWords } from './words.ts';

export const webhooksPath = settingPath('webhooks');

/* What somebody has to do something about goes first. */
export function stateText(w: WebhookWords, { waiting, dead, deliveries, failingSince }: Told): string {
  if (failingSince) return `▲ ${fill(w.failing, { n: waiting })}`;
  if (dead) return `▲ ${fill(w.fails, { n: dead })}`;
  if (waiting) return fill(w.waits, { n: waiting });
  return deliveries.length ? `✓ ${w.works}` : w.quiet;
}

const lastOf = ({ deliveries }: Told): string | null =>
  deliveries.map(({ deliveredAt }) => deliveredAt).filter((at) => at !== null).sort().at(-1) ?? null;

function Rows({ hooks }: { hooks: Told[] }): JSX.Element {
  const t = useWords();
  const w = webhookWords(t);
  const { lists } = useDesk();

  return (
    <ul class="outsiders">{hooks.map((hook) => {
      const last = lastOf(hook);
      return (
        <li key={hook.id}>
          <a href={settingPath('webhooks', hook.id)}>{hook.url}</a>
          <p>{stateText(w, hook)}</p>
          <p class="soft">{w.listens}: {listensTo(w, hook, lists)}. {w.since}: {fill(w.by, { at: instant(t, hook.madeAt), who: hook.madeBy })}. {w.last}: {last ? instant(t, last) : w.never}.</p>
        </li>);
    })}</ul>);
}

function List(): JSX.Element {
  const t = useWords();
  const w = webhookWords(t);
  const { value, error, again } = useFetched(readWebhooks, [useDesk().signIns]);

  return (
    <OutsidePage title={w.title} lead={w.lead} back={{ href: settingsPath, text: settingWords(t).back }} error={error} isLoading={!value} onRetry={again}>
      <div class="choices"><a class="button main" href={settingPath('webhooks', 'ny')}>{w.add}</a></div>
      {value?.length === 0 && <p>{w.none}</p>}
      {value !== null && value.length > 0 && <Rows hooks={value} />}
    </OutsidePage>);
}

function Add(): JSX.Element {
  const w = webhookWords(useWords());
  const [made, setMade] = useState<WebhookSecret | null>(null);

  return (
    <OutsidePage title={w.add} back={{ href: webhooksPath, text: w.back }} error={null} isLoading={false} onRetry={() => undefined}>
      {made ? <ToldOnce title={fill(w.secretOf, { url: made.url })} secret={made.secret} lead={w.secretOnce} /> : <WebhookForm back={webhooksPath} onMade={setMade} />}
    </OutsidePage>);
}

export function Webhooks({ at }: { at: string | undefined }): JSX.Element {
  const w = webhookWords(useWords());
  const { session } = useDesk();

  if (!isAdministrator(session)) return <><h1>{w.title}</h1><Trouble text={w.notYou} /></>;
  if (at === undefined) return <List />;
  return at === 'ny' ? <Add /> : <WebhookPage key={at} id={at} />;
}
