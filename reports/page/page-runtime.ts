import { parse, View } from 'vega';
import { expressionInterpreter } from 'vega-interpreter';
import { sortTables } from './sort-tables.ts';

/*
 * The only script of the report page, bundled into it whole: lets tables be sorted, and puts a live chart in the place of
 * each still one, for tooltips and for picking backends in a legend. Expressions are interpreted, so that the page needs no `eval`. Where a
 * chart cannot be made live its still drawing stays, and without scripts all of them do.
 */

interface LiveChart {
  id: string;
  spec: Parameters<typeof parse>[0];
}

sortTables(document);

const list = document.getElementById('chart-specs');
const charts: LiveChart[] = JSON.parse(list?.textContent ?? '[]');

for (const { id, spec } of charts) {
  const still = document.querySelector(`#${id} .drawing`);
  if (!still) continue;
  const live = document.createElement('div');
  live.className = 'drawing vega-live';
  live.role = 'img';
  live.ariaLabel = still.ariaLabel;
  const container = document.createElement('div');
  container.ariaHidden = 'true';
  live.append(container);
  const view = new View(parse(spec, undefined, { ast: true }), {
    expr: expressionInterpreter,
    renderer: 'svg',
    hover: true,
    container,
  });
  view
    .runAsync()
    .then(() => still.replaceWith(live))
    .catch(() => view.finalize());
}
