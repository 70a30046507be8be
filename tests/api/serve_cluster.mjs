/*
 * One PostgreSQL for a whole ./check: prints its directory, which goes into
 * SYNPUNKT_TEST_CLUSTER, and keeps it until standard input ends.
 */
import { once } from 'node:events';

import { startCluster } from './cluster.mjs';

const cluster = await startCluster();
console.log(cluster.dir);
process.stdin.resume();
await once(process.stdin, 'end');
await cluster.stop('immediate');
process.exit(0);
