/*
 * What a script can add to pages that work without one: the place where the reader
 * stands, a button that prints, and a quick way out of the pages for children.
 */
const show = (element) => element.removeAttribute('hidden');

function offerPlace(holder) {
  const button = holder.querySelector('button');
  const status = holder.querySelector('[role=status]');
  const lat = document.getElementById('lat');
  const lon = document.getElementById('lon');
  const words = button.dataset;

  function put(place, label, said) {
    lat.value = place ? place.coords.latitude.toFixed(6) : '';
    lon.value = place ? place.coords.longitude.toFixed(6) : '';
    button.textContent = label;
    status.textContent = said;
  }

  button.addEventListener('click', () => {
    if (lat.value) {
      put(null, words.ask, '');
      return;
    }
    status.textContent = words.wait;
    navigator.geolocation.getCurrentPosition(
      (place) => put(place, words.undo, words.done),
      () => put(null, words.ask, words.none),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  });
  show(holder);
}

const place = document.querySelector('[data-here]');
/* A place that came with the address has its own way of being taken away. */
if (place && navigator.geolocation && window.isSecureContext &&
    !document.getElementById('no-point')) offerPlace(place);

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
