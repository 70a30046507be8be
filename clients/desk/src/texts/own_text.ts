/* Words for the city's own words. They are fetched with the settings. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  language: 'Språk',
  only: 'En ändring gäller bara det språk den är skriven på. De andra språken säger som förut.',
  name: 'Text', says: 'Säger i dag',
  own: 'Egna ord', planned: 'Egna ord från {date}', program: 'Programmets ord', silent: 'Inget',
  programSays: 'Programmet säger',
  programSilent: 'Programmet säger inget här.',
  keep: 'Ska stå kvar: {values}. Där skrivs rätt uppgift in.',
  line: 'En enda rad.', paragraphs: 'Tom rad mellan stycken.', lines: 'Raderna blir som du skriver dem.',
  most: 'Högst {max} tecken.',
  otherDays: 'Samma text andra dagar',
  addDays: 'Skriv ord för andra dagar',
  shown: 'Så ser det ut', shownPage: 'Den del av sidan som har texten, med exempel på nummer och datum', shownLetter: 'Brevet, med exempel på nummer och datum',
  overlaps: 'Texten har redan egna ord någon av de dagarna. Avsluta dem först, eller välj andra dagar.',
  faults: { 'is one line': 'ska vara en enda rad', 'is too long': 'är för lång', lacks: 'måste ha kvar {value}',
    has: '{value} går inte att fylla i här', 'cannot be shown': 'har ett tecken som inte går att visa' } as Record<string, string>,
  places: { everywhere: 'På alla sidor', start: 'Startsidan', form: 'Formuläret', receipt: 'Kvittot', about: 'Så går det till',
    child: 'Barnens sidor', letters: 'Breven' } as Record<string, string>,
  names: {
    'page.announcement': 'Meddelande överst', 'footer.note': 'Längst ned', 'start.heading': 'Rubrik', 'start.lead': 'Inledning',
    'start.step-3-text': 'Steg 3, rätt nämnd', 'start.step-4-text': 'Steg 4, svaret', 'urgent.text': 'Vid fara',
    'elsewhere.lead': 'När det hör hemma någon annanstans', 'form.lead': 'Inledning', 'form.text-hint': 'Hjälp vid texten',
    'form.part-2-lead': 'Hjälp vid platsen', 'form.part-3-lead': 'Hjälp vid svaret', 'form.public-text': 'Om allmän handling',
    'form.data-text': 'Om uppgifterna', 'receipt.heading': 'Rubrik', 'receipt.lead': 'Inledning',
    'receipt.keep-text': 'Om numret och koden', 'receipt.next-1': 'Vad händer nu, 1', 'receipt.next-2': 'Vad händer nu, svarsdagen',
    'receipt.next-3': 'Vad händer nu, 3', 'about.lead': 'Inledning', 'about.times-text': 'Hur tiden räknas',
    'about.times-late': 'Om sena svar', 'about.public-1': 'Vem får läsa, 1', 'about.public-2': 'Vem får läsa, 2',
    'about.data-who': 'Personuppgifter: vem som ansvarar', 'about.data-what-text': 'Personuppgifter: vad vi sparar',
    'about.data-why-text': 'Personuppgifter: varför', 'about.data-long-text': 'Personuppgifter: hur länge',
    'about.data-rights-text': 'Personuppgifter: rättigheter', 'child-form.lead': 'Inledning', 'helplines.lead': 'När ett barn behöver hjälp nu',
    'mail.hello': 'Hälsning', 'mail.receipt.subject': 'Kvittot: ärenderad', 'mail.receipt.text': 'Kvittot: inledning',
    'mail.acknowledgement.text': 'Bekräftelsen: inledning', 'mail.reply.text': 'Svaret: inledning',
    'mail.notice.text': 'När svaret dröjer: inledning', 'mail.answer': 'Hur man svarar', 'mail.sign': 'Underskrift',
  } as Record<string, string>,
};

type OwnText = typeof sv;

const en: OwnText = {
  language: 'Language',
  only: 'A change holds for the language it is written in. The other languages say what they did.',
  name: 'Text', says: 'Says today',
  own: 'Own words', planned: 'Own words from {date}', program: 'The program’s words', silent: 'Nothing',
  programSays: 'The program says',
  programSilent: 'The program says nothing here.',
  keep: 'Must stay: {values}. The right value is filled in there.',
  line: 'A single line.', paragraphs: 'An empty line between paragraphs.', lines: 'Lines are kept as you write them.',
  most: 'At most {max} characters.',
  otherDays: 'The same text on other days',
  addDays: 'Write words for other days',
  shown: 'How it looks', shownPage: 'The part of the page that has the text, with examples of numbers and dates', shownLetter: 'The letter, with examples of numbers and dates',
  overlaps: 'The text has own words on some of these days already. End them first, or choose other days.',
  faults: { 'is one line': 'must be a single line', 'is too long': 'is too long', lacks: 'must keep {value}',
    has: '{value} cannot be filled in here', 'cannot be shown': 'has a character that cannot be shown' },
  places: { everywhere: 'On every page', start: 'The first page', form: 'The form', receipt: 'The receipt', about: 'How it works',
    child: 'The children’s pages', letters: 'The letters' },
  names: {
    'page.announcement': 'Announcement at the top', 'footer.note': 'At the bottom', 'start.heading': 'Heading', 'start.lead': 'Introduction',
    'start.step-3-text': 'Step 3, the right board', 'start.step-4-text': 'Step 4, the answer', 'urgent.text': 'In danger',
    'elsewhere.lead': 'When it belongs elsewhere', 'form.lead': 'Introduction', 'form.text-hint': 'Help at the text',
    'form.part-2-lead': 'Help at the place', 'form.part-3-lead': 'Help at the answer', 'form.public-text': 'On public documents',
    'form.data-text': 'On the data', 'receipt.heading': 'Heading', 'receipt.lead': 'Introduction',
    'receipt.keep-text': 'On the number and the code', 'receipt.next-1': 'What happens now, 1', 'receipt.next-2': 'What happens now, the day of the answer',
    'receipt.next-3': 'What happens now, 3', 'about.lead': 'Introduction', 'about.times-text': 'How time is counted',
    'about.times-late': 'On late answers', 'about.public-1': 'Who may read, 1', 'about.public-2': 'Who may read, 2',
    'about.data-who': 'Personal data: who is responsible', 'about.data-what-text': 'Personal data: what we keep',
    'about.data-why-text': 'Personal data: why', 'about.data-long-text': 'Personal data: how long',
    'about.data-rights-text': 'Personal data: rights', 'child-form.lead': 'Introduction', 'helplines.lead': 'When a child needs help now',
    'mail.hello': 'Greeting', 'mail.receipt.subject': 'The receipt: subject', 'mail.receipt.text': 'The receipt: opening',
    'mail.acknowledgement.text': 'The acknowledgement: opening', 'mail.reply.text': 'The answer: opening',
    'mail.notice.text': 'When the answer is late: opening', 'mail.answer': 'How to answer', 'mail.sign': 'Signature',
  },
};

export function ownTextWords(t: Texts): OwnText {
  return inLanguageOf(t, { sv, en });
}
