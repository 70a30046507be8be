/* What the complainant will see. */
import type { preview as sv } from './sv_preview.ts';

export const preview: typeof sv = {
  title: 'What the complainant will see',
  show: 'Preview',
  key: 'Preview what you are writing',
  letter: 'The e-mail',
  page: 'The page where the case is followed',
  back: 'Back',
  noLetter: {
    'no-address': 'No e-mail is sent: the case has no address. It is seen only on the page where the case is followed.',
    'no-reply-wanted': 'No e-mail is sent: the complainant wants no reply. It is seen only on the page where the case is followed.',
  },
};
