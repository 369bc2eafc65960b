import type { Bench } from '../bench/bench.ts';
import type { Clause } from '../clause.ts';
import { equal, holds } from '../verdict.ts';

/** A TLS record that is a handshake begins with this, and with the major version 3. */
const handshake = [0x16, 0x03];

export const Z2: Clause = {
  id: 'Z2',
  title: 'uses TLS where it is asked for: with a broker it trusts, and never without it or with another',
  async run(bench) {
    const tlsClient = bench.optional('TLS', bench.tlsClient);
    if (tlsClient === undefined) return;
    const trusted = tlsClient('trusted');
    const process = bench.bareProcess('tls', trusted.adapter);
    const group = bench.group();
    await process.consumer({ group }).start();
    const { fate } = await process.publisher().publish();
    equal(fate, 'accepted', 'a publish over TLS');
    await bench.settled(group);
    equal([...(await trusted.firstBytes()).subarray(0, 2)], handshake, 'the first bytes on the network');
    for (const broker of ['untrusted', 'without-tls'] as const) await refuses(bench, tlsClient, broker);
  },
};

async function refuses(
  bench: Bench,
  tlsClient: Exclude<Bench['tlsClient'], { readonly notClaimed: string }>,
  broker: 'untrusted' | 'without-tls',
): Promise<void> {
  const { adapter, firstBytes } = tlsClient(broker);
  let connected = false;
  const connecting = bench.connect(adapter).then(
    () => {
      connected = true;
    },
    () => {},
  );
  await bench.time.stays(
    () => !connected,
    bench.timings.flowAgainMs / 2,
    `a client that asks for TLS has connected to a broker ${broker}`,
  );
  const first = await firstBytes();
  if (first.length > 0)
    equal(
      [...first.subarray(0, 2)],
      handshake,
      `the first bytes a client that asks for TLS said to a broker ${broker}`,
    );
  await adapter.close({ signal: AbortSignal.abort() });
  await bench.time.within(connecting, bench.timings.promptMs, 'a connect that was closed settles');
  holds(!connected, `a client that asks for TLS has connected to a broker ${broker}`);
}
