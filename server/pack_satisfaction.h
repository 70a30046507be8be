/*
 * pack_satisfaction - how answers were received, in a monthly pack: who was asked, who
 * answered, and the index of ease and clarity. The index is the mean of the answers as
 * 0, 25, 50, 75 or 100, as in SKR's service measurement (servicemätning), and is told
 * of SATISFACTION_LEAST answers or more; the database gives no points of fewer
 * (migrations/0073_satisfaction.sql).
 */
#ifndef SYNPUNKT_SERVER_PACK_SATISFACTION_H
#define SYNPUNKT_SERVER_PACK_SATISFACTION_H

struct error;
struct pack;
struct pack_view;

#define SATISFACTION_LEAST 10

/* Hides of units and subjects what is too few, and with it so many others that what is
 * hidden is together of SATISFACTION_LEAST answers or more. Of one month; for
 * pack_mask(). -1 with ERR_INTERNAL. */
int pack_satisfaction_mask(struct pack *pack, const char *month, struct error *err);

/* Section L. */
void pack_section_satisfaction(struct pack_view *view);

#endif
