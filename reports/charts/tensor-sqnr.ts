import type { RunRecord } from '../record/index.ts';
import { backendLabel } from '../tables/report-table.ts';
import { byBackend, CHART_BASE, type Chart } from './chart.ts';

/** Median SQNR of reg, obj and cls at each stride, with the range over the images. */
export function tensorSqnr(record: RunRecord): Chart | null {
  const values = record.backends.flatMap((backend) =>
    (backend.tensorDifference?.decoded ?? []).flatMap(({ group, metrics }) => {
      const [name, stride] = group.split('/');
      const sqnr = metrics.sqnr;
      if (stride === undefined || !sqnr || sqnr.median === null) return [];
      return {
        backend: backendLabel(backend),
        group: name!,
        stride: `stride ${stride}`,
        median: sqnr.median,
        worst: sqnr.min!,
        best: sqnr.max!,
      };
    }),
  );
  if (values.length === 0) return null;
  const { color, xOffset } = byBackend(record, values);
  const strides = ['stride 8', 'stride 16', 'stride 32'];
  return {
    id: 'sqnr',
    title: 'SQNR of the decoded output by group and stride: median, and range over the images',
    spec: {
      ...CHART_BASE,
      data: { values },
      facet: { column: { field: 'stride', type: 'nominal', title: null, sort: strides } },
      spec: {
        width: 180,
        height: 190,
        encoding: {
          x: {
            field: 'group',
            type: 'nominal',
            sort: ['reg', 'obj', 'cls'],
            title: null,
            axis: { labelAngle: 0 },
          },
          xOffset,
          color,
          tooltip: [
            { field: 'backend', type: 'nominal' },
            { field: 'group', type: 'nominal' },
            { field: 'median', type: 'quantitative', format: '.1f', title: 'median dB' },
            { field: 'worst', type: 'quantitative', format: '.1f', title: 'worst dB' },
          ],
        },
        layer: [
          {
            mark: { type: 'rule', strokeWidth: 2 },
            encoding: {
              y: { field: 'worst', type: 'quantitative', title: 'SQNR, dB' },
              y2: { field: 'best' },
            },
          },
          {
            mark: { type: 'point', filled: true, size: 60 },
            encoding: { y: { field: 'median', type: 'quantitative' } },
          },
        ],
      },
    },
  };
}
