/**
 * Whole numbers in proportion to `weights` that add up to `total`, each at least `least` (largest remainder; of equal
 * remainders the first). @throws RangeError when `total` is less than `least` for each.
 */
export function apportion(total: number, weights: readonly number[], least = 0): number[] {
  const spare = total - least * weights.length;
  if (spare < 0) throw new RangeError(`${total} can't be shared by ${weights.length} with at least ${least} each`);
  const sum = weights.reduce((all, weight) => all + weight, 0);
  if (sum <= 0 && spare > 0) throw new RangeError('there is nothing to share by: all weights are 0');
  const exact = weights.map((weight) => (sum > 0 ? (spare * weight) / sum : 0));
  const shares = exact.map((value) => least + Math.floor(value));
  let left = total - shares.reduce((all, share) => all + share, 0);
  const byRemainder = exact.map((value, index) => ({ index, rest: value - Math.floor(value) }));
  byRemainder.sort((a, b) => b.rest - a.rest || a.index - b.index);
  for (const { index } of byRemainder) {
    if (left === 0) break;
    shares[index]! += 1;
    left -= 1;
  }
  return shares;
}
