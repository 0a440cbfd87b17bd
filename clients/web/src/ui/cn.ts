import { type ClassValue, clsx } from 'clsx'
import { extendTailwindMerge } from 'tailwind-merge'

const merge = extendTailwindMerge({
  extend: { theme: { text: ['xs', 'sm', 'base', 'md', 'lg', 'xl'] } },
})

/** Join class names; of two that contradict, the later wins. */
export function cn(...classes: ClassValue[]): string {
  return merge(clsx(classes))
}
