const FULL_TURN = 6.283185307179586;

/**
 * Cosine and sine of an angle given in turns (1 is a full circle), to about 1e-13.
 *
 * Not `Math.cos` and `Math.sin`: their last bit is left to the engine (V8 changed its own between Node 20 and 22), and
 * scenes are to be the same pixels everywhere and for years. Additions, products, quotients and square roots are exact
 * by IEEE 754. The nearest quarter turn is taken off, the rest summed as a Taylor series.
 */
export function unitVector(turn: number): [x: number, y: number] {
  const quarters = Math.floor(turn * 4 + 0.5);
  const angle = (turn - quarters / 4) * FULL_TURN;
  const a = angle * angle;
  const sine =
    angle *
    (1 - (a / 6) * (1 - (a / 20) * (1 - (a / 42) * (1 - (a / 72) * (1 - (a / 110) * (1 - a / 156))))));
  const cosine =
    1 -
    (a / 2) *
      (1 - (a / 12) * (1 - (a / 30) * (1 - (a / 56) * (1 - (a / 90) * (1 - (a / 132) * (1 - a / 182))))));
  switch (((quarters % 4) + 4) % 4) {
    case 0:
      return [cosine, sine];
    case 1:
      return [-sine, cosine];
    case 2:
      return [-cosine, -sine];
    default:
      return [sine, -cosine];
  }
}
