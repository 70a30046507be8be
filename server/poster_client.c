#include "server/poster_client.h"

#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <event2/buffer.h>

#include "lib/base.h"
#include "lib/error.h"
#include "server/tool_path.h"

#define POSTER_MAX (4 << 20) /* bytes; a poster has 30,000 */

struct pipes {
	int in[2], out[2]; /* the tool's standard input and output */
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void pipes_close(struct pipes *pipes)
{
	for (int i = 0; i < 2; i++) {
		close_end(&pipes->in[i]);
		close_end(&pipes->out[i]);
	}
}

/* Without our environment, which knows where the database is. */
static bool tool_start(const struct pipes *pipes, pid_t *ret)
{
	char path[PATH_MAX];
	char *const argv[] = { (char[]){ TOOL_NAME }, (char[]){ "poster" }, NULL };
	char *const env[] = { NULL };
	posix_spawn_file_actions_t files;
	bool ok;

	if (!tool_path(path, sizeof(path)))
		return false;
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, pipes->in[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&files, pipes->out[1], STDOUT_FILENO);
	posix_spawn_file_actions_addopen(
		&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	ok = posix_spawn(ret, path, &files, NULL, argv, env) == 0;
	posix_spawn_file_actions_destroy(&files);
	return ok;
}

/* The words are a few hundred bytes: the pipe holds them, so nobody waits for anybody.
 */
static bool words_give(int fd, const json_t *words)
{
	char *text = json_dumps(words, JSON_COMPACT);
	size_t n = text ? strlen(text) : 0;
	bool ok = n > 0 && n < PIPE_BUF && write(fd, text, n) == (ssize_t)n;

	free(text); /* style: jansson's, from its own malloc() */
	return ok;
}

static bool poster_take(int fd, struct evbuffer *out)
{
	int n = 1;

	while (n > 0 && evbuffer_get_length(out) < POSTER_MAX)
		n = evbuffer_read(out, fd, -1);
	return n == 0;
}

static bool tool_ended_well(pid_t pid)
{
	int status;

	return waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 0;
}

static bool draw(struct pipes *pipes, const json_t *words, struct evbuffer *out)
{
	bool ok;
	pid_t pid;

	if (pipe2(pipes->in, O_CLOEXEC) < 0 || pipe2(pipes->out, O_CLOEXEC) < 0 ||
		!words_give(pipes->in[1], words) || !tool_start(pipes, &pid))
		return false;
	close_end(&pipes->in[0]);
	close_end(&pipes->in[1]);
	close_end(&pipes->out[1]);
	ok = poster_take(pipes->out[0], out);
	close_end(&pipes->out[0]);
	return tool_ended_well(pid) && ok;
}

int poster_client_draw(const json_t *words, struct evbuffer *out, struct error *err)
{
	struct pipes pipes = { { -1, -1 }, { -1, -1 } };
	bool ok = draw(&pipes, words, out);

	pipes_close(&pipes);
	return ok ? 0
		  : error_set(err, ERR_UNAVAILABLE, "the poster could not be drawn");
}
