import type { Random } from '../../../reference/random.ts';
import type { Drawing } from '../drawing.ts';
import type { SceneCategoryName } from '../scene-categories.ts';
import { drawBook } from './book.ts';
import { drawBottle } from './bottle.ts';
import { drawClock } from './clock.ts';
import { drawDonut } from './donut.ts';
import { drawFrisbee } from './frisbee.ts';
import { drawKite } from './kite.ts';
import { drawOrange } from './orange.ts';
import { drawSportsBall } from './sports-ball.ts';
import { drawStopSign } from './stop-sign.ts';
import { drawTrafficLight } from './traffic-light.ts';
import { drawTv } from './tv.ts';
import { drawUmbrella } from './umbrella.ts';

/** How a category is drawn and held. */
export interface SceneObject {
  readonly draw: (random: Random) => Drawing;
  /** How far it is turned from upright, in turns, to either side. */
  readonly tilt: number;
  /** Whether its mirror image is one of its kind too: no letters, no clock face. */
  readonly mirrors: boolean;
}

export const SCENE_OBJECTS: Readonly<Record<SceneCategoryName, SceneObject>> = {
  'traffic light': { draw: drawTrafficLight, tilt: 0.03, mirrors: true },
  'stop sign': { draw: drawStopSign, tilt: 0.04, mirrors: false },
  umbrella: { draw: drawUmbrella, tilt: 0.1, mirrors: true },
  frisbee: { draw: drawFrisbee, tilt: 0.1, mirrors: true },
  'sports ball': { draw: drawSportsBall, tilt: 0.5, mirrors: true },
  kite: { draw: drawKite, tilt: 0.15, mirrors: true },
  bottle: { draw: drawBottle, tilt: 0.06, mirrors: true },
  orange: { draw: drawOrange, tilt: 0.12, mirrors: true },
  donut: { draw: drawDonut, tilt: 0.06, mirrors: true },
  tv: { draw: drawTv, tilt: 0.02, mirrors: true },
  book: { draw: drawBook, tilt: 0.5, mirrors: false },
  clock: { draw: drawClock, tilt: 0.03, mirrors: false },
};
