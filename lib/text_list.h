/* text_list - codes and names in a row, the last of them NULL. */
#ifndef SYNPUNKT_LIB_TEXT_LIST_H
#define SYNPUNKT_LIB_TEXT_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* No list has nothing in it, and no text is in none. */
static inline bool text_list_has(const char *const *list, const char *text)
{
	for (; text && list && *list; list++) {
		if (strcmp(*list, text) == 0)
			return true;
	}
	return false;
}

#endif
