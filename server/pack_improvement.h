/*
 * pack_improvement - improvement actions in a monthly pack: how many there are, what
 * came of complaints, and what was changed in the words that residents were told; and
 * praise that is shared, which is never frozen (migrations/0082_pack_more.sql).
 *
 * How many actions there are says nothing of any person and is shown whatever it is;
 * how many cases is hidden like the pack's others.
 */
#ifndef SYNPUNKT_SERVER_PACK_IMPROVEMENT_H
#define SYNPUNKT_SERVER_PACK_IMPROVEMENT_H

struct error;
struct pack;
struct pack_view;

/* Of one month; for pack_mask(), after the types have their marks. -1 with
 * ERR_INTERNAL. */
int pack_improvement_mask(struct pack *pack, const char *month, struct error *err);

/* Sections K and M. */
void pack_section_improvements(struct pack_view *view);
void pack_section_praise(struct pack_view *view);

#endif
