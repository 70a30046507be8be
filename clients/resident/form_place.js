/*
 * The place on the map that goes with the form: where the reader stands, or what was chosen
 * among the suggestions. Point and address never contradict each other: the point goes when
 * the address that it came with is changed by hand, and is there again when that was a
 * mistake, or by a button.
 */
import { metres, unsure, vague } from '../shared/metres.ts';
import { suggestPlaces } from './form_search.js';
import { fill } from './form_words.js';
import { nearestPlace, placeName } from './places_ask.js';

const hasPosition = () => Boolean(navigator.geolocation) && window.isSecureContext;

class Place {
  constructor(form, holder) {
    for (const name of ['address', 'unit', 'lat', 'lon']) this[name] = form.elements.namedItem(name);
    this.words = holder.dataset;
    this.status = holder.querySelector('[role=status]');
    [this.button, this.back] = holder.querySelectorAll('button');
    /* {lat, lon, address, unit, said}: the point and the address that it goes with, which is
     * null for any; unit was filled in with it. */
    this.bound = null;
    this.round = 0; /* how often the position has been asked for */
  }

  get isOn() {
    return Boolean(this.lat.value);
  }

  say(text) {
    this.status.textContent = text;
    this.button.textContent = this.isOn ? this.words.remove : this.words.ask;
    this.button.hidden = !this.isOn && !hasPosition();
    this.back.hidden = !this.bound || this.isOn;
  }

  /* The fields have the point, or do not; the draft hears of it. */
  write(isOn) {
    const { lat = '', lon = '', unit = '' } = this.bound ?? {};

    this.lat.value = isOn ? lat : '';
    this.lon.value = isOn ? lon : '';
    if (unit && !isOn && this.unit.value === unit) this.unit.value = '';
    if (unit && isOn) this.unit.value ||= unit;
    this.lat.dispatchEvent(new Event('change', { bubbles: true }));
  }

  put(bound) {
    this.round++;
    this.write(false);
    this.bound = bound;
    this.write(Boolean(bound));
    this.say(bound ? bound.said ?? this.words.wait : this.words.removed);
  }

  typed() {
    const { bound, isOn } = this;

    if (!bound || bound.address === null) return;
    const isSame = this.address.value.trim() === bound.address;
    if (isSame === isOn) return;
    this.write(isSame);
    this.say(isSame ? bound.said : this.words.dropped);
  }

  /* They go together, whoever wrote the address. */
  keep() {
    this.bound.address = null;
    this.write(true);
    this.say(this.bound.said);
    this.button.focus();
  }

  choose(hit) {
    const name = hit.name.trim();

    this.address.value = name;
    this.put({ lat: hit.lat.toFixed(6), lon: hit.lon.toFixed(6), address: name,
      unit: hit.unit ? name : '', said: fill(this.words.picked, { name: placeName(hit) }) });
  }

  async found({ coords: { latitude, longitude, accuracy } }, round) {
    if (round !== this.round) return;
    const bound = { lat: latitude.toFixed(6), lon: longitude.toFixed(6), address: this.address.value.trim() };

    this.put(bound);
    const near = accuracy > vague ? null : await nearestPlace(bound.lat, bound.lon);
    if (this.bound !== bound) return;
    bound.said = [fill(this.words.done, { m: metres(accuracy) }), this.nearWords(near),
      accuracy > unsure && this.words.unsure].filter(Boolean).join(' ');
    if (this.isOn) this.say(bound.said);
  }

  /* The nearest address is filled in where there is none. */
  nearWords(near) {
    const { near: beside, filled, outside } = this.words;

    if (!near) return '';
    if (!near.insideCity) return outside;
    if (!near.name) return '';
    const isEmpty = !this.address.value.trim() && this.isOn;
    if (isEmpty) {
      this.address.value = near.name;
      this.bound.address = near.name.trim();
      this.write(true);
    }
    return fill(isEmpty ? filled : beside, { name: placeName(near) });
  }

  find() {
    const round = ++this.round;

    this.say(this.words.wait);
    navigator.geolocation.getCurrentPosition(
      (fix) => this.found(fix, round),
      () => { if (round === this.round) this.say(this.words.none); },
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 });
  }

  press() {
    if (!this.isOn) return void this.find();
    this.put(null);
    if (this.button.hidden) this.address.focus();
  }

  /* As the page or the draft has it. What came without an address, in a link, goes with any
   * that is written then. */
  takeUp() {
    const lat = this.lat.value;
    const lon = this.lon.value;
    const address = this.address.value.trim() || null;

    if (this.bound?.lat === lat && this.bound.lon === lon && this.bound.address === address) return;
    this.round++;
    this.bound = lat ? { lat, lon, address, said: fill(this.words.given, { lat, lon }) } : null;
    this.say(this.bound?.said ?? '');
  }
}

/* null: the form asks for no place on the map. */
export function helpPlace(form) {
  const holder = form.querySelector('[data-here]');

  if (!holder) return null;
  const place = new Place(form, holder);

  form.querySelector('[data-point]')?.remove();
  place.takeUp();
  place.address.addEventListener('input', () => place.typed());
  place.button.addEventListener('click', () => place.press());
  place.back.addEventListener('click', () => place.keep());
  suggestPlaces(place.address, place.words, (hit) => place.choose(hit));
  holder.hidden = false;
  return place;
}
