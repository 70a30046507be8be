/* What store.ts calls what is typed about improvement actions, in place of a case's number. */
export const improvementDraft = 'forbattringar';
