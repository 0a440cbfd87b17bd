'use client'

import { Crash, type CrashProps } from '@/ui/crash'
import './globals.css'

/** Where the frame of all pages broke: it stands in for the whole document. */
export default function GlobalError({ error }: CrashProps) {
  return (
    <html lang="en">
      <head>
        <title>This page broke · Samoey Copilot</title>
        {/* eslint-disable-next-line @next/next/no-sync-scripts -- the theme, before the first paint */}
        <script src="/theme.js" />
      </head>
      <body>
        <Crash error={error} />
      </body>
    </html>
  )
}
