import { onTestFinished } from 'vitest';
import { openTcpProxy, type TcpProxy } from '../../faults/tcp-proxy.ts';
import type { VirtualHost } from './virtual-host.ts';

/** A way to the broker that can be cut. */
export interface Network {
  /** Of the virtual host, for whoever takes this way. */
  readonly url: string;
  readonly proxy: TcpProxy;
  /**
   * Resets each connection after so many more bytes of requests: those that are open, and so many of those that come. The
   * ones after them are spared, as where a network has failed for a moment.
   */
  cutOnce(bytes: number, comers?: number): Promise<void>;
}

/** Call it in a test. */
export async function openNetwork({ server, url }: Pick<VirtualHost, 'server' | 'url'>): Promise<Network> {
  let sparedFrom = Number.POSITIVE_INFINITY;
  const proxy: TcpProxy = await openTcpProxy({
    target: server,
    // Nothing is to be sieved: this is where one hears of each connection before its first byte.
    sieve() {
      if (proxy.attempts.length > sparedFrom) {
        sparedFrom = Number.POSITIVE_INFINITY;
        void proxy.heal();
      }
      return () => undefined;
    },
  });
  onTestFinished(() => proxy.close());
  const through = new URL(url);
  through.hostname = '127.0.0.1';
  through.port = String(proxy.port);

  return {
    url: through.href,
    proxy,
    async cutOnce(bytes, comers = 0) {
      sparedFrom = proxy.attempts.length + comers;
      await proxy.cutAfter(bytes);
    },
  };
}
