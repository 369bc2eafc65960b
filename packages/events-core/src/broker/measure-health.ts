import type { BrokerAdapter } from '../contract/adapter.ts';
import type { HealthProblem, HealthReport } from '../contract/health.ts';
import { describeError } from '../errors/describe-error.ts';
import { redact } from '../errors/redact.ts';
import { answeredWithin } from './answered-within.ts';

const healthTimeoutMs = 2_000;

/** The adapter's health within 2 s; never rejects, whatever the adapter does. */
export async function measureHealth(adapter: BrokerAdapter): Promise<HealthReport> {
  try {
    return await answeredWithin(
      healthTimeoutMs,
      async () => withoutSecrets(await adapter.health()),
      () =>
        down({
          code: 'health-timeout',
          message: `${adapter.system} did not report its health within ${healthTimeoutMs} ms.`,
        }),
    );
  } catch (error) {
    return down({
      code: 'health-failed',
      message: `The health of ${adapter.system} cannot be told: ${describeError(error).text}`,
    });
  }
}

function withoutSecrets(report: HealthReport): HealthReport {
  if (report.problems.length === 0) return report;
  return { ...report, problems: report.problems.map((one) => ({ ...one, message: redact(one.message) })) };
}

function down(problem: HealthProblem): HealthReport {
  return { status: 'down', problems: [problem] };
}
