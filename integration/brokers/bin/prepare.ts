/** A step of `pnpm test`: finds or makes a way to the brokers before their suites start, and says which. */
import { prepareSuites, sayMissing } from '../suites.ts';

const { missing } = await prepareSuites();
sayMissing(missing);
if (missing.some(({ fails }) => fails)) process.exitCode = 1;
