#include "server/intake_guess.h"

#include "lib/arena.h"
#include "lib/base.h"
#include "lib/error.h"
#include "lib/work.h"
#include "server/intake_case.h"
#include "server/submission.h"
#include "server/suggest_holder.h"

/* What is told of a guess lives in its arena, since another model may take the place of
 * the one that made it. */
struct kept {
	struct intake_guess guess; /* first: what is handed out is this */
	struct arena *arena;
};

struct intake_guessing {
	struct intake_guessing *next, **link;
	struct intake_guesses *guesses;
	const struct suggest_held *held;
	char *text;
	struct kept *kept;
	intake_guess_done_fn *done; /* NULL: ended */
	void *arg;
};

static void guess_work(void *arg)
{
	struct intake_guessing *guessing = arg;
	struct intake_guess *guess = &guessing->kept->guess;
	struct arena *arena = guessing->kept->arena;

	guess->n = suggest_subjects(
		guessing->held->suggest, arena, guessing->text, guess->subjects);
	for (size_t i = 0; i < guess->n; i++)
		guess->subjects[i].code = arena_dup(arena, guess->subjects[i].code);
}

static void guessing_unlink(struct intake_guessing *guessing)
{
	*guessing->link = guessing->next;
	if (guessing->next)
		guessing->next->link = guessing->link;
	guessing->guesses->n--;
}

static void guessing_free(struct intake_guessing *guessing)
{
	suggest_held_unref(guessing->held);
	mem_free(guessing->text);
	mem_free(guessing);
}

static void guess_done(void *arg)
{
	struct intake_guessing *guessing = arg;

	if (guessing->done) {
		guessing_unlink(guessing);
		guessing->done(&guessing->kept->guess, guessing->arg);
	} else {
		intake_guess_free(&guessing->kept->guess);
	}
	guessing_free(guessing);
}

static void guessing_link(
	struct intake_guessing *guessing, struct intake_guesses *guesses)
{
	guessing->guesses = guesses;
	guessing->next = guesses->first;
	guessing->link = &guesses->first;
	if (guessing->next)
		guessing->next->link = &guessing->next;
	guesses->first = guessing;
	guesses->n++;
}

static struct kept *kept_new(const struct suggest_held *held)
{
	struct kept *kept = mem_new(sizeof(*kept));

	kept->arena = arena_new();
	kept->guess.version = held->version;
	kept->guess.set_from = held->set_from;
	return kept;
}

bool intake_guess_start(struct intake_guesses *guesses, const struct intake_case *c,
	intake_guess_done_fn *done, void *arg)
{
	const struct submission *s = c->submission;
	const struct suggest_held *held =
		guesses->holder ? suggest_holder_get(guesses->holder) : NULL;
	struct intake_guessing *guessing;
	struct error err = { 0 };

	/* What is taken down for a board is a deviation. */
	if (!held || !held->suggest || s->category || s->from_child ||
		(s->taken && s->board))
		return false;
	guessing = mem_new(sizeof(*guessing));
	*guessing = (struct intake_guessing){ .held = suggest_held_ref(held),
		.text = mem_dup(s->text),
		.kept = kept_new(held),
		.done = done,
		.arg = arg };
	if (work_run(guesses->work, guess_work, guess_done, guessing, &err) < 0) {
		intake_guess_free(&guessing->kept->guess);
		guessing_free(guessing);
		return false;
	}
	guessing_link(guessing, guesses);
	return true;
}

void intake_guesses_end(struct intake_guesses *guesses, void (*end)(void *arg))
{
	while (guesses->first) {
		struct intake_guessing *guessing = guesses->first;

		guessing_unlink(guessing);
		guessing->done = NULL;
		end(guessing->arg);
	}
}

void intake_guess_free(struct intake_guess *guess)
{
	struct kept *kept = (struct kept *)guess;

	if (!kept)
		return;
	arena_free(kept->arena);
	mem_free(kept);
}
