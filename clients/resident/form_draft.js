/*
 * What is typed into the form is kept on the device while it is typed, and given back when
 * the form is opened again. What a link presets wins over the draft, and what the server
 * gives back with a fault is newer than it.
 */
import { canKeep, draftDrop, draftHold, draftRead, draftRelease, draftWrite, isOff, noteSent,
  sentKey, setOff } from './draft_store.js';

const pause = 400; /* milliseconds without a letter, before it is kept */

const placeNames = ['address', 'unit', 'lat', 'lon'];
/* These say something by themselves; the others have a value from the start. */
const saying = ['text', 'category', ...placeNames, 'name', 'email', 'phone'];
const names = [...saying, 'type', 'wantsReply', 'onBehalfOf'];

const valuesOf = (form) => Object.fromEntries(
  names.map((name) => [name, form.elements.namedItem(name)?.value ?? '']));
const isSaying = (values) => saying.some((name) => values[name].trim());

const asked = new URLSearchParams(window.location.search);

/* As the page came. A hidden field remembers nothing but the value it has. */
function originalOf(field) {
  const [...parts] = field instanceof RadioNodeList ? field : field.options ?? [];

  if (parts.length) return parts.find((one) => one.defaultChecked || one.defaultSelected)?.value ?? '';
  return field.type === 'hidden' ? asked.get(field.name) ?? '' : field.defaultValue;
}

/* A link that says where it is leaves nothing of the draft's place. */
function presetNames() {
  const preset = names.filter((name) => asked.get(name));

  return preset.some((name) => placeNames.includes(name)) ? [...preset, ...placeNames] : preset;
}

function put(form, values, except = []) {
  for (const name of names) {
    const field = form.elements.namedItem(name);
    const before = field?.value;

    if (!field || typeof values[name] !== 'string' || except.includes(name)) continue;
    field.value = values[name];
    /* A subject that there is no more. */
    if (field.value !== values[name] && field.tagName === 'SELECT') field.value = before;
  }
}

class Keeper {
  constructor(form, box, onPut) {
    this.form = form;
    this.box = box;
    this.onPut = onPut;
    this.words = box.dataset;
    this.note = box.querySelector('[data-draft-note]');
    this.button = box.querySelector('[data-draft-remove]');
    this.timer = 0;
    this.isMine = false;
    this.isSent = false;
    this.removed = null;
  }

  get key() {
    return this.form.elements.namedItem('key');
  }

  say(text, label = '') {
    this.note.querySelector('[role=status]').textContent = text;
    this.button.textContent = label;
    this.button.hidden = !label;
    this.note.hidden = !text;
  }

  /* Is there no draft, or is it this form's? Then this tab is the one that writes. */
  async own() {
    if (this.isMine) return true;
    if (!await draftHold()) return false;
    const stored = draftRead();

    this.isMine = !stored || stored.key === this.key.value || stored.key === sentKey();
    if (!this.isMine) draftRelease();
    return this.isMine;
  }

  async typed() {
    clearTimeout(this.timer);
    if (isOff()) return;
    if (this.removed) this.say('');
    this.removed = null;
    this.isSent = false;
    if (await this.own()) this.timer = setTimeout(() => this.keep(), pause);
    else this.say(this.words.other);
  }

  keep() {
    clearTimeout(this.timer);
    if (!this.isMine || this.isSent || isOff() || this.removed) return;
    const values = valuesOf(this.form);

    if (!isSaying(values)) draftDrop();
    else if (!draftWrite(this.key.value, values)) this.say(this.words.full);
    else if (this.button.hidden) this.say('');
  }

  put(values, except) {
    put(this.form, values, except);
    this.onPut();
  }

  /* Text that the browser itself has put back is not written over. */
  isTaken(stored) {
    const { value, defaultValue } = this.form.elements.namedItem('text');

    return value !== defaultValue && value !== stored.values.text;
  }

  async giveBack() {
    if (!draftRead()) return;
    const isHeld = await draftHold();
    const stored = draftRead();

    if (!stored) return;
    if (!isHeld || this.isTaken(stored)) {
      draftRelease();
      this.say(this.words.other);
      return;
    }
    this.isMine = true;
    this.key.value = stored.key;
    this.put(stored.values, presetNames());
    this.say(this.words.given, this.words.remove);
  }

  /* The form is as the page came, and once more what it was, if that was a mistake. */
  toggle() {
    const { removed } = this;
    const now = valuesOf(this.form);

    clearTimeout(this.timer);
    if (removed) {
      this.put(removed);
    } else {
      this.put(Object.fromEntries(names.map((name) =>
        [name, originalOf(this.form.elements.namedItem(name))])));
      draftDrop();
    }
    this.removed = removed ? null : now;
    this.keep();
    this.say(removed ? this.words.given : this.words.gone,
      removed ? this.words.remove : this.words.undo);
  }

  turn(off) {
    setOff(off);
    this.say('');
    if (off) this.leave();
    else this.typed();
  }

  leave() {
    this.keep();
    draftRelease();
    this.isMine = false;
  }

  watch() {
    const off = this.box.querySelector('input');

    off.checked = isOff();
    off.addEventListener('change', () => this.turn(off.checked));
    this.button.addEventListener('click', () => this.toggle());
    for (const event of ['input', 'change'])
      this.form.addEventListener(event, () => this.typed());
    this.form.addEventListener('submit', () => this.send());
    document.addEventListener('visibilitychange', () => this.keep());
    window.addEventListener('pagehide', () => this.leave());
    window.addEventListener('pageshow', (event) => {
      if (event.persisted && draftRead()) this.typed();
    });
  }

  /* From here on the receipt's page has the draft; if there is no receipt, it stays. */
  send() {
    this.keep();
    noteSent(this.key.value);
    this.isSent = true;
  }
}

/* onPut is called when fields were given values that nobody typed now. */
export function keepDraft(form, onPut) {
  const box = document.querySelector('[data-draft]');
  const isShownAgain = document.getElementById('fel') !== null;

  if (!box || !canKeep()) return;
  const keeper = new Keeper(form, box, onPut);

  keeper.watch();
  box.hidden = false;
  if (isShownAgain) keeper.typed();
  else if (!isOff()) keeper.giveBack();
}
