#include "lib/text_stems.h"

#include <string.h>

#include <libstemmer.h>

#include "lib/arena.h"

char *text_stems(struct arena *arena, const char *folded)
{
	struct sb_stemmer *stemmer = sb_stemmer_new("swedish", "UTF_8");
	/* A Swedish stem is never longer than its word. */
	char *out = arena_alloc(arena, strlen(folded) + 3), *to = out;

	*to++ = ' ';
	while (*folded) {
		size_t n = strcspn(folded, " "), n_stem = n;
		const sb_symbol *stem = NULL;

		if (n > 0)
			stem = sb_stemmer_stem(
				stemmer, (const sb_symbol *)folded, (int)n);
		if (stem)
			n_stem = (size_t)sb_stemmer_length(stemmer);
		if (n_stem > 0 && n_stem <= n) {
			memcpy(to, stem ? (const char *)stem : folded, n_stem);
			to += n_stem;
			*to++ = ' ';
		}
		folded += n;
		folded += strspn(folded, " ");
	}
	*to = '\0';
	sb_stemmer_delete(stemmer);
	return out;
}
