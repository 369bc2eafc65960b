import { patched, type Mutant } from './mutant.ts';

/** Up from the moment it was connected until it is closed: there is a socket, after all. */
export const healthFromSocketState: Mutant = {
  name: 'health from socket state',
  killedBy: 'H1',
  mutate(adapter) {
    let socket = false;
    const none = [{ code: 'not-connected', message: 'There is no socket.' }];
    return patched(adapter, {
      async connect(runtime, options) {
        await adapter.connect(runtime, options);
        socket = true;
      },
      health: async () => (socket ? { status: 'up', problems: [] } : { status: 'down', problems: none }),
      close(options) {
        socket = false;
        return adapter.close(options);
      },
    });
  },
};
