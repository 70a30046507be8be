#include "server/tool_path.h"

#include <string.h>
#include <unistd.h>

bool tool_path(char *ret, size_t size)
{
	ssize_t n = size > sizeof(TOOL_NAME)
			    ? readlink("/proc/self/exe", ret, size - sizeof(TOOL_NAME))
			    : -1;
	char *slash;

	if (n <= 0)
		return false;
	ret[n] = '\0';
	slash = strrchr(ret, '/');
	if (!slash)
		return false;
	memcpy(slash + 1, TOOL_NAME, sizeof(TOOL_NAME));
	return true;
}
