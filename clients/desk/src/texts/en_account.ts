/* The words of one's own account in English. */
import { provider } from './en_provider.ts';
import type { AccountTexts } from './sv_account.ts';

export const account: AccountTexts = {
  provider,
  totp: {
    title: 'Two-step sign-in',
    code: 'Code from your telephone',
    codeHint: 'Six digits from the app. No telephone at hand? Write a recovery code.',
    wrongCode: 'The code is wrong or has been used. Wait until the app shows a new one and try again.',
    wrongRecovery: 'The recovery code is wrong or has been used.',
    missing: 'Use your passkey, or write a recovery code.',
  },
  account: {
    title: 'Account',
  },
  confirm: {
    title: 'Confirm that it is you',
    lead: 'This is sensitive. Write your password and go on where you were.',
    button: 'Confirm',
    working: 'Confirming …',
    faults: 'You could not be confirmed',
    wrongPassword: 'The password is wrong. Try again.',
    needed: 'You must write your password to do this.',
  },
};
