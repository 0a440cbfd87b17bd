import type { Deployment, PolicedKey, UsageRow } from '@samoey/api'
import { expect, test } from 'vitest'
import {
  aliasBody,
  type AliasForm,
  aliasMisfits,
  EMPTY_ALIAS,
  moved,
} from '@/features/models/aliases'
import { factsOf, misfitsOf, toChange, toForm, toWhole } from '@/features/models/deployments'
import { freeName, KNOWN, OTHER, vendorNamed } from '@/features/models/known'
import { dollars, fromMicro, toMicro } from '@/features/models/money'
import {
  policyBody,
  policyFacts,
  policyForm,
  policyMisfits,
  spendingOf,
  spendingWords,
} from '@/features/models/policies'
import { dayBegin, lastDays, monthBegin } from '@/features/models/times'
import { axisEnd, everyDay, rowName, totalsOf } from '@/features/models/usage'

const deployment: Deployment = {
  id: 'd',
  workspace_id: 'w',
  provider_id: 'p',
  model: 'large',
  context_tokens: 128_000,
  tools: true,
  vision: null,
  price: { input: 2_500_000, output: 10_000_000, cache_read: 1_250_000 },
  max_parallel: null,
  limits: null,
  checkpoint: null,
  version: 3,
  created_at: '2026-01-01T00:00:00Z',
}

test('dollars are typed, kept in millionths, and typed again the same', () => {
  expect(toMicro('2.50')).toBe(2_500_000)
  expect(toMicro(' $0,15 ')).toBe(150_000)
  expect(toMicro('')).toBeNull()
  expect(toMicro('0')).toBe(0)
  expect(toMicro('free')).toBeNaN()
  expect(toMicro('-1')).toBeNaN()
  expect(fromMicro(150_000)).toBe('0.15')
  expect(fromMicro(null)).toBe('')
})

test.each([
  [0, '$0'],
  [31, '$0.000031'],
  [3_100, '$0.0031'],
  [2_500_000, '$2.50'],
  [1_204_500_000, '$1,204.50'],
])('%i millionths are shown as %s', (micro, shown) => {
  expect(dollars(micro)).toBe(shown)
})

test('a whole number may be typed with its thousands apart; anything else is none', () => {
  expect(toWhole('128,000')).toBe(128_000)
  expect(toWhole('128 000')).toBe(128_000)
  expect(toWhole('')).toBeNull()
  expect(toWhole('0')).toBeNaN()
  expect(toWhole('1.5e3')).toBeNaN()
})

test('a form that nobody touched changes nothing', () => {
  expect(toChange(toForm(deployment), deployment)).toEqual({
    version: 3,
    context_tokens: 128_000,
    tools: true,
    vision: null,
    price: deployment.price,
    max_parallel: null,
  })
})

test('a price is whole or not there', () => {
  const form = toForm({ ...deployment, price: null })
  expect(misfitsOf(form)).toEqual({})
  expect(misfitsOf({ ...form, input: '1' })).toHaveProperty('output')
  expect(misfitsOf({ ...form, input: 'much', output: '1' })).toHaveProperty('input')
  expect(toChange({ ...form, input: '1', output: '0' }, deployment).price).toEqual({
    input: 1_000_000,
    output: 0,
    cache_read: 1_250_000,
  })
})

test('what is not known of a model is not spoken of', () => {
  expect(factsOf(deployment)).toEqual([
    '128,000 tokens of context',
    'tools',
    '$2.50 in, $10.00 out per million tokens',
  ])
})

test('a second provider of a vendor gets a name that is free', () => {
  expect(freeName('openai', [])).toBe('openai')
  expect(freeName('openai', ['openai', 'openai-2'])).toBe('openai-3')
})

test('every known vendor is found by its name, and whatever else is a server of its own', () => {
  for (const vendor of KNOWN) expect(vendorNamed(vendor.name)).toBe(vendor)
  expect(vendorNamed('nobody')).toBe(OTHER)
})

const alias: AliasForm = {
  ...EMPTY_ALIAS,
  name: ' fast ',
  strategy: 'weighted',
  targets: [
    { deploymentId: 'a', weight: '3' },
    { deploymentId: 'b', weight: '1' },
  ],
}

test('a step moves one thing, and at the ends nothing', () => {
  expect(moved(['a', 'b', 'c'], 0, 1)).toEqual(['b', 'a', 'c'])
  expect(moved(['a', 'b', 'c'], 2, -1)).toEqual(['a', 'c', 'b'])
  expect(moved(['a', 'b'], 1, 1)).toEqual(['a', 'b'])
  expect(moved(['a', 'b'], 0, -1)).toEqual(['a', 'b'])
})

test('an alias leads somewhere, by weights of which one counts', () => {
  expect(aliasMisfits(alias)).toEqual({})
  expect(aliasMisfits({ ...alias, targets: [] })).toHaveProperty('targets')
  const of = (weight: string) => ({ ...alias, targets: [{ deploymentId: 'a', weight }] })
  expect(aliasMisfits(of('0'))).toHaveProperty('targets')
  expect(aliasMisfits(of('half'))).toHaveProperty('targets')
  expect(aliasMisfits({ ...of('half'), strategy: 'priority' })).toEqual({})
  expect(aliasMisfits({ ...alias, deadline: '', retries: '11' })).toEqual({
    deadline: expect.any(String) as string,
    retries: expect.any(String) as string,
  })
})

test('the form of an alias becomes what the server takes', () => {
  expect(aliasBody(alias)).toEqual({
    name: 'fast',
    strategy: 'weighted',
    targets: [
      { deployment_id: 'a', weight: 3 },
      { deployment_id: 'b', weight: 1 },
    ],
    deadline_s: 120,
    retries: 2,
    cache: 'off',
    trim: false,
    ceiling_micro: null,
  })
  expect(aliasBody({ ...alias, ceiling: '$0.05' }).ceiling_micro).toBe(50_000)
  expect(aliasMisfits({ ...alias, ceiling: 'a lot' })).toHaveProperty('ceiling')
})

const row: UsageRow = {
  bucket: 'k',
  label: 'nightly job',
  requests: 10,
  errors: 1,
  prompt_tokens: 900,
  completion_tokens: 100,
  cached_tokens: 0,
  cost_micro: 2_100_000,
  p50_ms: 800,
  p95_ms: 2_400,
  first_ms: null,
}

const policed: PolicedKey = {
  id: 'k',
  name: 'nightly job',
  prefix: 'sk-samoey-a',
  owner_id: 'u',
  owner: 'Ada',
  expires_at: null,
  last_used_at: null,
  policy: { key_id: 'k', models: ['fast'], rpm: 60, day_micro: 2_000_000, version: 1 },
}

test('a budget says what is spent and what is left', () => {
  const [today, month] = spendingOf(policed, [row], [row])
  expect(today && spendingWords(today)).toBe('$2.10 of $2.00, nothing left')
  expect(month && spendingWords(month)).toBe('$2.10, no budget')
  const [unused] = spendingOf(policed, [], [])
  expect(unused && spendingWords(unused)).toBe('$0 of $2.00, $2.00 left')
})

test('limits are read, typed and sent the same', () => {
  const form = policyForm(policed.policy)
  expect(policyMisfits(form)).toEqual({})
  expect(policyBody(form, 1)).toEqual({
    version: 1,
    models: ['fast'],
    rpm: 60,
    tpm: null,
    day_micro: 2_000_000,
    month_micro: null,
  })
  expect(policyBody({ ...form, only: false }, 1).models).toBeNull()
  expect(policyMisfits({ ...form, rpm: '0', day: 'a lot' })).toEqual({
    rpm: expect.any(String) as string,
    day: expect.any(String) as string,
  })
  expect(policyFacts(policed.policy)).toEqual(['only fast', '60 requests a minute'])
})

const NOON = Date.UTC(2026, 2, 1, 12)

test('days and months begin at midnight UTC', () => {
  expect(dayBegin(0, NOON)).toBe('2026-03-01T00:00:00.000Z')
  expect(dayBegin(1, NOON)).toBe('2026-02-28T00:00:00.000Z')
  expect(monthBegin(NOON)).toBe('2026-03-01T00:00:00.000Z')
  expect(lastDays(3, NOON)).toEqual(['2026-02-27', '2026-02-28', '2026-03-01'])
})

test('a day on which nothing was asked is drawn as one', () => {
  const rows = everyDay([{ ...row, bucket: '2026-02-28' }], 3, NOON)
  expect(rows.map(({ requests }) => requests)).toEqual([0, 10, 0])
  expect(rows.map((one) => rowName(one, 'day'))).toEqual(['Feb 27', 'Feb 28', 'Mar 1'])
})

test.each([
  [0.5, 1],
  [1, 1],
  [3, 4],
  [5, 6],
  [10, 10],
  [11, 20],
  [5_001, 6_000],
])('an axis that holds %d ends at %i', (most, end) => {
  expect(axisEnd(most)).toBe(end)
  expect(axisEnd(0, end)).toBe(end)
})

test('what nobody’s key asked was asked in the product', () => {
  expect(rowName({ ...row, bucket: null, label: null }, 'key')).toContain('in the product')
  expect(rowName({ ...row, label: null }, 'person')).toBe('somebody who is gone')
  expect(totalsOf([row, row])).toEqual({ requests: 20, errors: 2, tokens: 2_000, cost: 4_200_000 })
})
