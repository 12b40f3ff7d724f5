import { formatInterval, formatP } from '../format-figures.ts';
import type { RunRecord } from '../record/index.ts';
import { backendLabel } from '../tables/report-table.ts';
import { byBackend, CHART_BASE, CHART_WIDTH, type Chart } from './chart.ts';

const SHOWN = 20;
const AXIS_TITLE = 'AP minus the reference';

/** AP difference by category, worst loss first: the categories that move most, one bar a backend with its interval. */
export function categoryDifferences(record: RunRecord): Chart | null {
  const boxes = new Map(
    record.backends[0]?.categories.map(({ categoryId, groundTruthCount }) => [categoryId, groundTruthCount]),
  );
  const values = record.backends.flatMap((backend) =>
    (backend.difference?.categories ?? []).flatMap(({ categoryId, name, ap }) =>
      ap === null
        ? []
        : {
            backend: backendLabel(backend),
            category: name,
            difference: ap,
            boxes: boxes.get(categoryId) ?? 0,
            ...certaintyOf(backend, categoryId),
          },
    ),
  );
  const worst = new Map<string, number>();
  for (const { category, difference } of values) {
    worst.set(category, Math.min(worst.get(category) ?? Number.POSITIVE_INFINITY, difference));
  }
  const moved = [...worst].filter(([name]) => values.some((v) => v.category === name && v.difference !== 0));
  const order = moved
    .sort((a, b) => a[1] - b[1])
    .slice(0, SHOWN)
    .map(([name]) => name);
  if (order.length === 0) return null;
  const { color, xOffset, params, opacity } = byBackend(record, values);
  return {
    id: 'category-differences',
    title: `AP difference by category${moved.length > SHOWN ? `, the ${SHOWN} of ${moved.length} that lose most` : ', worst loss first'}`,
    spec: {
      ...CHART_BASE,
      width: CHART_WIDTH - 120,
      // Of one bar: with several backends a category has as many.
      height: { step: new Set(values.map(({ backend }) => backend)).size > 1 ? 9 : 18 },
      data: { values: values.filter(({ category }) => order.includes(category)) },
      encoding: {
        y: { field: 'category', type: 'nominal', sort: order, title: null },
        yOffset: xOffset,
        tooltip: [
          { field: 'category', type: 'nominal' },
          { field: 'backend', type: 'nominal' },
          { field: 'difference', type: 'quantitative', format: '+.4f' },
          { field: 'interval', type: 'nominal', title: '95 % interval' },
          { field: 'p', type: 'nominal', title: 'adjusted p' },
          { field: 'boxes', type: 'quantitative', title: 'ground-truth boxes' },
        ],
      },
      layer: [
        {
          params,
          mark: 'bar',
          encoding: {
            x: { field: 'difference', type: 'quantitative', title: AXIS_TITLE },
            color,
            opacity,
          },
        },
        {
          transform: [{ filter: 'isValid(datum.low)' }],
          mark: { type: 'errorbar', ticks: { size: 5 }, color: 'currentColor' },
          encoding: { x: { field: 'low', type: 'quantitative', title: AXIS_TITLE }, x2: { field: 'high' } },
        },
      ],
    },
  };
}

function certaintyOf({ difference }: RunRecord['backends'][number], categoryId: number) {
  const found = difference?.statistics?.categories.find((entry) => entry.categoryId === categoryId);
  return {
    low: found?.ap?.low ?? null,
    high: found?.ap?.high ?? null,
    interval: formatInterval(found?.ap),
    p: formatP(found?.adjustedP ?? null),
  };
}
