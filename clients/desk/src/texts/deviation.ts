/* The words of reporting a deviation, and of a type's own form, which come with their part. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  title: 'Rapportera en avvikelse', type: 'Vad det är',
  deviationHint: 'En avvikelse rapporterar du om er egen verksamhet. Den har ingen som klagar, och ingen får svar. Ringer någon utifrån är det ett klagomål.',
  proposalHint: 'Ett medborgarförslag har namn, postadress och det stadsdelsområde där förslagsställaren är folkbokförd. Nämnden där får det, och det är offentligt.',
  happened: 'Vad som hände', done: 'Vad som gjordes', files: 'Filer',
  text: 'Beskriv vad som hände', textHint: 'Skriv inte namn eller personnummer. Högst 6 000 tecken.',
  unit: 'Verksamhet', unitHint: 'Nämnden som verksamheten hör till får avvikelsen, och dess chefer får veta det i sitt dagliga brev.',
  unitChoose: 'Välj verksamhet', unitNone: 'Det finns inga verksamheter i registret för dina nämnder. En administratör lägger in dem under Inställningar.',
  occurredOn: 'När det hände', occurredHint: 'Om du inte vet dagen, skriv den dag det upptäcktes.',
  action: 'Vad som gjordes direkt', actionHint: 'Också om inget behövde göras.',
  affected: 'Vilka som berördes', affectedHint: 'Allmänt, till exempel ”två boende på avdelning 2”. Inga namn.',
  statutory: 'Kan det vara lex Sarah eller lex Maria?',
  statutoryHint: 'Det här ersätter inte anmälan enligt verksamhetens rutin.',
  chooseStatutory: 'Välj',
  statutories: { no: 'Nej', unsure: 'Vet inte, behöver bedömas', 'lex-sarah': 'Ja, lex Sarah', 'lex-maria': 'Ja, lex Maria' } as Record<string, string>,
  send: 'Rapportera avvikelsen',
  refused: {
    text: 'Beskriv vad som hände, 1 till 6 000 tecken.',
    'place.unit': 'Välj en verksamhet i listan.',
    category: 'Ämnet finns inte längre. Välj ett annat.',
    'deviation.occurredOn': 'Välj en dag, i dag eller högst ett år bakåt.',
    'deviation.action': 'Skriv vad som gjordes direkt, 1 till 2 000 tecken.',
    'deviation.affected': 'Skriv vilka som berördes, 1 till 1 000 tecken.',
    'deviation.statutory': 'Välj om det kan vara lex Sarah eller lex Maria.',
  } as Record<string, string>,
  reported: 'Avvikelsen är rapporterad', reportedLead: 'Den ligger i kön hos {board}. Ingen får något kvitto.',
  number: 'Ärendenummer', answerBy: 'Åtgärdad senast', more: 'Rapportera en till',
};

const en: typeof sv = {
  title: 'Report a deviation', type: 'What it is',
  deviationHint: 'You report a deviation of your own operation. Nobody complains and nobody gets an answer. When somebody from outside calls it is a complaint.',
  proposalHint: 'A citizen’s proposal has a name, a postal address and the district where its author is registered. The board there gets it, and it is public.',
  happened: 'What happened', done: 'What was done', files: 'Files',
  text: 'Describe what happened', textHint: 'Write neither names nor identity numbers. At most 6,000 characters.',
  unit: 'Service', unitHint: 'The board that the service belongs to gets the deviation, and its managers are told in their daily letter.',
  unitChoose: 'Choose a service', unitNone: 'There are no services registered for your boards. An administrator enters them below Settings.',
  occurredOn: 'When it happened', occurredHint: 'If you do not know the day, write the day when it was found.',
  action: 'What was done at once', actionHint: 'Also when nothing had to be done.',
  affected: 'Who was affected', affectedHint: 'In general words, such as “two residents of ward 2”. No names.',
  statutory: 'May it be lex Sarah or lex Maria?',
  statutoryHint: 'This is not instead of the report that your routine asks for.',
  chooseStatutory: 'Choose',
  statutories: { no: 'No', unsure: 'Not known, must be assessed', 'lex-sarah': 'Yes, lex Sarah', 'lex-maria': 'Yes, lex Maria' },
  send: 'Report the deviation',
  refused: {
    text: 'Describe what happened, 1 to 6,000 characters.',
    'place.unit': 'Choose a service from the list.',
    category: 'The subject is no more. Choose another.',
    'deviation.occurredOn': 'Choose a day, today or at most a year back.',
    'deviation.action': 'Write what was done at once, 1 to 2,000 characters.',
    'deviation.affected': 'Write who was affected, 1 to 1,000 characters.',
    'deviation.statutory': 'Choose whether it may be lex Sarah or lex Maria.',
  },
  reported: 'The deviation is reported', reportedLead: 'It is in the queue of {board}. Nobody gets a receipt.',
  number: 'Case number', answerBy: 'To be dealt with by', more: 'Report another',
};

export type DeviationWords = typeof sv;

export function deviationWords(t: Texts): DeviationWords {
  return inLanguageOf(t, { sv, en });
}
