import { expect, test } from 'vitest'
import { EMPTY, fromRepository, patterns, toChange, toNew } from '@/features/repositories/form'
import { makeRepository } from './make'

test('patterns are one a line and empty lines are none', () => {
  expect(patterns(' src/** \n\n  docs/*.md\n')).toEqual(['src/**', 'docs/*.md'])
})

test('an address alone makes a repository', () => {
  expect(toNew({ ...EMPTY, source: ' /srv/code ' }, 'w')).toEqual({
    workspace_id: 'w',
    source: '/srv/code',
    name: undefined,
    branch: null,
    credential: undefined,
    sync_minutes: 30,
  })
})

test('of a repository only what was entered is sent, for what is left out stays', () => {
  const form = { ...EMPTY, source: '/srv/code', exclude: '*.md', dirty: true }

  expect(toNew(form, 'w')).toMatchObject({ exclude: ['*.md'], dirty: true })
  expect(toNew(form, 'w')).not.toHaveProperty('include')
})

test('only what was changed is sent', () => {
  const repository = makeRepository()
  const form = fromRepository(repository)

  expect(toChange(form, repository)).toEqual({})
  expect(toChange({ ...form, name: 'api', exclude: '', syncMinutes: '' }, repository)).toEqual({
    name: 'api',
    exclude: [],
    sync_minutes: null,
  })
})

test('a deploy key ends with the line break that ssh wants', () => {
  const form = {
    ...EMPTY,
    source: 'git@host:a',
    access: 'ssh_key' as const,
    secret: 'KEY',
    hostKey: 'h',
  }

  expect(toNew(form, 'w').credential).toEqual({
    kind: 'ssh_key',
    secret: 'KEY\n',
    username: undefined,
    host_key: 'h',
  })
})
