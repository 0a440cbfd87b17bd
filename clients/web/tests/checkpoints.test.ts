import { expect, test } from 'vitest'
import {
  checkpointBody,
  checkpointFacts,
  checkpointMisfits,
  nameOfFolder,
  NEW_CHECKPOINT,
  toCheckpointForm,
} from '@/features/models/checkpoints'
import { HERE, vendorNamed } from '@/features/models/known'

test('a folder of the server is sent as the form says, and comes back into it the same', () => {
  const form = { ...NEW_CHECKPOINT, folder: ' /models/coder ', quantization: 'int8' as const }
  const body = checkpointBody(form)
  expect(body).toEqual({
    folder: '/models/coder',
    adapter: null,
    task: null,
    device: 'auto',
    dtype: 'auto',
    quantization: 'int8',
    preload: false,
    idle_minutes: 15,
  })
  expect(toCheckpointForm(body)).toEqual({ ...form, folder: '/models/coder' })
  expect(toCheckpointForm({ folder: '/m' })).toEqual({ ...NEW_CHECKPOINT, folder: '/m' })
  expect(checkpointBody({ ...form, idle: '' }).idle_minutes).toBeNull()
  expect(toCheckpointForm({ folder: '/m', idle_minutes: null }).idle).toBe('')
})

test('what cannot be the folder of a model is said at its field', () => {
  expect(checkpointMisfits({ ...NEW_CHECKPOINT, folder: '/m' })).toEqual({})
  expect(Object.keys(checkpointMisfits(NEW_CHECKPOINT))).toEqual(['folder'])
  const wrong = checkpointMisfits({
    ...NEW_CHECKPOINT,
    folder: 'coder',
    adapter: 'style',
    device: 'cpu',
    quantization: 'int4',
    idle: 'soon',
  })
  expect(Object.keys(wrong)).toEqual(['folder', 'adapter', 'quantization', 'idle'])
  // What stays in memory has no such time.
  expect(
    checkpointMisfits({ ...NEW_CHECKPOINT, folder: '/m', idle: 'soon', preload: true }),
  ).toEqual({})
})

test.each([
  ['/srv/checkpoints/coder/', 'coder'],
  ['/srv/hub/models--org--tiny-1b/snapshots/0a1b2c', 'org/tiny-1b'],
  ['/srv/our own', 'our-own'],
  ['', ''],
])('a model in %s is called %s', (folder, name) => {
  expect(nameOfFolder(folder)).toBe(name)
})

test('how a model runs here is said beside it', () => {
  const checkpoint = checkpointBody({
    ...NEW_CHECKPOINT,
    folder: '/m/coder',
    adapter: '/m/style',
    quantization: 'int8',
  })
  expect(checkpointFacts(null)).toEqual([])
  expect(checkpointFacts(checkpoint)).toEqual(['with the adapter style', 'in 8 bits'])
  expect(vendorNamed('here')).toBe(HERE)
})
