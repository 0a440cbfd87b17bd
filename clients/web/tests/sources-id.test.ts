// @vitest-environment node
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import config from '../next.config'
import { sourcesId } from '../scripts/sources-id.mjs'

it('a build is named after its sources: others have another name', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sources-'))
  mkdirSync(join(folder, 'parts'))
  writeFileSync(join(folder, 'parts', 'page.ts'), 'one')
  const before = sourcesId([folder])
  expect(sourcesId([folder])).toBe(before)

  writeFileSync(join(folder, 'parts', 'page.ts'), 'two')
  expect(sourcesId([folder])).not.toBe(before)
  expect(config.generateBuildId?.()).toMatch(/^[0-9a-f]{16}$/)
})
