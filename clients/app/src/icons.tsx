/* The pictures of areas and categories, and of what buttons do: lines of our own on a grid
 * of 24. A picture never stands without its word. */
import type { JSX } from 'preact';

const drawn: Record<string, string> = {
  /* what is done */
  camera: 'M4 8h3l2-3h6l2 3h3v11H4zM12 10a3.5 3.5 0 1 0 0 7a3.5 3.5 0 1 0 0-7',
  pictures: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 8.5h.01',
  here: 'M12 4v3M12 17v3M4 12h3M17 12h3M12 7a5 5 0 1 0 0 10a5 5 0 1 0 0-10M12 12h.01',
  pin: 'M12 21s7-6.5 7-11.5a7 7 0 0 0-14 0C5 14.5 12 21 12 21zM12 7a2.5 2.5 0 1 0 0 5a2.5 2.5 0 1 0 0-5',
  device: 'M4 7h9M17 7h3M15 5v4M4 12h3M11 12h9M9 10v4M4 17h11M19 17h1M17 15v4',
  unknown: 'M9 9a3 3 0 1 1 4.5 2.600c-1 .6-1.5 1.1-1.5 2.400M12 17.5h.01M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18',
  cover: 'M4 5h16v14H4zM8 9h8v5H8zM8 11h8M8 13h8',
  remove: 'M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13M10 11v5M14 11v5',
  /* areas */
  'trafik-och-gata': 'M9 3L5 21M15 3l4 18M12 4v3M12 10v3M12 16v4',
  'park-natur-renhallning': 'M12 21v-7M12 14c-5 0-7-2.5-7-5.5C5 5 8 3 12 3s7 2 7 5.5c0 3-2 5.5-7 5.5zM8 21h8',
  'avfall-och-vatten': 'M6 7h12l-1 14H7zM4 7h16M9 7V4h6v3M10 11v6M14 11v6',
  'miljo-och-tillsyn': 'M4 14v-4h4l5-4v12l-5-4zM16 9c1.3 1.7 1.3 4.3 0 6M18.5 6.5c3 3 3 8 0 11',
  'bygga-och-planera': 'M4 21h16M7 21V4M4 7h15M7 4l-3 3M16 7v6M14 13h4v3h-4z',
  forskola: 'M4 13h7v7H4zM13 13h7v7h-7zM8.5 4h7v7h-7z',
  skola: 'M3 10l9-5 9 5-9 5zM7 12.5V17c3 2 7 2 10 0v-4.5M21 10v5',
  'vuxenutbildning-arbete': 'M4 8h16v11H4zM9 8V5h6v3M4 13h16',
  aldreomsorg: 'M10 5a2 2 0 1 0 .01 0M9 9v6l-2 6M9 13l4 2 1 6M9 10l4 3h3M18 12v9',
  funktionsnedsattning: 'M10 4h.01M10 7v6h5l3 6M10 10h4M9 11a5 5 0 1 0 5.5 6',
  socialtjanst: 'M8 6a2.5 2.5 0 1 0 .01 0M16 6a2.5 2.5 0 1 0 .01 0M3 20c0-5 2-7 5-7s4 2 4 4c0-2 1-4 4-4s5 2 5 7',
  'god-man': 'M12 4a3 3 0 1 0 .01 0M5 20c0-5 3-7 7-7s7 2 7 7M9 16l2 2 4-4',
  boende: 'M4 11l8-7 8 7M6 10v10h12V10M10 20v-6h4v6',
  'kultur-idrott-fritid': 'M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18M12 8l4 3-1.5 4.5h-5L8 11zM12 3v5M16 11l4.5-2M14.5 15.5L18 19M9.5 15.5L6 19M8 11L3.5 9',
  'staden-som-myndighet': 'M4 10l8-6 8 6zM6 10v8M10 10v8M14 10v8M18 10v8M4 20h16',
  /* categories that have a picture of their own */
  vagskador: 'M3 17l5-1 2-3 3 2 2-3 2 4 4 1M3 21h18M10 6l2 4M15 5l-1 4',
  'gang-och-cykelbana': 'M6 12a4 4 0 1 0 .01 0M18 12a4 4 0 1 0 .01 0M6 16l4-8h5l3 8M10 8l4 8M14 5h2l1 3',
  snorojning: 'M12 3v18M4.2 7.5l15.6 9M19.8 7.5l-15.6 9M9.5 4.5L12 7l2.5-2.5M9.5 19.5L12 17l2.5 2.5',
  gatubelysning: 'M8 21V7a4 4 0 0 1 8 0M13 7h6l-1 3h-4zM5 21h6M14 14l-1 3M16 14v3M18 14l1 3',
  'trafiksignal-skylt': 'M8 3h8v15H8zM12 6a1.2 1.2 0 1 0 .01 0M12 10a1.2 1.2 0 1 0 .01 0M12 14a1.2 1.2 0 1 0 .01 0M12 18v3',
  trafiksakerhet: 'M12 3l9 17H3zM12 9v5M12 17h.01',
  gatuparkering: 'M4 4h16v16H4zM10 17V8h3a2.5 2.5 0 0 1 0 5h-3',
  gatuarbete: 'M3 9h18v5H3zM6 14v6M18 14v6M6 9V6M18 9V6M7 14l4-5M13 14l4-5',
  park: 'M12 21v-8M12 13c-4 0-6-2-6-5s3-5 6-5 6 2 6 5-2 5-6 5zM4 21h16M17 21c0-3 1-4 3-4',
  lekplats: 'M4 21L8 4h8l4 17M10 4v11M14 4v11M8 15h8',
  stadning: 'M15 3l-5 9M7 12h8l2 9H4zM9 16v5M13 16v5',
  klotter: 'M9 10h6v11H9zM10 10V7h4v3M12 7V4M16 5h.01M18.5 4h.01M18.5 7h.01M21 5.5h.01',
  'bad-och-natur': 'M3 17c2-2 4-2 6 0s4 2 6 0 4-2 6 0M3 21c2-2 4-2 6 0s4 2 6 0 4-2 6 0M8 14l5-4 3 3M17 7a1.5 1.5 0 1 0 .01 0',
  sophamtning: 'M3 6h10v11H3zM13 10h4l4 4v3h-8M7 17a2 2 0 1 0 .01 0M17 17a2 2 0 1 0 .01 0',
  atervinning: 'M8 8l4-5 4 5M12 3v8M18 12l2 6-6 1M20 18l-6-4M10 19l-6-1 2-6M4 18l6-4',
  'vatten-och-avlopp': 'M12 3c4 5 6 8 6 11a6 6 0 0 1-12 0c0-3 2-6 6-11z',
  bibliotek: 'M12 6c-3-2-6-2-9-1v14c3-1 6-1 9 1 3-2 6-2 9-1V5c-3-1-6-1-9 1zM12 6v14',
};

export function Icon({ name, or = 'unknown' }: { name: string; or?: string }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={drawn[name] ?? drawn[or] ?? ''} />
    </svg>);
}
