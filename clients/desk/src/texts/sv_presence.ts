/* Who else has a case open. */
export const presence = {
  open: '{name} har ärendet öppet',
  writing: '{name} gör något med ärendet',
  writes: {
    reply: '{name} skriver ett svar',
    'interim-reply': '{name} skriver ett delsvar',
    ask: '{name} skriver en fråga',
    note: '{name} skriver en anteckning',
    acknowledge: '{name} skriver en bekräftelse',
    'notify-delay': '{name} skriver ett förseningsbesked',
  },
};
