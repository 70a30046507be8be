#include "server/stamp.h"

#include <stdio.h>
#include <time.h>

int64_t stamp_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

void stamp_print(int64_t microseconds, char ret[STAMP_SIZE])
{
	time_t seconds = (time_t)(microseconds / 1000000);
	char day[sizeof("2026-11-22T03:36:54")];
	struct tm tm;

	gmtime_r(&seconds, &tm);
	strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm);
	snprintf(
		ret, STAMP_SIZE, "%s.%03dZ", day, (int)(microseconds % 1000000 / 1000));
}
