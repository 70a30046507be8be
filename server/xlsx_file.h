/*
 * xlsx_file - a workbook of libxlsxwriter's that is made in memory. Blocks: for a
 * thread beside the loop; several may make one at once.
 */
#ifndef SYNPUNKT_SERVER_XLSX_FILE_H
#define SYNPUNKT_SERVER_XLSX_FILE_H

#include <stddef.h>

#include <xlsxwriter.h>

struct arena;
struct error;

#define XLSX_FILE_TYPE                                                                 \
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#define XLSX_FILE_BYTES_MAX 33554432 /* of the file */

struct xlsx_file {
	int fd;
	lxw_workbook *workbook; /* to be written to, until it ends */
};

/* 0 is to be followed by xlsx_file_clear(). */
int xlsx_file_begin(struct xlsx_file *file, struct error *err);
/* Ends the workbook. *ret has *size bytes and is for mem_free(). ERR_TOO_LARGE above
 * XLSX_FILE_BYTES_MAX, else ERR_INTERNAL. */
int xlsx_file_end(struct xlsx_file *file, void **ret, size_t *size, struct error *err);
void xlsx_file_clear(struct xlsx_file *file);

/* A copy without what XML cannot hold: blanks stand in its place. */
const char *xlsx_file_clean(struct arena *arena, const char *text);

#endif
