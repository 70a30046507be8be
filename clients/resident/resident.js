/*
 * What a script can add to pages that work without one: a button that prints, one that copies, and a quick
 * way out of the pages for children. A staff page's form with data-send is sent by it,
 * since the token of the session goes in a header.
 */
const show = (element) => element.removeAttribute('hidden');

for (const button of document.querySelectorAll('[data-print]')) {
  button.addEventListener('click', () => window.print());
  show(button);
}

/* What is to be pasted elsewhere; it is told once it is copied. */
for (const button of document.querySelectorAll('[data-copy]')) {
  button.addEventListener('click', async () => {
    const told = document.querySelector('[data-copied]');
    const field = document.getElementById(button.dataset.copy);

    told.textContent = '';
    field.select();
    await navigator.clipboard.writeText(field.value);
    told.textContent = told.dataset.copied;
  });
  if (navigator.clipboard) show(button);
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

async function send(event) {
  const form = event.currentTarget;
  const { send: method, csrf, fault } = form.dataset;
  const body = method === 'POST' ? JSON.stringify(Object.fromEntries(new FormData(form))) : undefined;

  event.preventDefault();
  form.querySelector('[role=alert]').textContent = '';
  const answer = await fetch(form.action, { method, body,
    headers: { 'X-CSRF-Token': csrf, ...body && { 'Content-Type': 'application/json' } } })
    .catch(() => null);
  if (answer?.ok) window.location.reload();
  else form.querySelector('[role=alert]').textContent = fault;
}

for (const form of document.querySelectorAll('[data-send]')) {
  form.addEventListener('submit', send);
  show(form);
}
