import { expect, test } from 'vitest';
import { holderLabels } from '../brokers/holder.ts';
import { brokerKinds } from '../brokers/kinds.ts';
import { changesOf } from './recipe.ts';

test.each(brokerKinds)('the %s image says of no process that it holds it, though one has built it', (kind) => {
  for (const label of Object.keys(holderLabels())) expect(changesOf(kind)).toContain(`LABEL ${label}=""`);
});
