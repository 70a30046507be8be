/* The words of mail in quarantine, which come with its page. */
import { quarantine as en } from './en_quarantine.ts';
import { inLanguageOf } from './language.ts';
import { quarantine as sv } from './sv_quarantine.ts';
import type { Texts } from './sv.ts';

export function quarantineWords(t: Texts): typeof sv {
  return inLanguageOf(t, { sv, en });
}
