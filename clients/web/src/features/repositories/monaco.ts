import * as monaco from 'monaco-editor/editor/editor.api.js'
import 'monaco-editor/features/bracketMatching/register.js'
import 'monaco-editor/features/clipboard/register.js'
import 'monaco-editor/features/codeEditor/register.js'
import 'monaco-editor/features/codicon/register.js'
import 'monaco-editor/features/find/register.js'
import 'monaco-editor/features/folding/register.js'
import 'monaco-editor/features/gotoLine/register.js'
import 'monaco-editor/features/longLinesHelper/register.js'
import 'monaco-editor/features/stickyScroll/register.js'
import 'monaco-editor/features/tokenization/register.js'
import 'monaco-editor/features/unicodeHighlighter/register.js'
import 'monaco-editor/features/wordHighlighter/register.js'
import 'monaco-editor/languages/definitions/register.all.js'

self.MonacoEnvironment = {
  getWorker: () => new Worker('/monaco/editor.worker.js', { name: 'editor' }),
}

const THEME = 'samoey'

/** A token's colour as Monaco wants it; the browser resolves theme and colour space. */
function hex(token: string, canvas: CanvasRenderingContext2D, probe: HTMLElement): string {
  probe.style.color = `var(--${token})`
  canvas.clearRect(0, 0, 1, 1)
  canvas.fillStyle = getComputedStyle(probe).color
  canvas.fillRect(0, 0, 1, 1)
  const parts = [...canvas.getImageData(0, 0, 1, 1).data]
  return parts.map((part) => part.toString(16).padStart(2, '0')).join('')
}

/** Give the viewer the page's own colours, as they are now. */
export function takeTheme(): void {
  const probe = document.createElement('span')
  // Where motion is reduced every change is a very short transition, read at its beginning.
  probe.style.setProperty('transition', 'none', 'important')
  document.body.append(probe)
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  if (!canvas) return
  const of = (token: string) => hex(token, canvas, probe)
  const rule = (token: string, name: string) => ({
    token,
    foreground: of(`syntax-${name}`).slice(0, 6),
  })
  const dark = Number.parseInt(of('text').slice(0, 2), 16) > 127
  monaco.editor.defineTheme(THEME, {
    base: dark ? 'vs-dark' : 'vs',
    // Monaco's own colours would stand beside those of the page.
    inherit: false,
    rules: [
      rule('keyword', 'keyword'),
      rule('operator.sql', 'keyword'),
      rule('string', 'string'),
      rule('number', 'number'),
      rule('constant', 'number'),
      rule('comment', 'comment'),
      rule('type', 'type'),
      rule('tag', 'type'),
      rule('key', 'type'),
      rule('namespace', 'type'),
      rule('predefined', 'name'),
      rule('attribute.name', 'name'),
      rule('attribute.value', 'string'),
      rule('annotation', 'meta'),
      rule('metatag', 'meta'),
      rule('variable.predefined', 'meta'),
      rule('regexp', 'string'),
    ],
    colors: {
      'editor.background': `#${of('surface')}`,
      'editor.foreground': `#${of('text')}`,
      'editor.selectionBackground': `#${of('accent-wash')}`,
      'editor.lineHighlightBackground': `#${of('wash')}`,
      'editor.lineHighlightBorder': '#00000000',
      'editorLineNumber.foreground': `#${of('text-quiet')}`,
      'editorLineNumber.activeForeground': `#${of('text')}`,
      'editorWidget.background': `#${of('raised')}`,
      'editorStickyScroll.background': `#${of('surface')}`,
      'editorStickyScrollHover.background': `#${of('raised')}`,
      'editorIndentGuide.background1': `#${of('line')}`,
      'scrollbarSlider.background': `#${of('line')}`,
      'scrollbarSlider.hoverBackground': `#${of('line-strong')}`,
      'scrollbarSlider.activeBackground': `#${of('line-strong')}`,
      focusBorder: `#${of('accent')}`,
    },
  })
  probe.remove()
  monaco.editor.setTheme(THEME)
}

// Monaco has no grammar of its own for these outside its language servers.
const BORROWED: Record<string, string> = { json: 'javascript', jsonc: 'javascript', toml: 'ini' }

let models = 0

/** A document of the viewer; its language follows from its name. */
export function makeModel(text: string, path: string): monaco.editor.ITextModel {
  models += 1
  const uri = monaco.Uri.from({ scheme: 'code', authority: String(models), path: `/${path}` })
  const ending = path.slice(path.lastIndexOf('.') + 1)
  const model = monaco.editor.createModel(text, BORROWED[ending], uri)
  // A colour for each depth of brackets would be one more code to learn.
  model.updateOptions({
    bracketColorizationOptions: { enabled: false, independentColorPoolPerBracketType: false },
  })
  return model
}

// Of a longer text the beginning is coloured at once, the rest while one reads.
const COLOURED_AT_ONCE = 20_000

/**
 * Get a text ready to be shown as far as `line`: without its grammar it would stand plain for a
 * moment, and a grammar that begins in the middle takes the inside of a long string for code.
 */
export async function makeReady(model: monaco.editor.ITextModel, line: number): Promise<void> {
  try {
    await monaco.editor.colorize('', model.getLanguageId(), {})
  } catch {
    return // A text without its colours is still a text.
  }
  if (model.isDisposed()) return
  const last = Math.min(line, model.getLineCount(), COLOURED_AT_ONCE)
  monaco.editor.colorizeModelLine(model, last)
}

export { monaco }
