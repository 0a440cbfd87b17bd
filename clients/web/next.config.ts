import type { NextConfig } from 'next'
import { sourcesId } from './scripts/sources-id.mjs'

const SOURCES = ['src', 'public/theme.js', '../packages/api/src', '../package-lock.json']

const config: NextConfig = {
  output: 'export',
  trailingSlash: true,
  images: { unoptimized: true },
  reactStrictMode: true,
  poweredByHeader: false,
  // The same sources give the same files: the server's script hashes stay put between builds.
  // With others an open page of the older build loads the next page anew, and mixes no parts.
  generateBuildId: () => sourcesId(SOURCES),
}

export default config
