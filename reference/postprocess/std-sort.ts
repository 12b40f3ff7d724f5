/** Runs this short are left to the insertion sort at the end. */
const THRESHOLD = 16;

/**
 * Orders `order` in place by descending `scores[order[i]]` exactly as `std::sort` of libstdc++ does (bits/stl_algo.h
 * `__introsort_loop`, `__final_insertion_sort`; bits/stl_heap.h), which is **not stable**: where scores are equal the
 * result depends on the steps of the algorithm. `Tensor.sort` of PyTorch on a CPU sorts with it unless it is asked for
 * stability (aten/src/ATen/native/cpu/SortingKernel.cpp), so the order of equal detections that torchvision hands to
 * an evaluation is this one.
 * @param scores without NaN.
 * @param order indices into `scores`; overwritten.
 */
export function stdSortDescending(scores: Float32Array, order: Uint32Array): void {
  const count = order.length;
  if (count < 2) return;
  const keys = Float32Array.from(order, (index) => scores[index]!);
  introsort(keys, order, 0, count, 2 * (31 - Math.clz32(count)));
  if (count <= THRESHOLD) {
    insertionSort(keys, order, count);
    return;
  }
  insertionSort(keys, order, THRESHOLD);
  for (let i = THRESHOLD; i < count; i++) insertBackwards(keys, order, i);
}

function introsort(keys: Float32Array, order: Uint32Array, first: number, end: number, depth: number): void {
  let last = end;
  let left = depth;
  while (last - first > THRESHOLD) {
    if (left === 0) {
      heapSort(keys, order, first, last);
      return;
    }
    left--;
    const middle = first + ((last - first) >> 1);
    swap(keys, order, first, medianOfThree(keys, first + 1, middle, last - 1));
    const cut = partition(keys, order, first + 1, last, keys[first]!);
    introsort(keys, order, cut, last, left);
    last = cut;
  }
}

/** The place among `a`, `b`, `c` whose key lies between the others'. */
function medianOfThree(keys: Float32Array, a: number, b: number, c: number): number {
  const x = keys[a]!;
  const y = keys[b]!;
  const z = keys[c]!;
  if (x > y) return y > z ? b : x > z ? c : a;
  return x > z ? a : y > z ? c : b;
}

function partition(
  keys: Float32Array,
  order: Uint32Array,
  first: number,
  last: number,
  pivot: number,
): number {
  let low = first;
  let high = last;
  for (;;) {
    while (keys[low]! > pivot) low++;
    high--;
    while (pivot > keys[high]!) high--;
    if (low >= high) return low;
    swap(keys, order, low, high);
    low++;
  }
}

function swap(keys: Float32Array, order: Uint32Array, i: number, j: number): void {
  const key = keys[i]!;
  const index = order[i]!;
  keys[i] = keys[j]!;
  order[i] = order[j]!;
  keys[j] = key;
  order[j] = index;
}

function insertionSort(keys: Float32Array, order: Uint32Array, count: number): void {
  for (let i = 1; i < count; i++) {
    if (keys[i]! > keys[0]!) {
      const key = keys[i]!;
      const index = order[i]!;
      keys.copyWithin(1, 0, i);
      order.copyWithin(1, 0, i);
      keys[0] = key;
      order[0] = index;
    } else {
      insertBackwards(keys, order, i);
    }
  }
}

/** Moves the entry at `from` before every smaller one; an entry that is not smaller is known to come before. */
function insertBackwards(keys: Float32Array, order: Uint32Array, from: number): void {
  const key = keys[from]!;
  const index = order[from]!;
  let at = from;
  for (; key > keys[at - 1]!; at--) {
    keys[at] = keys[at - 1]!;
    order[at] = order[at - 1]!;
  }
  keys[at] = key;
  order[at] = index;
}

/** What introsort falls back on where the partitions go wrong: the heap has the smallest score on top. */
function heapSort(keys: Float32Array, order: Uint32Array, first: number, last: number): void {
  const length = last - first;
  for (let parent = (length - 2) >> 1; parent >= 0; parent--) {
    sift(keys, order, first, parent, length, keys[first + parent]!, order[first + parent]!);
  }
  for (let end = length - 1; end > 0; end--) {
    const key = keys[first + end]!;
    const index = order[first + end]!;
    keys[first + end] = keys[first]!;
    order[first + end] = order[first]!;
    sift(keys, order, first, 0, end, key, index);
  }
}

/** Lets the hole sink to a leaf, always to the child that comes last, and the entry rise from there. */
function sift(
  keys: Float32Array,
  order: Uint32Array,
  first: number,
  top: number,
  length: number,
  key: number,
  index: number,
): void {
  let hole = top;
  for (let child = 2 * hole + 2; child <= length; child = 2 * hole + 2) {
    if (child === length || keys[first + child]! > keys[first + child - 1]!) child--;
    keys[first + hole] = keys[first + child]!;
    order[first + hole] = order[first + child]!;
    hole = child;
  }
  while (hole > top) {
    const parent = (hole - 1) >> 1;
    if (!(keys[first + parent]! > key)) break;
    keys[first + hole] = keys[first + parent]!;
    order[first + hole] = order[first + parent]!;
    hole = parent;
  }
  keys[first + hole] = key;
  order[first + hole] = index;
}
