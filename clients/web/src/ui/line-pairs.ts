/** A line of a comparison: left as it stands, right as it is proposed; null where none is. */
export interface Pair {
  left: string | null
  right: string | null
}

/** Beyond this the table of common lines would take too long. */
const MOST_CELLS = 4_000_000

/** How many lines two texts have in common from each pair of places on. */
function commonFrom(left: string[], right: string[]): Uint32Array[] {
  const table = Array.from({ length: left.length + 1 }, () => new Uint32Array(right.length + 1))
  for (let i = left.length - 1; i >= 0; i -= 1) {
    const [row, below] = [table[i], table[i + 1]]
    if (!row || !below) continue
    for (let j = right.length - 1; j >= 0; j -= 1) {
      row[j] =
        left[i] === right[j] ? (below[j + 1] ?? 0) + 1 : Math.max(below[j] ?? 0, row[j + 1] ?? 0)
    }
  }
  return table
}

/** Removed and added lines side by side, as far as they go. */
function beside(removed: string[], added: string[]): Pair[] {
  return Array.from({ length: Math.max(removed.length, added.length) }, (_, at) => ({
    left: removed[at] ?? null,
    right: added[at] ?? null,
  }))
}

class Pairs {
  readonly all: Pair[] = []
  private removed: string[] = []
  private added: string[] = []

  same(line: string): void {
    this.settle()
    this.all.push({ left: line, right: line })
  }

  remove(line: string): void {
    this.removed.push(line)
  }

  add(line: string): void {
    this.added.push(line)
  }

  settle(): Pair[] {
    this.all.push(...beside(this.removed, this.added))
    this.removed = []
    this.added = []
    return this.all
  }
}

/** Walk both texts along their longest common lines. */
function walk(left: string[], right: string[]): Pair[] {
  const common = commonFrom(left, right)
  const at = (i: number, j: number) => common[i]?.[j] ?? 0
  const pairs = new Pairs()
  let [i, j] = [0, 0]
  while (i < left.length && j < right.length) {
    const [mine = '', theirs = ''] = [left[i], right[j]]
    if (mine === theirs) {
      pairs.same(mine)
      i += 1
      j += 1
    } else if (at(i + 1, j) >= at(i, j + 1)) {
      pairs.remove(mine)
      i += 1
    } else {
      pairs.add(theirs)
      j += 1
    }
  }
  for (const line of left.slice(i)) pairs.remove(line)
  for (const line of right.slice(j)) pairs.add(line)
  return pairs.settle()
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n')
}

/** Two texts line by line; null when they are too long for that. */
export function pairsOf(before: string, after: string): Pair[] | null {
  const [left, right] = [linesOf(before), linesOf(after)]
  return left.length * right.length > MOST_CELLS ? null : walk(left, right)
}

const FILE_HEAD = /^(diff |index |--- |\+\+\+ |new file|deleted file|rename |similarity )/

/** The lines of a patch as they were and as they become. */
export function pairsOfPatch(patch: string): Pair[] {
  const pairs = new Pairs()
  for (const line of linesOf(patch)) {
    if (FILE_HEAD.test(line)) continue
    if (line.startsWith('-')) pairs.remove(line.slice(1))
    else if (line.startsWith('+')) pairs.add(line.slice(1))
    else pairs.same(line.startsWith('@@') ? line : line.replace(/^ /, ''))
  }
  return pairs.settle()
}
