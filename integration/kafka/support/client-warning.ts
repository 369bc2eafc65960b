/**
 * What Node.js says once in each process that uses kafkajs, line by line: that sets a timer for a moment long ago, and
 * means at once.
 * @see https://github.com/tulios/kafkajs/issues/1751
 */
export const clientWarning =
  /^\(node:\d+\) TimeoutNegativeWarning: -\d+ is a negative number\.$|^Timeout duration was set to 1\.$|^\(Use `node --trace-warnings \.\.\.` to show where the warning was created\)$/;
