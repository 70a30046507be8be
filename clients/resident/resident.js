/*
 * What a script can add to pages that work without one: a button that prints, and a quick
 * way out of the pages for children.
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
