/** Options that are typed one by one and kept together. */
const ONE_OF: Readonly<Record<string, string>> = {
  budgets: 'budget',
  gateBudgets: 'budget',
  latencyBudgets: 'latencyBudget',
};

/** An option and its value as they are typed: `--calibration-images 8`, `--quantized int8=a.pt`, `--legacy`. */
export function flagOf(option: string, value: unknown): string {
  const flag = `--${(ONE_OF[option] ?? option).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  if (value === true) return flag;
  if (value === false) return flag.replace('--', '--no-');
  if (typeof value !== 'object' || value === null) return `${flag} ${value}`;
  if (Array.isArray(value)) return `${flag} ${value.join(option === 'size' ? 'x' : ',')}`;
  const [[backend, file] = []] = Object.entries(value);
  return `${flag} ${backend === 'all' ? file : `${backend}=${file}`}`;
}
