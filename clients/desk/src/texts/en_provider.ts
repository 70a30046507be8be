/* The words of signing in with a provider in English. */
import type { provider as sv } from './sv_provider.ts';

export const provider: typeof sv = {
  button: 'Sign in with {provider}',
  or: 'Or with username and password',
  local: 'Account for emergencies',
  localLead: 'Use it only when the usual way to sign in does not work. It is written in the log.',
  tab: 'Signing in opens in a new tab. Come back here when you are done.',
  resume: 'Go on',
  notYet: 'You are not signed in yet. Sign in in the other tab first.',
  notConfirmedYet: 'It is not confirmed yet. Sign in in the other tab first.',
  notConfirmed: 'It was not confirmed',
  done: 'Done',
  doneLead: 'You can close this tab and go back to the one you came from.',
  confirmLead: 'What you want to do is sensitive. Show once more who you are. It lasts for ten minutes.',
  factor: 'Sign in with two steps',
  factorLead: 'Your role asks you to sign in with two steps. Sign out and in again, and choose two steps then.',
  trouble: {
    'ingen-roll': 'You are signed in with the provider, but you have no role in Synpunkt. Ask your manager or whoever gives roles.',
    stangt: 'Your account in Synpunkt is closed. Ask whoever gives roles.',
    'tva-steg': 'Your role asks you to sign in with two steps. Sign in again and choose two steps.',
    nekad: 'Signing in was cancelled. Try again.',
    utgangen: 'Signing in took too long, or was used already. Try again.',
    nere: 'The sign-in service does not answer now. Try again in a while.',
    fel: 'The answer of the sign-in service could not be trusted. Try again. Contact support if it happens several times.',
    annan: 'You showed who you are, but as somebody else than is signed in here.',
    vanta: 'There were too many attempts in a short time. Wait a minute and try again.',
  },
};
