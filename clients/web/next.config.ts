import type { NextConfig } from 'next'

const config: NextConfig = {
  output: 'export',
  trailingSlash: true,
  images: { unoptimized: true },
  reactStrictMode: true,
  poweredByHeader: false,
  // The same sources give the same files: the server's script hashes stay put between builds.
  generateBuildId: () => 'samoey',
}

export default config
