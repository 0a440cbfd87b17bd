'use client'

import { useEffect, useEffectEvent, useRef } from 'react'
import type { LineRange } from './links'
import { makeModel, makeReady, monaco, takeTheme } from './monaco'

export interface CodeViewProps {
  text: string
  path: string
  /** The lines that are shown and marked. */
  range: LineRange | null
  onSelect?: (range: LineRange) => void
}

type Editor = monaco.editor.IStandaloneCodeEditor

// About as many lines as a high screen shows below the marked ones.
const A_SCREEN = 80

function makeEditor(element: HTMLElement, path: string, lines: number): Editor {
  return monaco.editor.create(element, {
    model: null,
    ariaLabel: `${path}, read only`,
    automaticLayout: true,
    contextmenu: false,
    domReadOnly: true,
    folding: true,
    fontFamily: "'JetBrains Mono Variable', monospace",
    fontSize: 13,
    lineHeight: 1.45,
    glyphMargin: false,
    lineDecorationsWidth: 12,
    // One place to part the numbers from the edge, one from the code.
    lineNumbersMinChars: String(lines).length + 2,
    minimap: { enabled: false },
    occurrencesHighlight: 'singleFile',
    guides: { indentation: true, highlightActiveIndentation: false },
    overviewRulerBorder: false,
    overviewRulerLanes: 1,
    padding: { top: 8, bottom: 48 },
    readOnly: true,
    renderFinalNewline: 'off',
    renderLineHighlight: 'none',
    scrollBeyondLastLine: false,
    scrollbar: { alwaysConsumeMouseWheel: false, useShadows: false },
    stickyScroll: { enabled: true, maxLineCount: 3 },
  })
}

/** The lines of a selection; one that ends before a line's first letter does not hold that line. */
function selected({ startLineNumber, endLineNumber, endColumn }: monaco.Selection): LineRange {
  const end = endColumn === 1 && endLineNumber > startLineNumber ? endLineNumber - 1 : endLineNumber
  return { start: startLineNumber, end }
}

function mark(editor: Editor, range: LineRange | null): () => void {
  if (!range) return () => undefined
  const lines = new monaco.Range(range.start, 1, range.end, 1)
  const marks = editor.createDecorationsCollection([
    {
      range: lines,
      options: {
        isWholeLine: true,
        className: 'cited-line',
        linesDecorationsClassName: 'cited-edge',
      },
    },
  ])
  return () => marks.clear()
}

/** Code to read: syntax, folding, search in the file, lines to point at. */
export default function CodeView({ text, path, range, onSelect }: CodeViewProps) {
  const frame = useRef<HTMLDivElement>(null)
  const held = useRef<Editor | null>(null)
  const told = useRef<string>('')
  const unmark = useRef<() => void>(undefined)
  const tell = useEffectEvent((lines: LineRange) => {
    told.current = `${lines.start}-${lines.end}`
    onSelect?.(lines)
  })

  const seen = useEffectEvent(() => (range?.end ?? 1) + A_SCREEN)
  const point = useEffectEvent(() => {
    unmark.current?.()
    unmark.current = undefined
    if (!held.current || !range) return
    unmark.current = mark(held.current, range)
    const { start, end } = range
    // A selection made here is in view already; moving the text under the pointer would disturb.
    if (told.current === `${start}-${end}`) return
    held.current.revealRangeNearTop(new monaco.Range(Math.max(1, start - 4), 1, end, 1))
  })

  useEffect(() => {
    if (!frame.current) return
    const model = makeModel(text, path)
    const editor = makeEditor(frame.current, path, model.getLineCount())
    const watch = editor.onDidChangeCursorSelection(({ selection, source }) => {
      const byPerson = source === 'mouse' || source === 'keyboard'
      if (byPerson && !selection.isEmpty()) tell(selected(selection))
    })
    void makeReady(model, seen()).then(() => {
      if (model.isDisposed()) return
      // Text, its colours and its marks come in one and the same frame.
      editor.setModel(model)
      held.current = editor
      point()
    })
    return () => {
      watch.dispose()
      held.current = null
      unmark.current = undefined
      editor.dispose()
      model.dispose()
    }
  }, [text, path])

  useEffect(() => {
    const scheme = matchMedia('(prefers-color-scheme: dark)')
    const look = new MutationObserver(takeTheme)
    takeTheme()
    scheme.addEventListener('change', takeTheme)
    look.observe(document.documentElement, { attributeFilter: ['data-theme', 'data-contrast'] })
    return () => {
      scheme.removeEventListener('change', takeTheme)
      look.disconnect()
    }
  }, [])

  const start = range?.start
  const end = range?.end
  useEffect(() => point(), [start, end])

  return <div ref={frame} className="h-full min-h-0 w-full" data-testid="code" />
}
