/**
 * P values adjusted by Benjamini and Hochberg: calling everything with an adjusted p of at most 0.05 significant, at most
 * 5 % of what is called so is expected to be a false discovery (Journal of the Royal Statistical Society B 57, 1995; R's
 * `p.adjust(p, "BH")`).
 *
 * It holds where the tests are independent or positively dependent (Benjamini and Yekutieli, Annals of Statistics 29,
 * 2001), as those of categories are: each has objects and detections of its own, and what spoils an image spoils all that are
 * in it. The correction for any dependence (BY) would ask for p values five times as small with 80 categories, and miss
 * most of what there is.
 * @param pValues null where there is no test, as for a category without objects: it counts for nothing and stays null.
 * @returns in the order given; [] for [].
 * @throws RangeError when one is not in 0 … 1.
 */
export function adjustForFalseDiscovery(pValues: readonly (number | null)[]): (number | null)[] {
  const tests = pValues.flatMap((p, index) => {
    if (p === null) return [];
    if (!(p >= 0 && p <= 1)) throw new RangeError(`cannot adjust the p value ${p}: give numbers from 0 to 1`);
    return [{ p, index }];
  });
  tests.sort((a, b) => b.p - a.p);
  const adjusted = pValues.map((): number | null => null);
  let least = 1;
  tests.forEach(({ p, index }, above) => {
    least = Math.min(least, (tests.length / (tests.length - above)) * p);
    adjusted[index] = least;
  });
  return adjusted;
}
