/* What scripts add to the form, which is whole without them; and on the receipt, that the
 * draft of what was sent is gone. */
import { canKeep, draftForget } from './draft_store.js';
import { keepDraft } from './form_draft.js';
import { shrinkPictures } from './form_pictures.js';
import { helpPlace } from './form_place.js';

const form = document.getElementById('synpunkt');

if (form) {
  shrinkPictures(form); /* first: sending may have to wait for them */
  const place = helpPlace(form);
  keepDraft(form, () => place?.takeUp());
} else if (canKeep()) draftForget();
