import type { BrokerFaults } from '@payments/events-contract-tests';
import type { BrokerContainer } from './container-handle.ts';

/** The container under the labs of one harness. */
export interface LabContainer {
  /** Whether these labs may break the broker itself. */
  readonly own: boolean;
  /** To stop, kill and pause. @throws {Error} where the broker is shared: a clause that needs it is in the wrong file. */
  container(): BrokerContainer;
}

export function labContainer(container: BrokerContainer | undefined, own: boolean): LabContainer {
  return {
    own,
    container() {
      if (!own || container === undefined)
        throw new Error('this clause breaks the broker itself: it belongs to a file whose broker is its own');
      return container;
    },
  };
}

export interface ContainerFaults extends Pick<BrokerFaults, 'stop' | 'start' | 'kill' | 'pause' | 'unpause'> {
  /** Takes back what a clause that failed has left broken, so that the next one finds a broker. */
  heal(): Promise<void>;
}

/** The faults of a whole broker in a container. */
export function containerFaults({ container }: LabContainer): ContainerFaults {
  let state: 'runs' | 'paused' | 'ended' = 'runs';

  const faults: ContainerFaults = {
    async stop() {
      const broker = container();
      state = 'ended';
      await broker.stop();
    },
    async kill() {
      const broker = container();
      state = 'ended';
      await broker.kill();
    },
    async start() {
      await container().start();
      state = 'runs';
    },
    async pause() {
      const broker = container();
      state = 'paused';
      await broker.pause();
    },
    async unpause() {
      await container().unpause();
      state = 'runs';
    },
    async heal() {
      if (state === 'paused') await faults.unpause();
      if (state === 'ended') await faults.start();
    },
  };
  return faults;
}
