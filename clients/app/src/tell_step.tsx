/* Step 3: the words, the photos, and, for who wants, how to be reached. */
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';

import { useApp } from './app_state.ts';
import { ContactFields } from './contact_fields.tsx';
import { faultsOf, idOfField, types } from './draft.ts';
import type { Fault } from './draft.ts';
import { Choice, Faults, Field } from './field.tsx';
import type { Shown } from './field.tsx';
import { Bar, Title } from './frame.tsx';
import { PhotoButtons } from './photo_buttons.tsx';
import { PhotoList } from './photo_list.tsx';
import { useWords } from './words.ts';

function WordsField({ fault }: { fault: string | undefined }): JSX.Element {
  const { t } = useWords();
  const { writing } = useApp();
  const { draft, photos, set } = writing;

  return (
    <>
      <Field id={idOfField('text')} label={t('tell.text')} hint={t('tell.text-hint')} fault={fault}>{(aria) => (
        <textarea {...aria} dir="auto" rows={5} value={draft.text} onInput={(event) => set({ text: event.currentTarget.value })} />)}
      </Field>
      {photos.length > 0 && !draft.text.trim() &&
        <button type="button" class="wide" onClick={() => set({ text: t('tell.see-photo') })}>{t('tell.photo-says')}</button>}
    </>);
}

function TypeChoice(): JSX.Element {
  const { t } = useWords();
  const { draft, set } = useApp().writing;

  return (
    <fieldset class="field">
      <legend>{t('tell.type')}</legend>
      <div class="choices">{types.map((type) => (
        <Choice key={type} name="type" value={type} isChosen={draft.type === type} onChoose={() => set({ type })}
          label={<>{t(`type.${type}`)} <span class="soft">{t(`type-hint.${type}`)}</span></>} />))}</div>
    </fieldset>);
}

export function TellStep(): JSX.Element {
  const { t } = useWords();
  const { go, back, writing } = useApp();
  const [{ faults, round }, setFaults] = useState<{ faults: Fault[]; round: number }>({ faults: [], round: 0 });
  const shown: Shown[] = faults.map(({ field, key }) => ({ id: idOfField(field), text: t(key) }));
  const faultOf = (field: string): string | undefined => shown.find(({ id }) => id === idOfField(field))?.text;
  const next = (): void => {
    const found = faultsOf(writing.draft);
    setFaults({ faults: found, round: round + 1 });
    if (!found.length && !writing.isReading) go({ name: 'send' });
  };

  return (
    <form noValidate onSubmit={(event) => { event.preventDefault(); next(); }}>
      <Title text={t('tell.title')} step="tell" />
      <Faults title={t('fault.summary')} faults={shown} round={round} />
      <WordsField fault={faultOf('text')} />
      <section aria-labelledby="photos-title">
        <h2 id="photos-title">{t('photos.title')}</h2>
        <PhotoButtons id="tell" />
        <PhotoList />
      </section>
      <TypeChoice />
      <ContactFields faultOf={faultOf} isOpen={shown.some(({ id }) => id.includes('contact'))} />
      <Bar onBack={back}>
        <button type="submit" class="main" aria-disabled={writing.isReading}>{writing.isReading ? t('photos.reading') : t('next')}</button>
      </Bar>
    </form>);
}
