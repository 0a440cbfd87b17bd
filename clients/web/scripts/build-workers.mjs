// Monaco's worker as one classic script: it survives a strict policy and needs no bundler at run time.
import { build } from 'esbuild'

await build({
  entryPoints: { 'editor.worker': 'monaco-editor/editor/editor.worker.js' },
  outdir: 'public/monaco',
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  logLevel: 'warning',
})
