import {
  type Arm,
  type ArmFigures,
  type Prompt,
  prompts,
  type PromptVersion,
  type Traffic,
} from '@samoey/api'
import { useQueries, useQuery } from '@tanstack/react-query'

/** How what is built in is told from versions, where one is chosen from a list. */
export const BUILT_IN = 'built-in'
export const BUILT_IN_NAME = 'Built-in'
/** Fewer ratings say nothing; the server tells no share below that either. */
const FEW = 20

/** Something that could answer: a version, or what is built in. */
export interface Answerer {
  /** What a list of choices calls it. */
  value: string
  versionId: string | null
  promptId: string | null
  label: string
  text: string
  variables: string[]
}

export const PURPOSES = [
  {
    value: 'assistant',
    label: 'How conversations are answered',
    hint: 'Behind the rules on citing and sources.',
  },
  {
    value: 'free',
    label: 'Any text',
    hint: 'Its {{variables}} are filled in where it is used.',
  },
]

export const numbered = (name: string, number: number | null): string =>
  number === null ? name : `${name} v${number}`

export function answererOf(prompt: Prompt, version: PromptVersion): Answerer {
  return {
    value: version.id,
    versionId: version.id,
    promptId: prompt.id,
    label: numbered(prompt.name, version.number),
    text: version.text,
    variables: version.variables,
  }
}

/** Every version of these prompts, the newest of each first; null until all are known. */
export function useVersions(of: readonly Prompt[]): Answerer[] | null {
  return useQueries({
    queries: of.map(({ id }) => prompts.versions(id)),
    combine: (found) =>
      found.every(({ data }) => data)
        ? found.flatMap(({ data }, at) => {
            const prompt = of[at]
            return prompt ? (data ?? []).map((version) => answererOf(prompt, version)) : []
          })
        : null,
  })
}

/** Everything by which the assistant could answer. */
export function useAnswerers(all: readonly Prompt[]): Answerer[] | null {
  const builtIn = useQuery(prompts.builtIn()).data
  const versions = useVersions(all.filter(({ purpose }) => purpose === 'assistant'))
  if (!builtIn || !versions) return null
  const first = {
    value: BUILT_IN,
    versionId: null,
    promptId: null,
    label: BUILT_IN_NAME,
    variables: [],
  }
  return [{ ...first, text: builtIn.text }, ...versions]
}

export interface ShareDraft {
  value: string
  share: string
}

/** The shares as they are, to be changed. */
export function sharesOf({ running }: Traffic): ShareDraft[] {
  if (!running) return [{ value: BUILT_IN, share: '100' }]
  return running.arms.map(({ version_id, share }) => ({
    value: version_id ?? BUILT_IN,
    share: String(share),
  }))
}

/** What is wrong with the shares. */
export function sharesMisfit(drafts: readonly ShareDraft[]): string | null {
  if (new Set(drafts.map(({ value }) => value)).size < drafts.length) {
    return 'A version is there twice.'
  }
  if (!drafts.every(({ share }) => /^[1-9]\d{0,2}$/.test(share.trim()))) {
    return 'A share is a whole number from 1 to 100.'
  }
  const sum = drafts.reduce((all, { share }) => all + Number(share), 0)
  return sum === 100 ? null : `The shares come to ${sum}, not to 100.`
}

export const armName = ({ name, number }: Pick<Arm, 'name' | 'number'>): string =>
  numbered(name, number)

/** What the ratings say about which arm is better, and no more than they do. */
export function verdict(arms: readonly Arm[], figures: readonly ArmFigures[]): string {
  if (arms.length < 2) return ''
  const rated = arms.map((arm) => ({ arm, of: figures.find(({ arm_id }) => arm_id === arm.id) }))
  const few = rated.filter(({ of }) => !of?.liked)
  if (few.length > 0) {
    const told = few.map(({ arm, of }) => `${armName(arm)} has ${(of?.up ?? 0) + (of?.down ?? 0)}`)
    return `Too few ratings to compare: each takes ${FEW}; ${told.join(', ')}.`
  }
  const best = rated.find(({ arm, of }) =>
    rated.every((it) => it.arm.id === arm.id || (of?.liked?.low ?? 0) > (it.of?.liked?.high ?? 1)),
  )
  return best
    ? `People find answers by ${armName(best.arm)} good more often; the ranges do not overlap.`
    : 'These ratings show no difference: the ranges overlap.'
}
