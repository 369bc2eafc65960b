/** A number as JSON writes it, exactly: `digits × 10^exponent`, without zeros at either end of `digits`; zero has none. */
export interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly exponent: number;
}

const grammar = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Undefined for what is no JSON number. Linear in the text's length. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = grammar.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', power = '0'] = match;
  const written = whole + fraction;
  let start = 0;
  let end = written.length;
  while (start < end && written[start] === '0') start += 1;
  while (end > start && written[end - 1] === '0') end -= 1;
  const digits = written.slice(start, end);
  // Without digits it is zero, which has neither sign nor size here.
  if (digits === '') return { negative: false, digits, exponent: 0 };
  return { negative: sign === '-', digits, exponent: Number(power) - fraction.length + (written.length - end) };
}

/** Whether a JavaScript number holds exactly what the text says: an integer within ±(2^53 − 1), or a decimal that JavaScript writes alike. */
export function isCarriedExactly(text: string): boolean {
  const number = Number(text);
  if (!Number.isFinite(number)) return false;
  if (Number.isInteger(number) && !Number.isSafeInteger(number)) return false;
  const source = parseDecimal(text);
  const carried = parseDecimal(String(number));
  return (
    source !== undefined &&
    carried !== undefined &&
    source.negative === carried.negative &&
    source.digits === carried.digits &&
    source.exponent === carried.exponent
  );
}

/** `decimal × 10^places` where that is an integer within ±(2^53 − 1), else why not. Never rounds. */
export function scaledInteger(decimal: Decimal, places: number): number | 'fraction' | 'too-large' {
  const { negative, digits, exponent } = decimal;
  if (digits === '') return 0;
  const zeros = exponent + places;
  // The last digit is not 0: anything behind the point is a fraction.
  if (zeros < 0) return 'fraction';
  if (digits.length + zeros > 16) return 'too-large';
  const integer = Number(digits + '0'.repeat(zeros));
  if (!Number.isSafeInteger(integer)) return 'too-large';
  return negative ? -integer : integer;
}
