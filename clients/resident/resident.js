/*
 * What a script can add to pages that work without one: a button that prints, and a quick
 * way out of the pages for children. A staff page's form for a correction is sent by it,
 * since the token of the session goes in a header.
 */
const show = (element) => element.removeAttribute('hidden');

for (const button of document.querySelectorAll('[data-print]')) {
  button.addEventListener('click', () => window.print());
  show(button);
}

/* The way out of a child's page: the neutral page takes this one's place in the history,
 * and what was written is gone before it has loaded. */
function offerExit(links) {
  const leave = (event) => {
    const { href } = links[0];

    event.preventDefault();
    document.title = '';
    document.body.replaceChildren();
    window.location.replace(href);
  };

  for (const link of links) link.addEventListener('click', leave);
  document.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !event.isComposing) leave(event);
  });
  for (const hint of document.querySelectorAll('[data-exit-key]')) show(hint);
}

/* Browsers leave autofocus alone in another site's frame; the reader still has to hear
 * what is wrong. */
if (window.top !== window) document.querySelector('[autofocus]')?.focus();

const exits = document.querySelectorAll('[data-exit]');
if (exits.length) offerExit(exits);

async function sendCorrection(event) {
  const form = event.currentTarget;
  const { board, month, csrf } = form.dataset;
  const fault = form.querySelector('[role=alert]');

  event.preventDefault();
  fault.textContent = '';
  const answer = await fetch(form.action, { method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': csrf },
    body: JSON.stringify({ board, month: month.slice(0, 7), reason: form.elements.reason.value }) })
    .catch(() => null);
  if (answer?.ok) window.location.reload();
  else fault.textContent = form.dataset.fault;
}

for (const form of document.querySelectorAll('[data-correction]')) {
  form.addEventListener('submit', sendCorrection);
  show(form);
}
