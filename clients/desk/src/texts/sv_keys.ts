/* The list of keys, in Swedish. */

export const keys = {
  title: 'Kortkommandon',
  lead: 'De gäller inte när du skriver i ett fält.',
  help: 'Kortkommandon',
  on: 'Kortkommandon är på',
  off: 'Kortkommandon är av',
  turnOn: 'Slå på kortkommandon',
  turnOff: 'Stäng av kortkommandon',
  inQueue: 'I kön',
  inCase: 'I ett ärende',
  everywhere: 'Överallt',
  down: 'Nästa ärende',
  up: 'Förra ärendet',
  open: 'Öppna ärendet',
  search: 'Sök',
  list: 'Visa den här listan',
  send: 'Skicka det du skriver',
  back: 'Tillbaka',
  more: 'Visa fler',
  taking: 'Ta emot en synpunkt',
  pick: 'Välj ärendet, eller välj bort det', pickRange: 'Välj alla däremellan', pickAll: 'Välj alla som visas', bulk: 'Gör något med de valda',
};
