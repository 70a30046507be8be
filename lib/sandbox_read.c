#include "lib/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/landlock.h>

#include "lib/base.h"
#include "lib/error.h"

#define OF_FILES (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE)
#define OF_FOLDERS (OF_FILES | LANDLOCK_ACCESS_FS_READ_DIR)

/* What is not there cannot be read anyway. */
static int permit(int rules, const char *path)
{
	struct landlock_path_beneath_attr rule = { .allowed_access = OF_FILES };
	scoped_fd int fd = open(path, O_PATH | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return 0;
	if (S_ISDIR(st.st_mode))
		rule.allowed_access = OF_FOLDERS;
	rule.parent_fd = fd;
	return (int)syscall(
		SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
}

int sandbox_read_only(const char *const *readable, struct error *err)
{
	const struct landlock_ruleset_attr handled = { .handled_access_fs =
							       OF_FOLDERS };
	scoped_fd int rules =
		(int)syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled), 0);
	int failed = 0;

	if (rules < 0 && (errno == ENOSYS || errno == EOPNOTSUPP))
		return 0;
	for (; rules >= 0 && *readable && failed == 0; readable++)
		failed = permit(rules, *readable);
	if (rules < 0 || failed < 0 ||
		syscall(SYS_landlock_restrict_self, rules, 0) < 0)
		return error_set(err, ERR_INTERNAL, "readable: %s", strerror(errno));
	return 0;
}
