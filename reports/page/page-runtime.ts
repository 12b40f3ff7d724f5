import { parse, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';

/*
 * The only script of the report page, bundled into it whole: puts a live chart in the place of each still one, for
 * tooltips and for picking backends in a legend. Expressions are interpreted, so that the page needs no `eval`. Where a
 * chart cannot be made live its still drawing stays, and without scripts all of them do.
 */

interface LiveChart {
  id: string;
  spec: Parameters<typeof parse>[0];
}

const list = document.getElementById('chart-specs');
const charts: LiveChart[] = JSON.parse(list?.textContent ?? '[]');

for (const { id, spec } of charts) {
  const still = document.querySelector(`#${id} .drawing`);
  if (!still) continue;
  const live = document.createElement('div');
  live.className = 'drawing vega-live';
  const view = new View(parse(spec, undefined, { ast: true }), {
    expr: expressionInterpreter,
    renderer: 'svg',
    hover: true,
    container: live,
  });
  view
    .runAsync()
    .then(() => still.replaceWith(live))
    .catch(() => view.finalize());
}
