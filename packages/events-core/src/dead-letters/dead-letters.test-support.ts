import { writeNotes } from '../consume/delivery-notes.ts';
import type { BrokerAdapter } from '../contract/adapter.ts';
import type { DeadLetter, DeadLetterStore, SweepVerdict } from '../contract/dead-letters.ts';
import { deadLetters } from './dead-letters.ts';

export function letter(id: string): DeadLetter {
  const message = { headers: {}, body: Buffer.from('not JSON: letters are listed and redriven all the same') };
  const state = writeNotes({ attempts: 5, redrives: 1, id: 'kept' });
  return { id, group: 'ledger', message, reason: 'undecodable', diedAt: new Date(0), state };
}

/** A store as the contract wants it, which notes each verdict. */
export function storeOf(letters: DeadLetter[]) {
  const verdicts: string[] = [];
  const redriven: { id: string; state: object }[] = [];
  const sweep: DeadLetterStore['sweep'] = async (visit, { signal }) => {
    let visited = 0;
    const found = [...letters];
    for (const one of found) {
      if (signal.aborted) return { visited, complete: false };
      visited += 1;
      const verdict: SweepVerdict = await visit(one);
      verdicts.push(`${verdict.action} ${one.id}`);
      if (verdict.action === 'stop') return { visited, complete: false };
      if (verdict.action !== 'keep') letters.splice(letters.indexOf(one), 1);
      if (verdict.action === 'redrive') redriven.push({ id: one.id, state: verdict.state });
    }
    return { visited, complete: true };
  };
  return { letters, verdicts, redriven, sweep };
}

export function adapterWith(sweep: DeadLetterStore['sweep'], behaviour: Partial<BrokerAdapter> = {}): BrokerAdapter {
  const content = { contractVersion: 1, system: 'fake', connect: async () => {}, close: async () => {} };
  return { ...content, deadLetters: () => ({ sweep }), ...behaviour } as BrokerAdapter;
}

/** Letters 1 to 5, and the operator's view of them. */
export function setUp(letters = ['1', '2', '3', '4', '5'].map((id) => letter(id))) {
  const store = storeOf(letters);
  const operator = deadLetters({ broker: adapterWith(store.sweep), group: 'ledger' });
  return { ...store, operator };
}

export async function idsOf(entries: AsyncIterable<{ id: string }>): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of entries) ids.push(id);
  return ids;
}
