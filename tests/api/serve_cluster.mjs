/*
 * One PostgreSQL for a whole ./check: prints its directory, which goes into
 * SYNPUNKT_TEST_CLUSTER, and keeps it until standard input ends.
 */
import { once } from 'node:events';

import { startCluster, template } from './harness.mjs';

const cluster = await startCluster();
/* Here, not by whoever comes first: roles belong to the whole cluster, and two that make
 * them at once disturb each other. A failure is told again by every test that needs it. */
await template(cluster).catch((e) => console.error(e.message));
console.log(cluster.dir);
process.stdin.resume();
await once(process.stdin, 'end');
await cluster.stop('immediate');
process.exit(0);
