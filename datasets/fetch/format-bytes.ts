const UNITS = ['kB', 'MB', 'GB', 'TB'];

/** `163.8 kB`, `815.6 MB`: decimal, as download pages and disks count. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 'B';
  for (const next of UNITS) {
    if (value < 999.95) break;
    value /= 1000;
    unit = next;
  }
  return unit === 'B' ? `${value} B` : `${value.toFixed(1)} ${unit}`;
}
