/* What is typed and not sent, and where it is kept. */
export const draft = {
  none: 'Det du skriver sparas på servern, bara för dig, tills du skickar det eller tar bort det.',
  soon: 'Utkastet sparas …',
  saved: 'Utkastet sparades klockan {time}. Bara du ser det.',
  here: 'Utkastet finns kvar i den här fliken. Det kunde inte sparas på servern.',
  drop: 'Ta bort utkastet',
  dropped: 'Utkastet är borttaget.',
  undo: 'Ångra',
  other: 'Du har skrivit något annat på en annan enhet eller i en annan flik, {at}:',
  takeOther: 'Ta det i stället',
  keepMine: 'Behåll det som står här',
  later: 'Du har text som inte är skickad. Den finns kvar till nästa gång.',
};
