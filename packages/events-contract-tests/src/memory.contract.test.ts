import { describeBrokerContract } from './describe-broker-contract.ts';
import { memoryHarness } from './mutants/lab/memory-harness.ts';

describeBrokerContract('the memory broker', memoryHarness({ clock: 'virtual' }));
