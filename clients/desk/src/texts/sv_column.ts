/* Columns of the queue, in Swedish. */

export const column = {
  title: 'Kolumner',
  due: 'Svar',
  state: 'Läge',
  handler: 'Handläggare',
  category: 'Ämne',
  board: 'Nämnd',
  unit: 'Verksamhet',
  district: 'Område',
  received: 'Kom in',
  channel: 'Kanal',
  hint: 'Gäller på breda skärmar. Sparas på den här enheten.',
};
