/* The words of a contractor's key, which come with their part. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  title: 'Nyckel till utförarens Open311',
  none: 'Ingen nyckel finns sparad. Behövs den skickas inga uppdrag fram förrän den är här.',
  there: 'En nyckel finns sparad sedan {at}, av {who}. Den visas aldrig.',
  key: 'Nyckeln som utföraren har gett er', another: 'En annan nyckel i stället',
  hint: 'Deras api_key. Den sparas krypterad och går inte att läsa igen. Ändras adressen till deras Open311 behövs den på nytt.',
  fault: 'Skriv nyckeln utan mellanslag, med högst 500 vanliga tecken.',
  faults: 'Det här går inte att spara', keep: 'Spara nyckeln', keeping: 'Sparar …', kept: 'Nyckeln är sparad.',
  forgetTitle: 'Ta bort nyckeln …', forgetLead: 'Uppdrag skickas sedan utan nyckel. Det går inte att ångra; nyckeln får ni be utföraren om.',
  forget: 'Ta bort nyckeln', forgotten: 'Nyckeln är borttagen.',
};

const en: typeof sv = {
  title: 'Key to the contractor’s Open311',
  none: 'No key is kept. If one is needed, no order gets through until it is here.',
  there: 'A key is kept since {at}, by {who}. It is never shown.',
  key: 'The key that the contractor has given you', another: 'Another key in its place',
  hint: 'Their api_key. It is kept encrypted and cannot be read again. If the address of their Open311 changes it is needed anew.',
  fault: 'Write the key without spaces, in 500 plain characters at most.',
  faults: 'This cannot be saved', keep: 'Keep the key', keeping: 'Saving …', kept: 'The key is kept.',
  forgetTitle: 'Remove the key …', forgetLead: 'Orders are sent without a key afterwards. It cannot be undone; ask the contractor for the key.',
  forget: 'Remove the key', forgotten: 'The key is removed.',
};

export function contractorKeyWords(t: Texts): typeof sv {
  return inLanguageOf(t, { sv, en });
}
