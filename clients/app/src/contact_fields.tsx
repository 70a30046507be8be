/* How to be reached, folded away: nobody has to say who they are. */
import type { JSX } from 'preact';

import { useApp } from './app_state.ts';
import { idOfField } from './draft.ts';
import { Choice, Field } from './field.tsx';
import { useWords } from './words.ts';

const fields = [
  { name: 'email', attributes: { type: 'email', inputmode: 'email', autocomplete: 'email' } },
  { name: 'phone', attributes: { type: 'tel', inputmode: 'tel', autocomplete: 'tel' } },
  { name: 'name', attributes: { type: 'text', inputmode: 'text', autocomplete: 'name' } },
] as const;

interface ContactProps {
  faultOf: (field: string) => string | undefined;
  isOpen: boolean;
}

function WantsReply(): JSX.Element {
  const { t } = useWords();
  const { draft, set } = useApp().writing;

  return (
    <fieldset class="field">
      <legend>{t('tell.reply')}</legend>
      <div class="choices">
        <Choice name="reply" value="yes" label={t('tell.reply-yes')} isChosen={draft.wantsReply} onChoose={() => set({ wantsReply: true })} />
        <Choice name="reply" value="no" label={t('tell.reply-no')} isChosen={!draft.wantsReply} onChoose={() => set({ wantsReply: false })} />
      </div>
    </fieldset>);
}

export function ContactFields({ faultOf, isOpen }: ContactProps): JSX.Element {
  const { t } = useWords();
  const { draft, set } = useApp().writing;
  const isFilled = fields.some(({ name }) => draft[name].trim());

  return (
    <details class="contact" open={isOpen || isFilled}>
      <summary>{t('tell.contact')}</summary>
      <p class="hint">{t('tell.contact-hint')}</p>
      {fields.map(({ name, attributes }) => (
        <Field key={name} id={idOfField(`contact.${name}`)} label={t(`tell.${name}`)} fault={faultOf(`contact.${name}`)}>{(aria) => (
          <input {...aria} {...attributes} value={draft[name]} maxLength={200}
            onInput={(event) => set({ [name]: event.currentTarget.value })} />)}
        </Field>))}
      {(draft.email.trim() || draft.phone.trim()) && <WantsReply />}
    </details>);
}
