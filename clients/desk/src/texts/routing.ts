/* Why a case went where it went, in words that come with their part. */
import { inLanguageOf } from './language.ts';
import type { Texts } from './sv.ts';

const sv = {
  version: 'Ärendet fördelades efter version {n} av reglerna (gällde från {date}).', versionAlways: 'Ärendet fördelades efter version {n} av reglerna.',
  noVersion: 'Det är inte känt vilken version av reglerna som gällde.',
  by: 'Regeln {rule} tog ärendet.',
  ways: { none: 'Ingen regel stämde. Då går ett ärende till stadens fördelning.', child: 'Ett barn har skrivit. Då läser en människa först, och inga regler prövas.',
    failed: 'En regel stämde men kunde inte följas. Då går ärendet till stadens fördelning.', mailbox: 'Mejlet kom till nämndens egen adress.', deviation: 'Det är en avvikelse, och den hör till verksamhetens nämnd.' } as Record<string, string>,
  looked: 'Reglerna prövades i den här ordningen:', matched: 'stämmer. Den avgjorde.', more: '{n} regler till som inte stämde', noSteps: 'Det finns inga steg att visa.', guessed: 'Ingen valde ämne. {category} sattes automatiskt av texten, och reglerna prövades som om det hade valts.',
  notWhole: 'Du får inte läsa allt i ärendet, eller så finns det inte kvar. Det som hänger på text och plats visas därför inte.',
  notSame: 'När reglerna prövas igen blir det inte samma sak. Något av det som de såg till har ändrats sedan dess: platsen är rättad, eller stadens uppgifter är andra.',
  inputs: 'Det här såg reglerna till', category: 'Valt ämne', noCategory: 'inget valt', type: 'Typ', district: 'Stadsdelsområde', unknown: 'inte känt', unit: 'Enhet', areas: 'Andra områden', channel: 'Kanal', mailbox: 'Brevlåda', language: 'Språk', received: 'Kom in',
};

const en: typeof sv = {
  version: 'The case was routed by version {n} of the rules (in force from {date}).', versionAlways: 'The case was routed by version {n} of the rules.',
  noVersion: 'It is not known which version of the rules was in force.',
  by: 'The rule {rule} took the case.',
  ways: { none: 'No rule matched. Then a case goes to the city’s dispatch.', child: 'A child has written. Then a person reads first, and no rules are tried.',
    failed: 'A rule matched and could not be followed. Then a case goes to the city’s dispatch.', mailbox: 'The mail came to the board’s own address.', deviation: 'It is a deviation, which belongs to the board of the operation.' },
  looked: 'The rules were tried in this order:', matched: 'matches. It decided.', more: '{n} more rules that did not match', noSteps: 'There are no steps to show.', guessed: 'Nobody chose a category. {category} was set automatically by the text, and the rules were tried as if it had been chosen.',
  notWhole: 'You may not read all of the case, or it is not there any more. What depends on text and place is not shown.',
  notSame: 'When the rules are tried again it comes out otherwise. Something that they looked at has changed since: the place was corrected, or the city’s rows are others.',
  inputs: 'What the rules looked at', category: 'Chosen category', noCategory: 'none chosen', type: 'Type', district: 'District', unknown: 'not known', unit: 'Unit', areas: 'Other areas', channel: 'Channel', mailbox: 'Mailbox', language: 'Language', received: 'Received',
};

export type RoutingWords = typeof sv;

export function routingWords(t: Texts): RoutingWords {
  return inLanguageOf(t, { sv, en });
}
