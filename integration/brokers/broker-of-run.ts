/** The brokers that suites and programs are given: the one of the run, and containers of a suite's own. */
import type { ProvidedContext } from 'vitest';
import { startBrokerContainer, type BrokerContainer, type BrokerContainerOptions } from './broker-container.ts';
import { attachBrokerContainer, type ContainerAddress } from './container-handle.ts';
import type { BrokerKind } from './kinds.ts';
import { prepareBroker, prepareImage, sentenceOf, type PreparedImage } from './setup.ts';

/** What the main process of vitest tells its workers of one broker. */
export interface ProvidedBroker {
  readonly shared: { readonly url: string } | { readonly container: ContainerAddress };
  /** For containers of their own. */
  readonly image: PreparedImage;
}

declare module 'vitest' {
  interface ProvidedContext {
    /** Those that the files of this run need. */
    brokers: Partial<Readonly<Record<BrokerKind, ProvidedBroker>>>;
  }
}

export type BrokerOfRun =
  | { readonly url: string; readonly container: undefined }
  | { readonly url: undefined; readonly container: BrokerContainer };

const shared = new Map<BrokerKind, Promise<BrokerOfRun>>();

/**
 * The broker of this run: one for all suites of a vitest run, one per process elsewhere.
 *
 * @throws {Error} that says what is missing, where there is none.
 */
export function brokerOfRun(kind: BrokerKind): Promise<BrokerOfRun> {
  const known = shared.get(kind) ?? find(kind);
  shared.set(kind, known);
  return known;
}

async function find(kind: BrokerKind): Promise<BrokerOfRun> {
  const provided = (await fromVitest(kind))?.shared;
  if (provided === undefined) {
    const broker = await prepareBroker(kind);
    if (broker.way === 'url') return { url: broker.url, container: undefined };
    if (broker.way === 'none') throw new Error(sentenceOf(broker));
    return { url: undefined, container: await startBrokerContainer(kind, { image: broker.image }) };
  }
  if ('url' in provided) return { url: provided.url, container: undefined };
  return { url: undefined, container: await attachBrokerContainer(provided.container) };
}

export type OwnBrokerOptions = Omit<BrokerContainerOptions, 'image'>;

/**
 * A container of its own, for suites that break the broker. Where one is given by its URL too: nobody's broker is broken.
 *
 * @throws {Error} that says what is missing, where no container can be had.
 */
export async function ownBroker(kind: BrokerKind, options: OwnBrokerOptions): Promise<BrokerContainer> {
  return startBrokerContainer(kind, { ...options, image: await imageForOwn(kind) });
}

/** @throws {Error} that says what is missing, where no container can be had. */
export async function imageForOwn(kind: BrokerKind): Promise<string> {
  const broker = (await fromVitest(kind))?.image ?? (await prepareImage(kind));
  if (broker.way === 'none') throw new Error(`${sentenceOf(broker)}. A suite that breaks its broker needs a container`);
  return broker.image;
}

/** Undefined outside of the broker suites: in a program, or in another project's tests. */
async function fromVitest(kind: BrokerKind): Promise<ProvidedBroker | undefined> {
  if (process.env['VITEST'] === undefined) return undefined;
  try {
    const { inject } = await import('vitest');
    return (inject('brokers') as ProvidedContext['brokers'] | undefined)?.[kind];
  } catch {
    // A program that a suite has started inherits its environment, and vitest refuses to be imported there.
    return undefined;
  }
}
