/* The command palette, and sorting fast, in Swedish. */

export const palette = {
  title: 'Sök kommando',
  button: 'Kommandon',
  hint: 'Skriv ett ärendenummer eller några bokstäver. Pil ned och upp väljer, Enter gör.',
  found: '{n} träffar',
  none: 'Inget passar. Skriv något annat.',
  open: 'Öppna ärende {number}',
  case: 'Ärende',
  chosen: 'Valda ärenden',
  filter: 'Urval i kön',
  page: 'Sida',
};

export const sort = {
  late: '{number}: det du gjorde gick inte igenom. {why}',
  title: 'Snabbsortering',
  start: 'Snabbsortera',
  leave: 'Sluta snabbsortera',
  end: 'Det var det sista ärendet i urvalet.',
  category: 'Ämne: {category}',
  categories: 'Ämnen med siffra',
  acknowledged: 'Bekräftat',
  other: 'Annat ämne',
  take: 'Ta, och nästa',
  give: 'Ge till, och nästa',
  skip: 'Hoppa över',
  assigned: '{number} har fått handläggare: {who}.',
  anew: 'Välj siffrorna på nytt efter kön',
  suggested: 'Förslag efter vad som står i texten',
  rest: 'De andra kortkommandona gäller som i varje ärende, till exempel o för att lämna vidare och r för att svara. Ctrl K har allt.',
  typing: 'Skriv några bokstäver. De du valde senast står först.',
};
