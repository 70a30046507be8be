/*
 * Suggestions under the field for the address, from the city's own table: an editable
 * combobox with a list (WAI-ARIA Authoring Practices), which never stands in the way of
 * typing. What is typed is taken as it is when nothing is chosen.
 */
import { fill } from './form_words.js';
import { findPlaces, placeName } from './places_ask.js';

const pause = 250; /* milliseconds without a letter, before the city is asked */
const least = 2; /* characters, and most: what the city answers to */
const most = 100;
const shown = 6; /* suggestions: as many as are seen with a keyboard on the screen */

/* By name: browsers of some years ago do not know the properties (ariaLabel). */
function make(tag, attributes, ...children) {
  const element = document.createElement(tag);

  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

const makeOption = (hit, i) => make('li', { id: `address-option-${i}`, role: 'option',
  'aria-selected': 'false' }, make('bdi', {}, placeName(hit)));

class Search {
  constructor(input, words, onChoose) {
    this.input = input;
    this.words = words;
    this.onChoose = onChoose;
    this.list = make('ul', { id: 'address-list', role: 'listbox', class: 'suggestions', hidden: '',
      'aria-label': words.hitsLabel });
    this.said = make('p', { role: 'status', class: 'away' });
    this.hits = [];
    this.asked = ''; /* what they are to */
    this.at = -1; /* the suggestion that the keys have come to */
    this.timer = 0;
    this.asking = null;
    input.after(this.list, this.said);
    for (const [name, value] of Object.entries({ role: 'combobox', autocomplete: 'off',
      'aria-autocomplete': 'list', 'aria-controls': this.list.id, 'aria-expanded': 'false' }))
      input.setAttribute(name, value);
  }

  get text() {
    return this.input.value.trim();
  }

  get isOpen() {
    return !this.list.hidden;
  }

  stop() {
    clearTimeout(this.timer);
    this.asking?.abort();
    this.asking = null;
  }

  /* An answer to what is not asked any more is none. */
  async ask() {
    const q = this.text;
    const control = new AbortController();

    this.stop();
    this.asking = control;
    const hits = q.length < least || q.length > most ? [] : await findPlaces(q, shown, control);
    if (this.asking !== control) return;
    this.asking = null;
    this.asked = q;
    this.show(hits);
  }

  show(hits) {
    this.hits = hits;
    this.reach(-1);
    this.list.replaceChildren(...hits.map(makeOption));
    if (document.activeElement === this.input) this.open();
  }

  open() {
    if (!this.hits.length) return void this.close();
    this.list.hidden = false;
    this.input.setAttribute('aria-expanded', 'true');
    this.said.textContent = fill(this.words.hits, { n: this.hits.length });
  }

  close() {
    this.reach(-1);
    this.list.hidden = true;
    this.input.setAttribute('aria-expanded', 'false');
    this.said.textContent = '';
  }

  reach(at) {
    const { children } = this.list;

    children[this.at]?.setAttribute('aria-selected', 'false');
    this.at = at;
    if (at < 0) return void this.input.removeAttribute('aria-activedescendant');
    children[at].setAttribute('aria-selected', 'true');
    children[at].scrollIntoView({ block: 'nearest' });
    this.input.setAttribute('aria-activedescendant', children[at].id);
  }

  /* From the last one on to the first, and back. */
  move(step) {
    const { length } = this.hits;

    if (this.asked !== this.text) return void this.ask();
    if (!length) return;
    if (!this.isOpen) this.open();
    if (this.at < 0) this.reach(step > 0 ? 0 : length - 1);
    else this.reach((this.at + step + length) % length);
  }

  choose(at) {
    const hit = this.hits[at];

    this.stop();
    this.close();
    this.hits = [];
    this.input.focus();
    this.onChoose(hit);
    this.asked = this.text;
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }

  /* Whether the key was meant for the list. */
  take({ key, altKey }) {
    switch (key) {
      case 'ArrowDown':
        if (altKey) this.open();
        else this.move(1);
        return true;
      case 'ArrowUp':
        if (altKey) this.close();
        else this.move(-1);
        return true;
      case 'Enter':
        if (this.at < 0) return false;
        this.choose(this.at);
        return true;
      case 'Escape':
        if (!this.isOpen) return false;
        this.stop();
        this.close();
        return true;
      default: /* Home, End, an arrow or a letter: back to the text */
        this.reach(-1);
        return false;
    }
  }

  typed() {
    this.stop();
    this.reach(-1);
    this.timer = setTimeout(() => this.ask(), pause);
  }

  watch() {
    this.input.addEventListener('input', () => this.typed());
    this.input.addEventListener('keydown', (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey) return;
      if (this.take(event)) event.preventDefault();
    });
    this.input.addEventListener('blur', () => {
      this.stop();
      this.close();
    });
    /* The field keeps the focus, and a telephone its keyboard. */
    this.list.addEventListener('mousedown', (event) => event.preventDefault());
    this.list.addEventListener('click', ({ target }) => {
      const at = [...this.list.children].indexOf(target.closest('[role=option]'));

      if (at >= 0) this.choose(at);
    });
  }
}

/* onChoose is given the place that was chosen: {name, unit, district, lat, lon}. */
export function suggestPlaces(input, words, onChoose) {
  new Search(input, words, onChoose).watch();
}
