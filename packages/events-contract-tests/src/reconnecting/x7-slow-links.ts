import type { Bench } from '../bench/bench.ts';
import { standardFlow } from '../bench/standard-flow.ts';
import type { Clause } from '../clause.ts';
import { equal } from '../verdict.ts';

const slowMs = 10_000;
/** Ten times what the flow needs on one connection. */
const bytesPerSecond = 256 * 1_024;
/** Each byte costs a call at every end of the link: at the standard rate the test itself would be what is slow. */
const slicedPerSecond = 10;

export const X7: Clause = {
  id: 'X7',
  title: 'neither reconnects nor repeats anything over slow and fragmented links',
  fault: true,
  patienceS: 300,
  async run(bench) {
    const link = bench.faults.link();
    const rate = bench.optional('a slow link', link.rate);
    const oneByteSlices = bench.optional('a fragmented link', link.oneByteSlices);
    await over(bench, () => link.latency(100));
    if (rate !== undefined) await over(bench, () => rate(bytesPerSecond));
    if (oneByteSlices !== undefined) await over(bench, oneByteSlices, slicedPerSecond);
  },
};

async function over(bench: Bench, slowDown: () => Promise<void>, perSecond?: number): Promise<void> {
  const flow = await standardFlow(bench, { startFrom: 'latest', ...(perSecond === undefined ? {} : { perSecond }) });
  await flow.flowsAgain();
  await slowDown();
  await bench.time.pass(slowMs);
  await flow.flowsAgain();
  await flow.end();
  await bench.faults.link().heal();
  const changes = bench.log.filter(({ details }) => 'state' in details);
  equal(
    changes.map(({ message }) => message),
    [],
    'connections lost and found',
  );
  equal(bench.ledger.withFate('rejected', 'unknown', 'failed').length, 0, 'publishes that were not accepted');
  await bench.judge(flow.group, { of: ({ place }) => place >= flow.from });
  for (const { process } of flow.consumers) await process.close();
}
