/*
 * Files that are chosen are shown, can be taken away one by one, and chosen in several goes.
 * Pictures are made anew, smaller and without what the camera wrote in them, before they
 * leave the device; what cannot be opened here goes as it is, and the server cleans it.
 */
import { repainted } from '../shared/picture.ts';
import { fill } from './form_words.js';

const openMost = 64 * 1024 * 1024; /* bytes of a picture that is opened at all */
const waitMost = 20_000; /* milliseconds that sending waits for pictures */

const isPicture = ({ name, type }) => /^image\/(?:jpeg|png|webp|hei[cf])$/.test(type) ||
  /\.(?:jpe?g|png|webp|hei[cf])$/i.test(name);
const isSame = (a, b) => a.name === b.name && a.size === b.size && a.lastModified === b.lastModified;

/* As page_words_size() on the server. */
function sizeText({ kb, mb, decimal }, bytes) {
  if (bytes < 1_000_000) return fill(kb, { n: Math.ceil(bytes / 1000) });
  return fill(mb, { n: (bytes / 1_000_000).toFixed(1).replace('.', decimal) });
}

async function smaller(file) {
  const blob = await repainted(file, []);

  return new File([blob], `${file.name.replace(/\.[^.]*$/, '')}.jpg`, { type: blob.type });
}

/* One file's row. */
function makeRow(words, item, onRemove) {
  const row = document.createElement('li');
  const what = document.createElement('span');
  const name = document.createElement('bdi');
  const size = document.createElement('span');
  const button = document.createElement('button');
  const { file } = item;

  name.textContent = file.name;
  size.textContent = sizeText(words, file.size);
  size.className = 'hint';
  what.className = 'what';
  what.append(name, size);
  button.type = 'button';
  button.className = 'second';
  button.textContent = words.remove;
  button.setAttribute('aria-label', fill(words.drop, { name: file.name }));
  button.addEventListener('click', onRemove);
  row.append(preview(words, item), what, button);
  return row;
}

function preview(words, { file, isMade }) {
  if (isMade) {
    const image = new Image();

    image.src = URL.createObjectURL(file);
    image.alt = fill(words.alt, { name: file.name });
    return image;
  }
  const kind = document.createElement('span');

  kind.className = 'kind';
  kind.ariaHidden = 'true';
  kind.textContent = /[^.]{1,4}$/.exec(file.name)?.[0].toUpperCase() ?? '';
  return kind;
}

class Files {
  constructor(form, input) {
    this.form = form;
    this.input = input;
    this.list = document.querySelector('[data-chosen]');
    this.status = document.querySelector('[data-files-said]');
    this.over = document.querySelector('[data-files]');
    this.words = this.status.dataset;
    this.items = [];
    this.working = null;
    this.isMost = false;
    this.isWaiting = false;
  }

  /* How many more there may be; files that an earlier showing of the form took count. */
  room() {
    const took = this.form.querySelectorAll('input[name^=kept]').length -
      this.form.querySelectorAll('input[name^=drop]:checked').length;

    return Number(this.input.dataset.most) - took - this.items.length;
  }

  add(files) {
    const fresh = files.filter((file) => !this.items.some(({ original }) => isSame(original, file)));
    const room = Math.max(0, this.room());

    for (const file of fresh.slice(0, room)) {
      const item = { original: file, file, isMade: false, isRaw: isPicture(file) && file.size <= openMost };

      item.row = this.rowOf(item);
      this.items.push(item);
      this.list.append(item.row);
    }
    this.isMost = fresh.length > room;
    this.sync();
    if (fresh.length) this.tellAll();
    this.work();
  }

  rowOf(item) {
    return makeRow(this.list.dataset, item, () => this.remove(item));
  }

  /* The focus goes to the next file's button, or the last one's, or back to the field. */
  remove(item) {
    const at = this.items.indexOf(item);

    this.items.splice(at, 1);
    this.isMost = false;
    item.row.remove();
    this.free(item);
    this.sync();
    (this.items[at] ?? this.items.at(-1))?.row.querySelector('button').focus();
    if (!this.items.length) this.input.focus();
    this.tell(fill(this.words.removed, { name: item.file.name }));
  }

  free({ row }) {
    const image = row.querySelector('img');

    if (image) URL.revokeObjectURL(image.src);
  }

  /* What the field holds is what is sent. */
  sync() {
    const all = new DataTransfer();
    const sizes = this.items.map(({ file }) => file.size);
    const { each, all: most, over } = this.input.dataset;
    const isOver = sizes.reduce((sum, size) => sum + size, 0) > Number(most) ||
      sizes.some((size) => size > Number(each));

    for (const { file } of this.items) all.items.add(file);
    this.input.files = all.files;
    this.list.hidden = !this.items.length;
    this.fault(isOver && !this.items.some(({ isRaw }) => isRaw) ? over : '');
  }

  fault(text) {
    this.over.textContent = text || (this.isMost ? this.words.most : '');
    this.over.hidden = !this.over.textContent;
  }

  tell(text) {
    this.status.textContent = this.isWaiting ? this.words.send : text;
  }

  tellAll() {
    const bytes = this.items.reduce((sum, { file }) => sum + file.size, 0);

    this.tell(fill(this.words.ready, { n: this.items.length, size: sizeText(this.list.dataset, bytes) }));
  }

  /* One after the other: a telephone has no room for ten open pictures. */
  work() {
    if (this.items.some(({ isRaw }) => isRaw))
      this.working ??= this.makeAll().finally(() => { this.working = null; });
  }

  async makeAll() {
    for (let item; (item = this.items.find(({ isRaw }) => isRaw));) {
      const of = this.items.filter(({ original }) => isPicture(original));

      this.tell(fill(this.words.wait, { n: of.indexOf(item) + 1, of: of.length }));
      await this.make(item);
    }
    if (this.items.length) this.tellAll();
  }

  async make(item) {
    const file = await smaller(item.original).catch(() => null);

    item.isRaw = false;
    if (file && this.items.includes(item)) {
      const before = item.row;
      const isHere = before.contains(document.activeElement);

      item.file = file;
      item.isMade = true;
      item.row = this.rowOf(item);
      before.replaceWith(item.row);
      if (isHere) item.row.querySelector('button').focus();
    }
    this.sync();
  }

  /* Sending waits until no picture would go with what the camera wrote in it. */
  send(event) {
    if (!this.working) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (this.isWaiting) return;
    this.isWaiting = true;
    this.tell('');
    const late = new Promise((done) => { setTimeout(done, waitMost); });

    Promise.race([this.working, late]).then(() => {
      this.isWaiting = false;
      this.working = null;
      this.sync();
      this.form.requestSubmit(event.submitter);
    });
  }
}

/* Called before anything else that listens for the form's being sent. */
export function shrinkPictures(form) {
  const input = form.querySelector('input[type=file]');

  if (!input || typeof DataTransfer === 'undefined') return;
  const files = new Files(form, input);

  input.addEventListener('change', () => files.add([...input.files]));
  form.addEventListener('submit', (event) => files.send(event), true);
  if (input.files.length) files.add([...input.files]);
}
