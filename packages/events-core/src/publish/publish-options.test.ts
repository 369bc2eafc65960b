import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../errors/configuration-error.ts';
import { resolvePublishLimits } from './publish-options.ts';

describe('publisher options', () => {
  it('have the documented defaults', () => {
    expect(resolvePublishLimits({ source: '/billing' })).toEqual({
      window: 1_000,
      maxWaitingBytes: 67_108_864,
      publishTimeoutMs: 10_000,
      maxBodyBytes: 262_144,
    });
  });

  it.each([
    [{ source: '' }, 'publisher.source'],
    [{ source: 'x'.repeat(201) }, 'publisher.source'],
    [{ source: undefined as never }, 'publisher.source'],
    [{ window: 0 }, 'publisher.window'],
    [{ window: 100_001 }, 'publisher.window'],
    [{ window: 1.5 }, 'publisher.window'],
    [{ maxWaitingBytes: -1 }, 'publisher.maxWaitingBytes'],
    [{ publishTimeoutMs: 99 }, 'publisher.publishTimeoutMs'],
    [{ publishTimeoutMs: Number.POSITIVE_INFINITY }, 'publisher.publishTimeoutMs'],
    [{ maxBodyBytes: 1_023 }, 'publisher.maxBodyBytes'],
    [{ maxBodyBytes: '1 MB' as never }, 'publisher.maxBodyBytes'],
  ])('are refused with %o, naming %s', (options, path) => {
    const refused = expect(() => resolvePublishLimits({ source: '/billing', ...options }));
    refused.toThrow(ConfigurationError);
    refused.toThrow(expect.objectContaining({ path }));
  });
});
