/** What `pnpm bench <name>` can measure. */
export interface Bench {
  readonly name: string;
  /** `quick` only shows that it runs: the figures mean nothing. */
  run(options: { readonly quick: boolean }): Promise<BenchResult>;
}

interface BenchResult {
  /** For `reports/bench-<name>.json`, which is checked in: without host names, paths and addresses. */
  readonly report: object;
  /** For people. */
  readonly table: string;
}
